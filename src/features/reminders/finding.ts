import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { canBeTold, modeOf } from '../messages/outbox.js';

/** Somebody who is to be reminded of something, and of what. */
export interface Reminder {
  occasion: 'reminder' | 'declined' | 'due';
  onceKey: string;
  customer: number | null;
  name: string;
  mail: string;
  phone: string;
  vehicle: string;
  /** What it is about, in words. */
  work: string;
  /** Of an appointment. */
  appointment: number | null;
  at: Date | null;
  workOrder: number | null;
}

/** Of each occasion at a time; the others are next, for whoever was written to is not found again. */
const MOST = 200;
/** What is found late by more than this is not reminded of: the program was off, or the setting is new. */
const LATE_DAYS = 14;

const unsent = (key: ReturnType<typeof sql>) => sql`not exists (select from messages m where m.shop_id = s.id and m.once_key = ${key})`;
/** Of whom nothing may be written to none is found: they would keep the others from their turn. */
const reachable = (shop: number, occasion: Reminder['occasion']) => canBeTold(shop, occasion, { mail: sql`c.email`, phone: sql`c.phone` });
/** Nobody wants to hear of work while the vehicle is in the shop, or is to come anyway. */
const AWAY = sql`not exists (select from work_orders h where h.shop_id = v.shop_id and h.vehicle_id = v.id and h.rank is not null)
  and not exists (select from appointments n where n.shop_id = v.shop_id and n.state in ('requested', 'confirmed') and n.starts_at > now()
    and (n.vehicle_id = v.id or n.customer_id = v.customer_id))`;
const WHO = sql`c.id as customer, coalesce(nullif(c.name, ''), c.company) as name, c.email as mail, c.phone, v.description as vehicle`;

/** Confirmed appointments that are near, but for those that were booked only now. */
async function appointments(db: Database, shop: number, only: number | null): Promise<Reminder[]> {
  const { rows } = await sql<Reminder>`
    select 'reminder' as occasion, 'reminder/' || a.id || '/' || extract(epoch from a.starts_at)::bigint as "onceKey", a.customer_id as customer,
      a.name, a.email as mail, a.phone, a.vehicle, '' as work, a.id as appointment, a.starts_at as at, null::bigint as "workOrder"
    from shops s join message_settings g on g.shop_id = s.id
    join appointments a on a.shop_id = s.id and a.state = 'confirmed'
    where s.id = ${shop} and (${only}::bigint is null or a.id = ${only}) and a.starts_at > now() + interval '1 hour'
      and a.starts_at <= now() + make_interval(hours => g.remind_hours) and a.booked_at < a.starts_at - make_interval(hours => g.remind_hours)
      and not exists (select from work_orders h where h.shop_id = s.id and h.vehicle_id = a.vehicle_id and h.rank is not null)
      and ${canBeTold(shop, 'reminder', { mail: sql`a.email`, phone: sql`a.phone` })}
      and ${unsent(sql`'reminder/' || a.id || '/' || extract(epoch from a.starts_at)::bigint`)}
    order by a.starts_at limit ${MOST}`.execute(db);
  return rows;
}

/** What was declined or put off so many days ago, all of a visit together, while the vehicle is still theirs. */
async function declined(db: Database, shop: number, only: number | null): Promise<Reminder[]> {
  const { rows } = await sql<Reminder>`
    select 'declined' as occasion, 'declined/' || w.id as "onceKey", ${WHO}, string_agg(j.name, ', ' order by j.position) as work,
      null::bigint as appointment, null::timestamptz as at, w.id as "workOrder"
    from shops s join message_settings g on g.shop_id = s.id and g.remind_declined_days is not null
    join work_orders w on w.shop_id = s.id and w.rank is null and (${only}::bigint is null or w.id = ${only})
    join jobs j on j.shop_id = w.shop_id and j.work_order_id = w.id and j.consent in ('declined', 'deferred') and (j.choice is null or j.picked)
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id and v.customer_id = w.customer_id and v.merged_into_id is null
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    where s.id = ${shop} and w.handed_over_at <= now() - make_interval(days => g.remind_declined_days)
      and w.handed_over_at > now() - make_interval(days => g.remind_declined_days + ${LATE_DAYS}::int)
      and not exists (select from jobs n where n.shop_id = j.shop_id and n.brought_from_id = j.id)
      and ${AWAY} and ${reachable(shop, 'declined')} and ${unsent(sql`'declined/' || w.id`)}
    group by w.id, c.shop_id, c.id, v.shop_id, v.id order by w.id limit ${MOST}`.execute(db);
  return rows;
}

/** Days before its date that a service is reminded of. */
const AHEAD_DAYS = 14;
/**
 * What an odometer most likely shows now: as it was read last, and on from there as it went before, in the last two years. From two
 * readings of less than two weeks nothing is concluded, and back it does not go.
 */
const projected = (now: Date) => sql`latest.tenths + case when latest.at - earliest.at >= interval '14 days'
  then round(greatest(0, latest.tenths - earliest.tenths) / extract(epoch from latest.at - earliest.at) * greatest(0, extract(epoch from ${now}::timestamptz - latest.at)))
  else 0 end`;

/** Services that are due by date or by distance. */
async function due(db: Database, shop: number, only: number | null, now: Date): Promise<Reminder[]> {
  const { rows } = await sql<Reminder>`
    select 'due' as occasion, 'due/' || d.id as "onceKey", ${WHO}, d.what as work, null::bigint as appointment, null::timestamptz as at,
      null::bigint as "workOrder"
    from shops s
    join service_due d on d.shop_id = s.id and d.done_at is null and (${only}::bigint is null or d.id = ${only})
    join vehicles v on v.shop_id = d.shop_id and v.id = d.vehicle_id and v.merged_into_id is null
    join customers c on c.shop_id = v.shop_id and c.id = v.customer_id
    left join lateral (select t.id from meters t where t.shop_id = v.shop_id and t.vehicle_id = v.id order by t.position, t.id limit 1) meter on true
    left join lateral (select r.tenths, r.at from meter_readings r where r.shop_id = s.id and r.meter_id = meter.id order by r.at desc limit 1) latest on true
    left join lateral (select r.tenths, r.at from meter_readings r where r.shop_id = s.id and r.meter_id = meter.id
      and r.at >= ${now}::timestamptz - interval '730 days' order by r.at limit 1) earliest on true
    where s.id = ${shop} and (d.due_on <= (${now}::timestamptz at time zone s.time_zone)::date + ${AHEAD_DAYS}::int or d.due_tenths <= ${projected(now)})
      and ${AWAY} and ${reachable(shop, 'due')} and ${unsent(sql`'due/' || d.id`)}
    order by d.id limit ${MOST}`.execute(db);
  return rows;
}

const FIND = { reminder: appointments, declined, due };

/** All that customers of a shop are to be reminded of now. */
export async function findReminders(db: Database, shop: number, now: Date): Promise<Reminder[]> {
  const found = [];
  for (const occasion of ['reminder', 'declined', 'due'] as const)
    if ((await modeOf(db, shop, occasion)) !== 'never') found.push(await FIND[occasion](db, shop, null, now));
  return found.flat();
}

/** Whether one is still to be sent, in the change that sends it. */
export async function isStillWanted(db: Database, shop: number, { occasion, onceKey }: Reminder, now: Date): Promise<boolean> {
  const [, id] = onceKey.split('/');
  return (await FIND[occasion](db, shop, Number(id), now)).some((one) => one.onceKey === onceKey);
}
