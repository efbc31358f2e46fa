import type { Selectable } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Vehicles } from '../../platform/database/schema.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import { getKeptCustomer, refuseForeignChoices } from '../customers/customers.js';
import { EditConflict, tellOpenOrders } from '../customers/edit.js';
import { mergeEdits } from '../work-orders/merge.js';
import { describe, followDescription, tidyVin, type Unit, type VehicleFields, type VehicleType } from './rules.js';

const COLUMNS = [
  ...(['id', 'customer_id', 'kind', 'type', 'description', 'plate', 'vin', 'make', 'model', 'year', 'engine', 'color'] as const),
  ...(['unit_number', 'serial', 'labor_rate_id', 'notes', 'merged_into_id'] as const),
] as const;

export type VehicleRow = Pick<Selectable<Vehicles>, (typeof COLUMNS)[number]>;

/** A vehicle as the database has it, also one that was merged into another. @throws NotFound when the shop has no such vehicle */
export async function getVehicleRow(db: Database, shop: number, id: number): Promise<VehicleRow> {
  const row = await db.selectFrom('vehicles').select(COLUMNS).where('shop_id', '=', shop).where('id', '=', id).executeTakeFirst();
  if (!row) throw new NotFound('That vehicle is not here.');
  return row;
}

/** As getVehicleRow, of one that something new is written for. @throws NotFound also when it was merged into another */
export async function getKeptVehicle(db: Database, shop: number, id: number): Promise<VehicleRow> {
  const row = await getVehicleRow(db, shop, id);
  if (row.merged_into_id) throw new NotFound('That vehicle was put together with another one.');
  return row;
}

/** The fields of the form as the database holds them. */
export function toFields(row: VehicleRow): VehicleFields {
  const { kind, type, description, plate, vin, make, model, engine, color, serial, notes } = row;
  return {
    ...{ kind, type, description, plate, vin, make, model, engine, color, serial, notes },
    ...{ year: String(row.year ?? ''), unitNumber: row.unit_number, laborRate: String(row.labor_rate_id ?? '') },
  };
}

function toColumns({ kind, type, vin, year, unitNumber, laborRate, ...same }: Partial<VehicleFields>): Partial<Omit<VehicleRow, 'id'>> {
  return {
    ...same,
    ...(kind !== undefined && { kind: kind === 'equipment' ? 'equipment' : 'road' }),
    ...(type !== undefined && { type: type as VehicleType }),
    ...(vin !== undefined && { vin: tidyVin(vin) }),
    ...(year !== undefined && { year: Number(year) || null }),
    ...(unitNumber !== undefined && { unit_number: unitNumber }),
    ...(laborRate !== undefined && { labor_rate_id: Number(laborRate) || null }),
  };
}

/**
 * Adds a vehicle with its first meter inside a change, and records it. Without a description it is called by year, make and model.
 * @param meter unit of its odometer; without one, that of the shop's other vehicles, and hours for equipment
 * @throws Invalid when nothing says what it is
 */
export async function insertVehicle(tx: Change, customer: number, given: Partial<VehicleFields>, meter?: Unit): Promise<number> {
  const description = given.description || describe({ year: '', make: '', model: '', color: '', ...given });
  if (!description) throw new Invalid({ description: 'What is it? Year, make and model, or a name for it.' });
  await refuseForeignChoices(tx, { laborRate: given.laborRate ?? '' });
  const { id } = await tx.db
    .insertInto('vehicles')
    .values({ shop_id: tx.shop, customer_id: customer, created_at: tx.now, ...toColumns(given), description })
    .returning('id')
    .executeTakeFirstOrThrow();
  const unit = meter ?? (given.kind === 'equipment' ? 'h' : await usualUnit(tx));
  await tx.db
    .insertInto('meters')
    .values({ shop_id: tx.shop, vehicle_id: id, name: unit === 'h' ? 'Hour meter' : 'Odometer', unit })
    .execute();
  tx.record('vehicle.added', null, { vehicle: id, customer });
  return id;
}

/** Miles or kilometers, as on the odometer that the shop wrote down last. */
async function usualUnit(tx: Change): Promise<Unit> {
  const last = await tx.db
    .selectFrom('meters')
    .select('unit')
    .where('shop_id', '=', tx.shop)
    .where('unit', '<>', 'h')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.unit ?? 'mi';
}

/** Adds a vehicle of a customer. @returns the id */
export function addVehicle(
  db: Database,
  actor: Actor,
  customer: number,
  fields: VehicleFields,
  requestId?: string,
): Promise<Changed<{ vehicle: number }>> {
  return change(db, actor, { requestId: requestId && `vehicles/${customer}/${requestId}` }, async (tx) => {
    await getKeptCustomer(tx.db, tx.shop, customer);
    return { vehicle: await insertVehicle(tx, customer, fields) };
  });
}

/**
 * Saves the form of a vehicle, field by field.
 * @param original each field as the form showed it; what is not given is taken as it is now
 * @param mine what is not given stays
 * @throws EditConflict, with nothing changed, when a field that was edited here was also
 * changed by somebody else since the form was opened
 */
export async function editVehicle(
  db: Database,
  actor: Actor,
  id: number,
  original: Partial<VehicleFields>,
  mine: Partial<VehicleFields>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const current = toFields(await getKeptVehicle(tx.db, tx.shop, id));
    const merged = mergeEdits({ ...current, ...original }, { ...current, ...mine, vin: tidyVin(mine.vin ?? current.vin) }, current);
    if (Object.keys(merged.conflicts).length > 0) throw new EditConflict<VehicleFields>(merged.conflicts, current);
    const changes = followDescription(current, merged.changes) as Record<string, string>;
    if (Object.keys(changes).length === 0) return;
    if (changes.description === '') {
      changes.description = describe({ ...current, ...changes });
      if (!changes.description) throw new Invalid({ description: 'What is it? Year, make and model, or a name for it.' });
    }
    await refuseForeignChoices(tx, { laborRate: changes.laborRate ?? '' });
    await tx.db.updateTable('vehicles').set(toColumns(changes)).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const from = Object.fromEntries(Object.keys(changes).map((field) => [field, current[field as keyof VehicleFields]]));
    tx.record('vehicle.changed', null, { vehicle: id, from, to: changes });
    await tellOpenOrders(tx, { vehicle: id }, changes, current);
  });
}
