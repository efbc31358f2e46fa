import { type RawBuilder, sql } from 'kysely';

/** How sure one has to be that two spellings are one phone number. */
const DIGITS = { perhaps: 8, surely: 10 } as const;

/** What tells numbers apart: the last ten digits, as far as they are no zeros of the trunk (`06…`, `0033…`). */
const tellingDigits = (digits: RawBuilder<string>) => sql`ltrim(right(${digits}, ${sql.lit(DIGITS.surely)}), '0')`;

/**
 * Whether two numbers are one, in SQL: the one place that knows. The same number is written with its country
 * and without, and nobody says which country: `06 12 34 56 78` is `+33 6 12345678`, `12 34 56 78` may be `+45 12345678`. So their ends
 * are compared, as far as both have digits; with less than seven of them (short codes) they must be equal.
 *
 * - `surely`: all of the shorter one, at most ten digits. For a yes, so that nobody is written to for what another one agreed to. Two
 *   numbers are taken for one when they differ in their country only.
 * - `perhaps`: the last eight, or seven where one has no more. For a STOP and for finding who wrote: it holds where a country puts digits
 *   in between (Argentina’s 9 and 15, Russia’s 8). Two numbers of a shop are taken for one when their last eight digits are the same,
 *   such as (815) 555-0142 and (715) 555-0142: one in a hundred million of all pairs, and a STOP then stops too much, not too little.
 * @param one a text that has nothing but digits, as the other; `right(one, 7)` is what an index can have
 */
export function isNumber(one: RawBuilder<string>, other: RawBuilder<string>, how: keyof typeof DIGITS): RawBuilder<boolean> {
  const [first, second] = [tellingDigits(one), tellingDigits(other)];
  const shorter = sql`least(length(${first}), length(${second}))`;
  const end = sql`least(${shorter}, ${sql.lit(DIGITS[how])})`;
  return sql`(right(${one}, 7) = right(${other}, 7) and case when ${shorter} < 7 then ${first} = ${second} and ${first} <> ''
    else right(${first}, ${end}) = right(${second}, ${end}) end)`;
}
