import { z } from 'zod';
import { required } from '../../platform/web/forms.js';
import { COLORS } from '../board/columns.js';

/** What is typed of a label. */
export const LabelInput = z.strictObject({ name: required('The name', 30), color: z.enum(COLORS, 'Please choose a colour.') });
