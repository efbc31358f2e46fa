import { z } from 'zod';

/** Text that Postgres can hold: no NUL, no half of a surrogate pair; line ends are made the same. */
const Text = z
  .string({ error: 'Please fill this in.' })
  .transform((value) => value.replace(/\r\n?/g, '\n').trim())
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'There is a character in it that can’t be saved.');

/** A field that must be filled in. What `meta` says of it is for the API's document, which does not see into the pipe. */
export function required(label: string, max = 200) {
  const Filled = z.string().min(1, `${label} is missing.`).max(max, `${label} can have at most ${max} characters.`);
  return Text.pipe(Filled).meta({ minLength: 1, maxLength: max, pattern: '\\S' });
}

/** A field that may stay empty; absent is empty. */
export function optional(label: string, max = 200) {
  return Text.pipe(z.string().max(max, `${label} can have at most ${max} characters.`))
    .meta({ maxLength: max })
    .default('');
}

const Address = z.email('That is not an e-mail address.').max(254, 'That e-mail address is too long.');
export const Email = Text.pipe(Address).meta({ format: 'email', maxLength: 254 });

/** The id of a row, as it stands in an address or in a form. */
export const Id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'That is not one of the choices.')
  .transform(Number)
  .meta({ type: 'integer', minimum: 1, maximum: 999_999_999_999_999, pattern: undefined });

/** An id, or nothing chosen. */
export const OptionalId = z.union([z.literal('').transform(() => null), Id], { error: 'That is not one of the choices.' }).default(null);

/** The mark of one form as it was shown: sending the same form twice has one effect. */
export const RequestId = z
  .string()
  .regex(/^[\w-]{8,64}$/, 'This form is damaged. Please open it again.')
  .optional();

/** A checkbox: sent as `on`, or not at all. */
export const Tick = z.literal('on').optional().transform(Boolean);
