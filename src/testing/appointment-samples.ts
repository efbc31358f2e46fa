import { type Booking, bookByStaff } from '../features/appointments/booking.js';
import { makeFeed } from '../features/calendar/feeds.js';
import { change } from '../platform/database/change.js';
import type { Database } from '../platform/database/pool.js';
import type { Viewer } from '../platform/web/viewer.js';
import type { Fields } from './client.js';
import type { TestShop } from './shop.js';

/** Bodies of the changes of appointments, for makeSamples(). */
export const APPOINTMENT_BODIES: Record<string, (shop: TestShop) => Fields> = {
  '/appointments': () => ({ name: 'Eve', description: 'Van', time: '2030-12-03T09:00', kind: 'drop-off' }),
  '/appointments/:appointment/moves': () => ({ slot: '2030-12-04T10:00-06:00' }),
  '/appointments/:appointment/edits': () => ({ name: 'Eve', vehicle: 'Van', hours: '1', 'original.name': 'Dana Whitfield' }),
  '/appointments/:appointment/confirmations': () => ({}),
  '/appointments/:appointment/cancellations': () => ({ reason: 'Sold it' }),
  '/appointments/:appointment/links': () => ({ who: 'new' }),
  '/settings/calendar-feeds': () => ({ name: 'Office', technician: '' }),
  '/settings/calendar-feeds/:feed/revocations': () => ({}),
  '/appointments/:appointment/check-ins': () => ({ odometer: '84512' }),
};

/** An address of the calendar. @returns its id */
export async function makeOneFeed(db: Database, viewer: Viewer): Promise<number> {
  await makeFeed(db, viewer, { name: 'Office', technician: null });
  return (await db.selectFrom('calendar_feeds').select('id').where('shop_id', '=', viewer.shop).executeTakeFirstOrThrow()).id;
}

/** Books for somebody, whatever speaks against it. @returns the id */
export async function bookOne(
  db: Database,
  viewer: Viewer,
  more: Partial<Booking & { technician: number | null; bay: number | null; customer: number | null; known: number | null }> = {},
): Promise<number> {
  const { technician = null, bay = null, customer = null, known = null, ...given } = more;
  const booking: Booking = {
    ...{ slot: '2030-12-03T09:00-06:00', kind: 'drop-off', services: [], concern: 'It squeals' },
    ...{ name: 'Dana Whitfield', phone: '555 0142', email: '', vehicle: '2019 Toyota Corolla', plate: '' },
    ...given,
  };
  const who = { evenIfFull: true, technician, bay, customer, vehicle: known };
  const { result } = await change(db, viewer, {}, (tx) => bookByStaff(tx, booking, who));
  return result.appointment;
}
