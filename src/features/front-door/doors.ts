import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Kind } from '../appointments/booking.js';

/** A shop as whoever books sees it. */
export interface Door {
  shop: number;
  name: string;
  timeZone: string;
  phone: string;
  address: string;
  isOnline: boolean;
  takesAfterHours: boolean;
  afterHoursText: string;
  offersRides: boolean;
  concernHundredths: number;
  greeting: string;
  consentText: string;
  /** What can be booked, by name. */
  services: { id: number; name: string; hundredths: number }[];
}

const COLUMNS = sql`
  s.id as shop, s.name, s.time_zone as "timeZone", l.phone, l.address, b.is_online as "isOnline", b.takes_after_hours as "takesAfterHours",
  b.after_hours_text as "afterHoursText", b.offers_rides as "offersRides", b.concern_hundredths as "concernHundredths", b.greeting,
  b.consent_text as "consentText",
  coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'hundredths', c.bookable_hundredths) order by lower(c.name), c.id)
    from canned_jobs c where c.shop_id = s.id and c.bookable_hundredths is not null and c.archived_at is null), '[]') as services`;

/**
 * The shop that an address of the booking page means.
 * @param slug null for `/book` alone: the only shop here that books online; of several, the one that has no name for its address
 * @throws NotFound
 */
export async function findDoor(db: Database, slug: string | null): Promise<Door> {
  const { rows } = await sql<Door>`
    with doors as (
      select *, count(*) over () as shops, count(*) filter (where is_online) over () as online,
        count(*) filter (where is_online and slug is null) over () as plain
      from (select shop_id, slug, is_online from booking_settings) one
    )
    select ${COLUMNS} from doors d
    join booking_settings b on b.shop_id = d.shop_id
    join shops s on s.id = d.shop_id
    join billing_settings l on l.shop_id = d.shop_id
    where case
      when ${slug}::text is not null then d.slug = ${slug}
      when d.online = 0 then d.shops = 1
      when d.online = 1 then d.is_online
      else d.is_online and d.slug is null and d.plain = 1 end`.execute(db);
  if (!rows[0]) throw new NotFound('There is no shop at this address. Please look at the address that the shop gave you.');
  return rows[0];
}

/** How one can come to a shop at all, in the order in which it is offered. */
export function kindsOf(door: Pick<Door, 'takesAfterHours' | 'offersRides'>): Kind[] {
  return [
    'drop-off',
    'waiting',
    ...(door.takesAfterHours ? (['after-hours'] as const) : []),
    ...(door.offersRides ? (['ride'] as const) : []),
  ];
}

/** Why special days are special, by day. */
export async function readNotes(db: Database, shop: number): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('special_days')
    .select(['note', sql<string>`day::text`.as('day')])
    .where('shop_id', '=', shop)
    .where('note', '<>', '')
    .where('day', '>=', sql<Date>`current_date - 1`)
    .execute();
  return new Map(rows.map(({ day, note }) => [day, note]));
}
