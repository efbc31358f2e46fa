import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { EventData } from '../../platform/database/events.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Forbidden, Invalid, NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { IS_CHECKED } from '../safety/checks.js';
import { can } from '../staff/permissions.js';
import type { CardRow } from './cards.js';
import { GAP, rankBetween } from './ranks.js';
import { type Meaning, refuseMove } from './rules.js';

export interface MoveInput {
  column: number;
  /** Number of the card that it follows; null for the top. */
  after: number | null;
  /** Instead of `after`: one place up or down in its column. */
  step?: 'up' | 'down' | undefined;
  reason: string;
}

export interface Moved {
  /** False when the card stood there already. */
  moved: boolean;
  column: string;
}

/** All that a move has changed, in the names of the database: whoever knows the board before it knows the one after it. */
export type Placed = Pick<CardRow, 'id' | 'column_id' | 'rank' | 'column_since'>;

/**
 * Puts a card into a column, behind another card. The ranks are worked out here, under the lock of the shop: two people
 * who move at once can't end up with the same place. When the card it should follow has left that column meanwhile, it
 * goes to the bottom.
 * @returns with `placed`: null when more than this card has changed, or nothing
 * @throws Forbidden, or Invalid with `reason`, when a rule refuses it
 */
export async function moveCard(
  db: Database,
  viewer: Viewer,
  number: number,
  input: MoveInput,
  requestId?: string,
): Promise<Changed<Moved> & { placed: Placed | null }> {
  let placed: Placed | null = null;
  const changed = await change(db, viewer, { requestId: requestId && `move/${number}/${requestId}` }, async (tx) => {
    const put = await moveWithin(tx, viewer.role, number, input);
    placed = put.alone ? put.placed : null;
    return { moved: put.moved, column: put.column };
  });
  return { ...changed, placed };
}

/**
 * As moveCard(), inside a change that does more.
 * @param role whose rights it goes by; '' for the program, which has none
 */
export async function moveWithin(
  tx: Change,
  role: string,
  number: number,
  input: MoveInput,
): Promise<Moved & { placed: Placed | null; alone: boolean }> {
  const target = input.step ? await stepTarget(tx, number, input.step) : input;
  const place = await findPlace(tx, number, target);
  const refusal = refuseMove({
    ...place,
    mayReopen: can(role, 'board.reopen'),
    mayOverride: can(role, 'board.override'),
    reason: input.reason,
    undoing: false,
  });
  if (refusal) throw refusal.reasonHelps ? new Invalid({ reason: refusal.text }) : new Forbidden(refusal.text);
  const put = await putCard(tx, place, input.reason ? { reason: input.reason } : {});
  return { moved: put !== null, column: place.to.name, placed: put?.placed ?? null, alone: put?.alone ?? false };
}

/**
 * Takes back one's own last move, as long as the card still stands where that move put it.
 * @param version of the event to take back, so that pressing twice takes back one move
 * @throws Conflict when there is nothing to take back any more, Forbidden when it would lead to work without consent
 */
export async function undoMove(db: Database, viewer: Viewer, version: number): Promise<Changed<{ number: number; column: string }>> {
  return change(db, viewer, {}, async (tx) => {
    const last = await tx.db
      .selectFrom('events')
      .select(['version', 'data', 'work_order_id'])
      .where('shop_id', '=', tx.shop)
      .where('actor_id', '=', viewer.staff)
      .where('kind', '=', 'card.moved')
      .orderBy('version', 'desc')
      .executeTakeFirst();
    const data = last?.data as unknown as MovedData | undefined;
    if (!last || !data || last.version !== version || data.undo) throw new Conflict('That move can’t be taken back any more.');
    const later = await tx.db
      .selectFrom('events')
      .select('version')
      .where('shop_id', '=', tx.shop)
      .where('work_order_id', '=', last.work_order_id)
      .where('version', '>', version)
      .where('kind', 'in', ['card.moved', 'work-order.handed-over'])
      .executeTakeFirst();
    if (later) throw new Conflict('Somebody has moved that card since, so it stays where it is.');
    const place = await findPlace(tx, data.number, { column: data.from.column, after: data.from.after });
    const refusal = refuseMove({
      ...place,
      ...{ mayReopen: false, mayOverride: false, reason: '', undoing: true },
    });
    if (refusal) throw new Forbidden(refusal.text);
    await putCard(tx, place, { undo: version });
    return { number: data.number, column: place.to.name };
  });
}

interface MovedData {
  number: number;
  from: { column: number; name: string; after: number | null };
  to: { column: number; name: string; after: number | null };
  undo?: number;
}

interface Place {
  id: number;
  number: number;
  rank: number;
  since: Date;
  from: { id: number; name: string; meaning: Meaning };
  fromAfter: number | null;
  to: { id: number; name: string; meaning: Meaning };
  /** Whether it may be worked on; true as well when the shop does not ask for consent. */
  isAuthorized: boolean;
  isPhotographed: boolean;
  isChecked: boolean;
  /** Number and rank of the card it will follow; null at the top. */
  after: { number: number; rank: number } | null;
}

/** Reads the card, both columns and the card to follow as they are now. */
async function findPlace(tx: Change, number: number, target: { column: number; after: number | null }): Promise<Place> {
  const { rows } = await sql<{
    id: number;
    rank: number | null;
    column_since: Date;
    from_id: number;
    from_name: string;
    from_meaning: Meaning;
    from_after: number | null;
    to_id: number | null;
    to_name: string;
    to_meaning: Meaning;
    after_number: number | null;
    after_rank: number | null;
    is_authorized: boolean;
    is_photographed: boolean;
    is_checked: boolean;
  }>`
    select w.id, w.rank, w.column_since, f.id as from_id, f.name as from_name, f.meaning as from_meaning,
      (select p.number from work_orders p where p.shop_id = w.shop_id and p.column_id = w.column_id and p.rank < w.rank order by p.rank desc limit 1) as from_after,
      t.id as to_id, t.name as to_name, t.meaning as to_meaning, a.number as after_number, a.rank as after_rank,
      t.meaning is distinct from 'active' or exists (
        select from jobs j where j.shop_id = w.shop_id and j.work_order_id = w.id and (j.choice is null or j.picked)
          and (j.consent in ('approved', 'revised') or j.pay_type <> 'customer' and j.consent = 'proposed')
      ) or not (select b.work_needs_consent from billing_settings b where b.shop_id = w.shop_id) as is_authorized,
      t.meaning is distinct from 'active' or not y.needs_arrival_photos or exists (
        select from media p where p.shop_id = w.shop_id and p.work_order_id = w.id and p.is_arrival and p.kind = 'photo' and p.removed_at is null
      ) as is_photographed,
      t.meaning is distinct from 'done' or not y.needs_quality_check or ${IS_CHECKED} as is_checked
    from work_orders w
    join visit_settings y on y.shop_id = w.shop_id
    join columns f on f.shop_id = w.shop_id and f.id = w.column_id
    left join columns t on t.shop_id = w.shop_id and t.id = ${target.column} and t.position is not null
    left join lateral (
      select o.number, o.rank from work_orders o
      where o.shop_id = w.shop_id and o.column_id = t.id and o.rank is not null and o.id <> w.id and ${target.after}::bigint is not null
      order by (o.number = ${target.after}) desc, o.rank desc limit 1
    ) a on true
    where w.shop_id = ${tx.shop} and w.number = ${number}`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new NotFound('That work order is not here.');
  if (row.rank === null) throw new Conflict(`WO-${number} was handed over: its card is not on the board any more.`);
  if (row.to_id === null) throw new NotFound('That column is not on the board any more.');
  return {
    id: row.id,
    number,
    rank: row.rank,
    since: row.column_since,
    from: { id: row.from_id, name: row.from_name, meaning: row.from_meaning },
    fromAfter: row.from_after,
    isAuthorized: row.is_authorized,
    isPhotographed: row.is_photographed,
    isChecked: row.is_checked,
    to: { id: row.to_id, name: row.to_name, meaning: row.to_meaning },
    after: row.after_number === null || row.after_rank === null ? null : { number: row.after_number, rank: row.after_rank },
  };
}

/** Writes the card's new place and records it. @returns null when it stood there already; `alone` when no other card has another rank now */
async function putCard(tx: Change, place: Place, more: EventData): Promise<{ placed: Placed; alone: boolean } | null> {
  const sameColumn = place.from.id === place.to.id;
  if (sameColumn && place.fromAfter === (place.after?.number ?? null)) return null;
  const { rank, alone } = await freeRank(tx, place.to.id, place.id, place.after?.number ?? null, place.after?.rank ?? null);
  const placed = { id: place.id, column_id: place.to.id, rank, column_since: sameColumn ? place.since : tx.now };
  await sql`update work_orders set column_id = ${placed.column_id}, rank = ${rank}, column_since = ${placed.column_since}
    where shop_id = ${tx.shop} and id = ${place.id}`.execute(tx.db);
  tx.record('card.moved', place.id, {
    number: place.number,
    from: { column: place.from.id, name: place.from.name, after: place.fromAfter },
    to: { column: place.to.id, name: place.to.name, after: place.after?.number ?? null },
    ...more,
  });
  return { placed, alone };
}

/** A rank behind the given card (or at the top) that no other card has; `alone` when no other card got another one for it. */
async function freeRank(
  tx: Change,
  column: number,
  card: number | null,
  after: number | null,
  afterRank: number | null,
): Promise<{ rank: number; alone: boolean }> {
  const next = await sql<{ rank: number | null }>`
    select min(rank) as rank from work_orders
    where shop_id = ${tx.shop} and column_id = ${column} and rank is not null and id is distinct from ${card}
      and (${afterRank}::bigint is null or rank > ${afterRank})`.execute(tx.db);
  const rank = rankBetween(afterRank, next.rows[0]?.rank ?? null);
  if (rank !== null) return { rank, alone: true };
  await renumber(tx, column);
  const again = await sql<{ rank: number }>`
    select rank from work_orders where shop_id = ${tx.shop} and number = ${after}`.execute(tx.db);
  return { ...(await freeRank(tx, column, card, after, again.rows[0]?.rank ?? null)), alone: false };
}

/** Spreads the cards of a column evenly again, in the order they have. Recorded, for every card of it has another rank now. */
async function renumber(tx: Change, column: number): Promise<void> {
  await sql`
    update work_orders w set rank = o.place * ${GAP}::bigint
    from (
      select id, row_number() over (order by rank) as place from work_orders
      where shop_id = ${tx.shop} and column_id = ${column} and rank is not null
    ) o
    where w.shop_id = ${tx.shop} and w.id = o.id`.execute(tx.db);
  tx.record('column.renumbered', null, { column });
}

/** The rank for a card that comes to the top of a column. */
export async function topRank(tx: Change, column: number): Promise<number> {
  return (await freeRank(tx, column, null, null, null)).rank;
}

/** Where one step up (behind the card two above) or down (behind the one below) leads, in the column it is in now. */
async function stepTarget(tx: Change, number: number, step: 'up' | 'down'): Promise<{ column: number; after: number | null }> {
  const { rows } = await sql<{ column: number; above: number | null; two_above: number | null; below: number | null }>`
    select "column", above, two_above, below from (
      select number, column_id as "column", lag(number, 1) over w as above, lag(number, 2) over w as two_above, lead(number) over w as below
      from work_orders
      where shop_id = ${tx.shop} and rank is not null
        and column_id = (select column_id from work_orders where shop_id = ${tx.shop} and number = ${number})
      window w as (order by rank)
    ) o where number = ${number}`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new NotFound('That card is not on the board.');
  return { column: row.column, after: step === 'up' ? row.two_above : (row.below ?? row.above) };
}
