import { sql } from 'kysely';
import { z } from 'zod';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { optional, Tick } from '../../platform/web/forms.js';
import { Quantity, showQuantity } from '../billing/amounts.js';
import { type Field, type Row, type Texts, text, tick } from '../settings/fields.js';
import { readSheet, type Sheet, saveSheetWithin } from '../settings/sheets.js';

/** Hundredths of an hour. */
const hours = (column: string): Field => ({ column, show: (value) => showQuantity(Number(value)) });
/** Minutes, in a form hours: each whole minute comes back as it was. */
const minutes = (column: string): Field => ({ column, show: (value) => showQuantity(Math.round((Number(value) * 100) / 60)) });

/** How appointments are booked. */
export const BOOKING: Sheet = {
  table: 'booking_settings',
  event: 'booking.changed',
  fields: {
    isOnline: tick('is_online'),
    slug: { column: 'slug', show: (value) => String(value ?? ''), store: (value) => value || null },
    slotMinutes: text('slot_minutes'),
    noticeHours: minutes('notice_minutes'),
    daysAhead: text('days_ahead'),
    arrivalsPerSlot: text('arrivals_per_slot'),
    waitersPerSlot: text('waiters_per_slot'),
    dayHours: hours('day_hundredths'),
    concernHours: hours('concern_hundredths'),
    takesAfterHours: tick('takes_after_hours'),
    afterHoursText: text('after_hours_text'),
    offersRides: tick('offers_rides'),
    confirmsItself: tick('confirms_itself'),
    noShowHours: minutes('no_show_minutes'),
    greeting: text('greeting'),
    consentText: text('consent_text'),
  },
};

function whole(least: number, most: number) {
  return z
    .string({ error: 'Please fill this in.' })
    .trim()
    .regex(/^\d{1,3}$/, 'Please write a whole number.')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `Please choose from ${least} to ${most}.`);
}

/** Hours as they are typed, read as minutes. */
const Minutes = (label: string, min: number, max: number) =>
  Quantity(label, { min: Math.round((min * 100) / 60), max: Math.round((max * 100) / 60) }).transform((hundredths) =>
    Math.round(hundredths * 0.6),
  );

const Slug = z
  .string()
  .trim()
  .toLowerCase()
  .refine(
    (value) => value === '' || (value.length <= 40 && /^[a-z0-9](-?[a-z0-9]){1,39}$/.test(value)),
    'At most 40 letters, figures and single dashes, like “riverside-auto”.',
  )
  .default('');

export const SLOT_MINUTES = ['15', '20', '30', '60'] as const;

export const BOOKING_INPUTS = {
  ...{ isOnline: Tick, slug: Slug },
  slotMinutes: z.enum(SLOT_MINUTES, 'Please choose how long it is.').transform(Number),
  noticeHours: Minutes('The notice', 0, 20_160),
  ...{ daysAhead: whole(1, 365), arrivalsPerSlot: whole(1, 20), waitersPerSlot: whole(0, 20) },
  dayHours: Quantity('What a day takes', { max: 99_999 }),
  concernHours: Quantity('The time', { min: 1, max: 4000 }),
  takesAfterHours: Tick,
  afterHoursText: optional('The text', 1000),
  ...{ offersRides: Tick, confirmsItself: Tick },
  noShowHours: Minutes('The time', 15, 1440),
  greeting: optional('The greeting', 1000),
  consentText: optional('The text', 3000),
};

/**
 * Saves how appointments are booked, field by field.
 * @param original what the form showed when it was opened @param mine by field
 * @throws Conflict when somebody else changed the same meanwhile; Invalid for what can't be, also for booking online when there is
 * no time at all at which somebody could come
 */
export async function saveBooking(db: Database, actor: Actor, original: Texts, mine: Row): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    // The lock of a shop is its own, and this is about those of all: one after the other, or two are at one address.
    await sql`select pg_advisory_xact_lock(hashtext('booking-doors'))`.execute(tx.db);
    if (mine.slug && (await isTaken(tx, String(mine.slug))))
      throw new Invalid({ slug: 'Another shop on this server has that name in its address.' });
    const edit = await saveSheetWithin(tx, BOOKING, original, mine);
    if (!edit) return;
    const now = await readSheet(tx.db, tx.shop, BOOKING);
    if (Number(now.waiters_per_slot) > Number(now.arrivals_per_slot))
      throw new Invalid({ waitersPerSlot: 'No more can wait than can come.' });
    if (now.takes_after_hours && !now.after_hours_text) throw new Invalid({ afterHoursText: 'Say where the key goes.' });
    // Without its name in the address it may be the second one at /book.
    const isNew = now.is_online && (edit.to.isOnline || edit.to.slug === '');
    const [obstacle] = isNew ? await listObstacles(tx.db, tx.shop, tx.now) : [];
    if (obstacle) throw new Invalid({ isOnline: obstacle.text });
  });
}

/** Changes some of it, as saveBooking(). @param some by field; what is left out stays as it is */
export async function changeBooking(db: Database, actor: Actor, some: Row): Promise<void> {
  const row = await readSheet(db, actor.shop, BOOKING);
  const mine = Object.fromEntries(Object.entries(BOOKING.fields).map(([name, { column }]) => [name, row[column]]));
  await saveBooking(db, actor, {}, { ...mine, ...some });
}

async function isTaken(tx: Change, slug: string): Promise<boolean> {
  const row = await tx.db.selectFrom('booking_settings').select('shop_id').where('slug', '=', slug).executeTakeFirst();
  return row !== undefined && row.shop_id !== tx.shop;
}

/** Why nobody can book anything, and where that is changed. */
export interface Obstacle {
  text: string;
  to: string;
  name: string;
}

/** What keeps everybody from booking, whatever they want; nothing when something can be booked. */
export async function listObstacles(db: Database, shop: number, now: Date): Promise<Obstacle[]> {
  const { rows } = await sql<{ opens: boolean; vehicles: number; takes: boolean; is_alone: boolean }>`
    with worked as (
      select h.weekday from technician_hours h
      join memberships m on m.shop_id = h.shop_id and m.staff_id = h.staff_id and m.disabled_at is null
      where h.shop_id = ${shop}
    ), open as (
      select weekday from opening_hours where shop_id = ${shop}
      union select extract(isodow from d.day)::int from special_days d
      where d.shop_id = ${shop} and d.day >= ${now}::date - 1 and d.intervals <> '[]'
    )
    select exists(select from open) as opens,
      coalesce((select sum(vehicles_per_day) from bays where shop_id = ${shop} and removed_at is null), 0)::int as vehicles,
      case when exists(select from worked) then exists(select from worked join open using (weekday)) else b.day_hundredths > 0 end as takes,
      b.slug is not null or not exists(select from booking_settings o where o.shop_id <> b.shop_id and o.is_online and o.slug is null) as is_alone
    from booking_settings b where b.shop_id = ${shop}`.execute(db);
  const found = rows[0];
  if (!found) return [];
  const obstacles: [boolean, Obstacle][] = [
    [found.opens, { text: 'The shop is never open.', to: '/settings/hours', name: 'Set the opening hours' }],
    [found.vehicles > 0, { text: 'There is no bay for a vehicle.', to: '/settings/capacity', name: 'Add a bay' }],
    [found.takes, { text: 'Nobody has hours on a day on which the shop is open.', to: '/settings/capacity', name: 'Give somebody hours' }],
    [
      found.is_alone,
      {
        text: 'Another shop on this server is the one at /book: this one needs a name in its address.',
        to: '#slug-booking',
        name: 'Name it',
      },
    ],
  ];
  return obstacles.filter(([isFine]) => !isFine).map(([, obstacle]) => obstacle);
}
