import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type BookingRules, freeSlots, type Interval, type Load, type OpeningHours, type Slot, type Taken, type Wanted } from './slots.js';

/** All that decides which slots a shop has: read at once, judged by slots.ts. */
export interface Availability {
  timeZone: string;
  hours: OpeningHours;
  rules: BookingRules;
  /** What a day can take: the hours of the technicians who are there, and the bays. */
  capacity(day: Temporal.PlainDate): Load;
  taken: Taken;
}

interface Found {
  time_zone: string;
  slot_minutes: number;
  notice_minutes: number;
  days_ahead: number;
  arrivals_per_slot: number;
  waiters_per_slot: number;
  day_hundredths: number;
  week: { weekday: number; opens: string; closes: string }[];
  special: { day: string; intervals: [string, string][] }[];
  vehicles: number;
  /** Hundredths of an hour by weekday, Monday first. */
  hundredths: { weekday: number; hundredths: number }[];
  away: { staff: number; weekday: number; hundredths: number; first: string; last: string }[];
  days: { day: string; hundredths: number; vehicles: number }[];
  slots: { at: string; arrivals: number; waiters: number }[];
}

/**
 * From today on, as far ahead as can be booked. One query.
 * @param but an appointment that is moved: it does not stand in its own way
 * @throws NotFound when there is no such shop
 */
export async function readAvailability(db: Database, shop: number, now: Date, but: number | null = null): Promise<Availability> {
  const { rows } = await sql<Found>`
    with span as (
      select today as first, today + b.days_ahead as last
      from shops s join booking_settings b on b.shop_id = s.id, lateral (select (${now}::timestamptz at time zone s.time_zone)::date as today) d
      where s.id = ${shop}
    ), booked as (
      select a.starts_at, a.day, a.kind, a.hundredths from appointments a, span
      where a.shop_id = ${shop} and a.day between span.first and span.last and a.ended_at is null and a.id is distinct from ${but}::bigint
    )
    select s.time_zone, b.slot_minutes, b.notice_minutes, b.days_ahead, b.arrivals_per_slot, b.waiters_per_slot, b.day_hundredths,
      coalesce((select jsonb_agg(jsonb_build_object('weekday', weekday, 'opens', left(opens::text, 5), 'closes', left(closes::text, 5)) order by weekday, opens)
        from opening_hours where shop_id = s.id), '[]') as week,
      coalesce((select jsonb_agg(jsonb_build_object('day', day, 'intervals', intervals)) from special_days, span
        where shop_id = s.id and day between span.first and span.last), '[]') as special,
      coalesce((select sum(vehicles_per_day) from bays where shop_id = s.id and removed_at is null), 0)::int as vehicles,
      coalesce((select jsonb_agg(jsonb_build_object('weekday', weekday, 'hundredths', sum)) from (
        select h.weekday, sum(h.hundredths) from technician_hours h
        join memberships m on m.shop_id = h.shop_id and m.staff_id = h.staff_id and m.disabled_at is null
        where h.shop_id = s.id group by h.weekday) by_day), '[]') as hundredths,
      coalesce((select jsonb_agg(jsonb_build_object('staff', a.staff_id, 'weekday', h.weekday, 'hundredths', h.hundredths, 'first', a.first_day, 'last', a.last_day))
        from span, absences a
        join technician_hours h on h.shop_id = a.shop_id and h.staff_id = a.staff_id
        join memberships m on m.shop_id = a.shop_id and m.staff_id = a.staff_id and m.disabled_at is null
        where a.shop_id = s.id and a.last_day >= span.first and a.first_day <= span.last), '[]') as away,
      coalesce((select jsonb_agg(d) from (
        select day, sum(hundredths)::int as hundredths, count(*)::int as vehicles from booked group by day) d), '[]') as days,
      coalesce((select jsonb_agg(t) from (
        select starts_at as at, count(*)::int as arrivals, count(*) filter (where kind = 'waiting')::int as waiters from booked group by starts_at) t), '[]') as slots
    from shops s
    join booking_settings b on b.shop_id = s.id
    where s.id = ${shop}`.execute(db);
  if (!rows[0]) throw new NotFound('There is no such shop.');
  return toAvailability(rows[0]);
}

function toAvailability(found: Found): Availability {
  const week: Interval[][] = Array.from({ length: 7 }, () => []);
  for (const { weekday, opens, closes } of found.week) week[weekday - 1]?.push({ opens, closes });
  const special = new Map(found.special.map(({ day, intervals }) => [day, intervals.map(([opens, closes]) => ({ opens, closes }))]));
  const perWeekday = new Map(found.hundredths.map(({ weekday, hundredths }) => [weekday, hundredths]));
  const nobodySaid = perWeekday.size === 0;
  return {
    timeZone: found.time_zone,
    hours: { week, special },
    rules: {
      ...{ slotMinutes: found.slot_minutes, noticeMinutes: found.notice_minutes, daysAhead: found.days_ahead },
      ...{ arrivalsPerSlot: found.arrivals_per_slot, waitersPerSlot: found.waiters_per_slot },
    },
    capacity: (day) => {
      const date = day.toString();
      const away = found.away.filter((one) => one.weekday === day.dayOfWeek && one.first <= date && date <= one.last);
      // By person: two absences may overlap.
      const missing = [...new Map(away.map(({ staff, hundredths }) => [staff, hundredths])).values()].reduce((sum, one) => sum + one, 0);
      const there = nobodySaid ? found.day_hundredths : (perWeekday.get(day.dayOfWeek) ?? 0);
      return { hundredths: Math.max(0, there - missing), vehicles: found.vehicles };
    },
    taken: {
      days: new Map(found.days.map(({ day, ...load }) => [day, load])),
      slots: new Map(found.slots.map(({ at, ...slot }) => [Date.parse(at), slot])),
    },
  };
}

/** Of what is read, the slots that can be booked now. */
export function slotsIn({ timeZone, hours, rules, capacity, taken }: Availability, wanted: Wanted, now: Date): Slot[] {
  return freeSlots(timeZone, hours, rules, capacity, taken, wanted, now);
}
