import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { fromLocalInput, toLocalInput } from '../../platform/time.js';
import { getOpenWorkOrder, type WorkOrderRow } from './find.js';
import { type FieldConflict, mergeEdits } from './merge.js';

/** What the edit form holds, all as text; `promised` is a time on the shop's clock. */
export const EDITABLE = ['concern', 'promised', 'customerName', 'company', 'phone', 'email', 'vehicleDescription', 'plate'] as const;
export type EditFields = Record<(typeof EDITABLE)[number], string>;

/** The form was opened before somebody else changed the same fields. */
export class EditConflict extends Error {
  constructor(
    readonly conflicts: Record<string, FieldConflict>,
    readonly current: EditFields,
  ) {
    super('Somebody else changed the same fields meanwhile.');
  }
}

/**
 * Saves the edit form, field by field. @throws EditConflict, with nothing changed, when a field that was edited here was
 * also changed by somebody else since the form was opened
 */
export async function editWorkOrder(
  db: Database,
  actor: Actor,
  timeZone: string,
  number: number,
  original: EditFields,
  mine: EditFields,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    const current = await readEditFields(tx.db, tx.shop, timeZone, order);
    const { changes, conflicts } = mergeEdits(original, mine, current);
    if (Object.keys(conflicts).length > 0) throw new EditConflict(conflicts, current);
    if (Object.keys(changes).length === 0) return;
    await write(tx, order, changes, timeZone);
    const from = Object.fromEntries(Object.keys(changes).map((field) => [field, current[field as keyof EditFields]]));
    tx.record('work-order.edited', order.id, { number, from, to: changes });
  });
}

/** The form's fields as the database holds them now. */
export async function readEditFields(
  db: Database,
  shop: number,
  timeZone: string,
  order: Pick<WorkOrderRow, 'customer_id' | 'vehicle_id' | 'concern' | 'promised_at'>,
): Promise<EditFields> {
  const customer = await db
    .selectFrom('customers')
    .select(['name', 'company', 'phone', 'email'])
    .where('shop_id', '=', shop)
    .where('id', '=', order.customer_id)
    .executeTakeFirstOrThrow();
  const vehicle = await db
    .selectFrom('vehicles')
    .select(['description', 'plate'])
    .where('shop_id', '=', shop)
    .where('id', '=', order.vehicle_id)
    .executeTakeFirstOrThrow();
  return {
    concern: order.concern,
    promised: toLocalInput(order.promised_at, timeZone),
    customerName: customer.name,
    company: customer.company,
    phone: customer.phone,
    email: customer.email,
    vehicleDescription: vehicle.description,
    plate: vehicle.plate,
  };
}

async function write(tx: Change, order: WorkOrderRow, changes: Record<string, string>, timeZone: string): Promise<void> {
  const pick = (names: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(names).flatMap(([field, column]) => (changes[field] === undefined ? [] : [[column, changes[field]]])),
    );
  const customer = pick({ customerName: 'name', company: 'company', phone: 'phone', email: 'email' });
  const vehicle = pick({ vehicleDescription: 'description', plate: 'plate' });
  const own: Record<string, unknown> = pick({ concern: 'concern' });
  if (changes.promised !== undefined) own.promised_at = changes.promised ? fromLocalInput(changes.promised, timeZone) : null;
  if (Object.keys(customer).length > 0)
    await tx.db.updateTable('customers').set(customer).where('shop_id', '=', tx.shop).where('id', '=', order.customer_id).execute();
  if (Object.keys(vehicle).length > 0)
    await tx.db.updateTable('vehicles').set(vehicle).where('shop_id', '=', tx.shop).where('id', '=', order.vehicle_id).execute();
  if (Object.keys(own).length > 0)
    await tx.db.updateTable('work_orders').set(own).where('shop_id', '=', tx.shop).where('id', '=', order.id).execute();
}
