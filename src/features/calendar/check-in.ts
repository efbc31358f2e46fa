import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { firstPlace } from '../appointments/places.js';
import { slotLabel } from '../appointments/slots.js';
import { addCannedWithin } from '../jobs/canned.js';
import { insertJob } from '../jobs/job-rows.js';
import { readOdometer } from '../jobs/readings.js';
import { createWithin } from '../work-orders/create.js';
import { type Appointment, getAppointment } from './appointment.js';
import type { Who } from './changes.js';
import { KIND_WORDS } from './words.js';

export interface Arrival {
  /** Who and what it is in the shop's books, where nobody has said so before. */
  who: Who;
  /** What the odometer shows; empty: nobody has looked. */
  odometer: string;
  promisedAt: Date | null;
}

/**
 * The vehicle is here: its appointment becomes a work order on the board, with all that was said. Once: whoever does it again gets the
 * same work order. Somebody who was taken for a no-show can still come.
 * @returns the number of the work order
 * @throws NotFound; Conflict for a cancelled one; Invalid at `odometer` for what is no reading
 */
export function checkIn(db: Database, viewer: Viewer, id: number, arrival: Arrival): Promise<Changed<{ number: number }>> {
  return change(db, viewer, {}, async (tx) => {
    const one = await getAppointment(tx.db, tx.shop, id);
    if (one.workOrder !== null) return { number: one.workOrder };
    if (one.state === 'cancelled') throw new Conflict('This appointment was cancelled. Open a work order for the vehicle instead.');
    const order = await createWithin(tx, {
      ...{ customer: one.customer?.id ?? arrival.who.customer, vehicle: one.known?.id ?? arrival.who.vehicle },
      ...{ customerName: one.name, company: '', phone: one.phone, email: one.email, vehicleDescription: one.vehicle, plate: one.plate },
      ...{ concern: one.concern, promisedAt: arrival.promisedAt, mechanic: one.technician && (await stillHere(tx, one.technician.id)) },
    });
    await addServices(tx, viewer, order, one);
    await readOdometer(tx, order, arrival.odometer);
    await tx.db
      .updateTable('appointments')
      .set({
        state: 'arrived',
        work_order_id: order.id,
        arrived_at: tx.now,
        ended_at: null,
        customer_id: order.customer,
        vehicle_id: order.vehicle,
      })
      // Somebody else may have got the place of whoever was not expected any more.
      .$if(one.state === 'no-show', (update) => update.set({ place: firstPlace(tx, one.startsAt, id) }))
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    const at = slotLabel(one.startsAt, viewer.timeZone);
    tx.record('appointment.arrived', order.id, {
      number: order.number,
      appointment: id,
      at,
      kind: one.kind,
      how: KIND_WORDS[one.kind].name,
    });
    return { number: order.number };
  });
}

/** @returns null for somebody who does not work here any more */
async function stillHere(tx: Change, staff: number): Promise<number | null> {
  const found = await tx.db
    .selectFrom('memberships')
    .select('staff_id')
    .where('shop_id', '=', tx.shop)
    .where('staff_id', '=', staff)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return found?.staff_id ?? null;
}

/** Each service is a job: the shop's canned one, or, where that is gone, one of its name. */
async function addServices(tx: Change, viewer: Viewer, order: { id: number; number: number }, one: Appointment): Promise<void> {
  for (const { name, canned } of one.services) {
    const added = canned === null ? null : await addCannedWithin(tx, viewer, order.number, canned);
    if (added === null) await insertJob(tx, order, { name: name.slice(0, 120), concern: '' });
  }
}
