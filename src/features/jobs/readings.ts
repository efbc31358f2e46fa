import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import { getWorkOrderRow } from '../work-orders/find.js';
import { mergeEdits } from '../work-orders/merge.js';

const MOMENTS = ['in', 'out'] as const;
export type Readings = Record<(typeof MOMENTS)[number], string>;

export const MOST_TENTHS = 999_999_999;

/** As it is shown: "81,204.5". */
export function showReading(tenths: number): string {
  const whole = String(Math.trunc(tenths / 10)).replace(/\B(?=(\d{3})+$)/g, ',');
  return tenths % 10 === 0 ? whole : `${whole}.${tenths % 10}`;
}

/** Tenths of what somebody typed: "81,204", "3 512.5". @returns null when it is no reading */
export function readTenths(text: string): number | null {
  const match = /^(\d{1,8}|\d{1,3}(?:[, ]\d{3}){1,2})(?:\.(\d))?$/.exec(text.trim());
  return match ? Number(match[1]?.replace(/[, ]/g, '')) * 10 + Number(match[2] ?? 0) : null;
}

/**
 * Writes down what a meter of the vehicle showed when it came and when it left. An empty reading takes it back.
 * @param typed what is not given stays
 * @param original what the form showed; what was left alone stays as it is now
 * @returns a sentence when a reading is lower than one before it: it may be a mistake, or a new instrument
 * @throws Invalid for what is no reading, or when somebody else has written another one meanwhile
 */
export async function readMeter(
  db: Database,
  actor: Actor,
  number: number,
  meter: number,
  typed: Partial<Readings>,
  original: Partial<Readings>,
): Promise<string | null> {
  return (await change(db, actor, {}, (tx) => readWithin(tx, number, meter, typed, original))).result;
}

/**
 * What the vehicle's first meter showed when it came, inside the change that opens its work order. Empty: nobody has looked.
 * @throws Invalid at `odometer` for what is no reading
 */
export async function readOdometer(tx: Change, order: { number: number; vehicle: number }, reading: string): Promise<void> {
  if (reading === '') return;
  const meter = await tx.db
    .selectFrom('meters')
    .select('id')
    .where('shop_id', '=', tx.shop)
    .where('vehicle_id', '=', order.vehicle)
    .orderBy('position')
    .orderBy('id')
    .executeTakeFirst();
  if (!meter) return;
  await readWithin(tx, order.number, meter.id, { in: reading }, {}).catch((error: unknown) => {
    throw error instanceof Invalid ? new Invalid({ odometer: Object.values(error.fields)[0] ?? '' }) : error;
  });
}

/** As readMeter(), inside a change that does more. */
async function readWithin(
  tx: Change,
  number: number,
  meter: number,
  typed: Partial<Readings>,
  original: Partial<Readings>,
): Promise<string | null> {
  const order = await getWorkOrderRow(tx, number);
  const found = await getMeter(tx, order.vehicle_id, meter);
  const before = await readingsOf(tx, meter, order.id);
  const current = { in: before.in === null ? '' : showReading(before.in), out: before.out === null ? '' : showReading(before.out) };
  const { changes, conflicts } = mergeEdits({ ...current, ...original }, { ...current, ...typed }, current);
  for (const [moment, { theirs }] of Object.entries(conflicts))
    throw new Invalid({ [moment]: `Somebody else wrote ${theirs || 'nothing'} meanwhile. Look again, then change it.` });
  const after = { ...before };
  for (const moment of MOMENTS) if (changes[moment] !== undefined) after[moment] = check(moment, changes[moment]);
  if (after.in === before.in && after.out === before.out) return null;
  for (const moment of MOMENTS) if (after[moment] !== before[moment]) await write(tx, order.id, meter, moment, after[moment]);
  tx.record('meter.read', order.id, { number, meter, name: found.name, from: pickChanged(current, changes), to: changes });
  return warn(after, await lastReading(tx, meter, order.id));
}

const pickChanged = (current: Readings, changes: Record<string, string>) =>
  Object.fromEntries(MOMENTS.filter((moment) => changes[moment] !== undefined).map((moment) => [moment, current[moment]]));

function check(moment: string, text: string): number | null {
  if (text === '') return null;
  const tenths = readTenths(text);
  if (tenths === null || tenths > MOST_TENTHS) throw new Invalid({ [moment]: 'That is not a reading. Write it like 81204 or 3512.5.' });
  return tenths;
}

function warn(now: { in: number | null; out: number | null }, last: { tenths: number; number: number } | null): string | null {
  if (last && now.in !== null && now.in < last.tenths)
    return `Saved, but look again: at WO-${last.number} it was ${showReading(last.tenths)} already.`;
  if (now.in !== null && now.out !== null && now.out < now.in) return 'Saved, but look again: it left with less than it came with.';
  if (last && now.in === null && now.out !== null && now.out < last.tenths)
    return `Saved, but look again: at WO-${last.number} it was ${showReading(last.tenths)} already.`;
  return null;
}

async function getMeter(tx: Change, vehicle: number, id: number): Promise<{ name: string }> {
  const row = await tx.db
    .selectFrom('meters')
    .select('name')
    .where('shop_id', '=', tx.shop)
    .where('vehicle_id', '=', vehicle)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new NotFound('This vehicle has no such meter.');
  return row;
}

async function readingsOf(tx: Change, meter: number, workOrder: number): Promise<{ in: number | null; out: number | null }> {
  const rows = await tx.db
    .selectFrom('meter_readings')
    .select(['moment', 'tenths'])
    .where('shop_id', '=', tx.shop)
    .where('meter_id', '=', meter)
    .where('work_order_id', '=', workOrder)
    .execute();
  return { in: rows.find((row) => row.moment === 'in')?.tenths ?? null, out: rows.find((row) => row.moment === 'out')?.tenths ?? null };
}

async function lastReading(tx: Change, meter: number, workOrder: number): Promise<{ tenths: number; number: number } | null> {
  const row = await tx.db
    .selectFrom('meter_readings as r')
    .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'r.shop_id').onRef('w.id', '=', 'r.work_order_id'))
    .select(['r.tenths', 'w.number'])
    .where('r.shop_id', '=', tx.shop)
    .where('r.meter_id', '=', meter)
    .where('w.id', '<', workOrder)
    .orderBy('w.id', 'desc')
    .orderBy('r.moment', 'desc')
    .executeTakeFirst();
  return row ?? null;
}

async function write(tx: Change, workOrder: number, meter: number, moment: 'in' | 'out', tenths: number | null): Promise<void> {
  if (tenths === null) {
    await tx.db
      .deleteFrom('meter_readings')
      .where('shop_id', '=', tx.shop)
      .where('meter_id', '=', meter)
      .where('work_order_id', '=', workOrder)
      .where('moment', '=', moment)
      .execute();
    return;
  }
  await tx.db
    .insertInto('meter_readings')
    .values({ shop_id: tx.shop, meter_id: meter, work_order_id: workOrder, moment, tenths, at: tx.now })
    .onConflict((conflict) => conflict.columns(['shop_id', 'meter_id', 'work_order_id', 'moment']).doUpdateSet({ tenths, at: tx.now }))
    .execute();
}
