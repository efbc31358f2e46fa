import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { back, contentsOf, diskStore, fillShops, temporaryFolder } from '../../testing/backup.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { runScript } from '../../testing/run-script.js';
import { SEED } from '../../testing/seed.js';
import { makeShop } from '../../testing/shop.js';
import type { FileStore } from '../files/store.js';
import { zip } from '../files/zip.js';
import { filesOf, openArchive, verifyArchive } from './archive.js';
import type { FORMAT, Header, Manifest } from './archive-format.js';
import { ArchiveWriter } from './archive-writer.js';
import type { MadeBackup } from './backup.js';
import { refuseNewer } from './load.js';

// Each makes tables by the dozen, and programs of their own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
const inside = (name: string) => join(folder.path, name);
let database: TestDatabase;
let store: FileStore;
let made: MadeBackup;
let bytes: Buffer;
let header: Header;

beforeAll(async () => {
  database = await testDatabase(2);
  store = await diskStore(inside('data'));
  await fillShops(database.db, store);
  made = await back(database.url, store, { folder: inside('backups'), passphrase: undefined });
  bytes = readFileSync(made.path);
  const archive = await openArchive(made.path, undefined);
  header = archive.header;
  archive.close();
});
afterAll(async () => {
  await database.close();
  folder.remove();
});

/** What a restore reads before it touches anything. @returns why it was refused; null when it was not */
async function refusal(content: Buffer): Promise<string | null> {
  const path = inside('backups/judged.zip');
  writeFileSync(path, content);
  try {
    const archive = await openArchive(path, undefined);
    try {
      await verifyArchive(archive);
      await refuseNewer(archive);
      // Not refused: then nothing that counts is other than it was.
      expect(archive.manifest).toEqual(made.manifest);
      expect(archive.header).toEqual(header);
      return null;
    } finally {
      archive.close();
    }
  } catch (error) {
    expect((error as Error).constructor.name).toBe('BadArchive');
    return (error as Error).message;
  }
}

/** An archive as this program would write it, with another manifest or header. */
async function forged(change: {
  header?: Partial<Header>;
  manifest?: (manifest: Manifest) => object;
  lines?: () => Readable;
}): Promise<Buffer> {
  const path = inside(`forged-${Math.random()}`);
  const writer = new ArchiveWriter(path, new Date(), undefined);
  const part = await writer.add('jobs.gz', change.lines ?? (() => Readable.from([Buffer.from('one\n')])));
  const files = await writer.add('files.gz', () => Readable.from([], { objectMode: false }));
  const manifest = { ...made.manifest, tables: [], jobs: part, files: { ...files, total: 0 } };
  await writer.finish({ ...header, ...change.header }, { ...manifest, ...change.manifest?.(manifest) });
  return readFileSync(path);
}

/** Two names of the same length, wherever the ZIP says it. */
function renamed(from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}

describe('refused before anything is touched', () => {
  test('an archive that was cut, at whatever place', async () => {
    expect(await refusal(bytes)).toBe(null);
    const places = Array.from({ length: 20 }, (_, index) => Math.floor(((index + 1) * bytes.length) / 21));
    for (const length of [0, ...places, bytes.length - 1])
      expect(await refusal(bytes.subarray(0, length)), `${length}`).toMatch(/not a whole backup|damaged/);
  });

  test('an archive in which a bit has turned over: refused, or it makes no difference', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), async (bit) => {
        const damaged = Buffer.from(bytes);
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        if (await refusal(damaged)) refused++;
      }),
      { seed: SEED, numRuns: 50 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  test('what is something else', async () => {
    const ordinary: Buffer[] = [];
    for await (const chunk of zip([{ path: 'notes.txt', content: 'hello' }], new Date())) ordinary.push(chunk);
    const others = [Buffer.from('not a ZIP at all'), Buffer.alloc(100_000, 7), Buffer.concat(ordinary)];
    for (const other of others) expect(await refusal(other)).toMatch(/is not a whole backup of ServiceFLOW \(.+\): take another backup\.$/);
    await expect(openArchive(inside('nowhere.zip'), undefined)).rejects.toThrow(`There is no file ${inside('nowhere.zip')}.`);
    await expect(openArchive(folder.path, undefined)).rejects.toThrow(/is not a whole backup of ServiceFLOW/);
  });

  test('names that lead elsewhere, twice the same, or are not in the manifest', async () => {
    expect(await refusal(renamed('tables/vehicles.gz', '../../vehicles.gz!'))).toMatch(/not a whole backup/);
    expect(await refusal(renamed('tables/vehicles.gz', '/etc/vehicles.conf'))).toMatch(/not a whole backup/);
    expect(await refusal(renamed('tables/vehicles.gz', 'tables/vehicleX.gz'))).toMatch(/is damaged/);
    expect(await refusal(renamed('files.gz', 'jobs.gzz'))).toMatch(/is damaged/);
    expect(await refusal(await forged({ manifest: () => ({ files: { ...made.manifest.jobs, path: 'jobs.gz', total: 0 } }) }))).toMatch(
      /does not hold/,
    );
  });

  test('what unpacks to more than it says, and that without unpacking it', async () => {
    const bomb = () =>
      Readable.from(
        (function* () {
          for (let turn = 0; turn < 1_000; turn++) yield Buffer.alloc(100_000, 'A');
        })(),
        { objectMode: false },
      );
    const content = await forged({ lines: bomb, manifest: ({ jobs }) => ({ jobs: { ...jobs, bytes: 10, lines: 10 } }) });
    expect(content.length).toBeLessThan(1_000_000);
    expect(await refusal(content)).toMatch(/is damaged \(jobs\.gz is not as it was written\)/);
  });

  test('a newer one', async () => {
    expect(await refusal(await forged({ header: { formatVersion: 2, program: '9.1.0' } }))).toMatch(
      /was made by a newer ServiceFLOW \(9\.1\.0\)/,
    );
    const migrations = [...made.manifest.migrations, '9999_tomorrow.sql'];
    expect(await refusal(await forged({ manifest: () => ({ migrations }) }))).toMatch(/newer ServiceFLOW \(.+, with 9999_tomorrow\.sql\)/);
    expect(await refusal(await forged({ header: { format: 'something-else' as typeof FORMAT } }))).toMatch(/header is not one of ours/);
  });
});

describe('at the terminal', () => {
  const refuse = async (path: string, ...flags: string[]) => {
    const before = await contentsOf(database.db);
    await database.db.destroy();
    const ran = await runScript('restore', [path, '--yes', ...flags], { DATABASE_URL: database.url, DATA_DIR: inside('data') });
    database = { ...database, ...(await reopened()) };
    expect(await contentsOf(database.db)).toEqual(before);
    const schemas = await sql`select from pg_namespace where nspname like 'before%' or nspname like 'restoring%'`.execute(database.db);
    expect(schemas.rows).toEqual([]);
    return ran;
  };
  const reopened = async () => (await import('../database/pool.js')).openDatabase(database.url, 2, () => {});

  test('one sentence, exit code 1, and nothing was changed: a damaged one', async () => {
    const path = inside('backups/damaged.zip');
    const damaged = Buffer.from(bytes);
    damaged[bytes.indexOf('tables/work_orders.gz') + 60] = (damaged[bytes.indexOf('tables/work_orders.gz') + 60] as number) ^ 1;
    writeFileSync(path, damaged);
    expect(await refuse(path)).toEqual({
      code: 1,
      out: '',
      err: `${path} is damaged (tables/work_orders.gz is not as it was written): take another backup.\n`,
    });
  });

  test('that of another shop', async () => {
    const other = await testDatabase(2);
    try {
      await makeShop(other.db, 'somebody else');
      const theirs = await back(other.url, store, { folder: inside('theirs'), passphrase: undefined });
      const ran = await refuse(theirs.path);
      expect(ran).toMatchObject({
        code: 1,
        err: expect.stringMatching(/is of another installation than the one that is here \(first\): nothing was changed\./),
      });
    } finally {
      await other.close();
    }
  });

  test('one without its files', async () => {
    const archive = await openArchive(made.path, undefined);
    const [file] = await filesOf(archive);
    archive.close();
    await store.remove(Buffer.from(file?.digest ?? '', 'hex'));
    const alone = inside('alone.zip');
    writeFileSync(alone, bytes);
    expect(await refuse(alone)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The folder files has to be beside the backup.* without 1 of them\.\n$/),
    });
  });

  test('one whose log was tampered with before it was made, unless that is accepted', async () => {
    await sql`alter table events disable trigger events_are_final`.execute(database.db);
    await sql`update events set kind = 'card.lost' where shop_id = 1 and version = 3`.execute(database.db);
    await sql`alter table events enable trigger events_are_final`.execute(database.db);
    const tampered = await back(database.url, store, { folder: inside('tampered'), passphrase: undefined });
    const ran = await refuse(tampered.path, '--without-files');
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringMatching(/The log of first in .* was tampered with .*Add --accept-broken-log to restore it all the same\.\n$/),
    });
  });
});
