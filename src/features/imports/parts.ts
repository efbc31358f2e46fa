import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Item, Plan } from './rows.js';

const keyOf = (number: unknown, maker: unknown) => JSON.stringify([String(number).toLowerCase(), String(maker ?? '').toLowerCase()]);

/** Parts that are not in the list yet: the same number of the same maker is the same part. */
export async function matchParts(db: Database, shop: number, items: Item[]): Promise<Plan> {
  const numbers = items.map(({ values }) => String(values.number));
  const { rows } = await sql<{ number: string; maker: string }>`
    select number, maker from parts where shop_id = ${shop} and lower(number) in (select lower(n) from unnest(${numbers}::text[]) n)`.execute(
    db,
  );
  const seen = new Set(rows.map(({ number, maker }) => keyOf(number, maker)));
  const plan: Plan = { fresh: [], known: [], problems: [] };
  for (const { row, values } of items) {
    const { number, maker, description, cost, price } = values;
    const key = keyOf(number, maker);
    if (seen.has(key)) plan.known.push(row);
    else plan.fresh.push({ number, maker, description, cost_cents: cost ?? 0, price_cents: price });
    seen.add(key);
  }
  return plan;
}

export async function insertParts(tx: Change, rows: string): Promise<void> {
  await sql`
    insert into parts (shop_id, number, maker, description, cost_cents, price_cents)
    select ${tx.shop}, number, maker, description, cost_cents, price_cents
    from jsonb_to_recordset(${rows}::jsonb) as r(number text, maker text, description text, cost_cents bigint, price_cents bigint)`.execute(
    tx.db,
  );
}
