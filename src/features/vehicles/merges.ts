import { sql } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { tellOpenOrders } from '../customers/edit.js';
import { undoCustomerMerge } from '../customers/merges.js';
import {
  closeMerge,
  findFilled,
  findGaps,
  getMerge,
  giveBack,
  idsOf,
  keepMerge,
  type Merge,
  type Owning,
  takeOver,
} from '../customers/merging.js';
import { getKeptVehicle, getVehicleRow, toFields, type VehicleRow } from './vehicles.js';

const BELONGINGS: Record<string, Owning> = {
  workOrders: { table: 'work_orders', column: 'vehicle_id' },
  appointments: { table: 'appointments', column: 'vehicle_id' },
  services: { table: 'service_due', column: 'vehicle_id' },
  formerOwners: { table: 'former_owners', column: 'vehicle_id' },
};
const GAPS = ['type', 'plate', 'vin', 'make', 'model', 'year', 'engine', 'color', 'unit_number', 'serial', 'notes'] as const;

/** Readings that went from one meter to another. */
interface MovedReadings {
  from: number;
  to: number;
  ids: number[];
}

/** Puts a vehicle that is here twice together with the one that is kept, whose owner stays the owner: visits and meters move, gaps are filled. */
export function mergeVehicles(db: Database, actor: Actor, gone: number, into: number): Promise<Changed<{ merge: number }>> {
  return change(db, actor, {}, async (tx) => {
    if (gone === into) throw new Invalid({ into: 'These are one already. Choose another one.' });
    const [duplicate, kept] = [await getKeptVehicle(tx.db, tx.shop, gone), await getKeptVehicle(tx.db, tx.shop, into)];
    await tellOpenOrders(tx, { vehicle: gone }, differences(duplicate, kept), toFields(duplicate));
    const moved: Record<string, unknown> = {};
    for (const [name, owning] of Object.entries(BELONGINGS)) moved[name] = await takeOver(tx, owning, gone, into);
    Object.assign(moved, await joinMeters(tx, gone, into));
    moved.filled = await fill(tx, kept, duplicate);
    if (duplicate.customer_id !== kept.customer_id) moved.added = [await addFormerOwner(tx, into, duplicate.customer_id)];
    await tx.db.updateTable('vehicles').set({ merged_into_id: into }).where('shop_id', '=', tx.shop).where('id', '=', gone).execute();
    const merge = await keepMerge(tx, { kind: 'vehicle', kept: into, gone, moved });
    tx.record('vehicle.merged', null, { merge, kept: into, gone, workOrders: idsOf(moved, 'workOrders').length });
    return { merge };
  });
}

function differences(before: VehicleRow, after: VehicleRow): Record<string, string> {
  return Object.fromEntries(
    (['description', 'plate'] as const).filter((field) => before[field] !== after[field]).map((field) => [field, after[field]]),
  );
}

async function fill(tx: Change, kept: VehicleRow, duplicate: VehicleRow): Promise<object> {
  const gaps = findGaps(kept, duplicate, GAPS);
  if (Object.keys(gaps).length > 0)
    await tx.db.updateTable('vehicles').set(gaps).where('shop_id', '=', tx.shop).where('id', '=', kept.id).execute();
  return gaps;
}

async function addFormerOwner(tx: Change, vehicle: number, customer: number): Promise<number> {
  const { id } = await tx.db
    .insertInto('former_owners')
    .values({ shop_id: tx.shop, vehicle_id: vehicle, customer_id: customer, until: tx.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The same meter of both becomes one with all readings; others move. */
async function joinMeters(tx: Change, gone: number, into: number): Promise<{ meters: number[]; readings: MovedReadings[] }> {
  const { rows } = await sql<{ id: number; same: number | null }>`
    select g.id, (select k.id from meters k where k.shop_id = g.shop_id and k.vehicle_id = ${into} and lower(k.name) = lower(g.name) and k.unit = g.unit
      order by k.id limit 1) as same
    from meters g where g.shop_id = ${tx.shop} and g.vehicle_id = ${gone} order by g.id`.execute(tx.db);
  const moved: { meters: number[]; readings: MovedReadings[] } = { meters: [], readings: [] };
  for (const { id, same } of rows) {
    if (same) moved.readings.push({ from: id, to: same, ids: await takeOver(tx, READINGS, id, same) });
    else moved.meters.push(id);
  }
  await giveBack(tx, METERS, moved.meters, gone, into);
  return moved;
}

const METERS: Owning = { table: 'meters', column: 'vehicle_id' };
const READINGS: Owning = { table: 'meter_readings', column: 'meter_id' };

async function undoVehicleMerge(tx: Change, merge: Merge): Promise<void> {
  const { kept, gone, moved } = merge;
  const [row, duplicate] = [await getVehicleRow(tx.db, tx.shop, kept), await getVehicleRow(tx.db, tx.shop, gone)];
  await closeMerge(tx, merge, row);
  for (const [name, owning] of Object.entries(BELONGINGS)) await giveBack(tx, owning, idsOf(moved, name), kept, gone);
  await giveBack(tx, METERS, idsOf(moved, 'meters'), kept, gone);
  for (const { from, to, ids } of (moved.readings ?? []) as MovedReadings[]) await giveBack(tx, READINGS, ids, to, from);
  const filled = findFilled(row, (moved.filled ?? {}) as Record<string, unknown>);
  if (filled.length > 0)
    await tx.db
      .updateTable('vehicles')
      .set(Object.fromEntries(filled.map((column) => [column, column === 'year' ? null : ''])))
      .where('shop_id', '=', tx.shop)
      .where('id', '=', kept)
      .execute();
  const added = idsOf(moved, 'added');
  if (added.length > 0) await tx.db.deleteFrom('former_owners').where('shop_id', '=', tx.shop).where('id', 'in', added).execute();
  await tx.db.updateTable('vehicles').set({ merged_into_id: null }).where('shop_id', '=', tx.shop).where('id', '=', gone).execute();
  tx.record('vehicle.merge-undone', null, { merge: merge.id, kept, gone });
  await tellOpenOrders(tx, { vehicle: gone }, differences(row, duplicate), toFields(row));
}

/** Takes a merge of customers or of vehicles back. @throws Conflict when it was taken back, or what was kept is not there any more */
export async function undoMerge(db: Database, actor: Actor, id: number): Promise<Merge> {
  const { result } = await change(db, actor, {}, async (tx) => {
    const merge = await getMerge(tx, id);
    await (merge.kind === 'customer' ? undoCustomerMerge(tx, merge) : undoVehicleMerge(tx, merge));
    return merge;
  });
  return result;
}
