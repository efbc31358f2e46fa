import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { Change } from '../../platform/database/change.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { dateOf } from '../../platform/time.js';
import { type Availability, readAvailability, slotsIn } from './availability.js';
import { type Slot, slotLabel, type Wanted } from './slots.js';

/** The slot is gone: with the next best, earliest first. */
export class SlotTaken extends Conflict {
  constructor(readonly next: Slot[]) {
    super('Somebody has just taken that time. Please choose another one.');
  }
}

/** How a place is looked for. */
export interface Looking {
  /** Also where nothing is free, at any time: the shop knows better than its rules. */
  evenIfFull: boolean;
  /** The appointment that is moved: it does not stand in its own way. */
  but?: number;
}

/**
 * The slot of a label as it is now, under the lock of the shop. Only the staff may book in spite of the minimum notice, or where
 * nothing is free.
 * @param label `2026-12-01T09:00-05:00`
 * @throws SlotTaken with what is free next; Invalid when the staff names what is no time
 */
export async function findSlot(tx: Change, label: string, wanted: Wanted, { evenIfFull, but }: Looking): Promise<Slot> {
  const isStaff = tx.actor.staff !== null;
  const read = await readAvailability(tx.db, tx.shop, tx.now, but);
  const availability: Availability = isStaff ? { ...read, rules: { ...read.rules, noticeMinutes: 0 } } : read;
  const free = slotsIn(availability, wanted, tx.now);
  const at = new Date(label);
  const slot = free.find((one) => one.at.getTime() === at.getTime());
  if (slot) return slot;
  if (!isStaff || !evenIfFull) throw new SlotTaken(nearest(free, at));
  return anyTime(label, availability.timeZone);
}

/** A time that need not be a slot, to the minute. @throws Invalid */
function anyTime(label: string, timeZone: string): Slot {
  let at: Date;
  try {
    at = new Date(Temporal.Instant.from(label).round('minute').epochMilliseconds);
  } catch {
    throw new Invalid({ slot: 'That is not a day and time.' });
  }
  return { day: dateOf(at, timeZone), at, label: slotLabel(at, timeZone) };
}

/** What is nearest in time to what was wanted, earliest first. */
function nearest(free: Slot[], at: Date, count = 6): Slot[] {
  const wanted = Number.isNaN(at.getTime()) ? 0 : at.getTime();
  const distance = (slot: Slot) => Math.abs(slot.at.getTime() - wanted);
  return [...free]
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, count)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Of the places of a time the first that nobody has. @param but the appointment that is moved */
export function firstPlace(tx: Change, at: Date, but: number | null = null) {
  return sql<number>`(
    select min(place) from generate_series(1, 1000) place
    where not exists (
      select from appointments a where a.shop_id = ${tx.shop} and a.starts_at = ${at} and a.place = place.place and a.ended_at is null
        and a.id is distinct from ${but}::bigint))`;
}
