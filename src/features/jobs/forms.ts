import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showAmount } from '../billing/amounts.js';
import type { LineKind } from '../billing/rules.js';
import { findWhole, type WholeRow } from '../work-orders/whole.js';
import { pickFields } from './inputs.js';
import { type Addable, FIELDS_OF, LINE_FIELDS, type LineField, toFields } from './line-fields.js';
import type { LineConflict } from './lines.js';
import { type Fee, loadPricing, type Pricing, priceOf } from './pricing.js';

/** The form row of a line: what it holds, and what there is to choose from. */
export interface LineForm {
  number: number;
  /** Null: a new one. */
  line: number | null;
  job: number | null;
  kind: LineKind;
  fields: LineField[];
  values: Record<string, string>;
  /** What a line that is changed held when its form was opened. */
  original: Record<string, string> | null;
  errors: Record<string, string>;
  conflicts: LineConflict['conflicts'];
  /** What an empty price comes to. */
  worked: string;
  rates: Pricing['rates'];
  rate: number | null;
  fees: Fee[];
  requestId: string;
}

const NOTHING = { errors: {}, conflicts: {}, original: null, line: null };

/**
 * The form of a new line.
 * @param refused what was typed before, with what is wrong with it
 * @throws NotFound when the order, or its job, is not here
 */
export async function newLineForm(
  db: Database,
  viewer: Viewer,
  number: number,
  { job, kind }: { job: number | null; kind: Addable },
  refused?: Refused,
): Promise<LineForm> {
  const { id } = await getOrder(db, viewer.shop, number, job);
  const pricing = await loadPricing(db, viewer.shop, id);
  const values: Record<string, string> = {
    quantity: '1',
    ...pickFields(refused?.values ?? {}, [...LINE_FIELDS, 'core', 'fee', 'requestId']),
  };
  return {
    ...{ ...NOTHING, number, job, kind, fields: FIELDS_OF[kind], values, errors: refused?.fields ?? {} },
    ...choices(pricing, kind),
    requestId: values.requestId ?? randomUUID(),
  };
}

/**
 * The form that changes a line.
 * @param conflict the fields that somebody else has changed meanwhile: the form then shows both, and saving again takes mine
 * @throws NotFound when the line is not here any more
 */
export async function lineForm(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  refused?: Refused,
  conflict?: LineConflict,
): Promise<LineForm> {
  const order = await findWhole(db, viewer.shop, number);
  const line = order?.lines.find((one) => one.id === id);
  if (!order || !line) throw new NotFound('That line is not here any more.');
  const pricing = await loadPricing(db, viewer.shop, order.id);
  const current = toFields(line);
  const sent = pickFields(refused?.values ?? {}, LINE_FIELDS, 'original.');
  const original = Object.fromEntries(
    Object.entries(current).map(([field, value]) => [field, conflict?.conflicts[field] ? value : (sent[field] ?? value)]),
  );
  return {
    ...{ number, line: id, job: line.job, kind: line.kind, fields: FIELDS_OF[line.kind], original },
    ...{ values: { ...current, ...pickFields(refused?.values ?? {}, LINE_FIELDS) }, errors: refused?.fields ?? {} },
    ...{ conflicts: conflict?.conflicts ?? {}, ...choices(pricing, line.kind), requestId: randomUUID() },
    worked: showAmount(line.priceCents),
  };
}

function choices(pricing: Pricing, kind: LineKind) {
  const worked = kind === 'labor' ? showAmount(priceOf(pricing, { kind, laborRateId: null, costCents: 0 }).priceCents) : '';
  return { worked, rates: pricing.rates, rate: pricing.laborRateId, fees: kind === 'fee' ? pricing.fees : [] };
}

async function getOrder(db: Database, shop: number, number: number, job: number | null): Promise<Pick<WholeRow, 'id'>> {
  const order = await db.selectFrom('work_orders').select('id').where('shop_id', '=', shop).where('number', '=', number).executeTakeFirst();
  if (!order) throw new NotFound('That work order is not here.');
  if (job === null) return order;
  const found = await db
    .selectFrom('jobs')
    .select('id')
    .where('shop_id', '=', shop)
    .where('work_order_id', '=', order.id)
    .where('id', '=', job)
    .executeTakeFirst();
  if (!found) throw new NotFound('That job is not here any more.');
  return order;
}
