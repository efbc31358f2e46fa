import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';

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

/**
 * Finds who and what stands at the counter, by phone or plate in any spelling, or by name.
 * Three digits or two letters are the least that is looked for.
 */
export async function findMatches(db: Database, shop: number, text: string): Promise<Match[]> {
  const digits = text.replace(/\D/g, '');
  const plate = text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  const name = text.trim().replace(/[\\%_]/g, '\\$&');
  if (plate.length < 2 && digits.length < 3 && name.length < 2) return [];
  // A number with a country code matches one saved without: the last ten digits count.
  const phone = digits.length >= 3 ? `%${digits.slice(-10)}%` : null;
  const { rows } = await sql<Match>`
    select c.id as customer, c.name as "customerName", c.company, c.phone, v.id as vehicle, v.description, v.plate,
      (select w.number from work_orders w where w.shop_id = v.shop_id and w.vehicle_id = v.id and w.rank is not null order by w.id desc limit 1) as "openNumber"
    from customers c
    left join vehicles v on v.shop_id = c.shop_id and v.customer_id = c.id
    where c.shop_id = ${shop}
      and (c.phone_digits like ${phone} or v.plate_key like ${plate.length >= 2 ? `${plate}%` : null}
        or c.name ilike ${`%${name}%`} or c.company ilike ${`%${name}%`})
    order by (v.plate_key = ${plate}) desc nulls last, c.name, v.id
    limit 8`.execute(db);
  return rows;
}
