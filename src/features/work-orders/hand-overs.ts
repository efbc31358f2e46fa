import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { showMoney } from '../billing/amounts.js';
import { topRank } from '../board/moves.js';
import { refuseHandOver } from '../board/rules.js';
import { HELD, UNASKED } from '../safety/of-order.js';
import { can } from '../staff/permissions.js';
import { getOpenWorkOrder, getWorkOrderRow } from './find.js';

/**
 * The vehicle leaves: its card leaves the board, its history stays.
 * @param reason why it leaves although work is open or money is due; for those who may say so
 * @throws Conflict unless it is in a finished column; Forbidden, or Invalid with `reason`, when a rule refuses it
 */
export async function handOver(db: Database, viewer: Actor & { role: string }, number: number, reason = ''): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    const { column, meaning, ...facts } = await readFacts(tx, order.id);
    if (meaning !== 'done') throw new Conflict(`WO-${number} is still in ${column}. Move it to a finished column first.`);
    const refusal = refuseHandOver({ number, ...facts, mayOverride: can(viewer.role, 'board.override'), reason });
    if (refusal) throw refusal.reasonHelps ? new Invalid({ reason: refusal.text }) : new Conflict(refusal.text);
    await tx.db
      .updateTable('work_orders')
      .set({ rank: null, handed_over_at: tx.now })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', order.id)
      .execute();
    tx.record('work-order.handed-over', order.id, { number, column, ...(reason && { reason }) });
  });
}

interface Facts {
  column: string;
  meaning: string;
  held: string[];
  unasked: string[];
  openJobs: string[];
  document: string;
  due: string | null;
  owed: string | null;
}

/** What the rules of a hand-over look at. */
async function readFacts(tx: Change, id: number): Promise<Facts> {
  const { rows } = await sql<Omit<Facts, 'due' | 'owed'> & { due_cents: number; currency: string }>`
    select k.name as column, k.meaning, w.document, w.total_cents - w.paid_cents as due_cents, coalesce(w.terms ->> 'currency', b.currency) as currency,
      coalesce((
        select jsonb_agg(j.name order by j.position) from jobs j
        where j.shop_id = w.shop_id and j.work_order_id = w.id and j.progress <> 'complete' and (j.choice is null or j.picked)
          and (j.consent in ('approved', 'revised') or j.pay_type <> 'customer' and j.consent = 'proposed')
      ), '[]') as "openJobs",
      ${HELD} as held, ${UNASKED} as unasked
    from work_orders w
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    join billing_settings b on b.shop_id = w.shop_id
    where w.shop_id = ${tx.shop} and w.id = ${id}`.execute(tx.db);
  const { due_cents: due, currency, ...facts } = rows[0] as (typeof rows)[number];
  return { ...facts, due: due > 0 ? showMoney(due, currency) : null, owed: due < 0 ? showMoney(-due, currency) : null };
}

/** Brings a handed-over vehicle's card back to the top of the column it left, or of the first one where nothing is worked on. */
export async function bringBack(db: Database, actor: Actor, number: number, reason: string): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getWorkOrderRow(tx, number);
    if (!order.handed_over_at) return;
    if (!reason) throw new Invalid({ reason: 'Say why it comes back.' });
    const columns = await tx.db
      .selectFrom('columns')
      .select(['id', 'name', 'meaning'])
      .where('shop_id', '=', tx.shop)
      .where('position', 'is not', null)
      .orderBy('position')
      .execute();
    // Whatever became of the column it left: work begins again only by a move, which asks for the customer's consent.
    const idle = columns.filter((one) => one.meaning !== 'active');
    const column =
      idle.find((one) => one.id === order.column_id) ?? idle.find((one) => one.meaning === 'estimate') ?? idle[0] ?? columns[0];
    if (!column) throw new Conflict('The board has no column.');
    await tx.db
      .updateTable('work_orders')
      .set({ column_id: column.id, rank: await topRank(tx, column.id), handed_over_at: null, column_since: tx.now })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', order.id)
      .execute();
    tx.record('work-order.brought-back', order.id, { number, column: column.name, reason });
  });
}
