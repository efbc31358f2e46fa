import { sql } from 'kysely';
import type { TestDatabase } from '../database.js';

/** Of the program's own, beside the shops' data: which migrations it has seen. */
const FIXED = ['migrations', 'migration_locks'];

/** Everything that a database has, told apart by sums, and brought back as it was. */
export class KeptState {
  private constructor(
    private readonly database: TestDatabase,
    /** By table, its columns that can be written. */
    private readonly tables: Map<string, string[]>,
    private readonly kept: Map<string, string>,
  ) {}

  static async of(database: TestDatabase): Promise<KeptState> {
    const { rows } = await sql<{ name: string; columns: string[] }>`
      select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by 1 order by 1`.execute(database.db);
    const tables = new Map(rows.filter(({ name }) => !FIXED.includes(name)).map(({ name, columns }) => [name, columns]));
    const copies = [...tables.keys()].map((name) => `create table kept.${name} as table public.${name};`);
    await database.pool.query(`create schema kept; ${copies.join('\n')}`);
    const empty = new KeptState(database, tables, new Map());
    return new KeptState(database, tables, await empty.sums());
  }

  /** @returns the tables in which something is other than it was */
  async changed(): Promise<string[]> {
    const now = await this.sums();
    return [...now].filter(([table, sum]) => this.kept.get(table) !== sum).map(([table]) => table);
  }

  /** Takes back what was done to these tables. Sequences go on, so that no id comes twice. */
  async restore(changed: string[]): Promise<void> {
    if (changed.length === 0) return;
    const statements = changed.map((table) => {
      const columns = this.tables
        .get(table)
        ?.map((column) => `"${column}"`)
        .join();
      return `delete from ${table}; insert into ${table} (${columns}) overriding system value select ${columns} from kept.${table};`;
    });
    // Without triggers and foreign keys: events are not deleted otherwise, and the order does not matter.
    await this.database.pool.query(`begin; set local session_replication_role = replica; ${statements.join('\n')} commit`);
  }

  private async sums(): Promise<Map<string, string>> {
    const parts = [...this.tables.keys()].map(
      (table) =>
        sql`select ${table} as name, md5(coalesce(string_agg(t::text, '' order by t::text), '')) as sum from ${sql.table(table)} t`,
    );
    const { rows } = await sql<{ name: string; sum: string }>`${sql.join(parts, sql` union all `)}`.execute(this.database.db);
    return new Map(rows.map((row) => [row.name, row.sum]));
  }
}
