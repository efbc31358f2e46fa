import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';

/** How old a debt is, in days since it was posted: by the calendar of the shop. */
export const AGES = ['0–30 days', '31–60 days', '61–90 days', 'over 90 days'] as const;

/** @returns index into AGES */
export function ageOf(days: number): 0 | 1 | 2 | 3 {
  if (days <= 30) return 0;
  if (days <= 60) return 1;
  return days <= 90 ? 2 : 3;
}

export interface Debtor {
  customer: number;
  name: string;
  /** Cents due, by AGES. */
  ages: [number, number, number, number];
  dueCents: number;
  invoices: number;
}

export interface Receivables {
  debtors: Debtor[];
  /** Of all debtors, not only those on this page. */
  ages: [number, number, number, number];
  dueCents: number;
  /** What to ask the next page with. */
  next: { due: number; customer: number } | null;
}

const PAGE = 50;
/** Days between two dates on the shop's clock. */
const days = sql`((now() at time zone s.time_zone)::date - (w.posted_at at time zone s.time_zone)::date)`;
const due = sql`(w.total_cents - w.paid_cents)`;
const byAge = sql`
  coalesce(sum(${due}) filter (where ${days} <= 30), 0)::bigint as a0, coalesce(sum(${due}) filter (where ${days} between 31 and 60), 0)::bigint as a1,
  coalesce(sum(${due}) filter (where ${days} between 61 and 90), 0)::bigint as a2, coalesce(sum(${due}) filter (where ${days} > 90), 0)::bigint as a3,
  coalesce(sum(${due}), 0)::bigint as due`;

interface AgeRow {
  a0: number;
  a1: number;
  a2: number;
  a3: number;
  due: number;
}

/** What customers owe on posted invoices, by whoever pays, the most first. @param after the last one of the page before */
export async function listReceivables(db: Database, shop: number, after: Receivables['next'], limit = PAGE): Promise<Receivables> {
  const owed = sql`from work_orders w join shops s on s.id = w.shop_id
    where w.shop_id = ${shop} and w.document = 'posted' and w.total_cents > w.paid_cents`;
  const all = await sql<AgeRow>`select ${byAge} ${owed}`.execute(db);
  const { rows } = await sql<AgeRow & { customer: number; name: string; invoices: number }>`
    select o.*, coalesce(nullif(c.company, ''), c.name) as name from (
      select coalesce(w.bill_to_id, w.customer_id) as customer, count(*) as invoices, ${byAge} ${owed} group by 1
    ) o join customers c on c.shop_id = ${shop} and c.id = o.customer
    where ${after === null} or (o.due, o.customer) < (${after?.due ?? 0}::bigint, ${after?.customer ?? 0}::bigint)
    order by o.due desc, o.customer desc limit ${limit + 1}`.execute(db);
  const debtors = rows.slice(0, limit).map((row) => ({ customer: row.customer, name: row.name, invoices: row.invoices, ...toAges(row) }));
  const last = rows.length > limit ? debtors.at(-1) : undefined;
  return { debtors, ...toAges(all.rows[0] as AgeRow), next: last ? { due: last.dueCents, customer: last.customer } : null };
}

function toAges(row: AgeRow): Pick<Debtor, 'ages' | 'dueCents'> {
  return { ages: [row.a0, row.a1, row.a2, row.a3], dueCents: row.due };
}

export interface OpenInvoice {
  number: number;
  invoice: number;
  postedAt: Date;
  vehicle: string;
  poNumber: string;
  totalCents: number;
  paidCents: number;
  dueCents: number;
  days: number;
}

export interface Statement {
  customer: { id: number; name: string; company: string; address: string; phone: string; email: string };
  currency: string;
  timeZone: string;
  /** The oldest first. */
  invoices: OpenInvoice[];
  ages: [number, number, number, number];
  dueCents: number;
}

/** What one customer owes, invoice by invoice, the oldest first. @throws NotFound when the shop has no such customer */
export async function getStatement(db: Database, shop: number, customer: number): Promise<Statement> {
  const found = await sql<Statement['customer'] & { currency: string; timeZone: string }>`
    select c.id, c.name, c.company, coalesce(nullif(c.billing_address, ''), c.address) as address, c.phone, c.email, b.currency, s.time_zone as "timeZone"
    from customers c join shops s on s.id = c.shop_id join billing_settings b on b.shop_id = c.shop_id
    where c.shop_id = ${shop} and c.id = ${customer}`.execute(db);
  if (!found.rows[0]) throw new NotFound('That customer is not here.');
  const { currency, timeZone, ...payer } = found.rows[0];
  const { rows: invoices } = await sql<OpenInvoice>`
    select w.number, w.invoice_number as invoice, w.posted_at as "postedAt", v.description as vehicle, w.po_number as "poNumber",
      w.total_cents as "totalCents", w.paid_cents as "paidCents", ${due} as "dueCents", ${days} as days
    from work_orders w join shops s on s.id = w.shop_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    where w.shop_id = ${shop} and w.document = 'posted' and w.total_cents > w.paid_cents and coalesce(w.bill_to_id, w.customer_id) = ${customer}
    order by w.posted_at, w.id`.execute(db);
  const ages: Statement['ages'] = [0, 0, 0, 0];
  for (const invoice of invoices) ages[ageOf(invoice.days)] += invoice.dueCents;
  return { customer: payer, currency, timeZone, invoices, ages, dueCents: ages.reduce((sum, cents) => sum + cents, 0) };
}
