import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../config.js';
import { back, contentsOf, diskStore, fillShops, temporaryFolder } from '../../testing/backup.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, testEnvironment, until } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { migrate } from '../database/migrate.js';
import { connectionSettings, openDatabase } from '../database/pool.js';
import { holdFiles } from '../files/hold.js';
import type { FileStore } from '../files/store.js';
import { sweepFiles } from '../files/sweep.js';
import { openLog } from '../observe/log.js';
import { projectPath } from '../project.js';
import type { Services } from '../services.js';
import { openArchive, verifyArchive } from './archive.js';
import { nightlyBackup, runBackup } from './nightly.js';
import { proveBackup } from './prove.js';
import { restore, withQuietDatabase } from './restore.js';
import { noticeOf, readBackupState } from './state.js';

// Each makes tables by the dozen, and programs of their own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
const inside = (name: string) => join(folder.path, name);
const HOUR = 3_600_000;
let database: TestDatabase;
let store: FileStore;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase(4);
  store = await diskStore(inside('data'));
  shop = await fillShops(database.db, store);
});
afterAll(async () => {
  await database.close();
  folder.remove();
});

const planOf = (name: string, second?: string) => ({
  folder: inside(name),
  secondFolder: second && inside(second),
  at: 3,
  passphrase: undefined,
});
const source = () => ({ url: database.url, store, secrets: ['a secret that only tests ever use, long enough'] as const });

async function expectGood(path: string): Promise<void> {
  const archive = await openArchive(path, undefined);
  await verifyArchive(archive).finally(() => archive.close());
}

describe('the note that each leaves', () => {
  test('nothing yet', async () => {
    expect(await readBackupState(database.db)).toEqual({
      ...{ lastBackup: null, lastProof: null, lastCopy: null, fault: null, copyFault: null, isRunning: false },
      since: expect.any(Date),
    });
  });

  test('made, copied, and proven with the seconds that took', async () => {
    mkdirSync(inside('second'));
    const plan = planOf('first', 'second');
    const made = await runBackup(database.db, source(), plan, folder.path, { isNightly: true, prove: true });
    const state = await readBackupState(database.db);
    expect(state).toMatchObject({
      lastBackup: { path: made?.path, bytes: made?.bytes, files: 3, at: expect.any(Date) },
      ...{
        lastProof: { at: expect.any(Date), seconds: expect.any(Number) },
        lastCopy: expect.any(Date),
        fault: null,
        copyFault: null,
        isRunning: false,
      },
    });
    expect(state.lastProof?.seconds).toBeGreaterThan(0);
    const [copy = ''] = readdirSync(inside('second')).filter((name) => name.endsWith('.zip'));
    await expectGood(inside(`second/${copy}`));
    // diff fails when they differ.
    execFileSync('diff', ['--recursive', inside('second/files'), inside('first/files')]);
    expect(made?.fresh).toHaveLength(3);
  });

  test('a second folder that is not there is told, not made, and the first copy stands', async () => {
    const made = await runBackup(database.db, source(), planOf('first', 'unplugged'), folder.path, { isNightly: false, prove: false });
    await expectGood(made?.path ?? '');
    expect(readdirSync(folder.path)).not.toContain('unplugged');
    const told = `The second folder ${inside('unplugged')} is not there: is its disk plugged in?`;
    expect((await readBackupState(database.db)).copyFault).toBe(told);
    // What somebody then makes to a disk of their own does not mend that.
    await database.db.insertInto('backups').values({ is_nightly: false, made_at: new Date(), path: 'usb', bytes: 1, files: 0 }).execute();
    expect((await readBackupState(database.db)).copyFault).toBe(told);
  });

  test('what failed, in words; what was proven before still counts', async () => {
    const failing = { ...planOf('first'), folder: join(inside('data'), 'files', 'no-folder\0') };
    await expect(runBackup(database.db, source(), failing, folder.path, { isNightly: true, prove: true })).rejects.toThrow();
    expect(await readBackupState(database.db)).toMatchObject({
      fault: expect.stringMatching(/^It failed: /),
      lastProof: { seconds: expect.any(Number) },
    });
  });
});

describe('by itself', () => {
  const servicesWith = (name: string, given = database): Services => {
    const config = readConfig({ ...testEnvironment(given.url), BACKUP_AT: '3', BACKUP_DIR: inside(name), DATA_DIR: folder.path });
    return { config, db: given.db, files: store, log: openLog('silent') } as Services;
  };
  const archives = (name: string) => readdirSync(inside(name)).filter((file) => file.endsWith('.zip'));

  test('once, however many processes look; again the next night; never for a demo or a new shop', async () => {
    const other = await testDatabase(4);
    try {
      await makeShop(other.db, 'nightly');
      const services = servicesWith('nights', other);
      const { task } = nightlyBackup(other.url);
      const look = () => task.run({}, services, { isLast: false });
      await look();
      expect(readdirSync(folder.path)).not.toContain('nights');

      await sql`update shops set created_at = now() - interval '30 days', is_demo = true`.execute(other.db);
      await look();
      expect(readdirSync(folder.path)).not.toContain('nights');

      await sql`update shops set is_demo = false`.execute(other.db);
      await Promise.all([look(), look(), look()]);
      expect(archives('nights')).toHaveLength(1);
      await look();
      expect(archives('nights')).toHaveLength(1);
      expect((await readBackupState(other.db)).lastProof).not.toBe(null);

      await sql`update backups set started_at = started_at - interval '25 hours', proven_at = proven_at - interval '25 hours'`.execute(
        other.db,
      );
      await look();
      expect(archives('nights')).toHaveLength(2);
    } finally {
      await other.close();
    }
  });

  test('told to stop, it stops, and leaves no archive that is not whole', async () => {
    const stopping = new AbortController();
    const running = runBackup(database.db, source(), planOf('stopped'), folder.path, {
      isNightly: true,
      prove: true,
      signal: stopping.signal,
    });
    setTimeout(() => stopping.abort(), 60);
    await running.catch(() => {});
    for (const name of readdirSync(inside('stopped'))) if (name.endsWith('.zip')) await expectGood(inside(`stopped/${name}`));
    const sound = await back(database.url, store, planOf('stopped'));
    await expectGood(sound.path);
  });
});

describe('managers are told', () => {
  test('when the last proof is more than 26 hours old, but not in the first night', () => {
    const now = new Date('2026-11-23T12:00:00Z');
    const ago = (hours: number) => new Date(now.getTime() - hours * HOUR);
    expect(noticeOf(null, null, now)).toBe(null);
    expect(noticeOf(ago(26), null, now)).toBe(null);
    expect(noticeOf(ago(26.1), null, now)).toMatch(/No backup of this shop has been proven yet/);
    expect(noticeOf(ago(900), ago(26), now)).toBe(null);
    expect(noticeOf(ago(900), ago(26.1), now)).toMatch(/is 26 hours old/);
    expect(noticeOf(ago(900), ago(24 * 9), now)).toMatch(/is 9 days old/);
  });

  test('on every page, and nobody else is', async () => {
    await sql`update shops set created_at = now() - interval '30 days'`.execute(database.db);
    await sql`update backups set proven_at = proven_at - interval '3 days'`.execute(database.db);
    const server = await startTestServer(database.url, { BACKUP_AT: '3', BACKUP_DIR: inside('first') });
    try {
      // One that was tried just now is not tried again while this looks.
      await database.db.insertInto('backups').values({ is_nightly: true, fault: 'none' }).execute();
      const manager = await server.clientOf(shop, 'manager');
      const told = async (path: string) => (await manager.get(path)).text.includes('The last backup that was proven is 3 days old');
      await until(() => told('/settings/columns'), 'the manager to be told');
      expect(await told('/customers')).toBe(true);
      const mechanic = await server.clientOf(shop, 'mechanic');
      expect((await mechanic.get('/work-orders')).text).not.toContain('backup');
    } finally {
      await server.stop();
    }
  });
});

test('a user who owns the database, and may do nothing else, can back up, prove and restore', async () => {
  const name = `owner_${process.pid}`;
  const owned = await testDatabase(2, undefined, 'template0');
  const administer = (text: string) => sql.raw(text).execute(database.db);
  await administer(`create role ${name} login password 'of-a-test' nosuperuser nocreatedb`);
  await administer(`alter database ${new URL(owned.url).pathname.slice(1)} owner to ${name}`);
  try {
    const address = new URL(owned.url);
    Object.assign(address, { username: name, password: 'of-a-test' });
    await migrate(address.href, projectPath('migrations'));
    const theirs = openDatabase(address.href, 2, () => {});
    await fillShops(theirs.db, store);
    const before = await contentsOf(theirs.db);
    const made = await back(address.href, store, planOf('owned'));
    await proveBackup(made.path, made.fresh, { url: address.href, dataDir: folder.path, passphrase: undefined });
    expect(readdirSync(folder.path).filter((each) => each.startsWith('proving'))).toEqual([]);
    await theirs.close();
    const archive = await openArchive(made.path, undefined);
    const options = { acceptBrokenLog: false, beforeTheChange: async () => {} };
    await withQuietDatabase(address.href, (client) => restore(client, address.href, archive, options)).finally(() => archive.close());
    const restored = openDatabase(address.href, 2, () => {});
    expect(await contentsOf(restored.db)).toEqual(before);
    await restored.close();
  } finally {
    await owned.close();
    await administer(`drop role ${name}`);
  }
});

describe('the sweeper leaves alone', () => {
  const inThreeDays = () => new Date(Date.now() + 72 * HOUR);
  const stored = async (files: FileStore) => {
    let count = 0;
    for await (const _ of files.list()) count++;
    return count;
  };

  test('what a backup that is being made may name, and what a restore has put aside', async () => {
    const other = await testDatabase(3);
    const files = await diskStore(inside('swept'));
    try {
      await fillShops(other.db, files);
      await sql`delete from files`.execute(other.db);
      const holding = new pg.Client(connectionSettings(other.url));
      await holding.connect();
      await holdFiles(holding);
      expect(await sweepFiles(other.db, files, inThreeDays())).toMatchObject({ files: 0 });
      await holding.end();
      await sql`create schema before_20260101000000000`.execute(other.db);
      await sql`create table before_20260101000000000.files (sha256 bytea)`.execute(other.db);
      for await (const { sha256, bytes } of files.list())
        if (bytes === 1) await sql`insert into before_20260101000000000.files values (${sha256})`.execute(other.db);
      expect(await stored(files)).toBe(3);
      expect(await sweepFiles(other.db, files, inThreeDays())).toMatchObject({ files: 2 });
      expect(await stored(files)).toBe(1);
    } finally {
      await other.close();
    }
  });
});

test('no table that is backed up points to one that is left out', async () => {
  const { rows } = await sql<{ rule: string }>`
    select conname as rule from pg_constraint c where contype = 'f' and connamespace = 'public'::regnamespace
      and confrelid::regclass::text in ('migrations', 'session', 'throttle', 'backups', 'processes', 'process_samples', 'timing_names', 'timings', 'timings_by_hour')
      and conrelid::regclass::text not in ('process_samples', 'timings', 'timings_by_hour')`.execute(database.db);
  expect(rows).toEqual([]);
});
