import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { foundCustomers, foundVehicles, soughtName } from '../search/matches.js';
import { readSought } from '../search/rules.js';

/** A vehicle with its owner, or an owner without vehicles (`vehicle` null). */
export interface Match {
  customer: number;
  customerName: string;
  company: string;
  phone: string;
  vehicle: number | null;
  description: string | null;
  plate: string | null;
  /** Number of the work order it is in the shop with now. */
  openNumber: number | null;
}

const MOST = 8;

/** Finds who and what stands at the counter, as the search does: by plate, VIN, phone or name. */
export async function findMatches(db: Database, shop: number, text: string): Promise<Match[]> {
  const sought = readSought(text);
  if (!sought) return [];
  const { rows } = await sql<Match>`
    with ${soughtName(sought)},
    found_customers as materialized (
      select id, min(rank) as rank from (${foundCustomers(shop, sought)}) f group by id order by 2, 1 limit ${MOST}
    ),
    found_vehicles as materialized (
      select id, min(rank) as rank from (${foundVehicles(shop, sought)}) f group by id order by 2, 1 limit ${MOST}
    ),
    found as (
      select customer, vehicle, min(rank) as rank from (
        select v.customer_id as customer, v.id as vehicle, f.rank from found_vehicles f join vehicles v on v.shop_id = ${shop} and v.id = f.id
        union all
        select f.id, v.id, f.rank from found_customers f
        left join lateral (
          select id from vehicles where shop_id = ${shop} and customer_id = f.id and merged_into_id is null order by id desc limit ${MOST}
        ) v on true
      ) every group by customer, vehicle order by 3, 1, 2 limit ${MOST}
    )
    select c.id as customer, c.name as "customerName", c.company, c.phone, v.id as vehicle, v.description, v.plate,
      (select w.number from work_orders w where w.shop_id = v.shop_id and w.vehicle_id = v.id and w.rank is not null order by w.id desc limit 1) as "openNumber"
    from found f
    join customers c on c.shop_id = ${shop} and c.id = f.customer
    left join vehicles v on v.shop_id = ${shop} and v.id = f.vehicle
    order by f.rank, c.name, v.id`.execute(db);
  return rows;
}
