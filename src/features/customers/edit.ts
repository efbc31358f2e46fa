import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { type FieldConflict, mergeEdits } from '../work-orders/merge.js';
import { type CustomerRow, getKeptCustomer, refuseForeignChoices, toColumns, toFields } from './customers.js';
import { type CustomerFields, findProblems } from './rules.js';

/** A form was opened before somebody else changed the same fields. */
export class EditConflict<Fields = CustomerFields> extends Conflict {
  constructor(
    readonly conflicts: Record<string, FieldConflict>,
    readonly current: Fields,
  ) {
    super('Somebody else changed the same fields meanwhile.');
  }
}

/**
 * Saves the form of a customer, field by field.
 * @param original each field as the form showed it; what is not given is taken as it is now
 * @param mine what is not given stays
 * @throws EditConflict, with nothing changed, when a field that was edited here was also
 * changed by somebody else since the form was opened
 */
export async function editCustomer(
  db: Database,
  actor: Actor,
  id: number,
  original: Partial<CustomerFields>,
  mine: Partial<CustomerFields>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const row = await getKeptCustomer(tx.db, tx.shop, id);
    const current = toFields(row);
    const { changes, conflicts } = mergeEdits({ ...current, ...original }, { ...current, ...mine }, current);
    if (Object.keys(conflicts).length > 0) throw new EditConflict(conflicts, current);
    if (Object.keys(changes).length === 0) return;
    const after = { ...current, ...changes };
    const problems = findProblems(after);
    if (Object.keys(problems).length > 0) throw new Invalid(problems);
    await refuseForeignChoices(tx, changes);
    await tx.db.updateTable('customers').set(toColumns(changes)).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const from = Object.fromEntries(Object.keys(changes).map((field) => [field, current[field as keyof CustomerFields]]));
    tx.record('customer.changed', null, { customer: id, from, to: changes });
    await tellOpenOrders(tx, { customer: id }, changes, current);
  });
}

/** What stands on the cards and pages of work orders, by the name that their history has for it. */
const SHOWN: Record<string, string> = {
  ...{ name: 'customerName', company: 'company', phone: 'phone', email: 'email' },
  ...{ description: 'vehicleDescription', plate: 'plate' },
};

/** Open work orders show their customer and vehicle: what was changed there is told of each of them. */
export async function tellOpenOrders(
  tx: Change,
  of: { customer: number } | { vehicle: number },
  changes: Record<string, string>,
  before: Record<string, string>,
): Promise<void> {
  const shown = Object.keys(changes).filter((field) => SHOWN[field]);
  if (shown.length === 0) return;
  const orders = await tx.db
    .selectFrom('work_orders')
    .select(['id', 'number'])
    .where('shop_id', '=', tx.shop)
    .where('customer' in of ? 'customer_id' : 'vehicle_id', '=', 'customer' in of ? of.customer : of.vehicle)
    .where('rank', 'is not', null)
    .execute();
  const named = (values: Record<string, string>) =>
    Object.fromEntries(shown.map((field) => [SHOWN[field] as string, values[field] as string]));
  for (const order of orders) tx.record('work-order.edited', order.id, { number: order.number, from: named(before), to: named(changes) });
}

/**
 * Says who pays for a customer: another one, or nobody else (null).
 * @throws Invalid when that one is paid for by somebody else, or the customer pays for others
 */
export async function setPayer(db: Database, actor: Actor, id: number, payer: number | null): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const row = await getKeptCustomer(tx.db, tx.shop, id);
    if (row.bill_to_id === payer) return;
    if (payer !== null) await refusePayer(tx, row, payer);
    await tx.db.updateTable('customers').set({ bill_to_id: payer }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('customer.changed', null, { customer: id, from: { billTo: row.bill_to_id }, to: { billTo: payer } });
  });
}

/** One step only: whoever pays for somebody pays for themselves. */
async function refusePayer(tx: Change, customer: CustomerRow, payer: number): Promise<void> {
  if (payer === customer.id) throw new Invalid({ payer: 'Everybody pays for themselves, unless another customer is chosen.' });
  const chosen = await getKeptCustomer(tx.db, tx.shop, payer);
  if (chosen.bill_to_id) throw new Invalid({ payer: 'Somebody else pays for that customer. Choose who really pays.' });
  const others = await tx.db
    .selectFrom('customers')
    .select('id')
    .where('shop_id', '=', tx.shop)
    .where('bill_to_id', '=', customer.id)
    .where('merged_into_id', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (others) throw new Invalid({ payer: 'This customer pays for others, so nobody else can pay for it.' });
}
