import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { type Document, documentOf, nextConsent } from './consent.js';
import type { Consent, Terms, Totals } from './rules.js';
import { type Approval, aloneCents, type JobState, type OrderState, readState, totalsOf } from './state.js';

/** A work order that may change, as far as its jobs, lines and documents need it. */
export interface LockedOrder {
  id: number;
  number: number;
  customer_id: number;
  vehicle_id: number;
  bill_to_id: number | null;
  document: Document;
  terms: Terms | null;
  po_number: string;
  invoice_number: number | null;
  labor_rate_id: number | null;
  handed_over_at: Date | null;
  total_cents: number;
  paid_cents: number;
}

const COLUMNS = [
  ...(['id', 'number', 'customer_id', 'vehicle_id', 'bill_to_id', 'document', 'terms', 'po_number', 'invoice_number'] as const),
  ...(['labor_rate_id', 'handed_over_at', 'total_cents', 'paid_cents'] as const),
];

/** The order with this number, posted or not; the change that reads it holds the lock of the shop. @throws NotFound */
export async function findOrder(tx: Change, number: number): Promise<LockedOrder> {
  const row = await tx.db
    .selectFrom('work_orders')
    .select(COLUMNS)
    .where('shop_id', '=', tx.shop)
    .where('number', '=', number)
    .executeTakeFirst();
  if (!row) throw new NotFound('That work order is not here.');
  return row as LockedOrder;
}

/**
 * The order with this number, for a change of its jobs, lines or documents.
 * @throws NotFound; Conflict when it is posted: then nothing of it changes
 */
export async function lockOrder(tx: Change, number: number): Promise<LockedOrder> {
  const order = await findOrder(tx, number);
  if (order.document === 'posted') throw new Conflict(`WO-${number} is posted. Open it again first.`);
  return order;
}

/**
 * To be called after every change of jobs or lines, inside the same change: works out the sums anew and keeps them on the
 * order, marks approved jobs that grew as revised, and takes an invoice back to a repair order, for it no longer says what
 * it said. In at most four statements, however many lines there are.
 * @returns the sums as they are now
 */
export async function settle(tx: Change, order: { id: number; number: number }): Promise<Totals> {
  return (await settleState(tx, order, 'withdraw')).totals;
}

/** As settle(). @param invoice `keep` when nothing that stands on it has changed */
export async function settleState(
  tx: Change,
  order: { id: number; number: number },
  invoice: 'withdraw' | 'keep',
): Promise<{ state: OrderState; totals: Totals }> {
  const before = await readState(tx.db, tx.shop, order.id);
  const totals = totalsOf(before);
  // What the customer was told not to pay for is asked about anew, should it be charged after all.
  const approvedOf = ({ payType, approvedCents }: JobState) => (payType === 'customer' ? approvedCents : null);
  const jobs = before.jobs.map((job) => ({ ...job, consent: consentNow(before, job, totals), approvedCents: approvedOf(job) }));
  await writeConsents(tx, order, before, jobs, totals);
  const staysInvoice = before.document === 'invoice' && invoice === 'keep';
  const document: Document = staysInvoice ? 'invoice' : documentOf(jobs);
  if (before.document === 'invoice' && !staysInvoice)
    tx.record('invoice.withdrawn', order.id, { number: order.number, invoice: before.invoiceNumber });
  const { subtotalCents, taxCents, totalCents } = totals;
  const state = { ...before, document, jobs, subtotalCents, taxCents, totalCents };
  if (differs(before, state))
    await sql`update work_orders set document = ${document}, subtotal_cents = ${subtotalCents}, tax_cents = ${taxCents}, total_cents = ${totalCents}
      where shop_id = ${tx.shop} and id = ${order.id}`.execute(tx.db);
  return { state, totals };
}

function consentNow(state: OrderState, job: JobState, totals: Totals): Consent {
  const asked = state.approvals.get(job.id);
  if (!asked) return nextConsent(job, job.approvedCents ?? 0, totals.jobs.get(job.id)?.totalCents ?? 0, false);
  // Each alone: what the order's tax rounds to, and its capped supplies, are shared out anew when another job changes.
  return nextConsent(job, asked.aloneCents, aloneCents(state, job), isOther(state, asked, totals));
}

/**
 * Whether something of a job is not what was approved: a line that is dearer, is another thing, or is new. A sum that stays
 * the same does not make another part an approved one (16 CCR 3354(b)); a discount takes nobody's consent away.
 */
function isOther({ lines }: OrderState, { job, lines: approved }: Approval, totals: Totals): boolean {
  const known = new Map(approved.map((line) => [line.id, line]));
  return lines.some((line) => {
    if (line.job !== job || line.kind === 'discount') return false;
    const was = known.get(line.id);
    if (!was || (totals.lines.get(line.id) ?? 0) > was.amountCents) return true;
    return (['kind', 'description', 'partNumber', 'condition'] as const).some((key) => line[key] !== was[key]);
  });
}

async function writeConsents(
  tx: Change,
  order: { id: number; number: number },
  before: OrderState,
  jobs: JobState[],
  totals: Totals,
): Promise<void> {
  const currency = before.terms?.currency ?? 'USD';
  const was = new Map(before.jobs.map((job) => [job.id, job]));
  const changed = jobs.filter((job) => (['consent', 'approvedCents'] as const).some((key) => job[key] !== was.get(job.id)?.[key]));
  if (changed.length === 0) return;
  const rows = changed.map(({ id, consent, approvedCents }) => ({ id, consent, cents: approvedCents }));
  await sql`update jobs j set consent = c.consent, approved_cents = c.cents
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (id bigint, consent text, cents bigint)
    where j.shop_id = ${tx.shop} and j.work_order_id = ${order.id} and j.id = c.id`.execute(tx.db);
  for (const job of changed.filter((one) => one.payType === 'customer' && one.consent !== 'proposed')) {
    const is = totals.jobs.get(job.id)?.totalCents ?? 0;
    const data = { number: order.number, job: job.id, name: job.name, approvedCents: job.approvedCents, cents: is, currency };
    tx.record(job.consent === 'revised' ? 'job.revised' : 'job.as-approved', order.id, data);
  }
}

function differs(before: OrderState, after: OrderState): boolean {
  return (['document', 'subtotalCents', 'taxCents', 'totalCents'] as const).some((key) => before[key] !== after[key]);
}
