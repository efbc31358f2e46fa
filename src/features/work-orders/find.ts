import type { Selectable } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { WorkOrders } from '../../platform/database/schema.js';
import { Conflict, NotFound } from '../../platform/errors.js';

/** Named one by one: a prepared `select *` fails once a later version has added a column. */
const COLUMNS = [
  'id',
  'number',
  'customer_id',
  'vehicle_id',
  'concern',
  'promised_at',
  'column_id',
  'mechanic_id',
  'advisor_id',
  'blocked_reason',
  'blocked_note',
  'blocked_since',
  'handed_over_at',
  'document',
  'bill_to_id',
  'po_number',
  'tag',
  'internal_note',
] as const;

export type WorkOrderRow = Pick<Selectable<WorkOrders>, (typeof COLUMNS)[number]>;

/** @throws NotFound when the shop has no such number */
export async function getWorkOrderRow(tx: Change, number: number): Promise<WorkOrderRow> {
  const row = await tx.db
    .selectFrom('work_orders')
    .select(COLUMNS)
    .where('shop_id', '=', tx.shop)
    .where('number', '=', number)
    .executeTakeFirst();
  if (!row) throw new NotFound('That work order is not here.');
  return row;
}

/** As getWorkOrderRow, for changes that make sense only while the vehicle is here. @throws Conflict after the hand-over */
export async function getOpenWorkOrder(tx: Change, number: number): Promise<WorkOrderRow> {
  const row = await getWorkOrderRow(tx, number);
  if (row.handed_over_at) throw new Conflict(`WO-${number} was handed over. Bring it back to the board first.`);
  return row;
}

/** Whether the shop has a work order of this number. */
export async function isWorkOrder(db: Database, shop: number, number: number): Promise<boolean> {
  const row = await db.selectFrom('work_orders').select('id').where('shop_id', '=', shop).where('number', '=', number).executeTakeFirst();
  return row !== undefined;
}
