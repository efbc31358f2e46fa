import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Category } from '../billing/rules.js';

export interface PriceList {
  currency: string;
  pricesIncludeTax: boolean;
  lumpSum: boolean;
  rates: { id: number; name: string; cents: number; is_default: boolean }[];
  taxes: { id: number; name: string; ppm: number; categories: Category[] }[];
  fees: { id: number; name: string; cents: number; taxable: boolean; legal_text: string; each_of: 'tire' | null }[];
}

/** What the shop charges now, in one query. */
export async function readPrices(db: Database, shop: number): Promise<PriceList> {
  const { rows } = await sql<PriceList>`
    select b.currency, b.prices_include_tax as "pricesIncludeTax", b.lump_sum as "lumpSum",
      coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name, 'cents', r.cents_per_hour, 'is_default', r.is_default) order by r.name, r.id)
        from labor_rates r where r.shop_id = b.shop_id and r.archived_at is null), '[]') as rates,
      coalesce((select json_agg(json_build_object('id', t.id, 'name', t.name, 'ppm', t.ppm, 'categories', t.categories) order by t.position, t.id)
        from tax_rates t where t.shop_id = b.shop_id and t.archived_at is null), '[]') as taxes,
      coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name, 'cents', f.cents, 'taxable', f.taxable, 'legal_text', f.legal_text,
        'each_of', f.each_of) order by f.name, f.id) from fees f where f.shop_id = b.shop_id and f.archived_at is null), '[]') as fees
    from billing_settings b where b.shop_id = ${shop}`.execute(db);
  return rows[0] as PriceList;
}
