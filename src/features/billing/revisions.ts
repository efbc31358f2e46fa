import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { lockOrder } from './settle.js';
import { hashOf, type Snapshot, takeSnapshot } from './snapshots.js';
import type { OrderState } from './state.js';

const DAY = 24 * 60 * 60 * 1000;

export type Why = 'sent' | 'approved' | 'posted';

export interface Frozen {
  id: number;
  number: number;
  /** False when the last revision says exactly the same: then there is no new one. */
  fresh: boolean;
}

/**
 * Keeps what an order says as its next revision, which nothing can change any more.
 * @param sentSince what is sent is a new revision unless the last one says the same and was sent then or later: what a customer
 *   may answer is the last one that was sent
 */
export async function freeze(tx: Change, order: { id: number }, why: Why, snapshot: Snapshot, sentSince?: Date): Promise<Frozen> {
  const sha256 = hashOf(snapshot);
  const last = await tx.db
    .selectFrom('estimate_revisions')
    .select(['id', 'number', 'sha256', 'why', 'at'])
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', order.id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const isCurrent = !sentSince || (last?.why === 'sent' && last.at >= sentSince);
  if (last && isCurrent && sha256.equals(last.sha256)) return { id: last.id, number: last.number, fresh: false };
  const number = (last?.number ?? 0) + 1;
  const { id } = await tx.db
    .insertInto('estimate_revisions')
    .values({
      ...{ shop_id: tx.shop, work_order_id: order.id, number, at: tx.now, made_by: tx.actor.staff, why, sha256 },
      content: JSON.stringify(snapshot),
      total_cents: snapshot.totals.totalCents,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, number, fresh: true };
}

/** The snapshot that takeSnapshot() gives, of a state that is not written yet. */
export async function snapshotOf(tx: Change, order: { id: number }, state: OrderState, more: Partial<Snapshot>): Promise<Snapshot> {
  return { ...(await takeSnapshot(tx.db, tx.shop, order.id, state)), ...more };
}

/** The estimate went to the customer as it is now: it is frozen as a revision, unless the last one says exactly the same. */
export async function markAsSent(
  db: Database,
  viewer: Viewer,
  number: number,
  requestId?: string,
): Promise<Changed<{ revision: number; fresh: boolean }>> {
  return change(db, viewer, { requestId: requestId && `sent/${number}/${requestId}` }, async (tx) =>
    markAsSentWithin(tx, await lockOrder(tx, number)),
  );
}

/** As markAsSent(), inside a change that does more. */
export async function markAsSentWithin(tx: Change, order: { id: number; number: number }): Promise<{ revision: number; fresh: boolean }> {
  const { estimate_days } = await tx.db
    .selectFrom('visit_settings')
    .select('estimate_days')
    .where('shop_id', '=', tx.shop)
    .executeTakeFirstOrThrow();
  const snapshot = await takeSnapshot(tx.db, tx.shop, order.id);
  const revision = await freeze(tx, order, 'sent', snapshot, new Date(tx.now.getTime() - estimate_days * DAY));
  if (revision.fresh) {
    const { totalCents } = snapshot.totals;
    tx.record('estimate.sent', order.id, {
      ...{ number: order.number, revision: revision.number, cents: totalCents },
      ...{ currency: snapshot.terms?.currency ?? 'USD', sha256: hashOf(snapshot).toString('hex') },
    });
  }
  return { revision: revision.number, fresh: revision.fresh };
}

/**
 * What an order said when it was frozen: paper that was handed out is printed from this.
 * @param which number of the revision; `posted`: as it was posted last
 * @throws NotFound
 */
export async function readSnapshot(db: Database, shop: number, number: number, which: number | 'posted'): Promise<Snapshot> {
  const { rows } = await sql<{ content: Snapshot }>`
    select r.content from estimate_revisions r
    join work_orders w on w.shop_id = r.shop_id and w.id = r.work_order_id
    where w.shop_id = ${shop} and w.number = ${number}
      and ${which === 'posted' ? sql`r.why = 'posted' and w.document = 'posted'` : sql`r.number = ${which}`}
    order by r.number desc limit 1`.execute(db);
  if (!rows[0]) throw new NotFound('That revision is not here.');
  return rows[0].content;
}
