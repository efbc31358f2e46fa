import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../config.js';
import { verifyEvents } from '../../../platform/database/verify-events.js';
import { openFileStore } from '../../../platform/files/open.js';
import type { FileStore } from '../../../platform/files/store.js';
import { zip } from '../../../platform/files/zip.js';
import { type TestDatabase, testDatabase } from '../../../testing/database.js';
import { startTestServer, type TestServer, testEnvironment } from '../../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../../testing/shop.js';
import { unzip } from '../../../testing/unzip.js';
import { makeWholeShop } from '../../../testing/whole-shop.js';
import { writeArchive } from '../../exports/archive.js';
import type { Manifest } from '../../exports/archive-format.js';
import { spoolShop } from '../../exports/spool.js';
import { openShopArchive } from './archive.js';
import { type BroughtIn, bringIn } from './bring-in.js';

type Files = Map<string, Buffer>;

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let good: Buffer;
let files: Files;
let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serviceflow-archives-'));
  database = await testDatabase();
  server = await startTestServer(database.url);
  await makeShop(database.db, 'before');
  shop = await makeWholeShop(server.app.services, 'first');
  good = await take(database, server.app.services.files, shop.id);
  files = unzip(good);
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function take({ db }: TestDatabase, store: FileStore, of: number): Promise<Buffer> {
  return buffer(writeArchive(await spoolShop(db, of, () => store.temporary()), store));
}

/** Another installation. */
async function elsewhere(): Promise<{ database: TestDatabase; store: FileStore; folder: string }> {
  const other = await testDatabase();
  const config = readConfig(testEnvironment(other.url));
  return { database: other, store: await openFileStore(config), folder: join(config.dataDir, 'files') };
}

async function read(bytes: Buffer, into: { database: TestDatabase; store: FileStore }): Promise<BroughtIn> {
  const path = join(folder, `${++count}.zip`);
  await writeFile(path, bytes);
  const archive = await openShopArchive(path);
  try {
    return await bringIn(into.database.db, into.store, archive);
  } finally {
    archive.close();
  }
}

const rowsOf = (of: Files, table: string) =>
  (of.get(`json/${table}.jsonl`) as Buffer)
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const tablesOf = (of: Files) => [...of.keys()].flatMap((path) => /^json\/(\w+)\.jsonl$/.exec(path)?.[1] ?? []);

/** The tables of an archive but for what must differ: the shop's number and head, where it was, and that it came. */
function content(of: Files, imports: number): Record<string, unknown[]> {
  const tables = Object.fromEntries(tablesOf(of).map((table) => [table, rowsOf(of, table) as unknown[]]));
  const { shop_origins: _, shops, ...rest } = tables;
  const { id: __, version: ___, event_hash: ____, ...head } = (shops as Record<string, unknown>[])[0] as Record<string, unknown>;
  return { ...rest, shops: [head], events: imports > 0 ? (rest.events?.slice(0, -imports) ?? []) : (rest.events ?? []) };
}

test('a shop that was carried to an empty installation, and from there to a third, is the same shop', async () => {
  const [second, third] = [await elsewhere(), await elsewhere()];
  try {
    const there = await read(good, second);
    expect(there).toMatchObject({ name: 'first', files: rowsOf(files, 'files').length, events: rowsOf(files, 'events').length });
    const again = unzip(await take(second.database, second.store, there.shop));
    expect(content(again, 1)).toEqual(content(files, 0));
    expect([...again].filter(([path]) => path.startsWith('files/'))).toEqual([...files].filter(([path]) => path.startsWith('files/')));
    expect(rowsOf(again, 'events').at(-1)).toMatchObject({
      ...{ kind: 'shop.imported', actor_id: null },
      data: { from: shop.id, hash: rowsOf(files, 'shops')[0]?.event_hash?.toString().slice(2) },
    });
    const once = await read(await take(second.database, second.store, there.shop), third);
    const last = unzip(await take(third.database, third.store, once.shop));
    expect(content(last, 2)).toEqual(content(files, 0));
    expect(rowsOf(last, 'shop_origins')).toHaveLength(2);
    expect(await verifyEvents(third.database.db, once.shop)).toMatchObject({ wrong: null });
  } finally {
    await second.database.close();
    await third.database.close();
  }
});

describe('in an installation with other shops', () => {
  let second: Awaited<ReturnType<typeof elsewhere>>;
  let there: TestServer;
  let brought: BroughtIn;
  let other: TestShop;

  beforeAll(async () => {
    second = await elsewhere();
    there = await startTestServer(second.database.url);
    other = await makeShop(second.database.db, 'other');
    await openOrders(second.database.db, other.staff.advisor, 3);
    const known = await makeShop(second.database.db, 'known');
    await second.database.db
      .updateTable('staff')
      .set({ email: 'MANAGER@first.test' })
      .where('id', '=', known.staff.manager.staff)
      .execute();
    await second.database.db.deleteFrom('memberships').where('staff_id', '=', known.staff.manager.staff).execute();
    brought = await read(good, { ...second, store: there.app.services.files });
  });
  afterAll(async () => {
    expect(there.logged.filter((line) => line.number)).toEqual([]);
    await there.stop();
    await second.database.close();
  });

  test('people are told by their e-mail address; rows name the same people; the chain is as it was written', async () => {
    const { db } = second.database;
    expect(brought.people.map(({ email, active }) => [email.toLowerCase(), active]).sort()).toEqual([
      ['advisor@first.test', false],
      ['manager@first.test', true],
      ['mechanic@first.test', false],
    ]);
    const again = unzip(await take(second.database, there.app.services.files, brought.shop));
    const emails = (of: Files) => new Map(rowsOf(of, 'staff').map(({ id, email }) => [id, String(email).toLowerCase()]));
    const [before, after] = [emails(files), emails(again)];
    for (const [table, column] of [
      ['comments', 'author_id'],
      ['payments', 'taken_by'],
      ['media', 'added_by'],
      ['events', 'actor_id'],
      ['memberships', 'staff_id'],
    ] as const) {
      const people = (of: Files, names: Map<unknown, string>) =>
        rowsOf(of, table).map((row) => (row[column] === null ? null : names.get(row[column])));
      const now = people(again, after);
      expect(table === 'events' ? now.slice(0, -1) : table === 'memberships' ? now.sort() : now, table).toEqual(
        table === 'memberships' ? people(files, before).sort() : people(files, before),
      );
    }
    expect(await verifyEvents(db, brought.shop)).toMatchObject({ wrong: null, events: brought.events + 1 });
    expect(await verifyEvents(db, other.id)).toMatchObject({ wrong: null });
    // Whoever changes what came is found out, here as there.
    await second.database.pool.query('alter table events disable trigger events_are_final');
    const tell = (start: string) => {
      const { id } = brought.people.find(({ email }) => email.startsWith(start)) as { id: number };
      return db
        .updateTable('events')
        .set({ actor_id: id })
        .where('shop_id', '=', brought.shop)
        .where('kind', '=', 'comment.added')
        .execute();
    };
    await tell('advisor');
    expect((await verifyEvents(db, brought.shop)).wrong).toContain('comment.added');
    await tell('mechanic');
    await second.database.pool.query('alter table events enable trigger events_are_final');
    expect(await verifyEvents(db, brought.shop)).toMatchObject({ wrong: null });
  });

  test('the shop works on: its board, its pictures, its record, new work', async () => {
    const manager = there.client();
    expect((await manager.signIn('manager@first.test')).status).toBe(303);
    expect((await manager.get('/board')).text).toContain('Vehicle 2');
    expect((await manager.get('/work-orders/1002')).status).toBe(200);
    const { db } = second.database;
    const photo = await db.selectFrom('media').select('id').where('shop_id', '=', brought.shop).limit(1).executeTakeFirstOrThrow();
    expect((await manager.get(`/work-orders/1002/media/${photo.id}/files/thumbnail`)).status).toBe(200);
    expect((await manager.post('/work-orders', { customerName: 'New', vehicleDescription: 'Van' })).status).toBe(303);
    expect((await manager.post('/work-orders/1002/comments', { text: 'From here on' })).status).toBe(303);
    // The pack of evidence holds the bytes that each hash was made of, there and here.
    const pack = unzip((await manager.get('/work-orders/1002/evidence')).bytes);
    const record = JSON.parse((pack.get('record.json') as Buffer).toString()) as { history: { path: string | null; hash: string }[] };
    const proved = record.history.filter(({ path }) => path);
    expect(proved.length).toBeGreaterThan(5);
    for (const { path, hash } of proved)
      expect(
        createHash('sha256')
          .update(pack.get(path as string) as Buffer)
          .digest('hex'),
        path as string,
      ).toBe(hash);
    expect(await verifyEvents(db, brought.shop)).toMatchObject({ wrong: null });
  });
});

describe('an archive that is not right', () => {
  let target: Awaited<ReturnType<typeof elsewhere>>;
  beforeAll(async () => {
    target = await elsewhere();
  });
  afterAll(() => target.database.close());

  const pack = (of: Files, at = new Date(0)) =>
    buffer(
      zip(
        [...of].map(([path, content]) => (path.startsWith('files/') ? stored(path, content) : { path, content })),
        at,
      ),
    );
  const stored = (path: string, content: Buffer) => ({
    path,
    bytes: content.length,
    open: async () => (await import('node:stream')).Readable.from([content]),
  });
  const renamed = (bytes: Buffer, from: string, to: string) => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
  const manifest = () => JSON.parse((files.get('manifest.json') as Buffer).toString()) as Manifest;
  const withManifest = (change: (manifest: Manifest) => void, more: [string, Buffer][] = []): Files => {
    const changed = manifest();
    change(changed);
    return new Map([...files, ...more, ['manifest.json', Buffer.from(JSON.stringify(changed))]]);
  };
  /** Lines of a table changed, with the manifest in step: what a forger would do. */
  const forged = (table: string, change: (lines: string[]) => string[]): Files => {
    const bytes = Buffer.from(
      change((files.get(`json/${table}.jsonl`) as Buffer).toString().trimEnd().split('\n'))
        .map((line) => `${line}\n`)
        .join(''),
    );
    const path = `json/${table}.jsonl`;
    return withManifest(
      (changed) => {
        const said = changed.tables[table] as Manifest['tables'][string];
        said.rows = bytes.toString().split('\n').length - 1;
        said.json = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      },
      [[path, bytes]],
    );
  };
  const swap = (from: string, to: string) => (lines: string[]) => lines.map((line) => line.replace(from, to));
  const aFile = () => [...files.keys()].find((path) => path.startsWith('files/')) as string;
  const without = (path: string) => new Map([...files].filter(([name]) => name !== path));

  const cases: [string, string, () => Promise<Buffer> | Buffer][] = [
    ['is no ZIP', 'not a whole ZIP', () => Buffer.from('hello')],
    ['is empty', 'not a whole ZIP', () => Buffer.alloc(0)],
    ['is cut', 'not a whole ZIP', () => good.subarray(0, good.length - 200)],
    ['was cut in the middle', 'not a whole ZIP', () => good.subarray(0, good.length / 2)],
    ['is another ZIP', 'not the archive of a shop', () => pack(new Map([['a.txt', Buffer.from('a')]]))],
    [
      'climbs out of its folder',
      'damaged',
      async () => renamed(await pack(new Map([...files, ['xx/evil.txt', Buffer.from('x')]])), 'xx/evil.txt', '../evil.txt'),
    ],
    [
      'has an absolute path',
      'damaged',
      async () => renamed(await pack(new Map([...files, ['xetc/passwd', Buffer.from('x')]])), 'xetc/passwd', '/etc/passwd'),
    ],
    [
      'has something else in it',
      'does not belong',
      () =>
        pack(
          new Map(
            [...files, ['files/../../config', Buffer.from('x')] as [string, Buffer]].map(([path, bytes]) => [
              path.replaceAll('..', '__'),
              bytes,
            ]),
          ),
        ),
    ],
    [
      'has a file twice',
      'twice',
      async () => renamed(await pack(new Map([...files, ['READMF.txt', Buffer.from('x')]])), 'READMF.txt', 'README.txt'),
    ],
    [
      'has a link in it',
      'is a link',
      async () => {
        const bytes = Buffer.from(await pack(files));
        const entry = bytes.indexOf('PK\u0001\u0002', 0, 'latin1');
        bytes.writeUInt32LE(0o120777 * 65_536, entry + 38);
        return bytes;
      },
    ],
    ['is a bomb', 'too tightly', () => pack(forged('parts', (lines) => [...lines, `${' '.repeat(30_000_000)}{}`]))],
    ['has another form', 'form 2', () => pack(withManifest((changed) => Object.assign(changed, { formatVersion: 2 })))],
    [
      'is of another program',
      'not the archive of a shop',
      () => pack(withManifest((changed) => Object.assign(changed, { format: 'other' }))),
    ],
    ['has a broken manifest', 'manifest is damaged', () => pack(new Map([...files, ['manifest.json', Buffer.from('{')]]))],
    [
      'is from a newer version',
      'newer version',
      () => pack(withManifest((changed) => Object.assign(changed, { schema: '9999_future.sql' }))),
    ],
    [
      'has a table that is not known',
      'newer version',
      () => pack(withManifest((changed) => Object.assign(changed.tables, { robots: changed.tables.parts }))),
    ],
    ['has a column that is not known', 'newer version', () => pack(withManifest((changed) => changed.tables.parts?.columns.push('robot')))],
    ['lacks a table', 'is missing', () => pack(without('json/comments.jsonl'))],
    ['lacks a file', 'files', () => pack(without(aFile()))],
    [
      'has fewer rows than it says',
      'rows',
      () => pack(withManifest((changed) => Object.assign(changed.tables.comments as object, { rows: 7 }))),
    ],
    [
      'was changed in a row',
      'not as it was written',
      () =>
        pack(
          new Map([...files, ['json/comments.jsonl', renamed(files.get('json/comments.jsonl') as Buffer, 'second line', 'other line!')]]),
        ),
    ],
    [
      'was changed in a file',
      'not as it was written',
      () => {
        const bytes = Buffer.from(files.get(aFile()) as Buffer);
        bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
        return pack(new Map([...files, [aFile(), bytes]]));
      },
    ],
    ['has a row with other columns', 'other columns', () => pack(forged('comments', swap('"text"', '"test"')))],
    ['has a line that is no JSON', 'damaged', () => pack(forged('comments', swap('{', '')))],
    [
      'has a record that was changed',
      'record of events is not whole',
      () => pack(forged('events', swap('comment.added', 'comment.edited'))),
    ],
    ['has a record without its end', 'record of events is not whole', () => pack(forged('events', (lines) => lines.slice(0, -1)))],
    [
      'points to a row that is not there',
      'do not fit together',
      () => pack(forged('vehicles', (lines) => lines.map((line) => line.replace(/"customer_id":\d+/, '"customer_id":987654')))),
    ],
    [
      'has an invoice above what was authorized',
      'do not fit together',
      () => pack(forged('work_orders', (lines) => lines.map((line) => line.replace('"total_cents":12345', '"total_cents":99999')))),
    ],
    [
      'has a value of another type',
      'do not fit together',
      () => pack(forged('comments', (lines) => lines.map((line) => line.replace(/"created_at":"[^"]+"/, '"created_at":"soon"')))),
    ],
    ['is of two shops', 'not of one shop', () => pack(forged('shops', (lines) => [...lines, ...lines]))],
  ];

  test.each(cases)('because it %s is refused (%s), and nothing is there', async (_, said, make) => {
    await expect(read(await make(), target)).rejects.toThrow(said);
    const { db } = target.database;
    expect(await db.selectFrom('shops').select('id').execute()).toEqual([]);
    expect(await db.selectFrom('staff').select('id').execute()).toEqual([]);
    expect(readdirSync(join(target.folder, 'tmp'))).toEqual([]);
    expect(existsSync(join(folder, '..', 'evil.txt'))).toBe(false);
  });

  test('and the whole one is read in after all of that', async () => {
    expect((await read(await pack(files), target)).name).toBe('first');
  });
});
