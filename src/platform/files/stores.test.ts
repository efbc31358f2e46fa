import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { hasS3Server, type S3Server, s3Environment, startS3Server } from '../../testing/s3-server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { NotFound } from '../errors.js';
import { StartError } from '../start-error.js';
import { keepFile } from './keep.js';
import { openFileStore } from './open.js';
import type { FileStore } from './store.js';
import { sweepFiles } from './sweep.js';

/** So that everything is old. */
const inThreeDays = () => new Date(Date.now() + 72 * 3_600_000);
const hashOf = (content: Buffer) => createHash('sha256').update(content).digest();
const hasServer = hasS3Server();
if (!hasServer) console.warn('Files on object storage are not tested: OpenStack Swift is not here (scripts/find-s3-server.ts).');

describe.each([
  { where: 'on disk', isS3: false, runs: 40 },
  { where: 'in a bucket of an S3 server', isS3: true, runs: 4 },
])('files $where', ({ isS3, runs }) => {
  let database: TestDatabase;
  let shop: TestShop;
  let other: TestShop;
  let folder: string;
  let server: S3Server | undefined;
  let store: FileStore;

  beforeAll(async () => {
    if (isS3 && !hasServer) return;
    database = await testDatabase(8);
    shop = await makeShop(database.db);
    other = await makeShop(database.db, 'other');
    folder = mkdtempSync(join(tmpdir(), 'serviceflow-stores-'));
    if (isS3) server = await startS3Server();
    store = await openFileStore(readConfig(environment()));
  }, 120_000);
  beforeEach(async () => {
    if (!database) return;
    await database.db.deleteFrom('files').execute();
    for await (const { sha256 } of store.list()) await store.remove(sha256);
  });
  afterAll(async () => {
    await server?.stop();
    await database?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    ...{ DATA_DIR: folder, SESSION_SECRET: 'a secret that only tests ever use, long enough' },
    ...(server && s3Environment(server)),
    ...more,
  });
  const testWhere = test.skipIf(isS3 && !hasServer);

  function received(content: Buffer): string {
    const path = store.temporary();
    writeFileSync(path, content);
    return path;
  }

  const keep = (content: Buffer, of = shop) => keepFile(database.db, store, of.id, received(content), 'image/jpeg');
  const rows = () => database.db.selectFrom('files').select(['shop_id', 'sha256', 'bytes', 'type']).execute();
  const temporaryFiles = () => readdirSync(join(folder, 'files', 'tmp'));

  /** Each row has its bytes. @returns how many files are stored */
  async function expectAgreement(): Promise<number> {
    const stored = new Set<string>();
    for await (const { sha256, bytes } of store.list()) {
      const content = await buffer(await store.read(sha256));
      expect(hashOf(content).equals(sha256)).toBe(true);
      expect(content.length).toBe(bytes);
      stored.add(sha256.toString('hex'));
    }
    for (const row of await rows()) expect(stored).toContain(row.sha256.toString('hex'));
    return stored.size;
  }

  testWhere('are there by their content, with a row, and gone from where they were', async () => {
    const content = randomBytes(5_000_000);
    const got = await keep(content);
    expect(got).toEqual({ sha256: hashOf(content), bytes: 5_000_000, type: 'image/jpeg' });
    expect(await rows()).toEqual([{ shop_id: shop.id, sha256: got.sha256, bytes: 5_000_000, type: 'image/jpeg' }]);
    expect((await buffer(await store.read(got.sha256))).equals(content)).toBe(true);
    expect((await buffer(await store.read(got.sha256, { first: 10, last: 19 }))).equals(content.subarray(10, 20))).toBe(true);
    const found = await store.find(got.sha256);
    expect(found?.bytes).toBe(5_000_000);
    expect(Math.abs((found?.storedAt.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
    expect(temporaryFiles()).toEqual([]);
  });

  testWhere('that are not there are not found', async () => {
    await expect(store.read(randomBytes(32))).rejects.toThrow(NotFound);
    expect(await store.has(randomBytes(32))).toBe(false);
    expect(await store.find(randomBytes(32))).toBeNull();
    await store.remove(randomBytes(32));
  });

  testWhere('kept twice are there once', async () => {
    const content = randomBytes(100);
    await keep(content);
    await Promise.all([keep(content), keep(content), keep(content, other)]);
    expect((await rows()).map((row) => row.shop_id).sort()).toEqual([shop.id, other.id].sort());
    expect(await expectAgreement()).toBe(1);
    expect(temporaryFiles()).toEqual([]);
  });

  testWhere('kept by many at once are kept by all of them', async () => {
    const contents = Array.from({ length: 30 }, (_, index) => Buffer.from(`content ${index % 7}`));
    await Promise.all(contents.map((content, index) => keep(content, index % 2 ? shop : other)));
    expect(await rows()).toHaveLength(14);
    expect(await expectAgreement()).toBe(7);
  });

  testWhere('without a row, for the shop is not there, are swept', async () => {
    await expect(keepFile(database.db, store, -1, received(Buffer.from('x')), 'image/jpeg')).rejects.toThrow(/foreign key/);
    expect(await rows()).toEqual([]);
    expect(temporaryFiles()).toEqual([]);
    expect(await sweepFiles(database.db, store, new Date())).toEqual({ rows: 0, files: 0, temporary: 0 });
    expect(await sweepFiles(database.db, store, inThreeDays())).toEqual({ rows: 0, files: 1, temporary: 0 });
  });

  testWhere('stay as long as a young row of any shop names them', async () => {
    const { sha256 } = await keep(Buffer.from('shared'));
    await keep(Buffer.from('shared'), other);
    await database.db
      .updateTable('files')
      .set({ stored_at: new Date(0) })
      .where('shop_id', '=', shop.id)
      .execute();
    expect(await sweepFiles(database.db, store, new Date())).toEqual({ rows: 1, files: 0, temporary: 0 });
    expect(await store.has(sha256)).toBe(true);
    expect(await sweepFiles(database.db, store, inThreeDays())).toEqual({ rows: 1, files: 1, temporary: 0 });
    expect(await store.has(sha256)).toBe(false);
  });

  testWhere(
    'kept and swept at random, by two processes: a row always has its bytes',
    async () => {
      const step = fc.record({ what: fc.constantFrom('keep', 'keep', 'sweep'), content: fc.nat(3), shop: fc.nat(1), pause: fc.nat(6) });
      const second = await openFileStore(readConfig(environment()));
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
          await Promise.all(
            steps.map(async ({ what, content, shop: which, pause }, index) => {
              await new Promise((resolve) => setTimeout(resolve, pause));
              const mine = index % 2 ? store : second;
              // Temporary files of today are not three days old.
              if (what === 'sweep') return sweepFiles(database.db, { ...mine, sweepTemporary: async () => 0 }, inThreeDays());
              return keepFile(database.db, mine, (which ? shop : other).id, received(Buffer.from(`content ${content}`)), 'image/jpeg');
            }),
          );
          await expectAgreement();
        }),
        { numRuns: runs },
      );
      expect(temporaryFiles()).toEqual([]);
    },
    120_000,
  );

  test.skipIf(!isS3 || !hasServer)(
    'can’t be kept where the bucket can’t be reached: one sentence at the start',
    async () => {
      const refusal = async (more: Record<string, string>) => {
        const error = await openFileStore(readConfig(environment(more))).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(StartError);
        expect((error as StartError).message).toMatch(/^[^\n]+\.$/);
        expect((error as StartError).message).not.toContain(server?.secretAccessKey ?? 'testing');
        return (error as StartError).message;
      };
      expect(await refusal({ S3_BUCKET: 'nothing' })).toMatch(/^There is no bucket nothing at http.*S3_BUCKET\.$/);
      expect(await refusal({ S3_SECRET_ACCESS_KEY: 'wrong' })).toMatch(
        /is closed to us: check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY\.$/,
      );
      expect(await refusal({ S3_ENDPOINT: 'http://127.0.0.1:1' })).toMatch(
        /^Files can't be kept at http:\/\/127\.0\.0\.1:1 .*check S3_ENDPOINT/,
      );
    },
    60_000,
  );

  test.skipIf(!isS3 || !hasServer)('that do not arrive as they were sent are refused', async () => {
    const path = received(Buffer.from('what was sent'));
    await expect(store.prepare(path, randomBytes(32))).rejects.toThrow();
    expect(await expectAgreement()).toBe(0);
    rmSync(path);
  });
});
