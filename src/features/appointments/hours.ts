import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import { type Field, type Fields, mergeRow, type Row, type Texts } from '../settings/fields.js';
import { showIntervals } from './intervals.js';
import type { Interval } from './slots.js';
import type { SpecialDay } from './spans.js';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const day = (column: string): Field => ({ column, show: (value) => showIntervals(value as Interval[]) || 'closed' });
/** The week as a form: one text for each day. */
export const WEEK: Fields = Object.fromEntries(WEEKDAYS.map((name) => [name, day(name)]));

/** When the shop is open on each day of a week, by WEEKDAYS. */
export async function readWeek(db: Database, shop: number): Promise<Row> {
  const { rows } = await sql<Interval & { weekday: number }>`
    select weekday, left(opens::text, 5) as opens, left(closes::text, 5) as closes
    from opening_hours where shop_id = ${shop} order by weekday, opens`.execute(db);
  const of = (number: number) => rows.filter(({ weekday }) => weekday === number).map(({ opens, closes }) => ({ opens, closes }));
  return Object.fromEntries(WEEKDAYS.map((name, index) => [name, of(index + 1)]));
}

/**
 * Saves the week, day by day.
 * @param original what the form showed when it was opened @param mine intervals by WEEKDAYS
 * @throws Conflict when somebody else changed the same day meanwhile
 */
export async function saveWeek(db: Database, actor: Actor, original: Texts, mine: Row): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const edit = mergeRow(WEEK, await readWeek(tx.db, tx.shop), original, mine);
    if (!edit) return;
    for (const [name, intervals] of Object.entries(edit.set))
      await writeDay(tx, (WEEKDAYS as readonly string[]).indexOf(name) + 1, intervals as Interval[]);
    tx.record('opening-hours.changed', null, { from: edit.from, to: edit.to });
  });
}

async function writeDay(tx: Change, weekday: number, intervals: Interval[]): Promise<void> {
  await tx.db.deleteFrom('opening_hours').where('shop_id', '=', tx.shop).where('weekday', '=', weekday).execute();
  if (intervals.length === 0) return;
  await tx.db
    .insertInto('opening_hours')
    .values(intervals.map((interval) => ({ shop_id: tx.shop, weekday, ...interval })))
    .execute();
}

/** Special days from a day on, in order. */
export async function listSpecialDays(db: Database, shop: number, from: string): Promise<SpecialDay[]> {
  const { rows } = await sql<{ day: string; note: string; intervals: [string, string][] }>`
    select day::text as day, note, intervals from special_days where shop_id = ${shop} and day >= ${from}::date order by day`.execute(db);
  return rows.map(({ intervals, ...rest }) => ({ ...rest, intervals: intervals.map(([opens, closes]) => ({ opens, closes })) }));
}

/** The longest time for which a shop can be closed in one go. */
const MOST_DAYS = 92;

/**
 * Says how some days are, in place of what was said of them before.
 * @param first, last on the shop's calendar, both included
 * @param intervals none: closed
 * @throws Invalid when the last is before the first, or too far from it
 */
export async function setSpecialDays(
  db: Database,
  actor: Actor,
  input: { first: string; last: string; note: string; intervals: Interval[] },
): Promise<void> {
  const { first, last, note } = input;
  if (last < first) throw new Invalid({ last: 'The last day is before the first.' });
  const intervals = JSON.stringify(input.intervals.map(({ opens, closes }) => [opens, closes]));
  await change(db, actor, {}, async (tx) => {
    const { rows } = await sql<{ days: number }>`select ${last}::date - ${first}::date + 1 as days`.execute(tx.db);
    if ((rows[0]?.days ?? 0) > MOST_DAYS) throw new Invalid({ last: `At most ${MOST_DAYS} days at once.` });
    await sql`
      insert into special_days (shop_id, day, note, intervals)
      select ${tx.shop}, day::date, ${note}, ${intervals}::jsonb from generate_series(${first}::date, ${last}::date, interval '1 day') day
      on conflict (shop_id, day) do update set note = excluded.note, intervals = excluded.intervals`.execute(tx.db);
    tx.record('special-days.set', null, { first, last, note, hours: showIntervals(input.intervals) });
  });
}

/** Days are as their weekdays are again. @param first, last both included @throws NotFound when none of them is different */
export async function dropSpecialDays(db: Database, actor: Actor, first: string, last = first): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { rows } = await sql`
      delete from special_days where shop_id = ${tx.shop} and day between ${first}::date and ${last}::date returning day`.execute(tx.db);
    if (rows.length === 0) throw new NotFound('That day is as any other already.');
    tx.record('special-days.dropped', null, { first, last });
  });
}
