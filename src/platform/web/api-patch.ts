import { type ZodDefault, type ZodOptional, type ZodType, z } from 'zod';

type Given<Field extends ZodType> = Field extends ZodDefault<infer Inner extends ZodType> ? ZodOptional<Inner> : ZodOptional<Field>;

/**
 * The body of a PATCH: every field may be given, and what is not given stays as it is. A default would be a change that nobody
 * asked for, so there is none.
 * @param fields as they are when something new is made
 */
export function patchOf<Fields extends Record<string, ZodType>>(fields: Fields) {
  const given = Object.entries(fields).map(([name, field]) => [
    name,
    (field instanceof z.ZodDefault ? (field.unwrap() as ZodType) : field).optional(),
  ]);
  return z.strictObject(Object.fromEntries(given) as { [Name in keyof Fields]: Given<Fields[Name]> });
}
