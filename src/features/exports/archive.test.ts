import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addComment } from '../../features/work-orders/comments.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { unzip } from '../../testing/unzip.js';
import { makeWholeShop } from '../../testing/whole-shop.js';
import { Manifest } from './archive-format.js';
import { LEFT_OUT, SHOP_TABLES } from './dictionary/index.js';
import { spoolShop } from './spool.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let files: Map<string, Buffer>;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeWholeShop(server.app.services, 'first');
  await makeWholeShop(server.app.services, 'SECONDSHOP');
  files = await take();
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

async function take(): Promise<Map<string, Buffer>> {
  const manager = await server.clientOf(shop, 'manager');
  const reply = await manager.post('/settings/export', { what: 'everything' });
  expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/zip' } });
  return unzip(reply.bytes);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const linesOf = (table: string) => (files.get(`json/${table}.jsonl`) as Buffer).toString().split('\n').filter(Boolean);
const rowsOf = (table: string) => linesOf(table).map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the dictionary', () => {
  /** Every table of a shop by the catalog, with its columns but for shop_id and those that follow from others. */
  async function catalog() {
    const { rows } = await sql<{ table: string; column: string; isPerson: boolean }>`
      select c.relname as table, a.attname as column, exists (
        select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and a.attnum = any(f.conkey)
          and f.confrelid in ('staff'::regclass, 'memberships'::regclass)
      ) as "isPerson"
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attname <> 'shop_id'
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and (c.relname in ('shops', 'staff') or exists (
        select from pg_attribute s where s.attrelid = c.oid and s.attname = 'shop_id' and s.attnotnull))
      order by 1, a.attnum`.execute(database.db);
    return rows;
  }

  test('has every table of a shop, or says why it is left out', async () => {
    const tables = [...new Set((await catalog()).map(({ table }) => table))];
    expect([...Object.keys(SHOP_TABLES), ...Object.keys(LEFT_OUT)].sort()).toEqual(tables.sort());
    for (const why of Object.values(LEFT_OUT)) expect(why.length).toBeGreaterThan(10);
  });

  test('has a sentence for every column, and knows which are people', async () => {
    const columns = (await catalog()).filter(({ table }) => table in SHOP_TABLES);
    expect(columns.length).toBeGreaterThan(300);
    for (const { table, column, isPerson } of columns) {
      const described = SHOP_TABLES[table]?.columns[column];
      const says = described?.says ?? SHOP_TABLES[table]?.withheld[column]?.why ?? '';
      expect(says, `${table}.${column}`).toMatch(/^[\S].*\.$/s);
      if (isPerson) expect(described?.isPerson, `${table}.${column}`).toBe(true);
    }
    const known = new Set(columns.map(({ table, column }) => `${table}.${column}`));
    for (const [table, { columns: own, withheld }] of Object.entries(SHOP_TABLES))
      for (const column of [...Object.keys(own), ...Object.keys(withheld)]) expect(known, 'no such column').toContain(`${table}.${column}`);
  });

  test('withholds whatever is called a secret', async () => {
    const told = Object.entries(SHOP_TABLES).flatMap(([table, { columns }]) => Object.keys(columns).map((column) => `${table}.${column}`));
    expect(told.filter((name) => /password|token|secret|handle|session/.test(name))).toEqual([]);
  });

  test('is in the archive', () => {
    const rows = parse(files.get('columns.csv') as Buffer, { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.find((row) => row.Table === 'lines' && row.Column === 'price_cents')?.['What it is']).toContain('cents');
    expect(rows.find((row) => row.Table === 'staff' && row.Column === 'password_hash')?.['What it is']).toContain('Not in the archive');
  });
});

test('everything of the shop is in it, and is what the manifest says', async () => {
  const manifest = Manifest.parse(JSON.parse((files.get('manifest.json') as Buffer).toString()));
  expect(Object.keys(manifest.tables)).toEqual(Object.keys(SHOP_TABLES));
  for (const [table, { rows, json, csv }] of Object.entries(manifest.tables)) {
    const [asJson, asCsv] = [files.get(`json/${table}.jsonl`) as Buffer, files.get(`csv/${table}.csv`) as Buffer];
    expect({ bytes: asJson.length, sha256: sha256(asJson) }, table).toEqual(json);
    expect({ bytes: asCsv.length, sha256: sha256(asCsv) }, table).toEqual(csv);
    expect(rowsOf(table), table).toHaveLength(rows);
    expect(parse(asCsv, { bom: true, columns: true }), table).toHaveLength(rows);
    const where =
      { shops: sql`id = ${shop.id}`, staff: sql`id in (select staff_id from memberships where shop_id = ${shop.id})` }[table] ??
      sql`shop_id = ${shop.id}`;
    // The event of the export itself is in the archive as well.
    const { rows: counted } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)} where ${where}`.execute(database.db);
    expect(rows, table).toBe(counted[0]?.n);
  }
  const filled = Object.entries(manifest.tables).filter(([, { rows }]) => rows === 0);
  expect(filled.map(([table]) => table)).toEqual(
    ['authorization_files', 'shop_origins'].filter((table) => manifest.tables[table]?.rows === 0),
  );
  expect(manifest.shop).toMatchObject({ id: shop.id, name: 'first' });
  expect(rowsOf('events').at(-1)).toMatchObject({ kind: 'data.exported', data: { what: 'everything' } });
});

test('all files are in it, each under the hash of its bytes', () => {
  const kept = [...files.keys()].filter((path) => path.startsWith('files/'));
  expect(kept.length).toBeGreaterThan(3);
  expect(kept).toHaveLength(rowsOf('files').length);
  for (const path of kept) expect(path).toBe(`files/${sha256(files.get(path) as Buffer)}.jpg`);
});

test('it holds nothing of another shop, and no secret', async () => {
  const all = Buffer.concat([...files].flatMap(([path, bytes]) => (path.startsWith('files/') ? [] : [bytes]))).toString();
  expect(all).not.toContain('SECONDSHOP');
  const { rows } = await sql<{ secret: string }>`
    select password_hash as secret from staff union all select encode(token_hash, 'hex') from tv_links union all
    select encode(token_hash, 'hex') from customer_links union all select handle from customer_links union all select sid from session`.execute(
    database.db,
  );
  expect(rows.length).toBeGreaterThan(8);
  for (const { secret } of rows) expect(all).not.toContain(secret);
});

test('numbers are exact, times carry their offset, and a spreadsheet runs nothing', () => {
  const [photo] = linesOf('media');
  expect(photo).toMatch(/"perceptual_hash":-?\d{15,}/);
  expect(rowsOf('events')[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
  const comments = parse(files.get('csv/comments.csv') as Buffer, { bom: true, columns: true }) as Record<string, string>[];
  expect(comments[0]?.text).toBe("'=1+1 “Grüße” 🚗\nsecond line");
  expect(rowsOf('comments')[0]?.text).toBe('=1+1 “Grüße” 🚗\nsecond line');
  for (const [path, bytes] of files)
    if (path.endsWith('.csv'))
      for (const row of parse(bytes, { bom: true }) as string[][])
        for (const cell of row) if (!/^-\d+$/.test(cell)) expect(cell, path).not.toMatch(/^[=+\-@\t\r]/);
});

test('it is the shop at one moment, whatever is changed meanwhile; a long table comes whole', async () => {
  await sql`insert into parts (shop_id, number) select ${shop.id}, 'P-' || n from generate_series(1, 2500) n`.execute(database.db);
  let going = true;
  const writing = (async () => {
    while (going) await addComment(database.db, shop.staff.mechanic, 1002, 'Meanwhile');
  })();
  try {
    for (let turn = 0; turn < 2; turn++) {
      files = await take();
      const events = rowsOf('events');
      expect(rowsOf('shops')[0]).toMatchObject({ version: events.at(-1)?.version, event_hash: events.at(-1)?.hash });
      expect(rowsOf('comments')).toHaveLength(events.filter(({ kind }) => kind === 'comment.added').length);
      expect(new Set(rowsOf('parts').map(({ number }) => number)).size).toBe(2501);
    }
  } finally {
    going = false;
    await writing;
  }
});

test('what was written aside is gone afterwards, also when it fails', async () => {
  const { files: store } = server.app.services;
  const folder = join(store.temporary(), '..');
  expect(readdirSync(folder)).toEqual([]);
  let count = 0;
  const paths: string[] = [];
  const failing = () => {
    paths.push(store.temporary());
    return ++count > 6 ? '/nowhere/at/all' : (paths.at(-1) as string);
  };
  await expect(spoolShop(database.db, shop.id, failing)).rejects.toThrow('ENOENT');
  expect(paths.filter((path) => existsSync(path))).toEqual([]);
});

test('only a manager can take it', async () => {
  const other = await makeShop(database.db, 'third');
  for (const role of ['advisor', 'mechanic'] as const)
    expect((await (await server.clientOf(other, role)).post('/settings/export', { what: 'everything' })).status).toBe(403);
});
