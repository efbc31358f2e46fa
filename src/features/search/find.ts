import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { foundCustomers, foundVehicles, RANK, soughtName } from './matches.js';
import type { Sought } from './rules.js';

const MOST = 20;

/** What one hit says; which of it is there depends on its kind. */
export interface Hit {
  kind: 'work-order' | 'vehicle' | 'customer';
  /** The number of a work order, else the id. */
  key: number;
  rank: number;
  /** Empty for whoever may not see customers, but on work orders. */
  customer: string;
  company: string;
  phone: string;
  vehicle: string;
  plate: string;
  vin: string;
  unit: string;
  concern: string;
  /** Of a work order: the column it stands in, or empty once it is handed over. */
  stage: string;
  /** Of a customer: their vehicles. */
  vehicles: string;
}

/** What may be seen: customers are found only for those who may see them; others find them on the board's work orders. */
export interface Reach {
  shop: number;
  customers: boolean;
}

/** Finds work orders, vehicles and customers, the best first: one query, whatever was typed. */
export async function search(db: Database, { shop, customers }: Reach, sought: Sought): Promise<Hit[]> {
  const { rows } = await sql<Hit>`
    with ${soughtName(sought)},
    found_customers as materialized (
      select id, min(rank) as rank from (${customers ? foundCustomers(shop, sought) : customersInTheShop(shop, sought)}) f group by id order by 2, 1 limit ${MOST}
    ),
    found_vehicles as materialized (
      select id, min(rank) as rank from (${foundVehicles(shop, sought)}) f group by id order by 2, 1 limit ${MOST}
    ),
    hits as (
      select 'work-order' as kind, id, min(rank) as rank from (${foundOrders(shop, sought)}) o group by id
      union all select 'vehicle', id, rank from found_vehicles
      ${customers ? sql`union all select 'customer', id, rank from found_customers` : sql``}
      order by rank, kind desc, id desc limit ${MOST}
    )
    select h.kind, case when h.kind = 'work-order' then w.number else h.id end as key, h.rank,
      case when ${customers}::boolean or h.kind = 'work-order' then c.name else '' end as customer,
      case when ${customers}::boolean or h.kind = 'work-order' then c.company else '' end as company,
      case when h.kind = 'customer' then c.phone else '' end as phone,
      coalesce(v.description, '') as vehicle, coalesce(v.plate, '') as plate, coalesce(v.vin, '') as vin, coalesce(v.unit_number, '') as unit,
      coalesce(w.concern, '') as concern, coalesce(case when w.rank is not null then k.name end, '') as stage,
      case when h.kind = 'customer' then coalesce((
        select string_agg(o.description, ', ' order by o.id desc) from (
          select id, description from vehicles where shop_id = ${shop} and customer_id = h.id order by id desc limit 3) o), '') else '' end as vehicles
    from hits h
    left join work_orders w on h.kind = 'work-order' and w.shop_id = ${shop} and w.id = h.id
    left join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    left join vehicles v on v.shop_id = ${shop} and v.id = case h.kind when 'vehicle' then h.id when 'work-order' then w.vehicle_id end
    left join customers c on c.shop_id = ${shop} and c.id = case h.kind when 'customer' then h.id when 'vehicle' then v.customer_id else w.customer_id end
    order by h.rank, h.kind desc, h.id desc`.execute(db);
  return rows;
}

/** By number, and what is in the shop now of the customers and vehicles that were found. */
function foundOrders(shop: number, { order, invoice }: Sought): RawBuilder<unknown> {
  return sql`
    (select id, ${sql.lit(RANK.order)} as rank from work_orders where shop_id = ${shop} and number = ${order})
    union all
    (select w.id, ${sql.lit(RANK.invoice)} from billing_settings b join work_orders w on w.shop_id = b.shop_id and w.invoice_number = ${invoice?.number ?? null}
      where b.shop_id = ${shop} and rtrim(${invoice?.before ?? null}::text, ' #/.-') in ('', 'inv', 'invoice', rtrim(lower(b.invoice_prefix), ' #/.-')))
    union all
    (select w.id, f.rank from found_vehicles f
      join work_orders w on w.shop_id = ${shop} and w.vehicle_id = f.id and w.rank is not null order by f.rank limit ${MOST})
    union all
    (select w.id, f.rank from found_customers f
      join work_orders w on w.shop_id = ${shop} and w.customer_id = f.id and w.rank is not null order by f.rank limit ${MOST})`;
}

/** Customers by name or phone as far as the board shows them: those whose vehicle is in the shop. */
function customersInTheShop(shop: number, { phone, phoneEnd, name }: Sought): RawBuilder<unknown> {
  return sql`
    select c.id, ${sql.lit(RANK.name)} as rank
    from (select distinct customer_id from work_orders where shop_id = ${shop} and rank is not null) o
    join customers c on c.shop_id = ${shop} and c.id = o.customer_id
    cross join sought
    where c.phone_digits like ${phone} or c.phone_digits like ${phoneEnd}
      or ${name !== null}::boolean and (strpos(c.search_words, sought.name) > 0 or c.search_words %> case when sought.threshold <> '' then sought.name end)`;
}
