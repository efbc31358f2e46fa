import { z } from 'zod';
import { Email, required } from '../../platform/web/forms.js';
import { ROLES } from './permissions.js';

const RoleChoice = z.enum(ROLES, 'Please choose a role.');
export const InviteInput = z.strictObject({ name: required('The name', 100), email: Email, role: RoleChoice });
export const RoleInput = z.strictObject({ role: RoleChoice });
