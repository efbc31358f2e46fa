import { randomUUID } from 'node:crypto';
import { readAvailability, slotsIn } from '../features/appointments/availability.js';
import { type Bay, listBays } from '../features/appointments/bays.js';
import { bookSlot } from '../features/appointments/booking.js';
import { changeBooking } from '../features/appointments/booking-settings.js';
import { setSpecialDays } from '../features/appointments/hours.js';
import { listServices, type Service, setService } from '../features/appointments/services.js';
import { addAbsence, saveWeeks } from '../features/appointments/technicians.js';
import { recordConsent } from '../features/messages/consents.js';
import { change } from '../platform/database/change.js';
import type { Database } from '../platform/database/pool.js';
import { newToken } from '../platform/tokens.js';
import type { Fields } from './client.js';
import type { TestShop } from './shop.js';

/** A day that is not as its weekday is, in the shops of the tests. */
export const SPECIAL_DAY = '2030-12-24';

const RULES = {
  ...{ slotMinutes: '60', noticeHours: '2', daysAhead: '30', arrivalsPerSlot: '3', waitersPerSlot: '1', noShowHours: '1.5' },
  ...{ dayHours: '24', concernHours: '1' },
};

/** For every write of the settings of appointments, by its path, a body that would change something. */
export const appointmentBodies = (values: Record<string, string | number>): Record<string, (shop: TestShop) => Fields> => ({
  '/settings/hours': () => ({ monday: '8-12, 13-17' }),
  '/settings/hours/special-days': () => ({ first: '2030-12-24', last: '', hours: '', note: 'Holiday' }),
  '/settings/hours/special-days/:day/removals': () => ({ last: SPECIAL_DAY }),
  '/settings/capacity/bays': () => ({ name: 'Lift 3', vehiclesPerDay: '3' }),
  '/settings/capacity/bays/:bay': () => ({ name: 'Lift 3', vehiclesPerDay: '3' }),
  '/settings/capacity/bays/:bay/shifts': () => ({ direction: 'down' }),
  '/settings/capacity/bays/:bay/removals': () => ({}),
  '/settings/capacity/hours': (shop) => ({ [`hours.${shop.staff.mechanic.staff}.1`]: '7.5' }),
  '/settings/capacity/absences': (shop) => ({ staff: shop.staff.mechanic.staff, first: '2030-08-01', last: '2030-08-07' }),
  '/settings/capacity/absences/:absence/removals': () => ({}),
  '/settings/booking': () => RULES,
  '/settings/booking/services': () => ({ canned: values.canned ?? 0, hours: '1.5' }),
  '/settings/booking/services/:canned': () => ({ hours: '1.5' }),
  '/settings/booking/services/:canned/removals': () => ({}),
});

/** A shop that is booked online, with a day that is different, somebody's hours and absence, and an appointment for a service. */
export async function makeAppointments(
  db: Database,
  { id: shop, staff: { manager, mechanic } }: TestShop,
): Promise<{ appointment: number; bay: number; absence: number }> {
  await setSpecialDays(db, manager, { first: SPECIAL_DAY, last: SPECIAL_DAY, note: 'The first comment', intervals: [] });
  await saveWeeks(db, manager, [{ staff: mechanic.staff, hours: [750, 750, 750, 750, 750, 0, 0], was: null }]);
  const { absence } = (await addAbsence(db, manager, { staff: mechanic.staff, first: '2030-07-01', last: '2030-07-14' })).result;
  await changeBooking(db, manager, { isOnline: true, slug: `shop-${shop}` });
  const [service] = (await listServices(db, shop)) as [Service];
  await setService(db, manager, service.id, 100);
  const [bay] = (await listBays(db, shop)) as [Bay];
  const now = new Date();
  const [slot] = slotsIn(await readAvailability(db, shop, now), { hundredths: 100, isWaiting: false }, now).slice(-1);
  const booking = {
    ...{ slot: slot?.label ?? '', kind: 'drop-off' as const, services: [service.id], concern: 'The first comment' },
    ...{ name: 'Dana Whitfield', phone: '555 0142', email: 'dana@example.com', vehicle: '2019 Toyota Corolla', plate: 'KLM-4821' },
  };
  const { result } = await bookSlot(db, shop, booking, newToken(), randomUUID());
  return { appointment: result.appointment, bay: bay.id, absence };
}

/** Words of the shop's own, what a customer wants to receive, and a message that was sent. */
export async function makeMessages(db: Database, { id: shop, staff: { manager } }: TestShop): Promise<void> {
  const words = { subject: 'Ready', text: 'Your vehicle is ready.', short_text: 'Ready.' };
  await db
    .insertInto('message_templates')
    .values({ ...{ shop_id: shop, occasion: 'booked', language: 'en' }, ...words })
    .execute();
  const said = { topic: 'service', isGranted: true, saidBy: 'booking', words: 'Yes', customer: null } as const;
  await change(db, manager, {}, (tx) => recordConsent(tx, { channel: 'mail', address: 'dana@example.com', ...said }));
  const now = new Date();
  const message = await db
    .insertInto('messages')
    .values({
      ...{ shop_id: shop, direction: 'out', channel: 'mail', state: 'sent', occasion: 'booked', address: 'dana@example.com' },
      ...{ subject: words.subject, text: words.text, due_at: now, written_at: now, ended_at: now, attempts: 1 },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('message_attempts')
    .values({ shop_id: shop, message_id: message.id, attempt: 1, at: now, answer: '250 OK' })
    .execute();
}
