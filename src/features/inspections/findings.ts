import { sql } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import { canonicalJson, type EventData } from '../../platform/database/events.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { holdAfterConsent } from '../safety/holds.js';
import { type FindingColor, type Found, itemsOf, type Measured, type PlacedItem, positionsOf, type Reason } from './content.js';
import { getOpenInspection, type InspectionRow, staffOf } from './inspections.js';
import { type ItemOriginal, tellReplaced } from './replaced.js';
import { atPositions, isFound, measuredColor, reasonFor, showMeasures } from './rules.js';

/** What somebody says of an item; what is not given stays as it is. */
export interface ItemInput {
  color?: FindingColor | undefined;
  reason?: Reason | undefined;
  note?: string | undefined;
  /** All that is measured at it: a position that is left out has no value any more. */
  measures?: Measured[] | undefined;
}

export interface SavedItem {
  finding: number;
  /** What somebody else had written at the same place meanwhile, in words; the last one stands, the history has both. */
  replaced: string | null;
}

interface StoredFinding extends Found {
  id: number;
  carried: number | null;
}

/** One item of an inspection that is under way, as it is now. @throws NotFound; Conflict when the inspection is finished */
async function getItem(
  tx: Change,
  number: number,
  inspection: number,
  key: string,
): Promise<{ inspection: InspectionRow; item: PlacedItem; finding: StoredFinding }> {
  const row = await getOpenInspection(tx, number, inspection);
  const item = itemsOf(row.content).find((one) => one.key === key);
  const { rows } = await sql<StoredFinding>`
    select f.id, f.color, f.reason, f.note, f.measures, f.carried_from_id as carried
    from findings f
    where f.shop_id = ${tx.shop} and f.inspection_id = ${row.id} and f.item = ${key}`.execute(tx.db);
  if (!item || !rows[0]) throw new NotFound('That item is not in this inspection.');
  if (row.finished) throw new Conflict('This inspection is finished. Open it again to change it.');
  return { inspection: row, item, finding: rows[0] };
}

/**
 * Saves what was found at an item: what was tapped, measured or written, at once. What is measured colors the item, unless a
 * color is said in the same step; a person may say another one, with a note. Two people who are at different things of an item
 * both have their way; at the same thing the last one stands, and the history has both.
 * @param original what the form showed; without it everything given is taken as it is
 * @throws NotFound; Conflict when it is finished; Invalid for a position that the item doesn't have
 */
export function saveItem(
  db: Database,
  actor: Actor,
  number: number,
  inspection: number,
  key: string,
  input: ItemInput,
  original: ItemOriginal = {},
): Promise<Changed<SavedItem>> {
  return change(db, actor, {}, async (tx) => {
    const at = await getItem(tx, number, inspection, key);
    const { item, finding: before } = at;
    const positions = positionsOf(item.measure);
    if (input.measures?.some(({ position }) => !positions.includes(position)))
      throw new Invalid({ '': 'That is not measured at this item.' });
    const note = pick(input.note, original.note, before.note);
    const measures = mergeMeasures(positions, input.measures, original.measures, before.measures);
    const isMeasured = !same(measures, before.measures);
    const measured = measuredColor(item.measure, measures);
    const color = input.color ?? (isMeasured && measured ? measured : before.color);
    // Another color is another question: what was said of the old one is not the answer.
    const said = input.reason ?? (color === before.color ? before.reason : null);
    const after: Found = { color, reason: reasonFor(item, color, said), note, measures };
    const place = { id: before.id, workOrder: at.inspection.workOrder, unit: item.measure?.unit ?? '' };
    const replaced = await tellReplaced(tx, place, before, after, original);
    await write(tx, at, after, null);
    return { finding: before.id, replaced };
  });
}

const same = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);

/** What I left alone stays as it is now. */
function pick<Value>(mine: Value | undefined, original: Value | undefined, current: Value): Value {
  return mine === undefined || (original !== undefined && same(mine, original)) ? current : mine;
}

/** Position by position, so that two people can measure at two wheels. */
function mergeMeasures(
  positions: string[],
  mine: Measured[] | undefined,
  original: Measured[] | undefined,
  current: Measured[],
): Measured[] {
  const valueAt = (list: Measured[], position: string) => list.find((one) => one.position === position)?.value ?? null;
  return positions.flatMap((position) => {
    const was = original && valueAt(original, position);
    const value = pick(mine && valueAt(mine, position), was, valueAt(current, position));
    return value === null ? [] : [{ position, value }];
  });
}

/** @param carried the earlier finding that it was confirmed to be like; null when it was said anew */
async function write(
  tx: Change,
  { inspection, item, finding: before }: Awaited<ReturnType<typeof getItem>>,
  after: Found,
  carried: number | null,
): Promise<void> {
  const is = (found: Found) => [found.color, found.reason, found.note, found.measures];
  if (same(is(before), is(after)) && (carried === null || carried === before.carried)) return;
  // Whoever only adds to the note has not looked at it anew.
  const stays = before.carried !== null && same([before.color, before.measures], [after.color, after.measures]);
  await tx.db
    .updateTable('findings')
    .set({
      ...{ color: after.color, reason: after.reason, note: after.note, measures: JSON.stringify(after.measures) },
      ...{ carried_from_id: carried ?? (stays ? before.carried : null), by: staffOf(tx), at: tx.now },
    })
    .where('shop_id', '=', tx.shop)
    .where('id', '=', before.id)
    .execute();
  tx.record('finding.saved', inspection.workOrder, {
    ...{ number: inspection.number, inspection: inspection.id, finding: before.id, item: item.key, name: item.name },
    ...(carried !== null && { carriedFrom: carried }),
    ...{ before: told(before, item), after: told(after, item) },
  });
  await holdAfterConsent(tx, { id: inspection.workOrder, number: inspection.number });
}

/** What was found, as an event keeps it. */
function told({ color, reason, note, measures }: Found, item: PlacedItem): EventData {
  return { color, reason, note, measures: showMeasures(measures, item.measure?.unit ?? '') };
}

/**
 * Confirms what was found at an earlier visit of the same vehicle: it is so again. Color, reason, note and measures are copied,
 * as far as the item is still measured at the same places.
 * @param earlier the finding of the earlier visit
 * @throws NotFound when it is not of this item of this vehicle, or of no earlier order
 */
export function carryForward(
  db: Database,
  actor: Actor,
  number: number,
  inspection: number,
  key: string,
  earlier: number,
): Promise<Changed<{ finding: number }>> {
  return change(db, actor, {}, async (tx) => {
    const at = await getItem(tx, number, inspection, key);
    const { rows } = await sql<Found & { unit: string | null }>`
      select f.color, f.reason, f.note, f.measures, ${UNIT} as unit
      from findings f
      join inspections i on i.shop_id = f.shop_id and i.id = f.inspection_id
      join inspection_template_versions v on v.shop_id = i.shop_id and v.template_id = i.template_id and v.version = i.version
      join work_orders o on o.shop_id = f.shop_id and o.id = f.work_order_id
      join work_orders w on w.shop_id = o.shop_id and w.id = ${at.inspection.workOrder} and w.vehicle_id = o.vehicle_id and w.id > o.id
      where f.shop_id = ${tx.shop} and f.id = ${earlier} and f.item = ${key} and f.color is not null`.execute(tx.db);
    const was = rows[0];
    if (!was) throw new NotFound('That was not found at an earlier visit.');
    const measures = was.unit === (at.item.measure?.unit ?? null) ? atPositions(at.item.measure, was.measures) : [];
    const found = { color: was.color, reason: reasonFor(at.item, was.color, was.reason), note: was.note, measures };
    await write(tx, at, found, earlier);
    return { finding: at.finding.id };
  });
}

/** The unit of the item of the finding `f`, in the version `v` of its template. */
export const UNIT = sql<string | null>`
  jsonb_path_query_first(v.content, '$.sections[*].items[*] ? (@.key == $key).measure.unit', jsonb_build_object('key', f.item)) #>> '{}'`;

/** Shows a finding to the customer with its inspection, or leaves it out. @throws NotFound when this order has no such finding */
export async function releaseFinding(db: Database, actor: Actor, number: number, id: number, on: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const finding = await getFinding(tx, number, id);
    if (finding.released === on) return;
    await tx.db.updateTable('findings').set({ released: on }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const { workOrder, inspection, name } = finding;
    tx.record(on ? 'finding.shown' : 'finding.hidden', workOrder, { number, inspection, finding: id, name });
  });
}

/** A finding with what its item is called. */
export interface OneFinding extends Found {
  id: number;
  workOrder: number;
  inspection: number;
  item: string;
  name: string;
  unit: string;
  released: boolean;
  job: number | null;
}

/** @throws NotFound when this order of this shop has no such finding */
export async function getFinding(tx: Change, number: number, id: number): Promise<OneFinding> {
  const { rows } = await sql<OneFinding>`
    select f.id, f.work_order_id as "workOrder", f.inspection_id as inspection, f.item, f.color, f.reason, f.note, f.measures, f.released,
      f.job_id as job, coalesce(${UNIT}, '') as unit,
      coalesce(jsonb_path_query_first(v.content, '$.sections[*].items[*] ? (@.key == $key).name', jsonb_build_object('key', f.item)) #>> '{}', f.item) as name
    from findings f
    join work_orders w on w.shop_id = f.shop_id and w.id = f.work_order_id
    join inspections i on i.shop_id = f.shop_id and i.id = f.inspection_id
    join inspection_template_versions v on v.shop_id = i.shop_id and v.template_id = i.template_id and v.version = i.version
    where f.shop_id = ${tx.shop} and w.number = ${number} and f.id = ${id}`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new NotFound('That finding is not here.');
  return row;
}

/** Whether a finding is worth a job. @throws Conflict when it is neither yellow nor red */
export function refuseGood({ color, name }: Pick<OneFinding, 'color' | 'name'>): void {
  if (!isFound(color)) throw new Conflict(`“${name}” is neither yellow nor red, so there is nothing to propose.`);
}

/** The inspection and the item of a finding. @throws NotFound when this order of this shop has no such finding */
export async function findPlace(db: Database, shop: number, number: number, id: number): Promise<{ inspection: number; item: string }> {
  const row = await db
    .selectFrom('findings as f')
    .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'f.shop_id').onRef('w.id', '=', 'f.work_order_id'))
    .select(['f.inspection_id as inspection', 'f.item'])
    .where('f.shop_id', '=', shop)
    .where('w.number', '=', number)
    .where('f.id', '=', id)
    .executeTakeFirst();
  if (!row) throw new NotFound('That finding is not here.');
  return row;
}
