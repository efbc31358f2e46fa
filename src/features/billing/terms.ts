import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Category, Tax, Terms } from './rules.js';

/** The tax rates in force, with the categories that each taxes, in the shop's order. */
async function listTaxes(db: Database, shop: number): Promise<(Tax & { categories: Category[] })[]> {
  const rows = await db
    .selectFrom('tax_rates')
    .select(['id', 'name', 'ppm', 'categories'])
    .where('shop_id', '=', shop)
    .where('archived_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...row, categories: row.categories as Category[] }));
}

/** What taxes a category today, as it is frozen on a line that is written now. */
export function taxesOn(category: Category, taxes: (Tax & { categories: Category[] })[]): Tax[] {
  return taxes.filter((tax) => tax.categories.includes(category)).map(({ id, name, ppm }) => ({ id, name, ppm }));
}

interface Row {
  currency: string;
  prices_include_tax: boolean;
  lump_sum: boolean;
  supplies_base: Terms['supplies']['base'];
  supplies_ppm: number;
  supplies_flat_cents: number;
  supplies_cap_cents: number | null;
  supplies_name: string;
  supplies_allowed: boolean;
  supplies_text: string;
  jurisdiction: string;
  threshold: Terms['jurisdiction']['threshold'];
  ppm: number;
  min_cents: number;
  cap_cents: number | null;
  before_tax: boolean;
}

/** The shop's terms as its settings say now, for one customer. */
export async function loadTerms(db: Database, shop: number, customer: number): Promise<Terms> {
  const { rows } = await sql<Row & { tax_exempt: boolean; tax_certificate: string }>`
    select b.currency, b.prices_include_tax, b.lump_sum, b.supplies_base, b.supplies_ppm, b.supplies_flat_cents, b.supplies_cap_cents,
      b.supplies_name, j.supplies_allowed, j.supplies_text, j.name as jurisdiction, j.threshold, j.ppm, j.min_cents, j.cap_cents, j.before_tax,
      c.tax_exempt, c.tax_certificate
    from billing_settings b
    join jurisdictions j on j.shop_id = b.shop_id and j.is_active
    join customers c on c.shop_id = b.shop_id and c.id = ${customer}
    where b.shop_id = ${shop}`.execute(db);
  const row = rows[0];
  if (!row) throw new Error(`Shop ${shop} has no billing settings.`);
  return {
    currency: row.currency,
    pricesIncludeTax: row.prices_include_tax,
    lumpSum: row.lump_sum,
    exempt: row.tax_exempt ? { certificate: row.tax_certificate } : null,
    supplies: {
      name: row.supplies_name,
      base: row.supplies_allowed ? row.supplies_base : 'none',
      ppm: row.supplies_ppm,
      flatCents: row.supplies_flat_cents,
      capCents: row.supplies_cap_cents,
      taxes: taxesOn('supplies', await listTaxes(db, shop)),
      text: row.supplies_text,
    },
    jurisdiction: {
      ...{ name: row.jurisdiction, threshold: row.threshold, ppm: row.ppm },
      ...{ minCents: row.min_cents, capCents: row.cap_cents, beforeTax: row.before_tax },
    },
  };
}

/** The terms of an order: those it has, or, when its first line is being written, the shop's of now, which it then keeps. */
export async function freezeTerms(tx: Change, order: { id: number; customer_id: number }): Promise<Terms> {
  const kept = await tx.db
    .selectFrom('work_orders')
    .select('terms')
    .where('shop_id', '=', tx.shop)
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow();
  if (kept.terms) return kept.terms as unknown as Terms;
  const terms = await loadTerms(tx.db, tx.shop, order.customer_id);
  await tx.db
    .updateTable('work_orders')
    .set({ terms: JSON.stringify(terms) })
    .where('shop_id', '=', tx.shop)
    .where('id', '=', order.id)
    .execute();
  return terms;
}

/** The shop's currency of now; what was charged keeps that of its terms. */
export async function readCurrency(db: Database, shop: number): Promise<string> {
  const row = await db.selectFrom('billing_settings').select('currency').where('shop_id', '=', shop).executeTakeFirstOrThrow();
  return row.currency;
}
