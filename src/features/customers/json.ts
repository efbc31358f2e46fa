import { z } from 'zod';
import { JsonId } from '../../platform/web/api-fields.js';

/** Duplicates that were put together with a customer or a vehicle. */
export const MergesJson = z
  .array(z.strictObject({ id: JsonId, name: z.string() }))
  .meta({ description: 'Duplicates that were put together with it, and can be taken apart again.' });
