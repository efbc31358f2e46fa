import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { getOpenWorkOrder, getWorkOrderRow, type WorkOrderRow } from './find.js';

/** Why a work order can't go on, and what people call it. */
export const BLOCK_REASONS = {
  parts: 'Waiting for parts',
  approval: 'Waiting for approval',
  sublet: 'At another shop',
  tool: 'Waiting for a tool or lift',
  other: 'Blocked',
} as const;
export type BlockReason = keyof typeof BLOCK_REASONS;

/** Marks a work order as blocked; a new reason replaces the old one and keeps since when it stands. */
export async function block(db: Database, actor: Actor, number: number, input: { reason: BlockReason; note: string }): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    if (order.blocked_reason === input.reason && order.blocked_note === input.note) return;
    await tx.db
      .updateTable('work_orders')
      .set({ blocked_reason: input.reason, blocked_note: input.note, blocked_since: order.blocked_since ?? tx.now })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', order.id)
      .execute();
    tx.record('work-order.blocked', order.id, { number, reason: input.reason, note: input.note });
  });
}

/** It can go on. */
export async function unblock(db: Database, actor: Actor, number: number): Promise<void> {
  await change(db, actor, {}, async (tx) => free(tx, await getOpenWorkOrder(tx, number)));
}

/** It waits for that no more, inside a change after which it does not; another reason stays. */
export async function freeFrom(tx: Change, number: number, reason: BlockReason): Promise<void> {
  const order = await getWorkOrderRow(tx, number);
  if (order.blocked_reason === reason) await free(tx, order);
}

async function free(tx: Change, order: WorkOrderRow): Promise<void> {
  if (!order.blocked_reason) return;
  await tx.db
    .updateTable('work_orders')
    .set({ blocked_reason: null, blocked_note: '', blocked_since: null })
    .where('shop_id', '=', tx.shop)
    .where('id', '=', order.id)
    .execute();
  const since = order.blocked_since?.toISOString() ?? null;
  tx.record('work-order.freed', order.id, { number: order.number, reason: order.blocked_reason, since });
}
