import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { type Matrix, matrixPrice } from '../billing/matrix.js';
import { type Category, type LineKind, laborRate, type Tax } from '../billing/rules.js';
import { taxesOn } from '../billing/terms.js';
import type { Line } from '../work-orders/whole.js';

export interface Rate {
  id: number;
  name: string;
  centsPerHour: number;
}

export interface Fee {
  id: number;
  name: string;
  cents: number;
  taxable: boolean;
  legalText: string;
  eachOf: 'tire' | null;
}

/** What a line of one order would cost if it were written now. */
export interface Pricing {
  rates: Rate[];
  /** The rate of labor that names none. */
  laborRateId: number | null;
  matrices: Partial<Record<'part' | 'tire', Matrix>>;
  taxes: (Tax & { categories: Category[] })[];
  fees: Fee[];
}

interface Row {
  rates: (Rate & { isDefault: boolean })[];
  matrices: (Matrix & { id: number; kind: 'part' | 'tire' })[];
  taxes: Pricing['taxes'];
  fees: Fee[];
  vehicle_rate: number | null;
  customer_rate: number | null;
  order_rate: number | null;
  customer_matrix: number | null;
}

/** Reads the rates in force for an order, in one query. */
export async function loadPricing(db: Database, shop: number, workOrder: number): Promise<Pricing> {
  const { rows } = await sql<Row>`
    select v.labor_rate_id as vehicle_rate, c.labor_rate_id as customer_rate, w.labor_rate_id as order_rate, c.price_matrix_id as customer_matrix,
      coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'centsPerHour', r.cents_per_hour, 'isDefault', r.is_default)
        order by r.is_default desc, r.name) from labor_rates r where r.shop_id = w.shop_id and r.archived_at is null), '[]') as rates,
      coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'kind', m.kind, 'basis', m.basis, 'bands', m.bands) order by m.is_default)
        from price_matrices m where m.shop_id = w.shop_id and m.archived_at is null and (m.is_default or m.id = c.price_matrix_id)), '[]') as matrices,
      coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'ppm', t.ppm, 'categories', t.categories) order by t.position, t.id)
        from tax_rates t where t.shop_id = w.shop_id and t.archived_at is null), '[]') as taxes,
      coalesce((select jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'cents', f.cents, 'taxable', f.taxable, 'legalText', f.legal_text,
        'eachOf', f.each_of) order by f.name) from fees f where f.shop_id = w.shop_id and f.archived_at is null), '[]') as fees
    from work_orders w
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    where w.shop_id = ${shop} and w.id = ${workOrder}`.execute(db);
  const row = rows[0] as Row;
  const known = (id: number | null) => (row.rates.some((rate) => rate.id === id) ? id : null);
  const matrix = (kind: 'part' | 'tire') =>
    row.matrices.find((one) => one.kind === kind && one.id === row.customer_matrix) ?? row.matrices.find((one) => one.kind === kind);
  return {
    rates: row.rates.map(({ isDefault: _, ...rate }) => rate),
    laborRateId: laborRate({
      ...{ vehicle: known(row.vehicle_rate), customer: known(row.customer_rate), order: known(row.order_rate) },
      shop: row.rates.find((rate) => rate.isDefault)?.id ?? null,
    }),
    matrices: Object.fromEntries((['part', 'tire'] as const).flatMap((kind) => (matrix(kind) ? [[kind, matrix(kind)]] : []))),
    taxes: row.taxes,
    fees: row.fees,
  };
}

/** What the rates of now say of an hour, or of a part of this cost; what has no rate is by hand, or costs nothing. */
export function priceOf(
  pricing: Pricing,
  line: Pick<Line, 'kind' | 'laborRateId' | 'costCents'>,
): { priceCents: number; laborRateId: number | null } {
  if (line.kind === 'labor') {
    const rate = pricing.rates.find((one) => one.id === (line.laborRateId ?? pricing.laborRateId));
    return { priceCents: rate?.centsPerHour ?? 0, laborRateId: rate?.id ?? null };
  }
  const matrix = line.kind === 'part' || line.kind === 'tire' ? pricing.matrices[line.kind] : undefined;
  return { priceCents: matrix ? matrixPrice(line.costCents, matrix) : line.costCents, laborRateId: null };
}

/**
 * What taxes a line that is written now. A person who says that a line is taxed means the rates of its kind, or, when its
 * kind is not taxed, those of parts.
 */
export function taxesFor(pricing: Pricing, kind: LineKind, override: Line['taxOverride'], fee?: Fee): Tax[] {
  if (kind === 'discount' || override === 'untaxed') return [];
  const own = taxesOn(kind, pricing.taxes);
  if (override === 'taxed') return own.length > 0 ? own : taxesOn('part', pricing.taxes);
  return fee && !fee.taxable ? [] : own;
}
