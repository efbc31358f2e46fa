import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { showDate } from '../../platform/time.js';
import { showMoney } from '../billing/amounts.js';
import type { ContactFields } from './contacts.js';
import { getCustomerRow, toFields } from './customers.js';
import type { CustomerFields } from './rules.js';

export interface CustomerDetails {
  id: number;
  fields: CustomerFields;
  mergedInto: number | null;
  billTo: { id: number; name: string } | null;
  /** Customers for whom this one pays. */
  paysFor: { id: number; name: string }[];
  laborRate: string;
  priceMatrix: string;
  contacts: (ContactFields & { id: number })[];
  vehicles: { id: number; description: string; plate: string; unit: string }[];
  /** What is open of posted invoices, also those this one pays for others; null when nothing is. */
  owed: { text: string; invoices: number } | null;
  /** Merges into this one that can be taken back. */
  merges: { id: number; name: string; at: string }[];
  currency: string;
}

interface Row {
  bill_to: CustomerDetails['billTo'];
  pays_for: CustomerDetails['paysFor'];
  labor_rate: string;
  price_matrix: string;
  contacts: CustomerDetails['contacts'];
  vehicles: CustomerDetails['vehicles'];
  owed: { cents: number; invoices: number };
  merges: { id: number; name: string; at: string }[];
  currency: string;
}

const NAME = sql`coalesce(nullif(o.company, ''), o.name)`;

/** All that the page of a customer shows but the visits. @throws NotFound when the shop has no such customer */
export async function getCustomer(db: Database, shop: number, timeZone: string, id: number): Promise<CustomerDetails> {
  const row = await getCustomerRow(db, shop, id);
  const { rows } = await sql<Row>`
    select b.currency, coalesce(r.name, '') as labor_rate, coalesce(m.name, '') as price_matrix,
      (select jsonb_build_object('id', o.id, 'name', ${NAME}) from customers o where o.shop_id = c.shop_id and o.id = c.bill_to_id) as bill_to,
      coalesce((select jsonb_agg(jsonb_build_object('id', o.id, 'name', ${NAME}) order by o.id) from (
        select p.id, p.name, p.company from customers p where p.shop_id = c.shop_id and p.bill_to_id = c.id and p.merged_into_id is null order by p.id limit 50) o), '[]') as pays_for,
      coalesce((select jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'role', o.role, 'phone', o.phone, 'email', o.email) order by o.id)
        from contacts o where o.shop_id = c.shop_id and o.customer_id = c.id), '[]') as contacts,
      coalesce((select jsonb_agg(jsonb_build_object('id', o.id, 'description', o.description, 'plate', o.plate, 'unit', o.unit_number) order by o.id desc)
        from (select v.id, v.description, v.plate, v.unit_number from vehicles v where v.shop_id = c.shop_id and v.customer_id = c.id and v.merged_into_id is null order by v.id desc limit 200) o), '[]') as vehicles,
      (select jsonb_build_object('cents', coalesce(sum(w.total_cents - w.paid_cents), 0), 'invoices', count(*)) from work_orders w
        where w.shop_id = c.shop_id and w.document = 'posted' and w.total_cents > w.paid_cents and coalesce(w.bill_to_id, w.customer_id) = c.id) as owed,
      coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', ${NAME}, 'at', g.at) order by g.id desc)
        from merges g join customers o on o.shop_id = g.shop_id and o.id = g.gone_id
        where g.shop_id = c.shop_id and g.kind = 'customer' and g.kept_id = c.id and g.undone_at is null), '[]') as merges
    from customers c
    join billing_settings b on b.shop_id = c.shop_id
    left join labor_rates r on r.shop_id = c.shop_id and r.id = c.labor_rate_id
    left join price_matrices m on m.shop_id = c.shop_id and m.id = c.price_matrix_id
    where c.shop_id = ${shop} and c.id = ${id}`.execute(db);
  const more = rows[0];
  if (!more) throw new NotFound('That customer is not here.');
  return {
    ...{ id, fields: toFields(row), mergedInto: row.merged_into_id, billTo: more.bill_to, paysFor: more.pays_for },
    ...{ laborRate: more.labor_rate, priceMatrix: more.price_matrix, contacts: more.contacts, vehicles: more.vehicles },
    owed: more.owed.invoices > 0 ? { text: showMoney(more.owed.cents, more.currency), invoices: more.owed.invoices } : null,
    merges: more.merges.map((merge) => ({ ...merge, at: showDate(new Date(merge.at), timeZone) })),
    currency: more.currency,
  };
}

const DOCUMENTS = { estimate: 'Estimate', 'repair-order': 'Repair order', invoice: 'Invoice', posted: 'Posted invoice' } as const;

export interface Visit {
  number: number;
  date: string;
  iso: string;
  vehicle: { id: number; description: string };
  document: string;
  invoice: number | null;
  inTheShop: boolean;
  total: string;
  /** Null when nothing is due. */
  due: string | null;
}

const VISITS = 20;

/**
 * The visits of a customer, the newest first, a page at a time.
 * @param before id of the last one seen; null for the first page
 */
export async function listVisits(
  db: Database,
  shop: number,
  timeZone: string,
  currency: string,
  customer: number,
  before: number | null,
): Promise<{ visits: Visit[]; next: number | null }> {
  const rows = await db
    .selectFrom('work_orders as w')
    .innerJoin('vehicles as v', (join) => join.onRef('v.shop_id', '=', 'w.shop_id').onRef('v.id', '=', 'w.vehicle_id'))
    .select(['w.id', 'w.number', 'w.created_at', 'w.document', 'w.invoice_number', 'w.rank', 'w.total_cents', 'w.paid_cents'])
    .select(['v.id as vehicle_id', 'v.description'])
    .where('w.shop_id', '=', shop)
    .where('w.customer_id', '=', customer)
    .where('w.id', '<', before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('w.id', 'desc')
    .limit(VISITS + 1)
    .execute();
  const shown = rows.slice(0, VISITS);
  const visits = shown.map((row) => {
    const due = row.document === 'invoice' || row.document === 'posted' ? row.total_cents - row.paid_cents : 0;
    return {
      ...{ number: row.number, date: showDate(row.created_at, timeZone), iso: row.created_at.toISOString() },
      ...{ vehicle: { id: row.vehicle_id, description: row.description }, document: DOCUMENTS[row.document] },
      ...{ invoice: row.invoice_number, inTheShop: row.rank !== null, total: showMoney(row.total_cents, currency) },
      due: due > 0 ? showMoney(due, currency) : null,
    };
  });
  return { visits, next: rows.length > VISITS ? (shown.at(-1)?.id ?? null) : null };
}
