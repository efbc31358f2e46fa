import type { EventRow } from './events.js';
import type { Database } from './pool.js';

/** Where a shop was before: its events up to a version were written there, with other numbers for the shop and its people. */
export interface Origin {
  untilVersion: number;
  shop: number;
  /** Number of a person here -> number there. */
  people: ReadonlyMap<number, number>;
}

/** The installations that a shop came through, the first one first; none for a shop that was made here. */
export async function readOrigins(db: Database, shop: number): Promise<Origin[]> {
  const rows = await db
    .selectFrom('shop_origins')
    .select(['until_version', 'origin_shop', 'people'])
    .where('shop_id', '=', shop)
    .orderBy('until_version')
    .execute();
  return rows.map((row) => ({
    ...{ untilVersion: row.until_version, shop: row.origin_shop },
    people: new Map(Object.entries(row.people as Record<string, number>).map(([here, there]) => [Number(here), there])),
  }));
}

/** An event as it was when its hash was made: before the shop was carried elsewhere. */
export function asWritten<Row extends EventRow>(row: Row, origins: readonly Origin[]): Row {
  const origin = origins.find(({ untilVersion }) => row.version <= untilVersion);
  if (!origin) return row;
  const there = (person: number) => origin.people.get(person) ?? Math.abs(person);
  const data = row.data as { staff?: unknown } | null;
  return {
    ...row,
    shop_id: origin.shop,
    actor_id: row.actor_id === null ? null : there(row.actor_id),
    data: typeof data?.staff === 'number' ? { ...data, staff: there(data.staff) } : row.data,
  };
}
