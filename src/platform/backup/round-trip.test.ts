import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addComment } from '../../features/work-orders/comments.js';
import { back, contentsOf, diskStore, fillShops, temporaryFolder } from '../../testing/backup.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { runScript } from '../../testing/run-script.js';
import { startTestServer, until } from '../../testing/server.js';
import { openOrders, type TestShop } from '../../testing/shop.js';
import { connectionSettings, type Database } from '../database/pool.js';
import { verifyEvents } from '../database/verify-events.js';
import type { FileStore } from '../files/store.js';
import { filesOf, openArchive, verifyArchive } from './archive.js';
import type { MadeBackup } from './backup.js';
import { proveBackup } from './prove.js';
import { dropAside, listAside, restore, undoRestore, withQuietDatabase } from './restore.js';
import { bringFiles, findNeeded } from './restore-files.js';

// Each makes tables by the dozen, and programs of their own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
const inside = (name: string) => join(folder.path, name);
const plain = { folder: inside('backups'), passphrase: undefined };
let database: TestDatabase;
let store: FileStore;
let shop: TestShop;
let made: MadeBackup;

beforeAll(async () => {
  database = await testDatabase(3);
  store = await diskStore(inside('data'));
  shop = await fillShops(database.db, store);
  made = await back(database.url, store, plain);
});
afterAll(async () => {
  await database.close();
  folder.remove();
});

/** What the script does, without asking. @returns the schema of what was there */
async function restoreInto(url: string, path: string, to: FileStore): Promise<string> {
  const archive = await openArchive(path, undefined);
  try {
    const { toBring, lost } = await findNeeded(archive, to);
    expect(lost).toEqual([]);
    const beforeTheChange = () => bringFiles(archive, to, toBring);
    await disconnect(url);
    return await withQuietDatabase(url, (client) => restore(client, url, archive, { acceptBrokenLog: false, beforeTheChange }));
  } finally {
    archive.close();
  }
}

/** The test's own connections would be somebody who uses the database. */
async function disconnect(url: string): Promise<void> {
  const elsewhere = new URL(url);
  elsewhere.pathname = '/postgres';
  const client = new pg.Client(connectionSettings(elsewhere.href));
  await client.connect();
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [new URL(url).pathname.slice(1)]);
  await client.end();
}

async function expectChains(db: Database): Promise<void> {
  const shops = await db.selectFrom('shops').select('id').execute();
  expect(shops).toHaveLength(2);
  for (const { id } of shops) expect(await verifyEvents(db, id)).toMatchObject({ wrong: null, events: expect.any(Number) });
}

/** A database that is gone after the work, with whatever its pool held. */
async function withDatabase(template: string | undefined, work: (made: TestDatabase) => Promise<void>): Promise<void> {
  const other = await testDatabase(3, undefined, template);
  await work(other).finally(() => other.close());
}

test('the archive tells what is in it', () => {
  const { manifest } = made;
  expect(manifest.shops.map(({ name }) => name)).toEqual(['first', 'second']);
  expect(manifest.tables.find(({ table }) => table === 'work_orders')?.lines).toBe(7);
  expect(manifest.tables.map(({ table }) => table)).not.toContain('session');
  expect(manifest.files).toMatchObject({ lines: 3, total: 200_003 });
  expect(manifest.missing).toEqual([]);
  expect(made.fresh).toHaveLength(3);
  expect(readFileSync(made.path).includes('no-such-task')).toBe(false);
});

test('restored into an empty database everything is there: rows, chain, files, rules, numbers; and a person signs in', async () => {
  await withDatabase('template0', async (fresh) => {
    const data = inside('fresh');
    const environment = { DATABASE_URL: fresh.url, DATA_DIR: data };
    const asked = await runScript('restore', [made.path], environment, 'second\n');
    expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('That is not what stands there: nothing was changed.\n') });
    expect(asked.out).toContain('7 work orders');
    expect((await sql`select from pg_tables where tablename = 'shops'`.execute(fresh.db)).rows).toEqual([]);

    await disconnect(fresh.url);
    // As a keyboard has it.
    expect(await runScript('restore', [made.path], environment, '“First”\n')).toMatchObject({ code: 0 });
    expect(await contentsOf(fresh.db)).toEqual(await contentsOf(database.db));
    await expectChains(fresh.db);
    const restored = await diskStore(data);
    const rows = await fresh.db.selectFrom('files').select('sha256').execute();
    expect(rows).toHaveLength(3);
    for (const { sha256 } of rows)
      expect(
        createHash('sha256')
          .update(await buffer(await restored.read(sha256)))
          .digest(),
      ).toEqual(sha256);
    await expect(sql`update events set kind = 'x'`.execute(fresh.db)).rejects.toThrow(/events/);
    await expect(sql`delete from authorizations`.execute(fresh.db)).rejects.toThrow();
    const jobs = await sql`select task_identifier, run_at from graphile_worker.jobs where task_identifier = 'no-such-task'`.execute(
      fresh.db,
    );
    expect(jobs.rows).toEqual([{ task_identifier: 'no-such-task', run_at: new Date('2099-01-01T00:00:00Z') }]);

    const server = await startTestServer(fresh.url, { DATA_DIR: data });
    try {
      const advisor = await server.clientOf(shop, 'advisor');
      expect((await advisor.get('/board')).text).toContain('Vehicle 5');
      const [next] = await openOrders(fresh.db, shop.staff.advisor, 1);
      expect(next).toBe(1006);
      const refused = await runScript('restore', [made.path, '--yes'], environment);
      expect(refused).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^The database is in use \(.*serviceflow.*\): stop ServiceFLOW/),
      });
      const beside = await runScript('backup', ['--to', inside('beside')], { ...environment, SESSION_SECRET: 'x'.repeat(32) });
      expect(beside).toMatchObject({ code: 0, err: '' });
      expect(beside.out.trim().split('\n').at(-1)).toMatch(new RegExp(`^${inside('beside')}/serviceflow-first-\\d{8}-\\d{6}Z\\.zip$`));
    } finally {
      await server.stop();
    }
  });
});

test('what was there is kept whole, and comes back; that is taken back again; and after a while it is removed, and nothing else', async () => {
  await withDatabase(undefined, async (other) => {
    const files = await diskStore(inside('undo'));
    await restoreInto(other.url, made.path, files);
    await addComment(other.db, shop.staff.advisor, 1001, 'Written after the backup');
    const later = await contentsOf(other.db);
    await sql`select graphile_worker.add_job('another-task')`.execute(other.db);
    const aside = await restoreInto(other.url, made.path, files);
    expect(await contentsOf(other.db)).toEqual(await contentsOf(database.db));
    const { waiting_jobs: waiting, ...kept } = await contentsOf(other.db, aside);
    expect(kept).toEqual(later);
    expect(waiting).toMatch(/^2 /);

    const tasks = async () =>
      (await sql<{ t: string }>`select task_identifier as t from graphile_worker.jobs order by 1`.execute(other.db)).rows.map(
        (row) => row.t,
      );
    expect(await tasks()).toEqual(['no-such-task']);
    await disconnect(other.url);
    await withQuietDatabase(other.url, undoRestore);
    expect(await contentsOf(other.db)).toEqual(later);
    expect(await tasks()).toEqual(['another-task', 'no-such-task']);
    await disconnect(other.url);
    await withQuietDatabase(other.url, undoRestore);
    expect(await contentsOf(other.db)).toEqual(await contentsOf(database.db));
    await expectChains(other.db);

    await disconnect(other.url);
    await withQuietDatabase(other.url, async (client) => {
      const kept = await listAside(client);
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.filter((name) => !/^before_\d{17}$/.test(name))).toEqual([]);
      expect(await dropAside(client, new Date(Date.now() - 600_000))).toEqual([]);
      expect(await dropAside(client, new Date(Date.now() + 60_000))).toEqual(kept);
    });
    expect(await contentsOf(other.db)).toEqual(await contentsOf(database.db));
  });
});

test('with a passphrase nothing can be read without it, and everything with it', async () => {
  const target = { folder: inside('sealed'), passphrase: 'correct horse battery staple' };
  const sealed = await back(database.url, store, target);
  expect(readFileSync(sealed.path).includes('Toyota')).toBe(false);
  expect(sealed.manifest.secret).toBe('a secret that only tests ever use, long enough');
  await expect(openArchive(sealed.path, undefined)).rejects.toThrow(/sealed with a passphrase/);
  await expect(openArchive(sealed.path, 'correct horse battery stable')).rejects.toThrow(/can't be opened with this passphrase/);
  // older-archives.test.ts and recovery.test.ts restore sealed ones.
  const archive = await openArchive(sealed.path, target.passphrase);
  await verifyArchive(archive);
  const [file] = await filesOf(archive);
  archive.close();
  const stored = readFileSync(join(target.folder, archive.header.pool, (file?.digest ?? '').slice(0, 2), file?.digest ?? ''));
  expect(createHash('sha256').update(stored).digest('hex')).not.toBe(file?.digest);
  expect((await back(database.url, store, target)).fresh).toEqual([]);
});

describe('while the shop works', () => {
  test('what is in a backup is what was there at one moment', async () => {
    await withDatabase(undefined, async (busy) => {
      const files = await diskStore(inside('busy'));
      const working = await fillShops(busy.db, files);
      let going = true;
      let written = 0;
      const write = async () => {
        for (; going; written++) await addComment(busy.db, working.staff.advisor, 1001, `comment ${written}`);
      };
      const writing = write();
      const target = { folder: inside('busy-backups'), passphrase: undefined };
      await until(() => written > 5, 'the shop to work');
      const one = await back(busy.url, files, target);
      const then = written;
      await until(() => written > then, 'the shop to go on');
      going = false;
      await writing;
      await withDatabase('template0', async (fresh) => {
        await restoreInto(fresh.url, one.path, files);
        await expectChains(fresh.db);
        const events = await fresh.db.selectFrom('events').select('version').where('kind', '=', 'comment.added').execute();
        const comments = await fresh.db.selectFrom('comments').select('id').execute();
        expect(events).toHaveLength(comments.length);
        expect(comments.length).toBeGreaterThan(5);
        expect(comments.length).toBeLessThan(written);
      });
    });
  });
});

test('the proof finds what a backup lacks', async () => {
  const proving = { url: database.url, dataDir: folder.path, passphrase: undefined };
  const target = { folder: inside('lacking'), passphrase: undefined };
  const lacking = await back(database.url, store, target);
  const digest = lacking.fresh[0] ?? '';
  rmSync(join(target.folder, 'files', 'plain', digest.slice(0, 2), digest));
  await expect(proveBackup(lacking.path, lacking.fresh, proving)).rejects.toThrow(
    `The file ${digest} beside ${lacking.path} is damaged or missing.`,
  );
  expect((await back(database.url, store, target)).fresh).toEqual([digest]);
  const left = await sql`select from pg_database where datname like 'serviceflow_proof%'`.execute(database.db);
  expect(left.rows).toEqual([]);
});

test('a file that nobody can read is told, and the rest is backed up', async () => {
  const files = await diskStore(inside('data'));
  const [row] = await database.db.selectFrom('files').select('sha256').where('bytes', '=', 1).execute();
  const sha256 = row?.sha256 as Buffer;
  const incomplete = { ...files, read: (wanted: Buffer) => (wanted.equals(sha256) ? files.read(Buffer.alloc(32)) : files.read(wanted)) };
  const some = await back(database.url, incomplete, { folder: inside('incomplete'), passphrase: undefined });
  expect(some.manifest.missing).toEqual([sha256.toString('hex')]);
  expect(some.manifest.files.lines).toBe(2);
});
