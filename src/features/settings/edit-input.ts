import { type ZodType, z } from 'zod';
import type { Fields, Row, Texts } from './fields.js';

/** A form of several inputs with what each field held when it was opened: `{ mine, original }`. */
export function editInput(fields: Fields, inputs: Record<string, ZodType>, gather?: (typed: Row, context: z.RefinementCtx) => Row) {
  const originals = Object.keys(fields).map((name) => [`original.${name}`, Original] as const);
  return z.strictObject({ ...inputs, ...Object.fromEntries(originals) }).transform((typed: Row, context) => {
    const own = Object.entries(typed).filter(([name]) => !name.startsWith('original.'));
    const sent = Object.entries(typed).filter(([name, value]) => name.startsWith('original.') && value !== undefined);
    const mine = Object.fromEntries(own) as Row;
    return {
      mine: gather ? gather(mine, context) : mine,
      original: Object.fromEntries(sent.map(([name, value]) => [name.slice('original.'.length), String(value)])) as Texts,
    };
  });
}

const Original = z
  .string()
  .max(200)
  .transform((value) => value.replace(/\r\n?/g, '\n').trim())
  .optional();
