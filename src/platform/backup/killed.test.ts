import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { back, diskStore, fillShops, temporaryFolder } from '../../testing/backup.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { runToStep, stepsIn } from '../../testing/run-to-step.js';
import { testEnvironment } from '../../testing/server.js';
import type { FileStore } from '../files/store.js';
import { openArchive, verifyArchive } from './archive.js';
import type { MadeBackup } from './backup.js';
import { copyBackup } from './second-folder.js';

// Each makes tables by the dozen, and programs of their own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 });

const folder = temporaryFolder();
let database: TestDatabase;
let store: FileStore;
let mounted: string | undefined;

beforeAll(async () => {
  database = await testDatabase(2);
  store = await diskStore(folder.path);
  await fillShops(database.db, store);
});
afterAll(async () => {
  await database.close();
  if (mounted) execFileSync('umount', [mounted]);
  folder.remove();
});

const run = (step: number) => runToStep({ ...testEnvironment(database.url), DATA_DIR: folder.path }, 'backup', step);

/** Whatever has an archive's name is one. @returns how many there are */
async function expectAllWhole(where: string): Promise<number> {
  const names = readdirSync(where).filter((name) => !name.startsWith('.') && name.endsWith('.zip'));
  for (const name of names) {
    const archive = await openArchive(join(where, name), undefined);
    await verifyArchive(archive).finally(() => archive.close());
  }
  return names.length;
}

describe('kill -9', () => {
  test('at any step leaves whole archives only, and the next one clears up', async () => {
    const where = join(folder.path, 'backups');
    const [first, later] = [stepsIn(await run(0)), stepsIn(await run(0))];
    // The files are copied by the first one alone.
    expect(first).toBeGreaterThan(later);
    expect(later).toBeGreaterThan(30);
    const forgetFiles = () => rmSync(join(where, 'files'), { recursive: true, force: true });
    /** @param steps as many as there were the last time @param left how many of them are not taken */
    const kill = async (steps: number, left: number, prepare = () => {}) => {
      let ended = '';
      // The pieces in which a stream comes are not always as many: one that came to its end says how many they were.
      for (let count = steps, again = 0; ended !== 'SIGKILL' && again < 6; count = stepsIn(ended), again++) {
        prepare();
        const before = await expectAllWhole(where);
        ended = await run(count - left);
        expect(await expectAllWhole(where)).toBeGreaterThanOrEqual(before);
      }
      expect(ended, `${left} steps before the end`).toBe('SIGKILL');
    };
    await kill(later, Math.ceil(later / 2), forgetFiles);
    await kill(first, 14, forgetFiles);
    await back(database.url, store, { folder: where, passphrase: undefined });
    // Written, on the disk, and named. After each of all steps: e2e/faults/backup-kills.test.ts.
    for (const left of [4, 3, 2]) await kill(later, left);
    const last = await back(database.url, store, { folder: where, passphrase: undefined });
    expect(await expectAllWhole(where)).toBeGreaterThanOrEqual(2);
    expect(last.fresh).toEqual([]);
    expect(readdirSync(where).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

/** A disk of that many bytes, where this machine lets us have one. */
function mountSmall(bytes: number): string | undefined {
  const where = join(folder.path, 'small');
  try {
    mkdirSync(where);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', where], { stdio: 'ignore' });
    return where;
  } catch {
    console.warn('A full disk is not tested: nothing can be mounted here.');
    return undefined;
  }
}

test('a full disk: no archive but whole ones, and what was there stays; with room it goes on', async ({ skip }) => {
  const where = mountSmall(24 * 1024);
  if (!where) return skip('nothing can be mounted here');
  mounted = where;
  const target = { folder: where, passphrase: undefined };
  const resize = (bytes: number) => execFileSync('mount', ['-o', `remount,size=${bytes}`, where]);
  const full = { code: 'ENOSPC' };
  await expect(back(database.url, store, target), 'full while the tables are written').rejects.toMatchObject(full);
  expect(await expectAllWhole(where)).toBe(0);
  resize(150 * 1024);
  await expect(back(database.url, store, target), 'full while the files are copied').rejects.toMatchObject(full);
  expect(await expectAllWhole(where)).toBe(0);
  resize(4_000_000);
  const first: MadeBackup = await back(database.url, store, target);
  expect(await expectAllWhole(where)).toBe(1);
  // Room for all but the last bytes of another one.
  const used = Number(execFileSync('du', ['--bytes', '--summarize', where]).toString().split('\t')[0]);
  resize(Math.ceil((used + first.bytes / 2) / 4096) * 4096);
  await expect(back(database.url, store, target), 'full at the end').rejects.toMatchObject(full);
  await expect(copyBackup((await elsewhere()).path, target), 'full while it is copied').rejects.toMatchObject(full);
  expect(await expectAllWhole(where)).toBe(1);
  expect(readdirSync(where).filter((name) => name.startsWith('.'))).toEqual([]);
  resize(8_000_000);
  await back(database.url, store, target);
  expect(await expectAllWhole(where)).toBe(2);
});

function elsewhere(): Promise<MadeBackup> {
  return back(database.url, store, { folder: join(folder.path, 'backups'), passphrase: undefined });
}
