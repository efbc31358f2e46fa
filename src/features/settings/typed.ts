import type { ZodType } from 'zod';
import { Invalid } from '../../platform/errors.js';
import { type Fields, type Row, spreadRow, type Texts } from './fields.js';

/**
 * What the API was given, read as if it had been typed into the form: there it is checked, the same for both.
 * @param input of the form, see editInput()
 * @param row by column @param rename what the form calls a field, as the API calls it
 * @throws Invalid with a sentence at each field
 */
export function readTyped(fields: Fields, input: ZodType<{ mine: Row }>, row: Row, rename: (field: string) => string): Row {
  const read = input.safeParse(typedOf(fields, row));
  if (read.success) return read.data.mine;
  const told = read.error.issues.map(({ path, message }) => [rename(path.join('.')), message]);
  throw new Invalid(Object.fromEntries(told));
}

/** The inputs of a form that hold this; a box that is not ticked is not sent. */
function typedOf(fields: Fields, row: Row): Texts {
  const unticked = Object.entries(fields).filter(([, { column }]) => row[column] === false);
  const texts = spreadRow(fields, row);
  for (const [name] of unticked) delete texts[name];
  return texts;
}
