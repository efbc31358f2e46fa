import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import { Conflict, NotFound } from '../../platform/errors.js';

// What putting two customers and putting two vehicles together have in common. Everything of the one that goes is given to the one that is
// kept; which rows these were is remembered, so that exactly they go back when it is undone.

/** Columns that say whose a row is. */
export interface Owning {
  table: string;
  column: string;
}

/** Gives all rows of one to another. @returns their ids */
export async function takeOver(tx: Change, { table, column }: Owning, from: number, to: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    update ${sql.table(table)} set ${sql.ref(column)} = ${to} where shop_id = ${tx.shop} and ${sql.ref(column)} = ${from} returning id`.execute(
    tx.db,
  );
  return rows.map((row) => row.id);
}

/** Gives rows back, but for those that belong to yet another one by now. */
export async function giveBack(tx: Change, { table, column }: Owning, ids: number[], kept: number, gone: number): Promise<void> {
  if (ids.length === 0) return;
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${gone}
    where shop_id = ${tx.shop} and ${sql.ref(column)} = ${kept} and id = any(${ids}::bigint[])`.execute(tx.db);
}

/** What was empty in the kept one and is known of the other: column by column. */
export function findGaps<Row extends object, Column extends keyof Row>(
  kept: Row,
  gone: Row,
  columns: readonly Column[],
): Pick<Row, Column> {
  return Object.fromEntries(
    columns.filter((column) => isEmpty(kept[column]) && !isEmpty(gone[column])).map((column) => [column, gone[column]]),
  ) as Pick<Row, Column>;
}

/** The columns that still hold what a merge wrote into them. */
export function findFilled<Row extends object>(kept: Row, filled: Record<string, unknown>): string[] {
  return Object.keys(filled).filter((column) => kept[column as keyof Row] === filled[column]);
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === null || value === false;
}

export interface Merge {
  id: number;
  kind: 'customer' | 'vehicle';
  kept: number;
  gone: number;
  moved: Record<string, unknown>;
}

/** Remembers a merge. @returns its id */
export async function keepMerge(tx: Change, merge: Omit<Merge, 'id'>): Promise<number> {
  const { kind, kept, gone, moved } = merge;
  const row = await tx.db
    .insertInto('merges')
    .values({ shop_id: tx.shop, kind, kept_id: kept, gone_id: gone, at: tx.now, moved: JSON.stringify(moved) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** @throws NotFound when the shop has no such merge, Conflict when it was undone already */
export async function getMerge(tx: Change, id: number): Promise<Merge> {
  const row = await tx.db
    .selectFrom('merges')
    .select(['id', 'kind', 'kept_id', 'gone_id', 'moved', 'undone_at'])
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new NotFound('That is not here.');
  if (row.undone_at) throw new Conflict('That was taken back already.');
  return { id: row.id, kind: row.kind, kept: row.kept_id, gone: row.gone_id, moved: row.moved as Record<string, unknown> };
}

/** Marks a merge as undone. @throws Conflict when what was kept has itself gone into another one since */
export async function closeMerge(tx: Change, merge: Merge, kept: { merged_into_id: number | null }): Promise<void> {
  if (kept.merged_into_id) throw new Conflict('What was kept then was itself put together with another one. Take that back first.');
  await tx.db.updateTable('merges').set({ undone_at: tx.now }).where('shop_id', '=', tx.shop).where('id', '=', merge.id).execute();
}

/** Ids out of what a merge remembers. */
export function idsOf(moved: Record<string, unknown>, name: string): number[] {
  return Array.isArray(moved[name]) ? (moved[name] as number[]) : [];
}
