import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { foundCustomers, foundVehicles, soughtName } from '../search/matches.js';
import { readSought } from '../search/rules.js';

export interface Found {
  id: number;
  description: string;
  plate: string;
  vin: string;
  owner: string;
}

/** Vehicles, those of one customer or all, the latest first. @param after id of the last one seen; null for the first page */
export async function listVehicles(
  db: Database,
  shop: number,
  customer: number | undefined,
  after: number | null,
  most: number,
): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select v.id, v.description, v.plate, v.vin, coalesce(nullif(c.company, ''), c.name) as owner
    from vehicles v join customers c on c.shop_id = v.shop_id and c.id = v.customer_id
    where v.shop_id = ${shop} and v.merged_into_id is null and v.id < ${after ?? Number.MAX_SAFE_INTEGER}
      ${customer === undefined ? sql`` : sql`and v.customer_id = ${customer}`}
    order by v.id desc limit ${most}`.execute(db);
  return rows;
}

/** Vehicles by plate, VIN, unit or serial number, or by whose they are: the best ten. */
export async function findVehicles(db: Database, shop: number, text: string): Promise<Found[]> {
  const sought = readSought(text);
  if (!sought) return [];
  const { rows } = await sql<Found>`
    with ${soughtName(sought)},
    owners as materialized (select id, min(rank) as rank from (${foundCustomers(shop, sought)}) f group by id order by 2, 1 limit 10),
    found as (
      select id, rank from (${foundVehicles(shop, sought)}) f
      union all
      select v.id, o.rank from owners o join vehicles v on v.shop_id = ${shop} and v.customer_id = o.id and v.merged_into_id is null
    )
    select v.id, v.description, v.plate, v.vin, coalesce(nullif(c.company, ''), c.name) as owner
    from (select id, min(rank) as rank from found group by id order by 2, 1 limit 10) f
    join vehicles v on v.shop_id = ${shop} and v.id = f.id
    join customers c on c.shop_id = v.shop_id and c.id = v.customer_id
    order by f.rank, v.id`.execute(db);
  return rows;
}
