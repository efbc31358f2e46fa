import { z } from 'zod';
import { JsonId } from '../../platform/web/api-fields.js';
import { COLORS } from '../board/columns.js';

/** A label, as the API tells it. */
export const LabelJson = z.strictObject({ id: JsonId, name: z.string(), color: z.enum(COLORS) }).meta({ id: 'Label' });
