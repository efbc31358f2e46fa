import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showMoney } from './amounts.js';
import { type DocumentFacts, type Payer, refuseInvoice, refusePosting, refuseSum } from './document-rules.js';
import { freeze, snapshotOf } from './revisions.js';
import { findOrder, type LockedOrder, lockOrder } from './settle.js';
import { type OrderState, outsideOf, readState, totalsOf } from './state.js';

/**
 * Makes an invoice of a repair order. It gets the shop's next invoice number, without gaps, and keeps it for ever, also
 * when it is taken back and made anew.
 * @param shownCents what the form said that it comes to
 * @throws Conflict with a sentence when a rule refuses it, or when the sum is another one by now
 */
export async function makeInvoice(
  db: Database,
  viewer: Viewer,
  number: number,
  shownCents: number,
  requestId?: string,
): Promise<Changed<{ invoice: number }>> {
  return change(db, viewer, { requestId: requestId && `invoice/${number}/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    if (order.document === 'invoice') return { invoice: order.invoice_number as number };
    const { facts } = await readFacts(tx, order);
    refuseOther(facts, shownCents);
    refuse(refuseInvoice(facts));
    const invoice = order.invoice_number ?? (await takeInvoiceNumber(tx));
    await sql`update work_orders set document = 'invoice', invoice_number = ${invoice}, invoiced_at = ${tx.now}
      where shop_id = ${tx.shop} and id = ${order.id}`.execute(tx.db);
    const { totalCents } = facts.totals;
    tx.record('invoice.made', order.id, { number, invoice, cents: totalCents, currency: facts.terms?.currency ?? 'USD' });
    return { invoice };
  });
}

/** Posts an invoice: from then on nothing of it changes. What it says is frozen, and what is not paid is on account. */
export async function postInvoice(
  db: Database,
  viewer: Viewer,
  number: number,
  shownCents: number,
  requestId?: string,
): Promise<Changed<{ invoice: number }>> {
  return change(db, viewer, { requestId: requestId && `posting/${number}/${requestId}` }, async (tx) => {
    const order = await findOrder(tx, number);
    if (order.document === 'posted') return { invoice: order.invoice_number as number };
    if (order.document !== 'invoice') throw new Conflict(`WO-${number} is not an invoice yet. Make the invoice first.`);
    const { state, facts, billTo } = await readFacts(tx, order);
    refuseOther(facts, shownCents);
    refuse(refusePosting(facts));
    const posted = await snapshotOf(tx, order, state, { document: 'posted' });
    await freeze(tx, order, 'posted', posted);
    try {
      // Who pays is kept with it: whoever gets the customer's bills later does not owe this one.
      await sql`update work_orders set document = 'posted', posted_at = ${tx.now}, bill_to_id = ${billTo}
        where shop_id = ${tx.shop} and id = ${order.id}`.execute(tx.db);
    } catch (error) {
      throw sayPosting(error, facts);
    }
    const dueCents = facts.totals.totalCents - facts.paidCents;
    const invoice = order.invoice_number as number;
    tx.record('invoice.posted', order.id, {
      number,
      invoice,
      cents: facts.totals.totalCents,
      dueCents,
      currency: facts.terms?.currency ?? 'USD',
    });
    return { invoice };
  });
}

/** Opens a posted invoice again; what was paid stays paid. @throws Invalid without a reason */
export async function unpostInvoice(db: Database, viewer: Viewer, number: number, reason: string): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await findOrder(tx, number);
    if (reason === '') throw new Invalid({ reason: 'Say why it is opened again.' });
    if (order.document !== 'posted') throw new Conflict(`WO-${number} is not posted.`);
    await sql`update work_orders set document = 'invoice', posted_at = null where shop_id = ${tx.shop} and id = ${order.id}`.execute(tx.db);
    tx.record('invoice.unposted', order.id, { number, invoice: order.invoice_number, reason });
  });
}

/** The database keeps the rules as well: what it refuses is said in the same words. */
function sayPosting(error: unknown, facts: DocumentFacts): unknown {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== '23514') return error;
  if (constraint === 'authorized')
    return new Conflict(refuseSum(facts) ?? `WO-${facts.number} is above what its customer has authorized. Record the consent first.`);
  if (constraint === 'posted') return new Conflict(`WO-${facts.number} is posted. Open it again first.`);
  return error;
}

function refuse(sentence: string | null): void {
  if (sentence) throw new Conflict(sentence);
}

function refuseOther({ number, totals, terms }: DocumentFacts, shownCents: number): void {
  if (totals.totalCents === shownCents) return;
  const money = (cents: number) => showMoney(cents, terms?.currency ?? 'USD');
  throw new Conflict(
    `WO-${number} has changed since this was opened: it came to ${money(shownCents)} then, and comes to ${money(totals.totalCents)} now. Look at it again.`,
  );
}

async function takeInvoiceNumber(tx: Change): Promise<number> {
  const shop = await tx.db
    .updateTable('shops')
    .set((eb) => ({ next_invoice_number: eb('next_invoice_number', '+', 1) }))
    .where('id', '=', tx.shop)
    .returning('next_invoice_number')
    .executeTakeFirstOrThrow();
  return shop.next_invoice_number - 1;
}

async function readFacts(tx: Change, order: LockedOrder): Promise<{ state: OrderState; facts: DocumentFacts; billTo: number | null }> {
  const state = await readState(tx.db, tx.shop, order.id);
  const { rows } = await sql<Payer & { id: number }>`
    select p.id, coalesce(nullif(p.company, ''), p.name) as name, p.po_required as "poRequired", p.on_account as "onAccount"
    from customers c join customers p on p.shop_id = c.shop_id and p.id = coalesce(${order.bill_to_id}::bigint, c.bill_to_id, c.id)
    where c.shop_id = ${tx.shop} and c.id = ${order.customer_id}`.execute(tx.db);
  const payer = rows[0] as Payer & { id: number };
  const { jobs, lines, terms, authorized, paidCents } = state;
  const facts = {
    number: order.number,
    jobs,
    lineCount: lines.length,
    totals: totalsOf(state),
    terms,
    authorized,
    outside: outsideOf(state),
    paidCents,
    poNumber: order.po_number,
    payer,
  };
  return { state, facts, billTo: payer.id === order.customer_id ? null : payer.id };
}
