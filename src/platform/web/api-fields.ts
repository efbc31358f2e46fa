import { z } from 'zod';
import { toIsoWithOffset } from '../time.js';
import type { Viewer } from './viewer.js';

const MOST_ID = 999_999_999_999_999;

/** The id of a row, or the number of a work order, in JSON. In a path it is `Id` of forms.ts. */
export const JsonId = z.int('That is no id.').min(1, 'That is no id.').max(MOST_ID, 'That is no id.');

/** A time as it is given: RFC 3339 with its offset. The handler gets a Date. */
export const TimeInput = z.iso
  .datetime({ offset: true, error: 'That is no time with an offset, like 2026-11-23T14:30:00-06:00.' })
  .transform((text) => new Date(text));

/** A time in an answer, made by showTime(). */
export const Time = z.iso.datetime({ offset: true });

/** RFC 3339 with the offset of the shop at that time, to the second. */
export function showTime(at: Date, viewer: Pick<Viewer, 'timeZone'>): string {
  return toIsoWithOffset(at, viewer.timeZone);
}

/** As showTime(), for what may not have happened. */
export function showTimeOrNull(at: Date | null, viewer: Pick<Viewer, 'timeZone'>): string | null {
  return at && showTime(at, viewer);
}

/** Money: whole cents, and the currency (ISO 4217) that they are cents of. */
export const Money = z.strictObject({ cents: z.int(), currency: z.string().length(3) }).meta({ id: 'Money' });

/** A person, as an answer names them. */
export const Person = z.strictObject({ id: JsonId, name: z.string() }).meta({ id: 'Person' });

/** Answers that name a person who may not be set. */
export function personOrNull(id: number | null, name: string | null): z.input<typeof Person> | null {
  return id === null || name === null ? null : { id, name };
}

// Pages ----------------------------------------------------------------------------------------------------------------

/**
 * The query of a list: `after` is the `next` of the page before.
 * @param key what the list is ordered by, the id last: `z.tuple([z.iso.datetime(), JsonId])`
 */
export function pageQuery<Key extends z.ZodType>(key: Key) {
  const broken = 'That is not the “next” of a page of this list.';
  return z.strictObject({
    after: z
      .string()
      .max(500, broken)
      .regex(/^[\w-]*$/, broken)
      .transform((text, context): unknown => {
        try {
          return JSON.parse(Buffer.from(text, 'base64url').toString());
        } catch {
          context.addIssue(broken);
          return z.NEVER;
        }
      })
      .pipe(key)
      .optional()
      .meta({ description: '`next` of the page before.' }),
    limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Most items of the page.' }),
  });
}

/** The answer of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().nullable().meta({ description: '`after` of the next page; null on the last one.' }),
  });
}

/**
 * Cuts a page out of the rows that were read.
 * @param rows one more than `limit`, if there are as many
 * @param keyOf what `pageQuery` gets back of the last one
 */
export function toPage<Row, Item>(rows: Row[], limit: number, keyOf: (row: Row) => unknown, itemOf: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(itemOf), next: last === undefined ? null : Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') };
}

// Names ----------------------------------------------------------------------------------------------------------------

type Camel<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;

/** `{ customer_name }` → `{ customerName }`, as the nouns call it; only the object's own names. */
export function camelKeys<Body extends object>(body: Body): { [Key in keyof Body as Camel<Key>]: Body[Key] } {
  const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [camel(name), value])) as never;
}

/** `customerName` → `customer_name` */
export function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
