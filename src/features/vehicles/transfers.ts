import { type Actor, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { getKeptCustomer, insertCustomer } from '../customers/customers.js';
import { getKeptVehicle } from './vehicles.js';

export interface Transfer {
  /** Whose it was when the form was opened. */
  from: number;
  /** An existing customer; or null, and the name and phone of a new one. */
  to: number | null;
  name: string;
  phone: string;
  /** Notes on the vehicle may be about who owned it. */
  dropNotes: boolean;
}

/**
 * Gives a vehicle to another owner. Its visits stay with who they were for, also those that are still open; a labor rate of its own was
 * agreed with the former owner and ends.
 * @throws Conflict when it has changed hands since the form was opened
 */
export function transferVehicle(
  db: Database,
  actor: Actor,
  id: number,
  input: Transfer,
  requestId?: string,
): Promise<Changed<{ customer: number }>> {
  return change(db, actor, { requestId: requestId && `transfers/${id}/${requestId}` }, async (tx) => {
    const vehicle = await getKeptVehicle(tx.db, tx.shop, id);
    if (input.to === null && !input.name) throw new Invalid({ name: 'Who owns it now? Find them, or type a name.' });
    if (vehicle.customer_id !== input.from) throw new Conflict('Meanwhile it belongs to somebody else. Please look at it again.');
    const customer =
      input.to === null
        ? await insertCustomer(tx, { name: input.name, phone: input.phone })
        : (await getKeptCustomer(tx.db, tx.shop, input.to)).id;
    if (customer === vehicle.customer_id) throw new Invalid({ to: 'It belongs to that customer already.' });
    const notes = input.dropNotes ? '' : vehicle.notes;
    await tx.db
      .insertInto('former_owners')
      .values({ shop_id: tx.shop, vehicle_id: id, customer_id: vehicle.customer_id, until: tx.now })
      .execute();
    await tx.db
      .updateTable('vehicles')
      .set({ customer_id: customer, notes, labor_rate_id: null })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    tx.record('vehicle.transferred', null, {
      ...{ vehicle: id, from: vehicle.customer_id, to: customer },
      ...(notes !== vehicle.notes && { notes: { from: vehicle.notes, to: notes } }),
      ...(vehicle.labor_rate_id !== null && { laborRate: { from: vehicle.labor_rate_id, to: null } }),
    });
    return { customer };
  });
}
