import { sql } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { showDate } from '../../platform/time.js';
import { showReading } from '../jobs/readings.js';
import type { Unit } from './rules.js';
import { getKeptVehicle } from './vehicles.js';

export interface Meter {
  id: number;
  name: string;
  unit: Unit;
  /** Its last reading of all visits. */
  last: { text: string; date: string } | null;
}

/** The meters of a vehicle, its odometer first, with what they last showed. */
export async function listMeters(db: Database, shop: number, timeZone: string, vehicle: number): Promise<Meter[]> {
  const { rows } = await sql<{ id: number; name: string; unit: Unit; tenths: number | null; at: Date }>`
    select m.id, m.name, m.unit, l.tenths, l.at
    from meters m
    left join lateral (
      select r.tenths, r.at from meter_readings r where r.shop_id = m.shop_id and r.meter_id = m.id order by r.work_order_id desc, r.moment desc limit 1
    ) l on true
    where m.shop_id = ${shop} and m.vehicle_id = ${vehicle}
    order by m.position, m.id`.execute(db);
  return rows.map(({ tenths, at, ...meter }) => ({
    ...meter,
    last: tenths === null ? null : { text: `${showReading(tenths)} ${meter.unit}`, date: showDate(at, timeZone) },
  }));
}

const MOST_METERS = 12;

/** Adds a meter, for equipment that has several. */
export function addMeter(
  db: Database,
  actor: Actor,
  vehicle: number,
  input: { name: string; unit: Unit },
  requestId?: string,
): Promise<Changed<{ meter: number }>> {
  return change(db, actor, { requestId: requestId && `meters/${vehicle}/${requestId}` }, async (tx) => {
    await getKeptVehicle(tx.db, tx.shop, vehicle);
    const meters = await refuseSameName(tx, vehicle, input.name, null);
    if (meters >= MOST_METERS) throw new Conflict(`A vehicle can have at most ${MOST_METERS} meters.`);
    const { id } = await tx.db
      .insertInto('meters')
      .values({ shop_id: tx.shop, vehicle_id: vehicle, ...input, position: meters })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('meter.added', null, { vehicle, meter: id, ...input });
    return { meter: id };
  });
}

/** Renames a meter, or changes its unit as long as nothing was read with it. */
export async function changeMeter(
  db: Database,
  actor: Actor,
  vehicle: number,
  id: number,
  input: { name: string; unit: Unit },
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const meter = await getMeter(tx, vehicle, id);
    if (meter.name === input.name && meter.unit === input.unit) return;
    await refuseSameName(tx, vehicle, input.name, id);
    if (meter.unit !== input.unit && meter.readings)
      throw new Invalid({ unit: 'There are readings in this unit already. Add another meter instead.' });
    await tx.db.updateTable('meters').set(input).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('meter.changed', null, { vehicle, meter: id, from: { name: meter.name, unit: meter.unit }, to: { ...input } });
  });
}

/** Takes a meter away that was never read. @throws Conflict when it was */
export async function removeMeter(db: Database, actor: Actor, vehicle: number, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { name, unit, readings } = await getMeter(tx, vehicle, id);
    if (readings) throw new Conflict('It has readings, which belong to the history. So it stays.');
    await tx.db.deleteFrom('meters').where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('meter.removed', null, { vehicle, meter: id, name, unit });
  });
}

async function getMeter(tx: Change, vehicle: number, id: number): Promise<{ name: string; unit: Unit; readings: boolean }> {
  const meter = await tx.db
    .selectFrom('meters as m')
    .select(['m.name', 'm.unit'])
    .select((eb) =>
      eb
        .exists(
          eb.selectFrom('meter_readings as r').select('r.id').whereRef('r.shop_id', '=', 'm.shop_id').whereRef('r.meter_id', '=', 'm.id'),
        )
        .as('readings'),
    )
    .where('m.shop_id', '=', tx.shop)
    .where('m.vehicle_id', '=', vehicle)
    .where('m.id', '=', id)
    .executeTakeFirst();
  if (!meter) throw new NotFound('That meter is not here any more.');
  return { ...meter, readings: Boolean(meter.readings) };
}

/** @returns how many meters there are @throws Invalid when another one is called the same */
async function refuseSameName(tx: Change, vehicle: number, name: string, except: number | null): Promise<number> {
  const meters = await tx.db
    .selectFrom('meters')
    .select(['id', 'name'])
    .where('shop_id', '=', tx.shop)
    .where('vehicle_id', '=', vehicle)
    .execute();
  if (meters.some((one) => one.id !== except && one.name.toLowerCase() === name.toLowerCase()))
    throw new Invalid({ name: `It has a meter “${name}” already.` });
  return meters.length;
}
