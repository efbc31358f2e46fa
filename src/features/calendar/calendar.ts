import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Kind } from '../appointments/booking.js';
import type { Interval, OpeningHours } from '../appointments/slots.js';

export type State = 'requested' | 'confirmed' | 'arrived' | 'no-show' | 'cancelled';

/** An appointment as the calendar shows it. */
export interface Entry {
  id: number;
  state: State;
  kind: Kind;
  at: Date;
  /** On the shop's calendar: `2026-12-01`. */
  day: string;
  /** Work, in hundredths of an hour. */
  hundredths: number;
  concern: string;
  /** What it is for out of the shop's list, as one text. */
  services: string;
  technician: number | null;
  bay: number | null;
  name: string;
  phone: string;
  vehicle: string;
  plate: string;
  /** Number of the work order that became of it. */
  workOrder: number | null;
}

export interface Technician {
  id: number;
  name: string;
  /** Hours for booked work by weekday, 1 Monday to 7 Sunday, in hundredths. */
  week: Record<number, number>;
}

interface Bay {
  id: number;
  name: string;
  vehiclesPerDay: number;
}

/** Some days of a shop, with all that decides what they can take. */
export interface Calendar {
  timeZone: string;
  slotMinutes: number;
  /** What a day can take where nobody has said how many hours each technician has, in hundredths. */
  dayHundredths: number;
  /** How many may come at the same time. */
  arrivalsPerSlot: number;
  hours: OpeningHours;
  /** Why a day is special, by date. */
  notes: ReadonlyMap<string, string>;
  technicians: Technician[];
  absences: { technician: number; first: string; last: string }[];
  bays: Bay[];
  /** In order of their time. */
  entries: Entry[];
}

interface Found {
  time_zone: string;
  slot_minutes: number;
  day_hundredths: number;
  arrivals_per_slot: number;
  week: (Interval & { weekday: number })[];
  special: { day: string; note: string; intervals: [string, string][] }[];
  technicians: Technician[];
  absences: Calendar['absences'];
  bays: Bay[];
  entries: (Omit<Entry, 'at'> & { at: string })[];
}

/**
 * All that is on the calendar from one day to another, both included. One query, however much it is.
 * @param first, last `2026-12-01`
 * @throws NotFound when there is no such shop
 */
export async function readCalendar(db: Database, shop: number, first: string, last: string): Promise<Calendar> {
  const { rows } = await sql<Found>`
    select s.time_zone, b.slot_minutes, b.day_hundredths, b.arrivals_per_slot,
      coalesce((select json_agg(json_build_object('weekday', weekday, 'opens', left(opens::text, 5), 'closes', left(closes::text, 5)) order by weekday, opens)
        from opening_hours where shop_id = s.id), '[]') as week,
      coalesce((select json_agg(json_build_object('day', day, 'note', note, 'intervals', intervals)) from special_days
        where shop_id = s.id and day between ${first}::date and ${last}::date), '[]') as special,
      coalesce((select json_agg(json_build_object('id', m.staff_id, 'name', p.name, 'week', (
          select coalesce(json_object_agg(weekday, hundredths), '{}') from technician_hours h where h.shop_id = m.shop_id and h.staff_id = m.staff_id and m.disabled_at is null
        )) order by p.name, m.staff_id)
        from memberships m join staff p on p.id = m.staff_id
        where m.shop_id = s.id and (
          m.disabled_at is null and (m.role = 'mechanic' or exists (select from technician_hours h where h.shop_id = m.shop_id and h.staff_id = m.staff_id and m.disabled_at is null))
          or exists (select from appointments a where a.shop_id = m.shop_id and a.technician_id = m.staff_id and a.day between ${first}::date and ${last}::date)
        )), '[]') as technicians,
      coalesce((select json_agg(json_build_object('technician', staff_id, 'first', first_day, 'last', last_day)) from absences
        where shop_id = s.id and last_day >= ${first}::date and first_day <= ${last}::date), '[]') as absences,
      coalesce((select json_agg(json_build_object('id', y.id, 'name', y.name, 'vehiclesPerDay', y.vehicles_per_day) order by y.position, y.id) from bays y
        where y.shop_id = s.id and y.removed_at is null), '[]') as bays,
      coalesce((select json_agg(json_build_object('id', a.id, 'state', a.state, 'kind', a.kind, 'at', a.starts_at, 'day', a.day, 'hundredths', a.hundredths,
          'concern', left(a.concern, 200), 'services', coalesce((
            select string_agg(e.name, ', ' order by e.position) from appointment_services e where e.shop_id = a.shop_id and e.appointment_id = a.id), ''),
          'technician', a.technician_id, 'bay', a.bay_id, 'name', a.name, 'phone', a.phone, 'vehicle', a.vehicle, 'plate', a.plate,
          'workOrder', (select w.number from work_orders w where w.shop_id = a.shop_id and w.id = a.work_order_id)) order by a.starts_at, a.place, a.id)
        from appointments a where a.shop_id = s.id and a.day between ${first}::date and ${last}::date), '[]') as entries
    from shops s
    join booking_settings b on b.shop_id = s.id
    where s.id = ${shop}`.execute(db);
  if (!rows[0]) throw new NotFound('There is no such shop.');
  return toCalendar(rows[0]);
}

function toCalendar(found: Found): Calendar {
  const week: Interval[][] = Array.from({ length: 7 }, () => []);
  for (const { weekday, opens, closes } of found.week) week[weekday - 1]?.push({ opens, closes });
  const special = new Map(found.special.map(({ day, intervals }) => [day, intervals.map(([opens, closes]) => ({ opens, closes }))]));
  return {
    ...{
      timeZone: found.time_zone,
      slotMinutes: found.slot_minutes,
      dayHundredths: found.day_hundredths,
      arrivalsPerSlot: found.arrivals_per_slot,
    },
    hours: { week, special },
    notes: new Map(found.special.map(({ day, note }) => [day, note])),
    ...{ technicians: found.technicians, absences: found.absences, bays: found.bays },
    entries: found.entries.map((entry) => ({ ...entry, at: new Date(entry.at) })),
  };
}
