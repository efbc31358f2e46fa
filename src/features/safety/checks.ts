import { sql } from 'kysely';
import { type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { getOpenWorkOrder } from '../work-orders/find.js';

/**
 * Whether somebody has passed the work of the work order `w` since anything of it was done or changed: the last event of the two
 * is a check that was passed. What a job is called, or what a line costs, is no work.
 */
export const IS_CHECKED = sql<boolean>`coalesce((
  select e.kind = 'quality.passed' from events e
  where e.shop_id = w.shop_id and e.work_order_id = w.id and (
    e.kind in ('quality.passed', 'quality.failed', 'line.added', 'line.removed', 'job.removed')
    or e.kind = 'job.changed' and e.data -> 'to' ? 'progress'
    or e.kind = 'line.changed' and e.data -> 'to' ?| array['description', 'quantity', 'partNumber', 'condition'])
  order by e.version desc, e.seq desc limit 1), false)`;

/**
 * Somebody who did not do the work has looked at it.
 * @throws Conflict when it is their own work
 */
export async function checkWork(
  db: Database,
  viewer: Viewer,
  number: number,
  input: { passed: boolean; note: string },
  requestId?: string,
): Promise<Changed<{ number: number }>> {
  return change(db, viewer, { requestId: requestId && `check/${number}/${requestId}` }, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    if (await isOwnWork(tx.db, tx.shop, number, viewer.staff))
      throw new Conflict(`You worked on WO-${number} yourself: somebody else checks the work.`);
    await tx.db
      .insertInto('quality_checks')
      .values({ shop_id: tx.shop, work_order_id: order.id, by: viewer.staff, at: tx.now, ...input })
      .execute();
    tx.record(input.passed ? 'quality.passed' : 'quality.failed', order.id, { number, ...(input.note && { note: input.note }) });
    return { number };
  });
}

/** Whether somebody is the mechanic of a work order, or of a job of it that is to be done. */
export async function isOwnWork(db: Database, shop: number, number: number, staff: number): Promise<boolean> {
  const { rows } = await sql<{ own: boolean }>`
    select w.mechanic_id is not distinct from ${staff} or exists (
      select from jobs j where j.shop_id = w.shop_id and j.work_order_id = w.id and j.mechanic_id = ${staff}
        and j.consent not in ('declined', 'deferred') and (j.choice is null or j.picked)
    ) as own
    from work_orders w where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  return rows[0]?.own ?? false;
}
