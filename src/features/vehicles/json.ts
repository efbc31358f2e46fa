import { z } from 'zod';
import { JsonId } from '../../platform/web/api-fields.js';
import { UNITS, type Unit } from './rules.js';

/** `mi`, `km` or `h`. */
export const UnitJson = z.enum(Object.keys(UNITS) as [Unit, ...Unit[]]);
export const MeterJson = z.strictObject({ id: JsonId, name: z.string(), unit: UnitJson }).meta({ id: 'Meter' });
