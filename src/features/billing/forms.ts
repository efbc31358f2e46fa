import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { showDateTime } from '../../platform/time.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showAmount, showMoney, showQuantity } from './amounts.js';
import { METHODS } from './authorizations.js';
import type { Document } from './consent.js';
import { PAY_METHODS } from './payments.js';
import { offerOf, type SnapshotJob, type SnapshotLine, takeSnapshot } from './snapshots.js';
import { readState } from './state.js';

interface Head {
  id: number;
  number: number;
  document: Document;
  vehicle: string;
  customer: string;
  phone: string;
  currency: string;
  total_cents: number;
  paid_cents: number;
}

async function getHead(db: Database, shop: number, number: number): Promise<Head> {
  const { rows } = await sql<Head>`
    select w.id, w.number, w.document, v.description as vehicle, c.name as customer, c.phone, coalesce(w.terms ->> 'currency', b.currency) as currency,
      w.total_cents, w.paid_cents
    from work_orders w
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    join billing_settings b on b.shop_id = w.shop_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  if (!rows[0]) throw new NotFound('That work order is not here.');
  return rows[0];
}

/** The form that writes down a customer's answer. What was typed stays; sums and jobs are always those of now. */
export async function consentForm(db: Database, viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
  const head = await getHead(db, viewer.shop, number);
  const state = await readState(db, viewer.shop, head.id);
  const snapshot = await takeSnapshot(db, viewer.shop, head.id, state);
  const money = (cents: number) => showMoney(cents, head.currency);
  const asked = snapshot.jobs.filter((job) => job.payType === 'customer');
  const isOpen = (job: SnapshotJob) => job.consent === 'proposed' || job.consent === 'revised';
  const show = (job: SnapshotJob) => ({
    ...{ id: job.id, name: job.name, choice: job.choice, choiceName: job.choiceName, consent: job.consent, total: money(job.totalCents) },
    was: job.consent === 'revised' ? money(state.approvals.get(job.id)?.cents ?? 0) : null,
    more: job.consent === 'revised' ? money(job.totalCents - (state.approvals.get(job.id)?.cents ?? 0)) : null,
    lines: job.lines.map((line) => ({
      what: line.description,
      quantity: showQuantity(line.quantity),
      cents: showAmount(line.amountCents),
      kind: line.kind,
    })),
  });
  const data = {
    ...{ title: `Consent to WO-${number}`, number, vehicle: head.vehicle, customer: head.customer, methods: Object.entries(METHODS) },
    open: asked.filter(isOpen).map(show),
    answered: asked.filter((job) => !isOpen(job)).map(show),
    orderLines: snapshot.lines.map((line: SnapshotLine) => ({ what: line.description, cents: showAmount(line.amountCents) })),
    authorized: state.authorized ? money(state.authorized.cents) : null,
    ...{ total: money(snapshot.totals.totalCents), tax: money(snapshot.totals.taxCents), shown: snapshot.totals.totalCents },
    offer: offerOf(snapshot),
    requestId: String(refused?.values.requestId ?? randomUUID()),
    values: { givenBy: head.customer, phone: head.phone, ...refused?.values },
    errors: refused?.fields ?? {},
  };
  return page('billing/consent', data, 'billing/consent-form');
}

/** The form that takes a payment or a deposit. */
export async function paymentForm(db: Database, viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
  const head = await getHead(db, viewer.shop, number);
  const due = head.total_cents - head.paid_cents;
  const isInvoiced = head.document === 'invoice' || head.document === 'posted';
  const data = {
    ...{ title: `Payment for WO-${number}`, number, vehicle: head.vehicle, customer: head.customer, methods: Object.entries(PAY_METHODS) },
    ...{ due: due > 0 ? showMoney(due, head.currency) : null, mayDeposit: !isInvoiced },
    requestId: String(refused?.values.requestId ?? randomUUID()),
    values: refused?.values ?? { amount: due > 0 ? showAmount(due) : '', method: 'card', deposit: isInvoiced ? undefined : 'on' },
    errors: refused?.fields ?? {},
  };
  return page('billing/payment', data, 'billing/payment-form');
}

/** The form that gives money back. */
export async function refundForm(db: Database, viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
  const head = await getHead(db, viewer.shop, number);
  const { rows } = await sql<{ id: number; cents: number; method: keyof typeof PAY_METHODS; at: Date }>`
    select id, cents, method, at from payments where shop_id = ${viewer.shop} and work_order_id = ${head.id} and kind <> 'refund' order by id`.execute(
    db,
  );
  const data = {
    ...{
      title: `Give money back for WO-${number}`,
      number,
      vehicle: head.vehicle,
      customer: head.customer,
      methods: Object.entries(PAY_METHODS),
    },
    paid: showMoney(head.paid_cents, head.currency),
    payments: rows.map((row) => ({
      id: row.id,
      text: `${showMoney(row.cents, head.currency)}, ${PAY_METHODS[row.method].toLowerCase()}, ${showDateTime(row.at, viewer.timeZone)}`,
    })),
    requestId: String(refused?.values.requestId ?? randomUUID()),
    values: refused?.values ?? { method: rows.at(-1)?.method ?? 'cash', amount: '' },
    errors: refused?.fields ?? {},
  };
  return page('billing/refund', data, 'billing/refund-form');
}
