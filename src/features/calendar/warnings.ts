import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { Database } from '../../platform/database/pool.js';
import { dateOf, showPromise } from '../../platform/time.js';
import { hoursOf } from '../appointments/slots.js';
import { readCalendar } from './calendar.js';
import { counts, isOpenAt, loadOf, minutesOf } from './rules.js';
import { showDayAs, showHours } from './words.js';

/** What somebody who books, moves or confirms should know first. */
export interface Warning {
  text: string;
  href: string | null;
  /** Whether it is about that time: another one would do. */
  isAboutTime: boolean;
}

/** What is looked at: an appointment, or what is to become one. */
export interface Planned {
  id: number | null;
  at: Date;
  hundredths: number;
  technician: number | null;
  /** Who and what it is in the shop's books, or as it was given. */
  customer: number | null;
  vehicle: number | null;
  phone: string;
  plate: string;
}

interface Facts {
  booked: { id: number; at: string }[];
  inShop: number | null;
  missed: { count: number; last: string } | null;
}

/** @returns sentences, what is about the vehicle and its customer first */
export async function listWarnings(db: Database, shop: number, timeZone: string, planned: Planned, now: Date): Promise<Warning[]> {
  const [facts, about] = [await readFacts(db, shop, planned, now), await warnOfTime(db, shop, timeZone, planned, now)];
  const warnings: Warning[] = facts.booked.map(({ id, at }) => ({
    ...{
      text: `This vehicle is booked already: ${showPromise(new Date(at), now, timeZone)}.`,
      href: `/appointments/${id}`,
      isAboutTime: false,
    },
  }));
  if (facts.inShop !== null)
    warnings.push({
      text: `This vehicle is in the shop now: WO-${facts.inShop}.`,
      href: `/work-orders/${facts.inShop}`,
      isAboutTime: false,
    });
  if (facts.missed) {
    const { count, last } = facts.missed;
    const day = showDayAs(last, { month: 'short', day: 'numeric', year: 'numeric' });
    warnings.push({
      text:
        count === 1 ? `This customer did not come once, on ${day}.` : `This customer did not come ${count} times, the last time on ${day}.`,
      ...{ href: null, isAboutTime: false },
    });
  }
  return [...warnings, ...about];
}

/** What is known of the vehicle and the customer elsewhere. */
async function readFacts(db: Database, shop: number, planned: Planned, now: Date): Promise<Facts> {
  const { id, customer, vehicle } = planned;
  const plate = planned.plate.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const phone = planned.phone.replace(/\D/g, '');
  const { rows } = await sql<Facts>`
    with mine as (
      select ${vehicle}::bigint as id where ${vehicle}::bigint is not null
      union
      select v.id from vehicles v where v.shop_id = ${shop} and ${vehicle}::bigint is null and ${plate} <> '' and v.plate_key = ${plate} and v.merged_into_id is null
    ), same as (
      select a.id, a.starts_at from appointments a where a.shop_id = ${shop} and a.vehicle_id in (select id from mine)
        and a.state in ('requested', 'confirmed') and a.starts_at > ${now}
      union
      select a.id, a.starts_at from appointments a where a.shop_id = ${shop} and ${plate} <> '' and a.plate_key = ${plate}
        and a.state in ('requested', 'confirmed') and a.starts_at > ${now} and a.day >= ${now}::date - 1
    ), missed as (
      select a.id, a.day from appointments a where a.shop_id = ${shop} and a.customer_id = ${customer}::bigint and a.state = 'no-show' and a.confirmed_at is not null
      union
      select a.id, a.day from appointments a where a.shop_id = ${shop} and length(${phone}) >= 7 and a.phone_digits = ${phone} and a.phone_digits <> '' and a.state = 'no-show' and a.confirmed_at is not null
    )
    select coalesce((select json_agg(json_build_object('id', s.id, 'at', s.starts_at) order by s.starts_at)
        from (select id, starts_at from same where id is distinct from ${id}::bigint order by starts_at limit 3) s), '[]') as booked,
      (select w.number from work_orders w where w.shop_id = ${shop} and w.vehicle_id in (select id from mine) and w.rank is not null
        order by w.id desc limit 1) as "inShop",
      (select case when count(*) > 0 then json_build_object('count', count(*), 'last', max(day)) end from missed where id is distinct from ${id}::bigint) as missed`.execute(
    db,
  );
  return rows[0] as Facts;
}

/** What speaks against that very time. */
async function warnOfTime(db: Database, shop: number, timeZone: string, planned: Planned, now: Date): Promise<Warning[]> {
  const day = dateOf(planned.at, timeZone);
  const read = await readCalendar(db, shop, day, day);
  const calendar = { ...read, entries: read.entries.filter(({ id }) => id !== planned.id) };
  const load = loadOf(calendar, day);
  const open = hoursOf(calendar.hours, Temporal.PlainDate.from(day));
  const local = Temporal.Instant.fromEpochMilliseconds(planned.at.getTime()).toZonedDateTimeISO(timeZone);
  const minutes = local.hour * 60 + local.minute;
  const texts: string[] = planned.at < now ? ['That time is over already.'] : [];
  if (load.isClosed) texts.push('The shop is closed that day.');
  else if (!isOpenAt(open, minutes)) texts.push('The shop is not open at that time.');
  const closes = minutesOf(open.at(-1)?.closes ?? '00:00');
  if (!load.isClosed && (closes - minutes) * 100 < planned.hundredths * 60)
    texts.push(
      `It can’t be done the same day: the work takes ${showHours(planned.hundredths)}, and the shop closes ${showLeft(closes - minutes)}.`,
    );
  const over = load.hours.booked + planned.hundredths - load.hours.there;
  if (!load.isClosed && load.hours.booked > 0 && over > 0)
    texts.push(`That day is full: with this one it has ${showHours(over)} more than there are.`);
  if (!load.isClosed && load.vehicles.booked + 1 > load.vehicles.there)
    texts.push(`The bays are full that day: ${load.vehicles.booked} vehicles are booked for ${load.vehicles.there} places.`);
  const same = calendar.entries.filter((entry) => counts(entry) && entry.at.getTime() === planned.at.getTime()).length;
  if (same >= calendar.arrivalsPerSlot) texts.push(`${same} ${same === 1 ? 'customer comes' : 'customers come'} at that time already.`);
  const technician = load.technicians.find(({ id }) => id === planned.technician);
  if (technician?.isAway) texts.push(`${technician.name} is away that day.`);
  return texts.map((text) => ({ text, href: null, isAboutTime: true }));
}

function showLeft(minutes: number): string {
  if (minutes <= 0) return 'before that';
  return minutes < 60 ? `${minutes} minutes later` : `${Math.round((minutes / 60) * 100) / 100} h later`;
}
