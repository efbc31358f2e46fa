import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showMoney } from './amounts.js';
import { findOrder, type LockedOrder } from './settle.js';
import { readCurrency } from './terms.js';

export const PAY_METHODS = { cash: 'Cash', card: 'Card', check: 'Check', transfer: 'Bank transfer', other: 'Other' } as const;
export type PayMethod = keyof typeof PAY_METHODS;

export interface PaymentInput {
  method: PayMethod;
  cents: number;
  /** Cash that was handed over, when it was more. */
  tenderedCents: number | null;
  reference: string;
  note: string;
  /** Before there is an invoice a customer may pay ahead, also more than is due. */
  deposit: boolean;
}

export interface RefundInput {
  method: PayMethod;
  cents: number;
  reference: string;
  reason: string;
  /** The payment that is given back; null for any of the order's. */
  payment: number | null;
}

/**
 * Takes money for an order: all that is due, a part, or a deposit; what is paid by two methods is two payments.
 * @throws Invalid with a sentence by field (`amount`, `tendered`, `deposit`)
 */
export async function takePayment(
  db: Database,
  viewer: Viewer,
  number: number,
  input: PaymentInput,
  requestId?: string,
): Promise<Changed<{ changeCents: number; currency: string }>> {
  return change(db, viewer, { requestId: requestId && `payment/${number}/${requestId}` }, async (tx) => {
    const order = await findOrder(tx, number);
    const currency = await currencyOf(tx, order);
    const wrong = refusePayment(order, input, currency);
    if (wrong) throw new Invalid(wrong);
    await insertPayment(tx, order, { ...input, kind: input.deposit ? 'deposit' : 'payment', refundOf: null });
    return { changeCents: input.tenderedCents === null ? 0 : input.tenderedCents - input.cents, currency };
  });
}

/** The rules of taking money. @returns a sentence by field, or null */
function refusePayment(
  order: Pick<LockedOrder, 'document' | 'number' | 'total_cents' | 'paid_cents'>,
  { cents, tenderedCents, deposit, method }: PaymentInput,
  currency: string,
): Record<string, string> | null {
  const tendered = refuseTendered({ cents, tenderedCents, method }, currency);
  if (cents <= 0) return { amount: 'Take more than nothing.' };
  if (tendered) return { tendered };
  const isInvoiced = order.document === 'invoice' || order.document === 'posted';
  if (deposit) return isInvoiced ? { deposit: `WO-${order.number} is invoiced already: take a payment, not a deposit.` } : null;
  const due = order.total_cents - order.paid_cents;
  if (due <= 0)
    return { amount: `Nothing is due on WO-${order.number}.${isInvoiced ? '' : ' Money that comes ahead of the bill is a deposit.'}` };
  if (cents > due) return { amount: `Only ${showMoney(due, currency)} is due. Take that, and give the rest back as change.` };
  return null;
}

/** @returns what is wrong with the cash that was handed over, or null */
function refuseTendered(
  { cents, tenderedCents, method }: Pick<PaymentInput, 'cents' | 'tenderedCents' | 'method'>,
  currency: string,
): string | null {
  if (tenderedCents === null) return null;
  if (method !== 'cash') return 'Change is given for cash only.';
  if (tenderedCents < cents) return `That is less than ${showMoney(cents, currency)}.`;
  return null;
}

/** Gives money back: at most what was paid, with a reason. @throws Invalid with a sentence by field; NotFound for a payment of another order */
export async function refundPayment(
  db: Database,
  viewer: Viewer,
  number: number,
  input: RefundInput,
  requestId?: string,
): Promise<Changed<{ currency: string }>> {
  return change(db, viewer, { requestId: requestId && `refund/${number}/${requestId}` }, async (tx) => {
    const order = await findOrder(tx, number);
    const currency = await currencyOf(tx, order);
    if (input.reason === '') throw new Invalid({ reason: 'Say why it is given back.' });
    if (input.cents <= 0) throw new Invalid({ amount: 'Give back more than nothing.' });
    // What was taken back on the bill (a core, a part) may come to more than what is on it: then the shop owes that as well.
    const all = order.paid_cents - Math.min(0, order.total_cents);
    const most = input.payment === null ? all : Math.min(all, await leftOf(tx, order, input.payment));
    if (input.cents > most)
      throw new Invalid({ amount: most > 0 ? `At most ${showMoney(most, currency)} can be given back.` : 'Nothing is left to give back.' });
    const { method, reference, reason } = input;
    const row = { method, reference, note: reason, cents: -input.cents, tenderedCents: null, kind: 'refund' as const };
    await insertPayment(tx, order, { ...row, refundOf: input.payment });
    return { currency };
  });
}

/** What of one payment has not been given back yet. */
async function leftOf(tx: Change, order: LockedOrder, payment: number): Promise<number> {
  const { rows } = await sql<{ cents: number }>`
    select p.cents + coalesce((select sum(r.cents) from payments r where r.shop_id = p.shop_id and r.work_order_id = p.work_order_id
      and r.refund_of_id = p.id), 0)::bigint as cents
    from payments p where p.shop_id = ${tx.shop} and p.work_order_id = ${order.id} and p.id = ${payment} and p.kind <> 'refund'`.execute(
    tx.db,
  );
  if (!rows[0]) throw new NotFound('That payment is not on this work order.');
  return rows[0].cents;
}

interface NewPayment extends Omit<PaymentInput, 'deposit'> {
  kind: 'deposit' | 'payment' | 'refund';
  refundOf: number | null;
}

/** Writes a payment, and keeps the order's sum of what is paid. */
async function insertPayment(tx: Change, order: LockedOrder, payment: NewPayment): Promise<void> {
  const { kind, method, cents, reference, note } = payment;
  const { id } = await tx.db
    .insertInto('payments')
    .values({
      ...{ shop_id: tx.shop, work_order_id: order.id, kind, method, cents, tendered_cents: payment.tenderedCents },
      ...{ reference, note, refund_of_id: payment.refundOf, taken_by: tx.actor.staff as number, at: tx.now },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`update work_orders set paid_cents = paid_cents + ${cents} where shop_id = ${tx.shop} and id = ${order.id}`.execute(tx.db);
  const data = { number: order.number, payment: id, kind, method, cents: Math.abs(cents), currency: await currencyOf(tx, order) };
  tx.record(kind === 'refund' ? 'payment.refunded' : 'payment.taken', order.id, kind === 'refund' ? { ...data, reason: note } : data);
}

/** That of its terms; a deposit may come before its first line, in the shop's. */
async function currencyOf(tx: Change, order: Pick<LockedOrder, 'terms'> | undefined): Promise<string> {
  return order?.terms?.currency ?? (await readCurrency(tx.db, tx.shop));
}

/**
 * Takes one sum for several posted invoices of whoever pays them: the oldest is paid first.
 * @param expectedCents what the form said that is due in all
 * @throws Conflict when that has changed; Invalid with a sentence by field
 */
export async function payOldest(
  db: Database,
  viewer: Viewer,
  payer: number,
  input: Omit<PaymentInput, 'deposit'> & { expectedCents: number },
  requestId?: string,
): Promise<Changed<{ numbers: number[]; changeCents: number; currency: string }>> {
  return change(db, viewer, { requestId: requestId && `payments/${payer}/${requestId}` }, async (tx) => {
    const owed = await listOwed(tx, payer);
    const due = owed.reduce((sum, order) => sum + order.total_cents - order.paid_cents, 0);
    const currency = await currencyOf(tx, owed[0]);
    if (due !== input.expectedCents)
      throw new Conflict(
        `Meanwhile ${showMoney(due, currency)} is due, and not ${showMoney(input.expectedCents, currency)} any more. Look at it again.`,
      );
    const tendered = refuseTendered(input, currency);
    if (input.cents <= 0) throw new Invalid({ amount: 'Take more than nothing.' });
    if (tendered) throw new Invalid({ tendered });
    if (input.cents > due) throw new Invalid({ amount: `Only ${showMoney(due, currency)} is due in all.` });
    const numbers: number[] = [];
    for (const { order, cents } of dealOldest(owed, input.cents)) {
      await insertPayment(tx, order, { ...input, cents, tenderedCents: null, kind: 'payment', refundOf: null });
      numbers.push(order.number);
    }
    return { numbers, changeCents: input.tenderedCents === null ? 0 : input.tenderedCents - input.cents, currency };
  });
}

/** How much of a sum each order gets, the first ones first. */
export function dealOldest<Order extends { total_cents: number; paid_cents: number }>(
  orders: Order[],
  cents: number,
): { order: Order; cents: number }[] {
  let left = cents;
  return orders.flatMap((order) => {
    const share = Math.min(left, order.total_cents - order.paid_cents);
    left -= share;
    return share > 0 ? [{ order, cents: share }] : [];
  });
}

/** Posted orders of one payer that are not paid, the oldest first. */
async function listOwed(tx: Change, payer: number): Promise<LockedOrder[]> {
  const { rows } = await sql<LockedOrder>`
    select id, number, customer_id, vehicle_id, bill_to_id, document, terms, po_number, invoice_number, labor_rate_id, handed_over_at, total_cents, paid_cents
    from work_orders where shop_id = ${tx.shop} and document = 'posted' and total_cents > paid_cents
      and coalesce(bill_to_id, customer_id) = ${payer}
    order by posted_at, id`.execute(tx.db);
  return rows;
}
