import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Lines } from '../../platform/database/schema.js';
import { NotFound } from '../../platform/errors.js';
import type { Line } from '../work-orders/whole.js';

/** A line that is not written yet. */
export type NewLine = Omit<Line, 'id' | 'job' | 'position' | 'coreOfId'> & {
  /** Of a core: the place of its part in the same list. */
  coreOf?: number;
};

const COLUMNS = [
  ...(['id', 'job_id', 'position', 'kind', 'description', 'quantity', 'price_cents', 'cost_cents', 'price_by_hand'] as const),
  ...(['discount_ppm', 'taxes', 'tax_override', 'part_number', 'condition', 'flat_quantity', 'labor_rate_id', 'vendor'] as const),
  ...(['vendor_invoice', 'fee_id', 'legal_text', 'core_of_id', 'core_state'] as const),
];

type Row = Pick<Selectable<Lines>, (typeof COLUMNS)[number]>;

function toLine(row: Row): Line {
  return {
    ...{ id: row.id, job: row.job_id, position: row.position, kind: row.kind, description: row.description, quantity: row.quantity },
    ...{ priceCents: row.price_cents, costCents: row.cost_cents, priceByHand: row.price_by_hand, discountPpm: row.discount_ppm },
    ...{ taxes: row.taxes as unknown as Line['taxes'], taxOverride: row.tax_override, partNumber: row.part_number },
    ...{ condition: row.condition, flatQuantity: row.flat_quantity, laborRateId: row.labor_rate_id, vendor: row.vendor },
    ...{ vendorInvoice: row.vendor_invoice, feeId: row.fee_id, legalText: row.legal_text, coreOfId: row.core_of_id },
    coreState: row.core_state,
  };
}

/** The columns of a line that can be written. */
export function toColumns(line: Omit<NewLine, 'coreOf'>) {
  return {
    ...{
      kind: line.kind,
      description: line.description,
      quantity: line.quantity,
      price_cents: line.priceCents,
      cost_cents: line.costCents,
    },
    ...{
      price_by_hand: line.priceByHand,
      discount_ppm: line.discountPpm,
      taxes: JSON.stringify(line.taxes),
      tax_override: line.taxOverride,
    },
    ...{ part_number: line.partNumber, condition: line.condition, flat_quantity: line.flatQuantity, labor_rate_id: line.laborRateId },
    ...{
      vendor: line.vendor,
      vendor_invoice: line.vendorInvoice,
      fee_id: line.feeId,
      legal_text: line.legalText,
      core_state: line.coreState,
    },
  };
}

/** The lines of an order, or of one of its jobs, in their order. */
export async function listLines(tx: Change, workOrder: number, job?: number | null): Promise<Line[]> {
  let query = tx.db.selectFrom('lines').select(COLUMNS).where('shop_id', '=', tx.shop).where('work_order_id', '=', workOrder);
  if (job !== undefined) query = query.where('job_id', 'is not distinct from', job);
  return (await query.orderBy('position').orderBy('id').execute()).map(toLine);
}

/** @throws NotFound when this order has no such line */
export async function getLine(tx: Change, workOrder: number, id: number): Promise<Line> {
  const row = await tx.db
    .selectFrom('lines')
    .select(COLUMNS)
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', workOrder)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new NotFound('That line is not here any more.');
  return toLine(row);
}

/**
 * Writes lines, in at most three statements, however many they are.
 * @param after the position that they come behind; without one they are the last
 * @returns their ids, in the order given
 */
export async function insertLines(
  tx: Change,
  order: { id: number },
  job: number | null,
  lines: NewLine[],
  after?: number,
): Promise<number[]> {
  if (lines.length === 0) return [];
  const start = after === undefined ? await lastPosition(tx, order.id) : after;
  if (after !== undefined)
    await sql`update lines set position = position + ${lines.length}
      where shop_id = ${tx.shop} and work_order_id = ${order.id} and position > ${after}`.execute(tx.db);
  const ids: number[] = [];
  const write = async (chosen: { line: NewLine; place: number }[]) => {
    if (chosen.length === 0) return;
    const rows = chosen.map(({ line, place }) => ({
      ...{ shop_id: tx.shop, work_order_id: order.id, job_id: job, position: start + 1 + place, ...toColumns(line) },
      core_of_id: line.coreOf === undefined ? null : (ids[line.coreOf] ?? null),
    }));
    const written = await tx.db.insertInto('lines').values(rows).returning(['id', 'position']).execute();
    for (const row of written) ids[row.position - start - 1] = row.id;
  };
  const placed = lines.map((line, place) => ({ line, place }));
  await write(placed.filter(({ line }) => line.coreOf === undefined));
  await write(placed.filter(({ line }) => line.coreOf !== undefined));
  return ids;
}

async function lastPosition(tx: Change, workOrder: number): Promise<number> {
  const row = await tx.db
    .selectFrom('lines')
    .select((eb) => eb.fn.coalesce(eb.fn.max('position'), sql<number>`0`).as('last'))
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', workOrder)
    .executeTakeFirstOrThrow();
  return row.last;
}

/** Lines as they stand, to be written once more elsewhere: cores keep to their parts. */
export function toNewLines(lines: Line[]): NewLine[] {
  const places = new Map(lines.map((line, place) => [line.id, place]));
  return lines
    .filter((line) => line.coreOfId === null || places.has(line.coreOfId))
    .map(({ id: _id, job: _job, position: _position, coreOfId, ...line }) =>
      coreOfId === null ? line : { ...line, coreOf: places.get(coreOfId) as number },
    );
}
