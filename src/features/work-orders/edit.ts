import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { fromLocalInput, toLocalInput } from '../../platform/time.js';
import { getOpenWorkOrder, type WorkOrderRow } from './find.js';
import { type FieldConflict, mergeEdits } from './merge.js';

/** What the edit form holds, all as text; `promised` is a time on the shop's clock. */
export const EDITABLE = [
  ...(['concern', 'promised', 'customerName', 'company', 'phone', 'email', 'vehicleDescription', 'plate'] as const),
  ...(['billTo', 'poNumber', 'tag', 'internalNote'] as const),
];
/** What stands on a posted invoice. */
const ON_INVOICE = ['billTo', 'poNumber'];
export type EditFields = Record<(typeof EDITABLE)[number], string>;

/** The form was opened before somebody else changed the same fields. */
export class EditConflict extends Conflict {
  constructor(
    readonly conflicts: Record<string, FieldConflict>,
    readonly current: EditFields,
  ) {
    super('Somebody else changed the same fields meanwhile.');
  }
}

/**
 * Saves the edit form, field by field.
 * @param original each field as the form showed it; what is not given is taken as it is now
 * @param mine what is not given stays
 * @throws EditConflict, with nothing changed, when a field that was edited here was
 * also changed by somebody else since the form was opened
 */
export async function editWorkOrder(
  db: Database,
  actor: Actor,
  timeZone: string,
  number: number,
  original: Partial<EditFields>,
  mine: Partial<EditFields>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    const current = await readEditFields(tx.db, tx.shop, timeZone, order);
    const { changes, conflicts } = mergeEdits({ ...current, ...original }, { ...current, ...mine }, current);
    if (Object.keys(conflicts).length > 0) throw new EditConflict(conflicts, current);
    if (Object.keys(changes).length === 0) return;
    if (order.document === 'posted' && ON_INVOICE.some((field) => changes[field] !== undefined))
      throw new Conflict(`WO-${number} is posted: who pays and the PO number stay. Open the invoice again first.`);
    if (changes.billTo) await checkPayer(tx, Number(changes.billTo));
    await write(tx, order, changes, timeZone);
    recordEdit(tx, order, await withPayer(tx, current), await withPayer(tx, changes));
    for (const other of await listOthers(tx, order, changes)) recordEdit(tx, other, current, other.changes);
  });
}

type Changes = Record<string, string>;

function recordEdit(tx: Change, order: { id: number; number: number }, current: EditFields, changes: Changes): void {
  const from = Object.fromEntries(Object.keys(changes).map((field) => [field, current[field as keyof EditFields]]));
  tx.record('work-order.edited', order.id, { number: order.number, from, to: changes });
}

/** With the name of who pays instead of the id: the history tells it. */
async function withPayer<Fields extends Changes>(tx: Change, fields: Fields): Promise<Fields> {
  if (!fields.billTo) return fields;
  const { name, company } = await tx.db
    .selectFrom('customers')
    .select(['name', 'company'])
    .where('shop_id', '=', tx.shop)
    .where('id', '=', Number(fields.billTo))
    .executeTakeFirstOrThrow();
  return { ...fields, billTo: company || name };
}

/** @throws Invalid for a customer who is not here, or was put together with another one */
async function checkPayer(tx: Change, id: number): Promise<void> {
  const found = await tx.db
    .selectFrom('customers')
    .select('id')
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .where('merged_into_id', 'is', null)
    .executeTakeFirst();
  if (!found) throw new Invalid({ billTo: 'That is not one of the choices.' });
}

/** Open work orders of the same customer or vehicle: what was changed there stands on their cards, too, so it is told of them. */
async function listOthers(tx: Change, order: WorkOrderRow, changes: Changes): Promise<{ id: number; number: number; changes: Changes }[]> {
  const pick = (fields: readonly string[]) => Object.fromEntries(Object.entries(changes).filter(([field]) => fields.includes(field)));
  const [customer, vehicle] = [pick(Object.keys(CUSTOMER)), pick(Object.keys(VEHICLE))];
  if (Object.keys(customer).length + Object.keys(vehicle).length === 0) return [];
  const others = await tx.db
    .selectFrom('work_orders')
    .select(['id', 'number', 'vehicle_id'])
    .where('shop_id', '=', tx.shop)
    .where('customer_id', '=', order.customer_id)
    .where('rank', 'is not', null)
    .where('id', '<>', order.id)
    .execute();
  return others
    .map((other) => ({ ...other, changes: { ...customer, ...(other.vehicle_id === order.vehicle_id && vehicle) } }))
    .filter((other) => Object.keys(other.changes).length > 0);
}

/** Of the work order, what the form needs. */
export const EDITED_COLUMNS = [
  ...(['customer_id', 'vehicle_id', 'concern', 'promised_at', 'bill_to_id', 'po_number', 'tag', 'internal_note'] as const),
];

/** The form's fields as the database holds them now. */
export async function readEditFields(
  db: Database,
  shop: number,
  timeZone: string,
  order: Pick<WorkOrderRow, (typeof EDITED_COLUMNS)[number]>,
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
    ...{ billTo: order.bill_to_id === null ? '' : String(order.bill_to_id), poNumber: order.po_number, tag: order.tag },
    internalNote: order.internal_note,
  };
}

/** Fields of the form and their columns in the tables of others. */
const CUSTOMER = { customerName: 'name', company: 'company', phone: 'phone', email: 'email' };
const VEHICLE = { vehicleDescription: 'description', plate: 'plate' };

async function write(tx: Change, order: WorkOrderRow, changes: Changes, timeZone: string): Promise<void> {
  const pick = (names: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(names).flatMap(([field, column]) => (changes[field] === undefined ? [] : [[column, changes[field]]])),
    );
  const customer = pick(CUSTOMER);
  const vehicle = pick(VEHICLE);
  const own: Record<string, unknown> = pick({ concern: 'concern', poNumber: 'po_number', tag: 'tag', internalNote: 'internal_note' });
  if (changes.billTo !== undefined) own.bill_to_id = changes.billTo ? Number(changes.billTo) : null;
  if (changes.promised !== undefined) own.promised_at = changes.promised ? fromLocalInput(changes.promised, timeZone) : null;
  if (Object.keys(customer).length > 0)
    await tx.db.updateTable('customers').set(customer).where('shop_id', '=', tx.shop).where('id', '=', order.customer_id).execute();
  if (Object.keys(vehicle).length > 0)
    await tx.db.updateTable('vehicles').set(vehicle).where('shop_id', '=', tx.shop).where('id', '=', order.vehicle_id).execute();
  if (Object.keys(own).length > 0)
    await tx.db.updateTable('work_orders').set(own).where('shop_id', '=', tx.shop).where('id', '=', order.id).execute();
}
