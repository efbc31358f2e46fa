import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { findOwner, listOwners } from './owners.js';
import type { Item, Plan } from './rows.js';

interface Vehicle {
  customer_id: number;
  description: string;
  plate: string;
  vin: string;
  serial: string;
  unit_number: string;
}

/** Letters and digits, as vin_key and plate_key of the table. */
const plain = (text: string) => text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();

/** By what a vehicle is known again: its VIN; else its owner with its plate; else its owner with all that tells it apart. */
function keysOf(vehicle: Vehicle): string[] {
  const { customer_id, plate, vin, description, serial, unit_number } = vehicle;
  const keys = plain(vin) ? [`vin ${plain(vin)}`] : [];
  if (plain(plate)) keys.push(`plate ${customer_id} ${plain(plate)}`);
  return keys.length > 0 ? keys : [JSON.stringify([customer_id, description.toLowerCase(), serial, unit_number])];
}

/** Vehicles that are not in the shop yet, each with its owner, who must be. */
export async function matchVehicles(db: Database, shop: number, items: Item[]): Promise<Plan> {
  const owners = await listOwners(db, shop, items);
  const plan: Plan = { fresh: [], known: [], problems: [] };
  const found: { row: number; vehicle: Vehicle }[] = [];
  for (const { row, values } of items) {
    const description = describe(values);
    const owner = findOwner(owners, values);
    if ('problem' in owner) plan.problems.push({ row, sentence: owner.problem });
    else if (!description) plan.problems.push({ row, sentence: 'What is it? There is no description, no make and no model.' });
    else found.push({ row, vehicle: toVehicle(values, owner.value, description) });
  }
  const seen = new Set((await listNear(db, shop, found)).flatMap(keysOf));
  for (const { row, vehicle } of found) {
    const keys = keysOf(vehicle);
    if (keys.some((key) => seen.has(key))) plan.known.push(row);
    else plan.fresh.push({ ...vehicle });
    for (const key of keys) seen.add(key);
  }
  return plan;
}

function describe({ description, year, make, model }: Record<string, unknown>): string {
  return String(description || [year, make, model].filter(Boolean).join(' ')).slice(0, 200);
}

function toVehicle(values: Record<string, unknown>, owner: number, description: string): Vehicle {
  const text = (name: string) => String(values[name] ?? '');
  const meter = { mi: 'Odometer', km: 'Odometer', h: 'Hour meter' };
  const unit = (values.meter ?? (values.kind === 'equipment' ? 'h' : 'mi')) as keyof typeof meter;
  return {
    customer_id: owner,
    description,
    ...{ plate: text('plate'), vin: text('vin'), serial: text('serial'), unit_number: text('unitNumber') },
    ...{ kind: text('kind'), type: text('type'), year: values.year ?? null, make: text('make'), model: text('model') },
    ...{ engine: text('engine'), color: text('color'), notes: text('notes'), meter_unit: unit, meter_name: meter[unit] },
  } as Vehicle;
}

/** What the owners have, and whatever has one of the VINs. */
async function listNear(db: Database, shop: number, found: { vehicle: Vehicle }[]): Promise<Vehicle[]> {
  const owners = [...new Set(found.map(({ vehicle }) => vehicle.customer_id))];
  const vins = found.map(({ vehicle }) => plain(vehicle.vin)).filter(Boolean);
  const { rows } = await sql<Vehicle>`
    select customer_id, description, plate, vin, serial, unit_number from vehicles
    where shop_id = ${shop} and merged_into_id is null and (
      customer_id in (select unnest(${owners}::bigint[])) or vin_key in (select unnest(${vins}::text[])))`.execute(db);
  return rows;
}

/** Each with its first meter, which is read at every visit. */
export async function insertVehicles(tx: Change, rows: string): Promise<void> {
  await sql`
    with given as materialized (
      select nextval(pg_get_serial_sequence('vehicles', 'id')) as id, r.*
      from jsonb_to_recordset(${rows}::jsonb) as r(customer_id bigint, description text, plate text, vin text, serial text, unit_number text,
        kind text, type text, year int, make text, model text, engine text, color text, notes text, meter_unit text, meter_name text)
    ), made as (
      insert into vehicles (shop_id, id, created_at, customer_id, description, plate, vin, serial, unit_number, kind, type, year, make, model, engine, color, notes)
      overriding system value
      select ${tx.shop}, id, ${tx.now}::timestamptz, customer_id, description, plate, vin, serial, unit_number, kind, type, year, make, model, engine, color, notes
      from given
    )
    insert into meters (shop_id, vehicle_id, name, unit) select ${tx.shop}, id, meter_name, meter_unit from given`.execute(tx.db);
}
