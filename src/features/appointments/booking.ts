import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { makeAppointmentLink } from './links.js';
import { findSlot, firstPlace } from './places.js';
import type { Slot, Wanted } from './slots.js';
import { tellCustomer } from './telling-customers.js';

export const KINDS = ['waiting', 'drop-off', 'after-hours', 'ride'] as const;
export type Kind = (typeof KINDS)[number];

/** What somebody books, who need not be known here. */
export interface Booking {
  /** Label of the slot: `2026-12-01T09:00-05:00`. */
  slot: string;
  kind: Kind;
  /** Ids of canned jobs; customers: of those that can be booked. */
  services: number[];
  concern: string;
  name: string;
  phone: string;
  email: string;
  vehicle: string;
  plate: string;
}

export interface Booked {
  appointment: number;
  state: 'requested' | 'confirmed';
  at: string;
}

interface Service {
  id: number;
  name: string;
  hundredths: number;
}

/** Who of the shop's books it is, who does it where, and who booked it. */
interface ByStaff {
  customer: number | null;
  vehicle: number | null;
  technician: number | null;
  bay: number | null;
}

interface BookingOptions {
  /** Of the link in the message to the customer, by originOf(). */
  origin?: string;
  /** What else belongs to it, in the same change and before the customer is told. */
  within?: (tx: Change, booked: Booked) => Promise<void>;
}

/** What a booking takes of a day. @param kind null: not known yet */
export function wantedOf(kind: Kind | null, services: { hundredths: number }[], concernHundredths: number): Wanted {
  // An appointment holds no more: that is work of many days anyway.
  const hundredths = Math.min(
    9999,
    services.reduce((sum, service) => sum + service.hundredths, 0),
  );
  return { hundredths: services.length > 0 ? hundredths : concernHundredths, isWaiting: kind === 'waiting' };
}

/**
 * Books a slot for whoever has the shop's page open. Whether it is free is asked under the lock of the shop; the database refuses
 * a place that somebody has, whatever was asked.
 * @param token of the link with which they change or cancel it
 * @throws SlotTaken with what is free next; Invalid for a service that can't be booked
 */
export async function bookSlot(
  db: Database,
  shop: number,
  input: Booking,
  token: string,
  requestId: string,
  options: BookingOptions = {},
): Promise<Changed<Booked>> {
  return change(db, { shop, staff: null }, { requestId: `book/${requestId}` }, (tx) => bookWithin(tx, input, token, options));
}

/** As bookSlot(), inside a change. */
export async function bookWithin(tx: Change, input: Booking, token: string, { origin, within }: BookingOptions = {}): Promise<Booked> {
  const settings = await readSettings(tx);
  if (!settings.is_online) throw new Conflict('This shop takes no appointments here at the moment. Please call.');
  if ((input.kind === 'after-hours' && !settings.takes_after_hours) || (input.kind === 'ride' && !settings.offers_rides)) {
    throw new Invalid({ kind: 'The shop does not offer that any more. Please choose again.' });
  }
  const services = await listServices(tx, input.services, null);
  const wanted = wantedOf(input.kind, services, settings.concern_hundredths);
  const slot = await findSlot(tx, input.slot, wanted, { evenIfFull: false });
  const state = settings.confirms_itself ? 'confirmed' : 'requested';
  const booked = await insertAppointment(tx, input, services, slot, wanted, state, null);
  await makeAppointmentLink(tx, booked.appointment, token);
  await within?.(tx, booked);
  await tellCustomer(tx, booked.appointment, state, origin);
  return booked;
}

/**
 * Books for a customer, in the caller's change: it is confirmed at once, and they are told. Services need not be those that customers can book; one of
 * which nobody said how long it takes counts as a concern.
 * @param who ids that the caller has found to be this shop's: foreign keys refuse others
 * @throws SlotTaken, unless `evenIfFull`
 */
export async function bookByStaff(
  tx: Change,
  input: Booking,
  { evenIfFull, origin, ...who }: ByStaff & { evenIfFull: boolean; origin?: string },
): Promise<Booked> {
  const { concern_hundredths } = await readSettings(tx);
  const services = await listServices(tx, input.services, concern_hundredths);
  const wanted = wantedOf(input.kind, services, concern_hundredths);
  const slot = await findSlot(tx, input.slot, wanted, { evenIfFull });
  const booked = await insertAppointment(tx, input, services, slot, wanted, 'confirmed', who);
  await tellCustomer(tx, booked.appointment, 'confirmed', origin);
  return booked;
}

function readSettings(tx: Change) {
  return tx.db
    .selectFrom('booking_settings')
    .select(['is_online', 'confirms_itself', 'concern_hundredths', 'takes_after_hours', 'offers_rides'])
    .where('shop_id', '=', tx.shop)
    .executeTakeFirstOrThrow();
}

/** @param otherwise what one takes that customers can't book; null: it is refused */
async function listServices(tx: Change, ids: number[], otherwise: number | null): Promise<Service[]> {
  if (ids.length === 0) return [];
  const rows = await tx.db
    .selectFrom('canned_jobs')
    .select(['id', 'name', 'bookable_hundredths'])
    .where('shop_id', '=', tx.shop)
    .where('id', 'in', ids)
    .where('archived_at', 'is', null)
    .orderBy('name')
    .execute();
  const services = rows.flatMap(({ id, name, bookable_hundredths }) => {
    const hundredths = bookable_hundredths ?? otherwise;
    return hundredths === null ? [] : [{ id, name, hundredths }];
  });
  if (services.length < new Set(ids).size)
    throw new Invalid({ services: 'The shop does not offer one of these any more. Please choose again.' });
  return services;
}

async function insertAppointment(
  tx: Change,
  input: Booking,
  services: Service[],
  slot: Slot,
  wanted: Wanted,
  state: Booked['state'],
  who: ByStaff | null,
): Promise<Booked> {
  const { kind, concern, name, phone, email, vehicle, plate } = input;
  const { id } = await tx.db
    .insertInto('appointments')
    .values({
      ...{ shop_id: tx.shop, state, kind, concern, name, phone, email, vehicle, plate, hundredths: wanted.hundredths },
      ...{ starts_at: slot.at, day: slot.day, place: firstPlace(tx, slot.at) },
      ...{ customer_id: who?.customer, vehicle_id: who?.vehicle, technician_id: who?.technician, bay_id: who?.bay },
      ...{ booked_by: tx.actor.staff, booked_at: tx.now, confirmed_at: state === 'confirmed' ? tx.now : null },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeServices(tx, id, services.map(toBooked));
  tx.record('appointment.booked', null, { appointment: id, at: slot.label, kind, state });
  return { appointment: id, state, at: slot.label };
}

/** A service as it was booked: a canned job of that time. */
export interface BookedService {
  canned: number | null;
  name: string;
  hundredths: number;
}

const toBooked = ({ id, name, hundredths }: Service): BookedService => ({ canned: id, name, hundredths });

async function writeServices(tx: Change, appointment: number, services: BookedService[]): Promise<void> {
  if (services.length === 0) return;
  const rows = services.map(({ canned, name, hundredths }, position) => ({
    ...{ shop_id: tx.shop, appointment_id: appointment, position, canned_job_id: canned, name, hundredths },
  }));
  await tx.db.insertInto('appointment_services').values(rows).execute();
}

/**
 * Gives an appointment other services, in the caller's change. One that it has stays as it was booked, even if the shop has it no more.
 * @param ids of canned jobs, need not be those that customers can book
 * @returns all that it has now, and what that takes of a day, in hundredths of an hour
 * @throws Invalid at `services`
 */
export async function changeServices(
  tx: Change,
  { id, kind, services }: { id: number; kind: Kind; services: BookedService[] },
  ids: number[],
): Promise<{ services: BookedService[]; hundredths: number }> {
  const { concern_hundredths } = await readSettings(tx);
  const kept = services.filter(({ canned }) => canned === null || ids.includes(canned));
  const others = ids.filter((one) => !kept.some(({ canned }) => canned === one));
  const now = [...kept, ...(await listServices(tx, others, concern_hundredths)).map(toBooked)];
  await tx.db.deleteFrom('appointment_services').where('shop_id', '=', tx.shop).where('appointment_id', '=', id).execute();
  await writeServices(tx, id, now);
  return { services: now, hundredths: wantedOf(kind, now, concern_hundredths).hundredths };
}
