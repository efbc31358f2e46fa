import type { Change } from '../../platform/database/change.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import type { Kind } from './booking.js';
import { findSlot, firstPlace } from './places.js';
import { slotLabel } from './slots.js';
import { tellCustomer } from './telling-customers.js';

/** An appointment after it was changed. */
export interface ChangedAppointment {
  appointment: number;
  state: 'requested' | 'confirmed' | 'cancelled';
  /** Label of its slot, `2026-12-01T09:00-05:00`. */
  at: string;
}

export interface Move {
  /** Only for the staff: also where nothing is free. */
  evenIfFull: boolean;
  /** Who does it, in which bay, and how they come; what is left out stays as it is, null is nobody and nowhere. */
  technician?: number | null;
  bay?: number | null;
  kind?: Kind;
  /** Of the link in the message to the customer, by originOf(). */
  origin?: string;
}

/**
 * Gives an appointment another time, in the caller's change. Customers get only what is free, and what a customer moved waits for
 * confirmation again where the shop confirms by hand.
 * @param slot label of the slot
 * @param move ids of a technician and a bay that the caller has found to be this shop's: foreign keys refuse others
 * @throws NotFound; Conflict when it can't be changed any more; SlotTaken with what is free next
 */
export async function moveAppointment(tx: Change, id: number, slot: string, move: Move): Promise<ChangedAppointment> {
  const old = await openAppointment(tx, id);
  const kind = move.kind ?? old.kind;
  const wanted = { hundredths: old.hundredths, isWaiting: kind === 'waiting' };
  const found = await findSlot(tx, slot, wanted, { evenIfFull: move.evenIfFull, but: id });
  const isMoved = found.at.getTime() !== old.starts_at.getTime();
  const technician = move.technician === undefined ? old.technician_id : move.technician;
  const bay = move.bay === undefined ? old.bay_id : move.bay;
  const state = isMoved && tx.actor.staff === null && !old.confirms_itself ? 'requested' : old.state;
  const changed: ChangedAppointment = { appointment: id, state, at: found.label };
  if (!isMoved && kind === old.kind && technician === old.technician_id && bay === old.bay_id) return changed;
  await tx.db
    .updateTable('appointments')
    .set((set) => ({
      ...{ starts_at: found.at, day: found.day, kind, state, technician_id: technician, bay_id: bay },
      ...(isMoved && { place: firstPlace(tx, found.at, id), sequence: set('sequence', '+', 1) }),
      ...(state === 'requested' && { confirmed_at: null }),
    }))
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .execute();
  tx.record('appointment.moved', null, {
    appointment: id,
    at: found.label,
    from: old.starts_at.toISOString(),
    kind,
    state,
    technician,
    bay,
  });
  if (isMoved) await tellCustomer(tx, id, state === 'requested' ? 'requested' : 'changed', move.origin);
  return changed;
}

/**
 * Cancels an appointment, in the caller's change; its place is free again.
 * @param reason what the one who cancels says; may be empty
 * @throws NotFound; Conflict when it can't be changed any more
 */
export async function cancelAppointment(tx: Change, id: number, reason: string): Promise<ChangedAppointment> {
  const old = await openAppointment(tx, id);
  await tx.db
    .updateTable('appointments')
    .set((set) => ({ state: 'cancelled', ended_at: tx.now, reason, sequence: set('sequence', '+', 1) }))
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .execute();
  tx.record('appointment.cancelled', null, { appointment: id, at: old.label, reason });
  await tellCustomer(tx, id, 'cancelled');
  return { appointment: id, state: 'cancelled', at: old.label };
}

/**
 * Says yes to what a customer asked for, in the caller's change. One that is confirmed already stays as it is.
 * @param origin of the link in the message to the customer, by originOf()
 * @throws NotFound; Conflict when it is over
 */
export async function confirmAppointment(tx: Change, id: number, origin?: string): Promise<ChangedAppointment> {
  const old = await openAppointment(tx, id);
  const confirmed: ChangedAppointment = { appointment: id, state: 'confirmed', at: old.label };
  if (old.state === 'confirmed') return confirmed;
  await tx.db
    .updateTable('appointments')
    .set((set) => ({ state: 'confirmed', confirmed_at: tx.now, sequence: set('sequence', '+', 1) }))
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .execute();
  tx.record('appointment.confirmed', null, { appointment: id, at: old.label });
  await tellCustomer(tx, id, 'confirmed', origin);
  return confirmed;
}

/** One that can still be changed; by its customer only before its time. @throws NotFound, Conflict */
async function openAppointment(tx: Change, id: number) {
  const found = await tx.db
    .selectFrom('appointments as a')
    .innerJoin('shops as s', 's.id', 'a.shop_id')
    .innerJoin('booking_settings as b', 'b.shop_id', 'a.shop_id')
    .select(['a.state', 'a.kind', 'a.starts_at', 'a.hundredths', 'a.technician_id', 'a.bay_id', 's.time_zone', 'b.confirms_itself'])
    .where('a.shop_id', '=', tx.shop)
    .where('a.id', '=', id)
    .executeTakeFirst();
  if (!found) throw new NotFound('That appointment is not here.');
  const { state } = found;
  if (state === 'cancelled') throw new Conflict('That appointment is cancelled already.');
  if (state === 'no-show') throw new Conflict('Nobody came to that appointment. Please book a new one.');
  if (state === 'arrived') throw new Conflict('The vehicle is in the shop already, so the appointment can’t be changed any more.');
  if (tx.actor.staff === null && found.starts_at <= tx.now)
    throw new Conflict('The time of that appointment is over, so it can’t be changed any more.');
  return { ...found, state, label: slotLabel(found.starts_at, found.time_zone) };
}
