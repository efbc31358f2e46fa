import { sql } from 'kysely';
import { type ConsentInput, type Method, recordConsent } from '../features/billing/authorizations.js';
import type { Answer } from '../features/billing/consent.js';
import type { LineKind, PayType, Tax, Totals } from '../features/billing/rules.js';
import { lockOrder, settle } from '../features/billing/settle.js';
import { offerOf, takeSnapshot } from '../features/billing/snapshots.js';
import { freezeTerms } from '../features/billing/terms.js';
import { createWorkOrder } from '../features/work-orders/create.js';
import { change } from '../platform/database/change.js';
import type { Database } from '../platform/database/pool.js';
import type { Viewer } from '../platform/web/viewer.js';
import { newOrder } from './shop.js';

export interface TestLine {
  kind?: LineKind;
  cents: number;
  quantity?: number;
  taxes?: Tax[];
  ppm?: number;
}

export interface TestJob {
  name?: string;
  payType?: PayType;
  progress?: 'pending' | 'in-progress' | 'on-hold' | 'complete';
  choice?: number;
  picked?: boolean;
  lines?: TestLine[];
}

/** Opens work orders on which nothing stands yet, not even what the vehicle came for. @returns their numbers */
export async function openEmpty(db: Database, viewer: Viewer, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) {
    const { result } = await createWorkOrder(db, viewer, newOrder({ vehicleDescription: `Vehicle ${index + 1}`, concern: '' }));
    numbers.push(result.number);
  }
  return numbers;
}

/** Writes a job with its lines, as far as money is concerned, the way every change of jobs does. @returns its id */
export async function addJob(db: Database, viewer: Viewer, number: number, job: TestJob = {}): Promise<number> {
  const { result } = await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const { n } = await tx.db
      .selectFrom('jobs')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('work_order_id', '=', order.id)
      .executeTakeFirstOrThrow();
    const { id } = await tx.db
      .insertInto('jobs')
      .values({
        ...{ shop_id: tx.shop, work_order_id: order.id, position: n + 1, name: job.name ?? `Job ${n + 1}` },
        ...{
          pay_type: job.payType ?? 'customer',
          progress: job.progress ?? 'complete',
          choice: job.choice ?? null,
          picked: job.picked ?? true,
        },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await freezeTerms(tx, order);
    for (const line of job.lines ?? [{ cents: 10_000 }]) await insertLine(tx, order.id, id, line);
    await settle(tx, order);
    tx.record('test.job-added', order.id, { number, job: id });
    return id;
  });
  return result;
}

/** Writes one more line; without a job it is of the order as a whole. @returns its id */
export async function addLine(db: Database, viewer: Viewer, number: number, job: number | null, line: TestLine): Promise<number> {
  const { result } = await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    await freezeTerms(tx, order);
    const id = await insertLine(tx, order.id, job, line);
    await settle(tx, order);
    tx.record('test.line-added', order.id, { number, line: id });
    return id;
  });
  return result;
}

/** Gives a line another price. */
export async function reprice(db: Database, viewer: Viewer, number: number, line: number, cents: number): Promise<Totals> {
  const { result } = await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    await tx.db.updateTable('lines').set({ price_cents: cents }).where('shop_id', '=', tx.shop).where('id', '=', line).execute();
    tx.record('test.line-changed', order.id, { number, line });
    return settle(tx, order);
  });
  return result;
}

async function insertLine(tx: Parameters<typeof lockOrder>[0], workOrder: number, job: number | null, line: TestLine): Promise<number> {
  const { id } = await tx.db
    .insertInto('lines')
    .values({
      ...{
        shop_id: tx.shop,
        work_order_id: workOrder,
        job_id: job,
        position: 1,
        kind: line.kind ?? (job ? 'labor' : 'fee'),
        description: 'Line',
      },
      ...{
        price_cents: line.cents,
        quantity: line.quantity ?? 100,
        taxes: JSON.stringify(line.taxes ?? []),
        discount_ppm: line.ppm ?? null,
      },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** What a form for consent would send now. */
export async function consentForm(
  db: Database,
  viewer: Viewer,
  number: number,
  answers: Answer[],
  method: Method = 'in-person',
): Promise<ConsentInput> {
  const { id } = await db
    .selectFrom('work_orders')
    .select('id')
    .where('shop_id', '=', viewer.shop)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  const snapshot = await takeSnapshot(db, viewer.shop, id);
  const offer = { offer: offerOf(snapshot), shownCents: snapshot.totals.totalCents };
  return { answers, method, givenBy: 'Dana Whitfield', phone: method === 'phone' ? '555 0142' : '', note: '', ...offer };
}

/** The customer approves these jobs, in person. */
export async function approve(db: Database, viewer: Viewer, number: number, ...jobs: number[]): Promise<void> {
  const answers = jobs.map((job): Answer => ({ job, decision: 'approve', reason: '' }));
  await recordConsent(db, viewer, number, await consentForm(db, viewer, number, answers));
}

/** The order's row, as far as money is concerned. */
export function moneyOf(db: Database, shop: number, number: number) {
  return db
    .selectFrom('work_orders')
    .select(['id', 'document', 'invoice_number', 'posted_at', 'subtotal_cents', 'tax_cents', 'total_cents', 'paid_cents', 'bill_to_id'])
    .where('shop_id', '=', shop)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
}

/**
 * Makes an invoice so many days old on the shop's own calendar: at the same time of day, which is not as many times 24 hours
 * where the clocks were changed in between.
 */
export async function postedBefore(db: Database, shop: number, days: number, order: number): Promise<void> {
  await sql`update work_orders w set posted_at = (now() at time zone s.time_zone - make_interval(days => ${days})) at time zone s.time_zone
    from shops s where s.id = w.shop_id and w.shop_id = ${shop} and w.number = ${order}`.execute(db);
}
