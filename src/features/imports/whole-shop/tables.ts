import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { DB } from '../../../platform/database/schema.js';
import { SHOP_TABLES } from '../../exports/dictionary/index.js';
import type { ShopTable, Withheld } from '../../exports/dictionary/table.js';
import type { ShopArchive } from './archive.js';

/** Characters of lines that go to the database in one statement. */
const BATCH = 2_000_000;

/** A value that is nobody's: no token has this hash, no page this name. */
const INSTEAD: Record<Withheld['instead'], RawBuilder<unknown>> = {
  'random bytes': sql`sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))`,
  'random text': sql`translate(rtrim(encode(uuid_send(gen_random_uuid()), 'base64'), '='), '+/', '-_')`,
  nothing: sql`null`,
};

/**
 * Brings the rows of one table in: into a temporary table first, then by one statement, so that rows may point to each other in
 * any order. Numbers of rows stay; those of people become the ones here.
 */
export async function insertTable(trx: Transaction<DB>, archive: ShopArchive, shop: number, table: string): Promise<void> {
  await sql`truncate staged`.execute(trx);
  for await (const lines of batches(archive.lines(table)))
    await sql`insert into staged (row) select value from jsonb_array_elements(${`[${lines.join(',')}]`}::jsonb)`.execute(trx);
  const described = SHOP_TABLES[table] as ShopTable;
  const columns = archive.manifest.tables[table]?.columns ?? [];
  const targets = [...columns, ...Object.keys(described.withheld)];
  const values = [
    ...columns.map((column) => cellOf(table, column, described)),
    ...Object.values(described.withheld).map(({ instead }) => INSTEAD[instead]),
  ];
  await sql`
    insert into ${sql.table(table)} (shop_id, ${sql.join(targets.map((column) => sql.ref(column)))}) overriding system value
    select ${shop}::bigint, ${sql.join(values)}
    from staged s cross join lateral jsonb_populate_record(null::${sql.table(table)}, s.row) r order by s.place`.execute(trx);
  if (table === 'work_orders')
    await sql`insert into staged_documents select (row ->> 'id')::bigint, row ->> 'document', (row ->> 'posted_at')::timestamptz from staged`.execute(
      trx,
    );
  await moveCounter(trx, table, columns);
}

function cellOf(table: string, column: string, { columns }: ShopTable): RawBuilder<unknown> {
  const value = sql`r.${sql.ref(column)}`;
  // Its lines could not be written any more; it is posted at the end, when everything that it must hold against is there.
  if (table === 'work_orders' && column === 'document') return sql`'estimate'`;
  if (table === 'work_orders' && column === 'posted_at') return sql`null::timestamptz`;
  if (table === 'events' && column === 'data')
    return sql`case when jsonb_typeof(r.data -> 'staff') = 'number' then jsonb_set(r.data, '{staff}', to_jsonb(${here(sql`(r.data ->> 'staff')::bigint`)})) else r.data end`;
  return columns[column]?.isPerson ? here(value) : value;
}

/** The number of a person here; of somebody whom the archive does not know, one that is nobody's, and can be told back (origins.ts). */
function here(there: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce((select p.here from staged_people p where p.there = ${there}), -abs(${there}))`;
}

/** What is added here from now on gets numbers behind those that came. */
async function moveCounter(trx: Transaction<DB>, table: string, columns: string[]): Promise<void> {
  if (!columns.includes('id')) return;
  await sql`
    select setval(s.name, greatest((select max(id) from ${sql.table(table)}), nextval(s.name)))
    from (select pg_get_serial_sequence(${table}, 'id') as name) s where s.name is not null`.execute(trx);
}

async function* batches(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let [batch, size]: [string[], number] = [[], 0];
  for await (const line of lines) {
    batch.push(line);
    size += line.length;
    if (size < BATCH) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
