import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { Invalid, NotFound } from '../errors.js';
import { openDiskStore } from './disk.js';
import { keepFile } from './keep.js';
import type { FileStore } from './store.js';
import { sweepFiles } from './sweep.js';
import { openTemporaryFolder } from './temporary.js';

const HOUR = 3_600_000;
/** So that everything is old. */
const inThreeDays = () => new Date(Date.now() + 72 * HOUR);
const hashOf = (content: Buffer) => createHash('sha256').update(content).digest();

let database: TestDatabase;
let shop: TestShop;
let other: TestShop;
let folder: string;
let store: FileStore;

beforeAll(async () => {
  database = await testDatabase(8);
  shop = await makeShop(database.db);
  other = await makeShop(database.db, 'other');
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'serviceflow-files-'));
  store = openDiskStore(join(folder, 'files'), await openTemporaryFolder(join(folder, 'files', 'tmp')));
  await database.db.deleteFrom('files').execute();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => database.close());

function received(content: Buffer, to = store): string {
  const path = to.temporary();
  writeFileSync(path, content);
  return path;
}

const keep = (content: Buffer, of = shop) => keepFile(database.db, store, of.id, received(content), 'image/jpeg');
const pathOf = (sha256: Buffer) => join(folder, 'files', sha256.toString('hex').slice(0, 2), sha256.toString('hex'));
const temporaryFiles = () => readdirSync(join(folder, 'files', 'tmp'));
const rows = () => database.db.selectFrom('files').select(['shop_id', 'sha256', 'bytes', 'type']).execute();
const age = (hours: number) => sql`update files set stored_at = now() - make_interval(hours => ${hours})`.execute(database.db);

/** Each row has its bytes; @returns what is stored, as hexadecimal digits */
async function expectAgreement(): Promise<string[]> {
  const stored: string[] = [];
  for await (const { sha256, bytes } of store.list()) {
    const content = await buffer(await store.read(sha256));
    expect(hashOf(content).equals(sha256)).toBe(true);
    expect(content.length).toBe(bytes);
    stored.push(sha256.toString('hex'));
  }
  for (const row of await rows()) expect(stored).toContain(row.sha256.toString('hex'));
  return stored;
}

test('what is kept is for one user’s eyes', async () => {
  const { sha256 } = await keep(randomBytes(50_000));
  expect(statSync(pathOf(sha256)).mode & 0o777).toBe(0o600);
  for (const path of [join(folder, 'files', 'tmp'), join(pathOf(sha256), '..')]) expect(statSync(path).mode & 0o777).toBe(0o700);
});

describe('only a hash leads to a file', () => {
  test.each(['../../etc/passwd', '', 'x'.repeat(32), '\0'.repeat(33)])('not %j', async (name) => {
    const sha256 = Buffer.from(name);
    await expect(Promise.resolve().then(() => store.read(sha256))).rejects.toThrow(NotFound);
    expect(await Promise.resolve(sha256).then((one) => (one.length === 32 ? store.has(one) : false))).toBe(false);
  });

  test('not a link that somebody put there, and what else is in the folder is not listed', async () => {
    const sha256 = randomBytes(32);
    mkdirSync(join(pathOf(sha256), '..'), { recursive: true });
    symlinkSync('/etc/passwd', pathOf(sha256));
    await expect(store.read(sha256)).rejects.toThrow();
    writeFileSync(join(folder, 'files', 'note.txt'), 'x');
    writeFileSync(join(pathOf(sha256), '..', 'note.txt'), 'x');
    rmSync(pathOf(sha256));
    expect(await expectAgreement()).toEqual([]);
  });
});

describe('sweeping', () => {
  test('takes what nothing refers to and is older than two days: row, bytes, temporary file', async () => {
    const old = await keep(Buffer.from('old'));
    await age(49);
    utimesSync(pathOf(old.sha256), new Date(), new Date(Date.now() - 49 * HOUR));
    const young = await keep(Buffer.from('young'));
    const [stale, fresh] = [received(Buffer.from('a')), received(Buffer.from('b'))];
    utimesSync(stale, new Date(), new Date(Date.now() - 49 * HOUR));
    expect(await sweepFiles(database.db, store, new Date())).toEqual({ rows: 1, files: 1, temporary: 1 });
    expect((await rows()).map((row) => row.sha256)).toEqual([young.sha256]);
    expect(await expectAgreement()).toEqual([young.sha256.toString('hex')]);
    expect(temporaryFiles().map((name) => join(folder, 'files', 'tmp', name))).toEqual([fresh]);
    expect(existsSync(stale)).toBe(false);
  });

  test('leaves bytes that another shop has a row of', async () => {
    const { sha256 } = await keep(Buffer.from('shared'));
    await age(49);
    await keep(Buffer.from('shared'), other);
    utimesSync(pathOf(sha256), new Date(), new Date(Date.now() - 49 * HOUR));
    expect(await sweepFiles(database.db, store, new Date())).toEqual({ rows: 1, files: 0, temporary: 0 });
    expect((await rows()).map((row) => row.shop_id)).toEqual([other.id]);
    await expectAgreement();
  });

  test('leaves whatever any table refers to, also one that was made later', async () => {
    await sql`create table later (shop_id bigint not null, picture bytea not null, foreign key (picture, shop_id) references files (sha256, shop_id))`
      .execute(database.db)
      .catch((error: Error) => expect(error.message).toContain('no unique constraint'));
    await sql`create table if not exists later (shop_id bigint not null, picture bytea not null, foreign key (shop_id, picture) references files (shop_id, sha256))`.execute(
      database.db,
    );
    const held = await keep(Buffer.from('held'));
    await keep(Buffer.from('free'));
    await sql`insert into later values (${shop.id}, ${held.sha256})`.execute(database.db);
    expect(await sweepFiles(database.db, store, inThreeDays())).toMatchObject({ rows: 1, files: 1 });
    expect(await expectAgreement()).toEqual([held.sha256.toString('hex')]);
    await sql`drop table later`.execute(database.db);
    expect(await sweepFiles(database.db, store, inThreeDays())).toMatchObject({ rows: 1, files: 1 });
  });

  test('knows every table that refers to files', async () => {
    const { rows: tables } = await sql<{ name: string }>`
      select conrelid::regclass::text as name from pg_constraint where contype = 'f' and confrelid = 'files'::regclass order by 1`.execute(
      database.db,
    );
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['authorization_files', 'media_files']));
  });

  test('goes on over more than fits into one page, and past what is referred to', async () => {
    const many = Array.from({ length: 1_203 }, () => ({ shop_id: shop.id, sha256: randomBytes(32), bytes: 1, type: 'x' }));
    await database.db.insertInto('files').values(many).execute();
    expect(await sweepFiles(database.db, store, inThreeDays())).toEqual({ rows: 1_203, files: 0, temporary: 0 });
  });
});

describe('a disk that is full', () => {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  test.skipIf(!isRoot)('is a sentence, and nothing is half (needs root, to mount a small one)', async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=6,mode=0700', 'tmpfs', small]);
    try {
      const full = openDiskStore(join(small, 'files'), await openTemporaryFolder(join(small, 'files', 'tmp')));
      await keepFile(database.db, full, shop.id, received(randomBytes(100_000), full), 'image/jpeg');
      // What is missing is room for the folder that it goes to.
      const path = received(Buffer.from('late'), full);
      const failure = await keepFile(database.db, full, shop.id, path, 'image/jpeg').then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(Invalid);
      expect(failure).toMatchObject({ status: 507, fields: { files: expect.stringContaining('no room left') } });
      expect(await rows()).toHaveLength(1);
      expect(readdirSync(join(small, 'files', 'tmp'))).toEqual([]);
      execFileSync('mount', ['-o', 'remount,nr_inodes=20', small]);
      await keepFile(database.db, full, shop.id, received(Buffer.from('late'), full), 'image/jpeg');
      expect(await rows()).toHaveLength(2);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
