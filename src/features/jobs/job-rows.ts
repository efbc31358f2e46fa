import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import type { LockedOrder } from '../billing/settle.js';

/** An order can't have more jobs. */
const MOST_JOBS = 60;

const COLUMNS = [
  ...(['id', 'work_order_id', 'position', 'name', 'concern', 'cause', 'correction', 'internal_note', 'pay_type', 'mechanic_id'] as const),
  ...(['progress', 'consent', 'choice', 'choice_name', 'picked', 'supplies', 'clocked_hundredths'] as const),
];

/** @throws NotFound when this order has no such job */
export async function getJob(tx: Change, workOrder: number, id: number) {
  const row = await tx.db
    .selectFrom('jobs')
    .select(COLUMNS)
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', workOrder)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new NotFound('That job is not here any more.');
  return row;
}

/** The job of an order by the order's number, to be shown; null when there is none. */
export async function findJob(db: Database, shop: number, number: number, id: number): Promise<JobColumns | null> {
  const row = await db
    .selectFrom('jobs')
    .innerJoin('work_orders', (join) =>
      join.onRef('work_orders.shop_id', '=', 'jobs.shop_id').onRef('work_orders.id', '=', 'jobs.work_order_id'),
    )
    .select(COLUMNS.map((column) => `jobs.${column}` as const))
    .where('jobs.shop_id', '=', shop)
    .where('work_orders.number', '=', number)
    .where('jobs.id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

export type JobColumns = Awaited<ReturnType<typeof getJob>>;

/** The jobs of an order, in their order. */
export function listJobs(tx: Change, workOrder: number): Promise<JobColumns[]> {
  return tx.db
    .selectFrom('jobs')
    .select(COLUMNS)
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', workOrder)
    .orderBy('position')
    .execute();
}

export interface NewJob {
  name: string;
  concern: string;
  cause?: string;
  correction?: string;
  internal_note?: string;
  pay_type?: JobColumns['pay_type'];
  mechanic_id?: number | null;
  supplies?: boolean;
  choice?: number | null;
  choice_name?: string;
  picked?: boolean;
  brought_from_id?: number | null;
}

/** Writes a job behind the others, or behind the one at a position. @returns its id */
export async function insertJob(tx: Change, order: Pick<LockedOrder, 'id' | 'number'>, job: NewJob, after?: number): Promise<number> {
  const { rows } = await sql<{ count: number; last: number }>`
    select count(*) as count, coalesce(max(position), 0) as last from jobs where shop_id = ${tx.shop} and work_order_id = ${order.id}`.execute(
    tx.db,
  );
  const { count, last } = rows[0] as { count: number; last: number };
  if (count >= MOST_JOBS) throw new Conflict(`A work order can have at most ${MOST_JOBS} jobs.`);
  if (after !== undefined)
    await sql`update jobs set position = position + 1 where shop_id = ${tx.shop} and work_order_id = ${order.id} and position > ${after}`.execute(
      tx.db,
    );
  const { id } = await tx.db
    .insertInto('jobs')
    .values({ shop_id: tx.shop, work_order_id: order.id, position: (after ?? last) + 1, created_at: tx.now, ...job })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
