import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { fromLocalInput } from '../../platform/time.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { type Booked, type Booking, bookByStaff, type Kind } from '../appointments/booking.js';
import { type ChangedAppointment, cancelAppointment, confirmAppointment, moveAppointment } from '../appointments/changing.js';
import { firstPlace } from '../appointments/places.js';
import { slotLabel } from '../appointments/slots.js';
import { getKeptCustomer } from '../customers/customers.js';
import { getKeptVehicle } from '../vehicles/vehicles.js';
import { getColleague } from '../work-orders/assignments.js';
import { type Appointment, getAppointment } from './appointment.js';
import { listWarnings, type Planned } from './warnings.js';

/** When, who and where: what is left out stays as it is, null is nobody and nowhere. */
export interface Moving {
  /** Label of a slot; empty: see `time`. */
  slot: string;
  /** Any other time, on the shop's clock: `2026-12-01T09:10`. */
  time: string;
  technician?: number | null | undefined;
  bay?: number | null | undefined;
  kind?: Kind | undefined;
  /** In spite of what speaks against that time. */
  anyway: boolean;
  /** Of the link in the message to the customer. */
  origin?: string | undefined;
}

/**
 * Gives an appointment another time, technician, bay or kind. One that nobody came to is expected again, at another time.
 * @throws Invalid at `anyway`, with what speaks against the time, and at `time` for what it has already; NotFound; Conflict when it can't
 * be changed any more
 */
export function moveByStaff(
  db: Database,
  viewer: Viewer,
  id: number,
  input: Moving,
  requestId?: string,
): Promise<Changed<ChangedAppointment>> {
  return change(db, viewer, { requestId: requestId && `appointment-move/${id}/${requestId}` }, async (tx) => {
    const old = await getAppointment(tx.db, tx.shop, id);
    const { technician, bay, kind, anyway, origin } = input;
    const at = readTime(input, viewer.timeZone) ?? old.startsAt;
    const isOtherTime = at.getTime() !== old.startsAt.getTime();
    if (!isOtherTime && meansTimeAlone(old, input)) throw new Invalid({ time: SAME_TIME });
    if (old.state === 'no-show') await expectAgain(tx, old);
    await checkPlace(tx, technician, bay);
    const planned = { ...plannedOf(old), at, technician: technician === undefined ? (old.technician?.id ?? null) : technician };
    if (isOtherTime && !anyway) await refuseTime(tx, viewer, planned);
    return moveAppointment(tx, id, slotLabel(at, viewer.timeZone), {
      evenIfFull: true,
      ...(origin !== undefined && { origin }),
      ...(technician !== undefined && { technician }),
      ...(bay !== undefined && { bay }),
      ...(kind && { kind }),
    });
  });
}

const SAME_TIME = 'That is the time it has. Please choose another one.';

/** Whether nothing but the time could be meant: nobody came at it, or all the rest is as it stands. */
function meansTimeAlone(old: Appointment, { technician, bay, kind }: Moving): boolean {
  if (old.state === 'cancelled' || old.state === 'arrived') return false;
  const isSame = (id: number | null | undefined, was: { id: number } | null) => id === undefined || id === (was?.id ?? null);
  return old.state === 'no-show' || (isSame(technician, old.technician) && isSame(bay, old.bay) && (kind ?? old.kind) === old.kind);
}

/** What the warnings look at. */
export function plannedOf(one: Appointment): Planned {
  const { id, startsAt: at, hundredths, phone, plate } = one;
  return {
    id,
    at,
    hundredths,
    phone,
    plate,
    technician: one.technician?.id ?? null,
    customer: one.customer?.id ?? null,
    vehicle: one.known?.id ?? null,
  };
}

/** @throws Invalid for what is no time */
function readTime({ slot, time }: { slot: string; time: string }, timeZone: string): Date | null {
  if (!slot && !time) return null;
  const at = slot ? new Date(slot) : fromLocalInput(time, timeZone);
  const year = at?.getUTCFullYear() ?? 0;
  if (!at || !(year >= 2000 && year <= 2100)) throw new Invalid({ [slot ? 'slot' : 'time']: 'That is not a day and time.' });
  return at;
}

/** @throws Invalid for somebody who does not work here, and a bay that is not there */
async function checkPlace(tx: Change, technician: number | null | undefined, bay: number | null | undefined): Promise<void> {
  if (technician) await getColleague(tx, 'technician', technician);
  if (!bay) return;
  const found = await tx.db
    .selectFrom('bays')
    .select('id')
    .where('shop_id', '=', tx.shop)
    .where('id', '=', bay)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (!found) throw new Invalid({ bay: 'That bay is not there any more.' });
}

/** @throws Invalid at `anyway` when something speaks against the time */
async function refuseTime(tx: Change, viewer: Viewer, planned: Planned): Promise<void> {
  const warnings = await listWarnings(tx.db, tx.shop, viewer.timeZone, planned, tx.now);
  const about = warnings.filter(({ isAboutTime }) => isAboutTime).map(({ text: sentence }) => sentence);
  if (about.length > 0) throw new Invalid({ anyway: about.join(' ') });
}

/** Says yes to what a customer asked for. @param origin of the link in the message to them */
export async function confirm(db: Database, viewer: Viewer, id: number, origin?: string): Promise<ChangedAppointment> {
  return (await change(db, viewer, {}, (tx) => confirmAppointment(tx, id, origin))).result;
}

/** @param reason may be empty */
export async function cancel(db: Database, viewer: Viewer, id: number, reason: string): Promise<ChangedAppointment> {
  return (await change(db, viewer, {}, (tx) => cancelAppointment(tx, id, reason))).result;
}

/** Somebody who did not come is expected after all. */
async function expectAgain(tx: Change, { id, startsAt }: Appointment): Promise<void> {
  await tx.db
    .updateTable('appointments')
    .set((set) => ({
      state: 'confirmed',
      ended_at: null,
      confirmed_at: tx.now,
      sequence: set('sequence', '+', 1),
      place: firstPlace(tx, startsAt, id),
    }))
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .execute();
}

/** Who and what it is in the shop's books: a vehicle with its owner, a customer alone, or nobody known. */
export interface Who {
  vehicle: number | null;
  customer: number | null;
}

/** Says who comes with what. @throws NotFound for what is not in the shop's books */
export async function linkAppointment(db: Database, viewer: Viewer, id: number, who: Who): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    await getAppointment(tx.db, tx.shop, id);
    const known = await checkWho(tx, who);
    await tx.db
      .updateTable('appointments')
      .set({ customer_id: known.customer, vehicle_id: known.vehicle })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    tx.record('appointment.linked', null, { appointment: id, ...known });
  });
}

/** @returns with a vehicle its owner @throws NotFound */
async function checkWho(tx: Change, { vehicle, customer }: Who): Promise<Who> {
  if (vehicle) return { vehicle, customer: (await getKeptVehicle(tx.db, tx.shop, vehicle)).customer_id };
  return { vehicle: null, customer: customer && (await getKeptCustomer(tx.db, tx.shop, customer)).id };
}

/** What is booked: what is not given of a customer and a vehicle is taken from the shop's books. */
export interface NewAppointment {
  given: Omit<Booking, 'slot'>;
  who: Who;
  when: { slot: string; time: string };
  technician: number | null;
  bay: number | null;
  /** In spite of what one should know first. */
  anyway: boolean;
  /** Of the link in the message to the customer. */
  origin?: string | undefined;
}

/**
 * Books for a customer who calls or stands at the counter.
 * @throws Invalid at `anyway`, with all that one should know first; at the fields that are missing
 */
export function bookAppointment(db: Database, viewer: Viewer, input: NewAppointment, requestId?: string): Promise<Changed<Booked>> {
  return change(db, viewer, { requestId: requestId && `appointment/${requestId}` }, async (tx) => {
    const at = readTime(input.when, viewer.timeZone);
    if (!at) throw new Invalid({ time: 'When? Choose a day and time.' });
    const { technician, bay, anyway, origin } = input;
    await checkPlace(tx, technician, bay);
    const who = await checkWho(tx, input.who);
    const booking = { ...(await completed(tx, input.given, who)), slot: slotLabel(at, viewer.timeZone) };
    const booked = await bookByStaff(tx, booking, { evenIfFull: true, ...(origin !== undefined && { origin }), ...who, technician, bay });
    if (anyway) return booked;
    const planned = plannedOf(await getAppointment(tx.db, tx.shop, booked.appointment));
    const warnings = await listWarnings(tx.db, tx.shop, viewer.timeZone, planned, tx.now);
    if (warnings.length > 0) throw new Invalid({ anyway: warnings.map(({ text: sentence }) => sentence).join(' ') });
    return booked;
  });
}

/** What was not typed stands in the shop's books. @throws Invalid when it stands nowhere */
async function completed(tx: Change, given: NewAppointment['given'], who: Who): Promise<NewAppointment['given']> {
  const customer = who.customer ? await getKeptCustomer(tx.db, tx.shop, who.customer) : null;
  const known = who.vehicle ? await getKeptVehicle(tx.db, tx.shop, who.vehicle) : null;
  const name = given.name || customer?.name || '';
  const vehicle = given.vehicle || known?.description || '';
  if (!name) throw new Invalid({ name: 'Who comes? Type a name, or find them above.' });
  if (!vehicle) throw new Invalid({ vehicle: 'With what? For example “2019 Toyota Corolla, blue”.' });
  const from = (typed: string, kept = '') => typed || kept;
  return {
    ...{ ...given, name, vehicle, plate: from(given.plate, known?.plate) },
    ...{ phone: from(given.phone, customer?.phone), email: from(given.email, customer?.email) },
  };
}
