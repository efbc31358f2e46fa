import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { sealOf } from '../billing/seals.js';
import { getOpenWorkOrder } from '../work-orders/find.js';
import { refuseRelease, turnOf, wordsOf } from './rules.js';
import { finders, itemName, readUnsafe } from './unsafe.js';

/** How a customer's acknowledgement can come; nobody of the shop chooses the last one. */
export type How = 'in-person' | 'phone' | 'email' | 'text' | 'link';

/**
 * To be called after every change of consent or of a finding, inside the same change: makes the holds that follow from what
 * stands there now, and ends those whose reason is gone. Doing it twice is doing it once.
 */
export async function holdAfterConsent(tx: Change, order: { id: number; number: number }): Promise<void> {
  for (const one of await readUnsafe(tx, order.id)) {
    const turn = turnOf(one);
    if (turn === null) continue;
    const { finding, name } = one;
    const place = { shop_id: tx.shop, work_order_id: order.id, finding_id: finding };
    if (turn === 'hold') {
      await tx.db
        .insertInto('holds')
        .values({ ...place, made_at: tx.now })
        .execute();
      tx.record('hold.made', order.id, { number: order.number, finding, name });
    } else {
      await end(tx, [one.hold as number], { ended_why: turn });
      tx.record('hold.ended', order.id, { number: order.number, finding, name, why: turn });
    }
  }
}

/** A hold that has not ended. */
export interface OpenHold {
  id: number;
  name: string;
  note: string;
  foundBy: number[];
  finder: string;
  acknowledged: boolean;
  takenBy: number | null;
  taker: string | null;
}

/** The holds of a work order that have not ended, the oldest first. */
export async function listOpenHolds(db: Database, shop: number, number: number): Promise<OpenHold[]> {
  const { rows } = await sql<OpenHold>`
    select h.id, ${itemName('f', 'x')} as name, f.note, o.by -> 'ids' as "foundBy", o.by ->> 'names' as finder, h.acknowledged_at is not null as acknowledged,
      h.acknowledgement_taken_by as "takenBy", t.name as taker
    from holds h
    join work_orders w on w.shop_id = h.shop_id and w.id = h.work_order_id
    join findings f on f.shop_id = h.shop_id and f.id = h.finding_id
    join inspections x on x.shop_id = f.shop_id and x.id = f.inspection_id
    cross join lateral (select ${finders} as by) o
    left join staff t on t.id = h.acknowledgement_taken_by
    where h.shop_id = ${shop} and w.number = ${number} and h.ended_at is null order by h.id`.execute(db);
  return rows;
}

export interface Acknowledgement {
  /** The holds that were spoken about: those that the form showed. */
  holds: number[];
  givenBy: string;
  how: How;
  note: string;
  /** As of a consent; null when nobody signed. */
  signature: object | null;
}

/** Writes down, for somebody of the shop, that the customer knows of what is unsafe. @throws Conflict when more or less is held by now */
export async function acknowledge(
  db: Database,
  viewer: Viewer,
  number: number,
  input: Omit<Acknowledgement, 'signature'>,
  requestId?: string,
): Promise<Changed<{ number: number }>> {
  return change(db, viewer, { requestId: requestId && `acknowledgement/${number}/${requestId}` }, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    await acknowledgeWithin(tx, order, { ...input, signature: null });
    return { number };
  });
}

/**
 * What the customer acknowledged on the page of their link, in a change that knows the link to be theirs (actor: the program).
 * @throws Conflict when more or less is held than the page showed
 */
export async function acknowledgeByLink(
  tx: Change,
  order: { id: number; number: number },
  input: Pick<Acknowledgement, 'holds' | 'givenBy' | 'signature'>,
): Promise<void> {
  await acknowledgeWithin(tx, order, { ...input, how: 'link', note: '' });
}

async function acknowledgeWithin(tx: Change, order: { id: number; number: number }, input: Acknowledgement): Promise<void> {
  const waiting = (await listOpenHolds(tx.db, tx.shop, order.number)).filter((hold) => !hold.acknowledged);
  if (waiting.length === 0) throw new Conflict(`Nothing of WO-${order.number} waits for an acknowledgement any more.`);
  const shown = new Set(input.holds);
  if (waiting.length !== shown.size || waiting.some(({ id }) => !shown.has(id)))
    throw new Conflict(`What is unsafe about WO-${order.number} has changed since this was opened. Please look at what is below.`);
  const { givenBy, how, note, signature } = input;
  const signed = signature && JSON.stringify(signature);
  await sql`update holds set acknowledged_at = ${tx.now}, acknowledged_by = ${givenBy}, acknowledged_how = ${how},
      acknowledgement_taken_by = ${tx.actor.staff}, acknowledgement_note = ${note}, signature = ${signed}::jsonb
    where shop_id = ${tx.shop} and work_order_id = ${order.id} and id = any (${[...shown]}::bigint[]) and ended_at is null`.execute(tx.db);
  const names = waiting.map(({ name }) => name);
  const more = { ...(note && { note }), ...(signature && { signature: sealOf(signature) }), said: wordsOf(names) };
  tx.record('hold.acknowledged', order.id, { number: order.number, holds: [...shown], names, by: givenBy, how, ...more });
}

/**
 * The second person lets the vehicle go: what was acknowledged is released. Nothing is charged, and no job changes.
 * @param holds those that the form showed
 * @throws Invalid when it is the wrong person; Conflict when one of them is not there to be released any more
 */
export async function release(
  db: Database,
  viewer: Viewer,
  number: number,
  input: { holds: number[]; note: string },
  requestId?: string,
): Promise<Changed<{ left: number }>> {
  return change(db, viewer, { requestId: requestId && `release/${number}/${requestId}` }, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    const open = await listOpenHolds(tx.db, tx.shop, number);
    const chosen = open.filter(({ id }) => input.holds.includes(id));
    if (chosen.length === 0 || chosen.length !== new Set(input.holds).size)
      throw new Conflict(`What holds WO-${number} has changed since this was opened. Please look at what is below.`);
    for (const hold of chosen) {
      const wrong = refuseRelease({ staff: viewer.staff, ...hold });
      if (wrong) throw new Invalid({ '': `${hold.name}: ${wrong}` });
    }
    await end(tx, input.holds, { ended_why: 'released', released_by: viewer.staff, release_note: input.note });
    const names = chosen.map(({ name }) => name);
    tx.record('hold.released', order.id, { number, holds: [...input.holds], names, note: input.note });
    return { left: open.length - chosen.length };
  });
}

type End = { ended_why: 'approved' | 'withdrawn' } | { ended_why: 'released'; released_by: number; release_note: string };

async function end(tx: Change, holds: number[], how: End): Promise<void> {
  await tx.db
    .updateTable('holds')
    .set({ ...how, ended_at: tx.now })
    .where('shop_id', '=', tx.shop)
    .where('id', 'in', holds)
    .where('ended_at', 'is', null)
    .execute();
}
