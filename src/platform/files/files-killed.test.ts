import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { untilNoneUnderWay } from '../../testing/faults/check.js';
import { runToStep, stepsIn } from '../../testing/run-to-step.js';
import { hasS3Server, type S3Server, s3Environment, startS3Server } from '../../testing/s3-server.js';
import { testEnvironment } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { keepFile } from './keep.js';
import { openFileStore } from './open.js';
import type { FileStore } from './store.js';
import { sweepFiles } from './sweep.js';

const inThreeDays = () => new Date(Date.now() + 72 * 3_600_000);

interface Place {
  database: TestDatabase;
  shop: TestShop;
  folder: string;
  store: FileStore;
  environment: Record<string, string>;
}
const places: Place[] = [];
let server: S3Server | undefined;

/** @param count so many processes can be killed at a time */
async function openPlaces(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const database = await testDatabase(3);
    const folder = mkdtempSync(join(tmpdir(), 'serviceflow-killed-'));
    const environment = { ...testEnvironment(database.url), DATA_DIR: folder, ...(server && s3Environment(server)) };
    const store = await openFileStore(readConfig(environment));
    places.push({ database, folder, store, environment, shop: await makeShop(database.db) });
  }
}

async function closePlaces(): Promise<void> {
  for (const { database, folder } of places.splice(0)) {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const run = ({ environment, shop }: Place, what: 'keep' | 'sweep', content: string, step: number) =>
  runToStep({ ...environment, SHOP: String(shop.id), CONTENT: content }, what, step);

async function expectAgreement({ database, store }: Place): Promise<void> {
  const stored = new Set<string>();
  for await (const { sha256 } of store.list()) {
    expect(
      createHash('sha256')
        .update(await buffer(await store.read(sha256)))
        .digest()
        .equals(sha256),
    ).toBe(true);
    stored.add(sha256.toString('hex'));
  }
  const rows = await database.db.selectFrom('files').select('sha256').execute();
  for (const { sha256 } of rows) expect(stored).toContain(sha256.toString('hex'));
}

/** The next sweep makes good whatever was left: nothing stays. */
async function expectClean({ database, store, folder }: Place): Promise<void> {
  // A killed process's transaction holds its locks until Postgres notices; what they hold back is for a later night.
  await untilNoneUnderWay(database.db);
  await sweepFiles(database.db, store, inThreeDays());
  expect(await database.db.selectFrom('files').select('sha256').execute()).toEqual([]);
  for await (const { sha256 } of store.list()) throw new Error(`${sha256.toString('hex')} stayed.`);
  expect(readdirSync(join(folder, 'files', 'tmp'))).toEqual([]);
}

async function stepsOf(place: Place, what: 'keep' | 'sweep', content: string): Promise<number> {
  const steps = stepsIn(await run(place, what, content, 0));
  expect(steps).toBeGreaterThan(8);
  return steps;
}

/** All of them, two at a time. */
async function atEachStep(steps: number, run: (place: Place, step: number) => Promise<void>): Promise<void> {
  const waiting = Array.from({ length: steps }, (_, index) => index + 1);
  await Promise.all(
    places.map(async (place) => {
      for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await run(place, step);
    }),
  );
}

// A bucket is swept as a whole, so there is one place for it.
describe.skipIf(!hasS3Server())('kill -9 after each step, with files in a bucket', () => killAtEachStep(1, true));
describe('kill -9 after each step, with files on disk', () => killAtEachStep(2, false));

function killAtEachStep(count: number, isS3: boolean): void {
  beforeAll(async () => {
    if (isS3) server = await startS3Server();
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    server = undefined;
  });
  beforeEach(() => openPlaces(count), 60_000);
  afterEach(closePlaces);

  test('of keeping a file leaves rows and files in agreement, and it can be kept again', async () => {
    const steps = await stepsOf(places[0] as Place, 'keep', 'first');
    await expectClean(places[0] as Place);
    await atEachStep(steps, async (place, step) => {
      const content = `content of step ${step}`;
      expect(await run(place, 'keep', content, step), `step ${step}`).toBe('SIGKILL');
      await expectAgreement(place);
      const path = place.store.temporary();
      writeFileSync(path, content);
      const { sha256 } = await keepFile(place.database.db, place.store, place.shop.id, path, 'image/jpeg');
      expect((await buffer(await place.store.read(sha256))).toString()).toBe(content);
      await expectAgreement(place);
      await expectClean(place);
    });
  }, 300_000);

  test('of sweeping leaves rows and files in agreement, and the next one ends it', async () => {
    const fill = async ({ database, store, shop }: Place) => {
      // Each step of a bucket takes long.
      for (const content of isS3 ? ['one'] : ['one', 'two']) {
        const path = store.temporary();
        writeFileSync(path, content);
        await keepFile(database.db, store, shop.id, path, 'image/jpeg');
      }
      writeFileSync(store.temporary(), 'left behind');
    };
    await fill(places[0] as Place);
    const steps = await stepsOf(places[0] as Place, 'sweep', '');
    await atEachStep(steps, async (place, step) => {
      await fill(place);
      expect(await run(place, 'sweep', '', step), `step ${step}`).toBe('SIGKILL');
      await expectAgreement(place);
      await expectClean(place);
    });
  }, 300_000);
}
