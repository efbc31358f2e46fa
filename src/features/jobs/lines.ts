import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { checkDiscount } from '../billing/discounts.js';
import { type LockedOrder, lockOrder, settle } from '../billing/settle.js';
import { freezeTerms } from '../billing/terms.js';
import { type FieldConflict, mergeEdits } from '../work-orders/merge.js';
import type { Line } from '../work-orders/whole.js';
import { getJob } from './job-rows.js';
import { type Addable, isWorkedOut, type LineFields, type LineValues, readLine, toFields } from './line-fields.js';
import { getLine, insertLines, listLines, type NewLine, toColumns, toNewLines } from './line-rows.js';
import { loadPricing, type Pricing, priceOf, taxesFor } from './pricing.js';

/** An order can't have more: a form that is sent again and again ends here. */
const MOST_LINES = 500;

export interface NewLineInput {
  /** Null: of the order as a whole; only fees and discounts. */
  job: number | null;
  kind: Addable;
  fields: LineFields;
  coreCents: number | null;
  fee: number | null;
}

/** Somebody else has changed the same field of the same line since the form was opened. */
export class LineConflict extends Conflict {
  constructor(
    readonly conflicts: Record<string, FieldConflict>,
    readonly current: Record<string, string>,
  ) {
    super('Somebody else changed the same line meanwhile.');
  }
}

/**
 * Writes a line with the rates of now, which it keeps. A part with a core brings the core as a line of its own; a tire
 * brings the fees that the shop charges for each tire.
 * @returns its id
 */
export async function addLine(
  db: Database,
  viewer: Viewer,
  number: number,
  input: NewLineInput,
  requestId?: string,
): Promise<Changed<{ line: number }>> {
  return change(db, viewer, { requestId: requestId && `line/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    if (input.job !== null) await getJob(tx, order.id, input.job);
    else if (input.kind !== 'fee' && input.kind !== 'discount') throw new Invalid({ '': 'That belongs into a job.' });
    await freezeTerms(tx, order);
    const lines = writeNew(await loadPricing(tx.db, tx.shop, order.id), input);
    const ids = await writeLines(tx, viewer, order, input.job, lines);
    await settle(tx, order);
    return { line: ids[0] as number };
  });
}

/** A line as it was typed, with the core and the fees that come with it; not written yet. */
export function writeNew(pricing: Pricing, input: NewLineInput): NewLine[] {
  const fee = input.fee === null ? undefined : pricing.fees.find((one) => one.id === input.fee);
  if (input.fee !== null && !fee) throw new Invalid({ fee: 'That is not one of the choices.' });
  const typed = fee ? { quantity: '1', ...input.fields, ...namedFee(fee, input.fields) } : input.fields;
  const values = readLine(input.kind, typed);
  const line = toNewLine(pricing, input.kind, values, fee);
  const goods = input.kind === 'part' || input.kind === 'tire';
  const core = goods && input.coreCents ? [coreOf(pricing, line, input.coreCents)] : [];
  const fees =
    input.kind === 'tire' ? pricing.fees.filter((one) => one.eachOf === 'tire').map((one) => feeLine(pricing, one, line.quantity)) : [];
  return [line, ...core, ...fees];
}

const namedFee = (fee: { name: string; cents: number }, fields: LineFields): LineFields => ({
  description: fields.description || fee.name,
  price: fields.price || `${Math.trunc(fee.cents / 100)}.${String(fee.cents % 100).padStart(2, '0')}`,
});

const PLAIN = {
  ...{ discountPpm: null, costCents: 0, taxOverride: null, partNumber: '', condition: null, flatQuantity: null, laborRateId: null },
  ...{ vendor: '', vendorInvoice: '', feeId: null, legalText: '', coreState: null, priceByHand: true },
};

/** The vendor asks the same deposit of the shop, so nothing is earned by it. */
function coreOf(pricing: Pricing, part: NewLine, priceCents: number): NewLine {
  const description = `Core of ${part.description}`.slice(0, 500);
  const line = { ...PLAIN, kind: 'core' as const, description, quantity: part.quantity, priceCents, coreState: 'owed' as const, coreOf: 0 };
  return { ...line, costCents: priceCents, taxes: taxesFor(pricing, 'core', null) };
}

/** A line for one of the shop's fees. */
export function feeLine(pricing: Pricing, fee: Pricing['fees'][number], quantity: number): NewLine {
  const line = { ...PLAIN, kind: 'fee' as const, description: fee.name, quantity, priceCents: fee.cents, feeId: fee.id };
  return { ...line, legalText: fee.legalText, taxes: taxesFor(pricing, 'fee', null, fee) };
}

/** What was typed, with what the rates of now make of it. */
export function toNewLine(pricing: Pricing, kind: Line['kind'], values: LineValues, fee?: Pricing['fees'][number]): NewLine {
  const { priceCents, ...rest } = values;
  const made = priceCents === null ? priceOf(pricing, { kind, laborRateId: values.laborRateId, costCents: values.costCents }) : null;
  return {
    ...rest,
    ...{ kind, priceCents: made?.priceCents ?? priceCents ?? 0, priceByHand: made === null },
    laborRateId: kind === 'labor' ? (made?.laborRateId ?? knownRate(pricing, values.laborRateId)) : null,
    ...{ taxes: taxesFor(pricing, kind, values.taxOverride, fee), feeId: fee?.id ?? null, legalText: fee?.legalText ?? '' },
  };
}

function knownRate(pricing: Pricing, id: number | null): number | null {
  if (id !== null && !pricing.rates.some((rate) => rate.id === id)) throw new Invalid({ laborRate: 'That is not one of the choices.' });
  return id;
}

/** Writes lines into a job and tells of them. @throws Conflict when the order is full */
export async function writeLines(
  tx: Change,
  viewer: Viewer,
  order: LockedOrder,
  job: number | null,
  lines: NewLine[],
  after?: number,
): Promise<number[]> {
  const ids = await insertLines(tx, order, job, lines, after);
  const { count } = await tx.db
    .selectFrom('lines')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', order.id)
    .executeTakeFirstOrThrow();
  if (count > MOST_LINES) throw new Conflict(`A work order can have at most ${MOST_LINES} lines.`);
  for (const [place, { coreOf: _, ...line }] of lines.entries())
    tx.record('line.added', order.id, { number: order.number, line: ids[place] as number, job, after: JSON.parse(JSON.stringify(line)) });
  if (lines.some((line) => line.kind === 'discount')) await checkDiscount(tx, viewer, order, job);
  return ids;
}

/**
 * Changes a line, field by field. What was left alone stays as it is: a rate of now touches it only when what it is worked
 * out from was changed.
 * @throws LineConflict, with nothing changed, when somebody else changed the same field since the form was opened
 */
export async function changeLine(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  original: LineFields,
  mine: LineFields,
): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const line = await getLine(tx, order.id, id);
    const current = toFields(line);
    const { changes, conflicts } = mergeEdits({ ...current, ...original }, { ...current, ...mine }, current);
    if (Object.keys(conflicts).length > 0) throw new LineConflict(conflicts, current);
    if (Object.keys(changes).length === 0) return;
    const after = rewrite(await loadPricing(tx.db, tx.shop, order.id), line, changes, readLine(line.kind, { ...current, ...changes }));
    const [from, to] = differences(line, after);
    if (Object.keys(to).length === 0) return;
    await tx.db.updateTable('lines').set(toColumns(after)).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('line.changed', order.id, { number, line: id, job: line.job, kind: line.kind, description: line.description, from, to });
    if (after.quantity !== line.quantity) await followQuantity(tx, order, line, after.quantity);
    if (line.kind === 'discount') await checkDiscount(tx, viewer, order, line.job);
    await settle(tx, order);
  });
}

/** The line as it becomes; its price and its taxes are worked out anew only where the change bears on them. */
function rewrite(pricing: Pricing, line: Line, changes: Record<string, string>, values: LineValues): Line {
  const bears = ['price', 'cost', 'laborRate'].some((field) => changes[field] !== undefined);
  const fresh = toNewLine({ ...pricing, rates: withRateOf(pricing, line) }, line.kind, values);
  const price = bears
    ? { priceCents: fresh.priceCents, priceByHand: fresh.priceByHand, laborRateId: fresh.laborRateId }
    : { priceCents: line.priceCents, priceByHand: line.priceByHand, laborRateId: line.laborRateId };
  const taxes =
    changes.tax === undefined
      ? line.taxes
      : taxesFor(
          pricing,
          line.kind,
          values.taxOverride,
          pricing.fees.find((fee) => fee.id === line.feeId),
        );
  const kept = {
    id: line.id,
    job: line.job,
    position: line.position,
    coreOfId: line.coreOfId,
    feeId: line.feeId,
    legalText: line.legalText,
  };
  return { ...fresh, ...price, taxes, ...kept };
}

/** A rate that is not in use any more stays a choice of the line that has it. */
function withRateOf(pricing: Pricing, line: Line): Pricing['rates'] {
  if (line.laborRateId === null || pricing.rates.some((rate) => rate.id === line.laborRateId)) return pricing.rates;
  return [...pricing.rates, { id: line.laborRateId, name: '', centsPerHour: line.priceCents }];
}

type Written = Record<string, string | number | boolean | null>;

/** What changed, before and after. */
function differences(before: Line, after: Line): [Written, Written] {
  const changed = (Object.keys(before) as (keyof Line)[]).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  const pick = (line: Line) =>
    Object.fromEntries(changed.map((key) => [key, key === 'taxes' ? line.taxes.map((tax) => tax.name).join(', ') : (line[key] as string)]));
  return [pick(before), pick(after)];
}

/** As many cores, and as many fees for each tire, as there are of what they belong to. */
async function followQuantity(tx: Change, order: LockedOrder, line: Line, quantity: number): Promise<void> {
  const lines = await listLines(tx, order.id, line.job);
  const following = lines.filter((one) => one.coreOfId === line.id || (line.kind === 'tire' && isFeeOf(one, line, lines)));
  for (const one of following) {
    await tx.db.updateTable('lines').set({ quantity }).where('shop_id', '=', tx.shop).where('id', '=', one.id).execute();
    const data = { number: order.number, line: one.id, job: one.job, kind: one.kind, description: one.description };
    tx.record('line.changed', order.id, { ...data, from: { quantity: one.quantity }, to: { quantity } });
  }
}

/** The fees that came with a tire stand behind it, as many as there were tires. */
function isFeeOf(fee: Line, tire: Line, lines: Line[]): boolean {
  if (fee.kind !== 'fee' || fee.feeId === null || fee.quantity !== tire.quantity || fee.position < tire.position) return false;
  const between = lines.filter((one) => one.position > tire.position && one.position < fee.position);
  return between.every((one) => one.coreOfId === tire.id || (one.kind === 'fee' && one.feeId !== null));
}

/** Takes a line away, and with a part its core. */
export async function removeLine(db: Database, viewer: Viewer, number: number, id: number): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const line = await getLine(tx, order.id, id);
    const cores = (await listLines(tx, order.id, line.job)).filter((one) => one.coreOfId === id);
    await tx.db.deleteFrom('lines').where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    for (const { id: gone, job, position: _, ...before } of [line, ...cores])
      tx.record('line.removed', order.id, { number, line: gone, job, before: JSON.parse(JSON.stringify(before)) });
    await settle(tx, order);
  });
}

/** Moves a line one place up or down within its job. */
export async function shiftLine(db: Database, viewer: Viewer, number: number, id: number, direction: 'up' | 'down'): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const line = await getLine(tx, order.id, id);
    const lines = await listLines(tx, order.id, line.job);
    const other = lines[lines.findIndex((one) => one.id === id) + (direction === 'up' ? -1 : 1)];
    if (!other) return;
    for (const [one, position] of [
      [line, other.position],
      [other, line.position],
    ] as const)
      await tx.db.updateTable('lines').set({ position }).where('shop_id', '=', tx.shop).where('id', '=', one.id).execute();
    tx.record('line.moved', order.id, { number, line: id, job: line.job, description: line.description, direction });
  });
}

/** Writes a line once more below itself, as it stands, with its core. @returns the id of the copy */
export async function copyLine(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  requestId?: string,
): Promise<Changed<{ line: number }>> {
  return change(db, viewer, { requestId: requestId && `line-copy/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    const line = await getLine(tx, order.id, id);
    if (line.coreOfId !== null) throw new Conflict('A core belongs to its part. Copy the part.');
    const cores = (await listLines(tx, order.id, line.job)).filter((one) => one.coreOfId === id);
    const last = Math.max(line.position, ...cores.map((core) => core.position));
    const ids = await writeLines(tx, viewer, order, line.job, toNewLines([line, ...cores]), last);
    await settle(tx, order);
    return { line: ids[0] as number };
  });
}

/** Lines of another order or another day, as the rates of now make them; what was typed by hand stays. */
export function writeAgain(pricing: Pricing, lines: NewLine[]): NewLine[] {
  return lines.map((line) => {
    const fee = pricing.fees.find((one) => one.id === line.feeId);
    const taxes = line.kind === 'fee' && line.feeId !== null && !fee ? line.taxes : taxesFor(pricing, line.kind, line.taxOverride, fee);
    return isWorkedOut(line) ? { ...line, ...priceOf(pricing, line), taxes } : { ...line, taxes };
  });
}
