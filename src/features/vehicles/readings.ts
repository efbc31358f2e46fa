import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import { getWorkOrderRow } from '../work-orders/find.js';
import { readTenths, showReading, type Unit } from './rules.js';

export interface Read {
  meter: number;
  moment: 'in' | 'out';
  /** As it was typed; empty takes a reading away. */
  text: string;
}

/**
 * Writes down what the meters of a vehicle show when it comes, and when it leaves.
 * @returns a sentence for each that is lower than the last one: it is kept all the same, for meters are replaced and others were misread
 */
export async function writeReadings(db: Database, actor: Actor, number: number, reads: Read[]): Promise<string[]> {
  const { result } = await change(db, actor, {}, async (tx) => {
    const order = await getWorkOrderRow(tx, number);
    const known = await readingsOf(tx, order.id, order.vehicle_id);
    const warnings: string[] = [];
    for (const read of reads) {
      const field = `${read.moment}.${read.meter}`;
      const meter = known.find((one) => one.meter === read.meter);
      if (!meter) throw new NotFound('That meter is not here any more.');
      const tenths = read.text === '' ? null : readTenths(read.text);
      if (read.text !== '' && tenths === null) throw new Invalid({ [field]: 'That is no reading. For example 84,512 or 1203.4.' });
      const before = meter[read.moment];
      if (before === tenths) continue;
      await keepReading(tx, order.id, read, tenths);
      const show = (value: number | null) => (value === null ? '' : showReading(value, meter.unit));
      tx.record('meter.read', order.id, { number, meter: meter.name, moment: read.moment, from: show(before), to: show(tenths) });
      meter[read.moment] = tenths;
    }
    for (const meter of known) warnings.push(...warn(meter));
    return warnings;
  });
  return result;
}

interface Known {
  meter: number;
  name: string;
  unit: Unit;
  in: number | null;
  out: number | null;
  /** The highest before this visit. */
  last: number | null;
  lastNumber: number | null;
}

function warn({ name, unit, in: came, out, last, lastNumber }: Known): string[] {
  const show = (tenths: number) => showReading(tenths, unit);
  const first = came ?? out;
  if (first !== null && last !== null && first < last)
    return [`${name}: ${show(first)} is lower than ${show(last)} at WO-${lastNumber}. Is it right?`];
  if (came !== null && out !== null && out < came) return [`${name}: ${show(out)} out is lower than ${show(came)} in. Is it right?`];
  return [];
}

async function keepReading(tx: Change, order: number, { meter, moment }: Read, tenths: number | null): Promise<void> {
  const key = { shop_id: tx.shop, meter_id: meter, work_order_id: order, moment };
  if (tenths === null) {
    await tx.db
      .deleteFrom('meter_readings')
      .where((eb) => eb.and(key))
      .execute();
    return;
  }
  await tx.db
    .insertInto('meter_readings')
    .values({ ...key, tenths, at: tx.now })
    .onConflict((conflict) => conflict.columns(['shop_id', 'meter_id', 'work_order_id', 'moment']).doUpdateSet({ tenths }))
    .execute();
}

/** The meters of a vehicle with what they showed at one visit, and at the last one before it. */
async function readingsOf(tx: Pick<Change, 'db' | 'shop'>, order: number, vehicle: number): Promise<Known[]> {
  const { rows } = await sql<Known>`
    select m.id as meter, m.name, m.unit, i.tenths as "in", o.tenths as "out", l.tenths as last, l.number as "lastNumber"
    from meters m
    left join meter_readings i on i.shop_id = m.shop_id and i.meter_id = m.id and i.work_order_id = ${order} and i.moment = 'in'
    left join meter_readings o on o.shop_id = m.shop_id and o.meter_id = m.id and o.work_order_id = ${order} and o.moment = 'out'
    left join lateral (
      select r.tenths, w.number from meter_readings r join work_orders w on w.shop_id = r.shop_id and w.id = r.work_order_id
      where r.shop_id = m.shop_id and r.meter_id = m.id and r.work_order_id < ${order} order by r.work_order_id desc, r.moment desc limit 1
    ) l on true
    where m.shop_id = ${tx.shop} and m.vehicle_id = ${vehicle}
    order by m.position, m.id`.execute(tx.db);
  return rows;
}

export interface OrderMeter {
  id: number;
  name: string;
  unit: Unit;
  in: string;
  out: string;
  last: string | null;
}

/** What the page of a work order shows of its vehicle's meters, and what is wrong with that. */
export async function readMeters(
  db: Database,
  shop: number,
  order: { id: number; vehicle: number },
): Promise<{ meters: OrderMeter[]; warnings: string[] }> {
  const known = await readingsOf({ db: db as Change['db'], shop }, order.id, order.vehicle);
  const bare = (tenths: number | null, unit: Unit) => (tenths === null ? '' : showReading(tenths, unit).replace(` ${unit}`, ''));
  const meters = known.map((one) => ({
    ...{ id: one.meter, name: one.name, unit: one.unit, in: bare(one.in, one.unit), out: bare(one.out, one.unit) },
    last: one.last === null ? null : `${showReading(one.last, one.unit)} at WO-${one.lastNumber}`,
  }));
  return { meters, warnings: known.flatMap(warn) };
}
