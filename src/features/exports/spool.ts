import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { guard } from './cells.js';
import { SHOP_TABLES } from './dictionary/index.js';

const PAGE = 1_000;
/** A page is read in milliseconds; only a disk that hangs makes the transaction wait. */
const IDLE = '60s';

/** A file that was written aside, to be sent. */
export interface SpooledFile {
  path: string;
  bytes: number;
  sha256: string;
}

export interface SpooledTable {
  name: string;
  rows: number;
  columns: string[];
  csv: SpooledFile;
  json: SpooledFile;
}

/** A file of the shop. */
export interface ShopFile {
  sha256: string;
  bytes: number;
  type: string;
}

export interface Spooled {
  shop: { id: number; name: string; timeZone: string; version: number; hash: string };
  /** The last migration of the database. */
  schema: string;
  at: Date;
  tables: SpooledTable[];
  files: ShopFile[];
  /** Removes what was written aside. */
  remove(): Promise<void>;
}

/**
 * Writes every table of a shop aside, as it stands at one moment: page by page, so that no table is ever in memory. Whoever
 * loads it slowly then holds no transaction open.
 * @param temporary gives a path for each file
 */
export async function spoolShop(db: Database, shop: number, temporary: () => string): Promise<Spooled> {
  const paths: string[] = [];
  const path = () => {
    const made = temporary();
    paths.push(made);
    return made;
  };
  const remove = async () => void (await Promise.all(paths.map((one) => rm(one, { force: true }))));
  try {
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (trx) => {
        await sql`select set_config('idle_in_transaction_session_timeout', ${IDLE}, true)`.execute(trx);
        const head = await readHead(trx, shop);
        const keys = await readKeys(trx);
        const tables: SpooledTable[] = [];
        for (const name of Object.keys(SHOP_TABLES)) tables.push(await spoolTable(trx, shop, name, keys.get(name) as TableKey, path));
        return { ...head, tables, files: await listFiles(trx, shop), remove };
      });
  } catch (error) {
    await remove();
    throw error;
  }
}

async function readHead(trx: Database, shop: number): Promise<Pick<Spooled, 'shop' | 'schema' | 'at'>> {
  const { rows } = await sql<Spooled['shop'] & { schema: string; at: Date }>`
    select id, name, time_zone as "timeZone", version, encode(event_hash, 'hex') as hash,
      (select max(name) from migrations) as schema, now() as at
    from shops where id = ${shop}`.execute(trx);
  const { schema, at, ...head } = rows[0] as (typeof rows)[number];
  return { shop: head, schema, at };
}

interface TableKey {
  /** Primary key without shop_id: what the pages go by. */
  key: string[];
  /** Columns that hold text, which a spreadsheet might take for a formula. */
  texts: string[];
}

async function readKeys(trx: Database): Promise<Map<string, TableKey>> {
  const { rows } = await sql<TableKey & { table: string }>`
    select c.relname as table,
      array(select a.attname::text from pg_constraint k cross join unnest(k.conkey) with ordinality u (attnum, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum
        where k.conrelid = c.oid and k.contype = 'p' and a.attname <> 'shop_id' order by u.place) as key,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.atttypid = 'text'::regtype) as texts
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`.execute(trx);
  return new Map(rows.map(({ table, ...key }) => [table, key]));
}

async function spoolTable(trx: Database, shop: number, name: string, { key, texts }: TableKey, path: () => string): Promise<SpooledTable> {
  const columns = Object.keys(SHOP_TABLES[name]?.columns ?? {});
  const isText = columns.map((column) => texts.includes(column));
  const [csv, json] = [new Aside(path()), new Aside(path())];
  let count = 0;
  try {
    await csv.write(stringify([columns], { bom: true, record_delimiter: 'windows' }));
    for (let after: string[] | null = null; ; ) {
      const page: Page[] = await readPage(trx, shop, name, columns, key, after);
      count += page.length;
      const cells = page.map((row) => row.cells.map((cell, place) => (isText[place] && cell ? guard(cell) : (cell ?? ''))));
      if (page.length > 0) await csv.write(stringify(cells, { record_delimiter: 'windows' }));
      await json.write(page.map(({ line }) => `${line}\n`).join(''));
      after = page.at(-1)?.key ?? null;
      if (page.length < PAGE || key.length === 0) break;
    }
    return { name, rows: count, columns, csv: await csv.end(), json: await json.end() };
  } catch (error) {
    csv.destroy();
    json.destroy();
    throw error;
  }
}

interface Page {
  line: string;
  cells: (string | null)[];
  key: string[];
}

async function readPage(
  trx: Database,
  shop: number,
  table: string,
  columns: string[],
  key: string[],
  after: string[] | null,
): Promise<Page[]> {
  const cells = columns.map((column) => sql`to_json(x.${sql.ref(column)}) #>> '{}'`);
  const keys = key.map((column) => sql`t.${sql.ref(column)}`);
  const own = { shops: sql`t.id = ${shop}`, staff: sql`t.id in (select staff_id from memberships where shop_id = ${shop})` }[table];
  const next = after ? sql`and (${sql.join(keys)}) > (${sql.join(after)})` : sql``;
  const order = keys.length > 0 ? sql`order by ${sql.join(keys)}` : sql``;
  const { rows } = await sql<Page>`
    select row_to_json(x)::text as line, array[${sql.join(cells)}]::text[] as cells, k.key
    from (select t.* from ${sql.table(table)} t where ${own ?? sql`t.shop_id = ${shop}`} ${next} ${order} limit ${PAGE}) t
    cross join lateral (select ${sql.join(columns.map((column) => sql`t.${sql.ref(column)}`))}) x
    cross join lateral (select array[${keys.length > 0 ? sql.join(keys.map((one) => sql`${one}::text`)) : sql`''`}]::text[] as key) k
    ${order}`.execute(trx);
  return rows;
}

async function listFiles(trx: Database, shop: number): Promise<ShopFile[]> {
  const files: ShopFile[] = [];
  for (let after = Buffer.alloc(0); ; ) {
    const { rows } = await sql<Omit<ShopFile, 'sha256'> & { sha256: Buffer }>`
      select sha256, bytes, type from files where shop_id = ${shop} and sha256 > ${after} order by sha256 limit ${PAGE}`.execute(trx);
    files.push(...rows.map((row) => ({ ...row, sha256: row.sha256.toString('hex') })));
    if (rows.length < PAGE) return files;
    after = rows.at(-1)?.sha256 as typeof after;
  }
}

/** A file that is being written, counted and hashed on its way. */
class Aside {
  readonly #hash = createHash('sha256');
  readonly #stream;
  #bytes = 0;

  constructor(private readonly path: string) {
    this.#stream = createWriteStream(path, { mode: 0o600 });
    // Told by write() or end(); without a listener it would end the process.
    this.#stream.on('error', () => {});
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (this.#stream.errored) throw this.#stream.errored;
    if (!this.#stream.write(bytes)) await once(this.#stream, 'drain');
  }

  async end(): Promise<SpooledFile> {
    this.#stream.end();
    await finished(this.#stream);
    return { path: this.path, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  destroy(): void {
    this.#stream.destroy();
  }
}
