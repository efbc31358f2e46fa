import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listColumns } from '../board/columns.js';
import { topRank } from '../board/moves.js';
import { getKeptCustomer, insertCustomer } from '../customers/customers.js';
import { insertJob } from '../jobs/job-rows.js';
import { readOdometer } from '../jobs/readings.js';
import { getKeptVehicle, insertVehicle } from '../vehicles/vehicles.js';
import { getColleague } from './assignments.js';

export interface NewWorkOrder {
  /** Ids of what was found, or null and the fields below describe somebody or something new. */
  customer: number | null;
  vehicle: number | null;
  customerName: string;
  company: string;
  phone: string;
  email: string;
  vehicleDescription: string;
  plate: string;
  concern: string;
  promisedAt: Date | null;
  mechanic: number | null;
  /** What it shows; empty: nobody has looked. */
  odometer?: string;
}

/**
 * Opens a work order at the top of the first column that is before the work. Customer and vehicle are made with it when
 * they are not here yet.
 * @throws Invalid at `odometer` for what is no reading
 * @returns its number: the shop's next, without gaps
 */
export async function createWorkOrder(
  db: Database,
  viewer: Viewer,
  input: NewWorkOrder,
  requestId?: string,
): Promise<Changed<{ number: number }>> {
  return change(db, viewer, { requestId: requestId && `create/${requestId}` }, async (tx) => {
    const order = await createWithin(tx, input);
    await readOdometer(tx, order, input.odometer ?? '');
    return { number: order.number };
  });
}

/** As createWorkOrder(), inside a change that does more; whoever makes the change looks after it. */
export async function createWithin(
  tx: Change,
  input: NewWorkOrder,
): Promise<{ id: number; number: number; customer: number; vehicle: number }> {
  const columns = await listColumns(tx.db, tx.shop);
  const column = columns.find((one) => one.meaning === 'estimate') ?? columns[0];
  if (!column) throw new Conflict('The board has no column yet.');
  if (input.mechanic) await getColleague(tx, 'mechanic', input.mechanic);
  const known = input.vehicle ? await getKeptVehicle(tx.db, tx.shop, input.vehicle) : null;
  const customer = known?.customer_id ?? (await findOrAddCustomer(tx, input));
  const vehicle = known?.id ?? (await insertVehicle(tx, customer, { description: input.vehicleDescription, plate: input.plate }));
  const number = await takeNumber(tx);
  const { id } = await tx.db
    .insertInto('work_orders')
    .values({
      shop_id: tx.shop,
      number,
      customer_id: customer,
      vehicle_id: vehicle,
      concern: input.concern,
      promised_at: input.promisedAt,
      mechanic_id: input.mechanic,
      advisor_id: tx.actor.staff,
      column_id: column.id,
      rank: await topRank(tx, column.id),
      column_since: tx.now,
      created_at: tx.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  tx.record('work-order.created', id, { number, column: { column: column.id, name: column.name } });
  if (input.concern) await addFirstJob(tx, { id, number }, input.concern);
  return { id, number, customer, vehicle };
}

/** What the vehicle came for is its first job, named by its first words. */
async function addFirstJob(tx: Change, order: { id: number; number: number }, concern: string): Promise<void> {
  const [line = ''] = concern.split('\n');
  const name =
    line.length <= 60
      ? line
      : `${line
          .slice(0, 60)
          .toWellFormed()
          .replace(/\s+\S*$/, '')}…`;
  await insertJob(tx, order, { name, concern: concern.slice(0, 10_000) });
}

async function takeNumber(tx: Change): Promise<number> {
  const shop = await tx.db
    .updateTable('shops')
    .set((eb) => ({ next_work_order_number: eb('next_work_order_number', '+', 1) }))
    .where('id', '=', tx.shop)
    .returning('next_work_order_number')
    .executeTakeFirstOrThrow();
  return shop.next_work_order_number - 1;
}

async function findOrAddCustomer(tx: Change, input: NewWorkOrder): Promise<number> {
  if (input.customer) return (await getKeptCustomer(tx.db, tx.shop, input.customer)).id;
  const { customerName: name, company, phone, email } = input;
  return insertCustomer(tx, { name, company, phone, email });
}
