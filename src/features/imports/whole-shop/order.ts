import { sql } from 'kysely';
import type { Database } from '../../../platform/database/pool.js';

/** The tables of a shop, each behind those that it points to: by the catalog, so that no foreign key can be forgotten. */
export async function inOrder(db: Database, tables: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ table: string; to: string }>`
    select distinct c.relname as table, t.relname as to
    from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class t on t.oid = f.confrelid
    where f.contype = 'f' and c.relnamespace = 'public'::regnamespace and c.oid <> t.oid`.execute(db);
  const needs = new Map(
    tables.map((table) => [table, rows.filter((row) => row.table === table && tables.includes(row.to)).map(({ to }) => to)]),
  );
  const ordered: string[] = [];
  while (ordered.length < tables.length) {
    const next = tables.filter((table) => !ordered.includes(table) && needs.get(table)?.every((to) => ordered.includes(to)));
    if (next.length === 0) throw new Error('The tables of a shop point to each other in a circle.');
    ordered.push(...next);
  }
  return ordered;
}
