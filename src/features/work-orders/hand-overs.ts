import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { topRank } from '../board/moves.js';
import { getOpenWorkOrder, getWorkOrderRow } from './find.js';

/** The vehicle leaves: its card leaves the board, its history stays. @throws Conflict unless it is in a finished column */
export async function handOver(db: Database, actor: Actor, number: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    const column = await tx.db
      .selectFrom('columns')
      .select(['name', 'meaning'])
      .where('shop_id', '=', tx.shop)
      .where('id', '=', order.column_id)
      .executeTakeFirstOrThrow();
    if (column.meaning !== 'done') throw new Conflict(`WO-${number} is still in ${column.name}. Move it to a finished column first.`);
    await tx.db
      .updateTable('work_orders')
      .set({ rank: null, handed_over_at: tx.now })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', order.id)
      .execute();
    tx.record('work-order.handed-over', order.id, { number, column: column.name });
  });
}

/** Brings a handed-over vehicle's card back to the top of the column it left, or of the first one. */
export async function bringBack(db: Database, actor: Actor, number: number, reason: string): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getWorkOrderRow(tx, number);
    if (!order.handed_over_at) return;
    if (!reason) throw new Invalid({ reason: 'Say why it comes back.' });
    const columns = await tx.db
      .selectFrom('columns')
      .select(['id', 'name'])
      .where('shop_id', '=', tx.shop)
      .where('position', 'is not', null)
      .orderBy('position')
      .execute();
    const column = columns.find((one) => one.id === order.column_id) ?? columns[0];
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
