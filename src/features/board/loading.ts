import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { CARD_ROWS, type CardRow, loadCards } from './cards.js';
import { type Column, listColumns } from './columns.js';
import type { Placed } from './moves.js';

/** The board of one shop at one version, as the database has it. */
export interface BoardRows {
  shop: number;
  shopName: string;
  timeZone: string;
  version: number;
  columns: Column[];
  /** In the order of the board. */
  rows: CardRow[];
}

/** Reads the whole board as it is at one moment. */
export async function loadBoard(db: Database, shop: number): Promise<BoardRows> {
  const transaction = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  const read = await transaction.execute(async (trx) => ({
    shop: await trx.selectFrom('shops').select(['id', 'name', 'version', 'time_zone']).where('id', '=', shop).executeTakeFirstOrThrow(),
    columns: await listColumns(trx, shop),
    rows: await loadCards(trx, shop),
  }));
  return {
    ...{ shop, shopName: read.shop.name, timeZone: read.shop.time_zone, version: read.shop.version },
    ...{ columns: read.columns, rows: read.rows },
  };
}

/**
 * Further behind than so many events, the whole board is less. The limit also tells Postgres that few are expected, whatever
 * the version: without it a shop with a long history gets a new plan each time, and planning takes ten times as long as reading.
 */
export const MOST_EVENTS = 200;

/** The board after some events, and the work orders that these tell of. */
export interface ChangedRows extends BoardRows {
  changed: Set<number>;
}

type Found = { [Key in keyof CardRow]: CardRow[Key] | null } & { reached: number; wide: boolean; told: number[] };

/**
 * Reads only what has changed since a board that is here: one statement, so one moment. The rows that have not changed are
 * the very same objects as before.
 * @returns null when something changed that may show on any card (columns, labels, customers, the ranks of a whole column):
 *   then the whole board must be read
 */
export async function loadChangedCards(db: Database, before: BoardRows): Promise<ChangedRows | null> {
  const { rows } = await sql<Found>`
    select s.version as reached, coalesce(e.wide, false) as wide, coalesce(to_json(e.ids), '[]') as told, c.*
    from shops s
    cross join lateral (
      select bool_or(work_order_id is null) or count(*) = ${sql.lit(MOST_EVENTS)} as wide, array_agg(distinct work_order_id) as ids
      from (
        select work_order_id from events where shop_id = s.id and version > ${before.version}
        order by version limit ${sql.lit(MOST_EVENTS)}
      ) n
    ) e
    left join lateral (${CARD_ROWS} where w.shop_id = s.id and w.rank is not null and w.id = any(e.ids)) c on true
    where s.id = ${before.shop}`.execute(db);
  const first = rows[0];
  if (!first || first.wide) return null;
  const changed = new Set(first.told);
  const after = before.rows.filter((row) => !changed.has(row.id));
  for (const { reached, wide, told, ...row } of rows) if (row.id !== null) after.push(row as CardRow);
  const { shop, shopName, timeZone, columns } = before;
  return { shop, shopName, timeZone, columns, version: first.reached, rows: inOrder(after, columns), changed };
}

/** The board after a move, from the board just before it. @returns null when it has no such card */
export function placeCard(before: BoardRows, version: number, placed: Placed): ChangedRows | null {
  const card = before.rows.find((row) => row.id === placed.id);
  if (!card) return null;
  const others = before.rows.filter((row) => row !== card);
  const { shop, shopName, timeZone, columns } = before;
  const rows = inOrder([...others, { ...card, ...placed }], columns);
  return { shop, shopName, timeZone, columns, version, rows, changed: new Set([card.id]) };
}

function inOrder(rows: CardRow[], columns: Column[]): CardRow[] {
  const place = new Map(columns.map((column, index) => [column.id, index]));
  const of = (row: CardRow) => place.get(row.column_id) ?? columns.length;
  return rows.sort((one, other) => of(one) - of(other) || one.rank - other.rank);
}
