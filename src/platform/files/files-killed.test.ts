import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { projectPath } from '../project.js';
import { openDiskStore } from './disk.js';
import { keepFile } from './keep.js';
import type { FileStore } from './store.js';
import { sweepFiles } from './sweep.js';
import { openTemporaryFolder } from './temporary.js';

const inThreeDays = () => new Date(Date.now() + 72 * 3_600_000);

interface Place {
  database: TestDatabase;
  shop: TestShop;
  folder: string;
  store: FileStore;
}
const places: Place[] = [];

/** Two, so that two processes can be killed at a time. */
beforeEach(async () => {
  for (let index = 0; index < 2; index++) {
    const database = await testDatabase(3);
    const folder = mkdtempSync(join(tmpdir(), 'serviceflow-killed-'));
    const store = openDiskStore(join(folder, 'files'), await openTemporaryFolder(join(folder, 'files', 'tmp')));
    places.push({ database, folder, store, shop: await makeShop(database.db) });
  }
});
afterEach(async () => {
  for (const { database, folder } of places.splice(0)) {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @returns the signal that ended it, or how many steps it took */
async function runToStep({ database, folder, shop }: Place, what: 'keep' | 'sweep', content: string, step: number): Promise<string> {
  const env = { PATH: process.env.PATH, DATABASE_URL: database.url, FOLDER: folder, SHOP: String(shop.id), WHAT: what, CONTENT: content };
  const child = spawn(process.execPath, ['--import', 'tsx', projectPath('src/testing/killed-at-step.ts')], {
    ...{ cwd: projectPath(), env: { ...env, STEP: String(step) }, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const [said, [code, signal]] = await Promise.all([text(child.stdout as NonNullable<typeof child.stdout>), once(child, 'close')]);
  if (code !== 0 && !signal) throw new Error(`It ended with ${code}: ${said}`);
  return signal ?? said.trim();
}

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

/** A later sweep makes good whatever was left: nothing stays. */
async function expectClean({ database, store, folder }: Place): Promise<void> {
  await sweepFiles(database.db, store, inThreeDays());
  expect(await database.db.selectFrom('files').select('sha256').execute()).toEqual([]);
  for await (const { sha256 } of store.list()) throw new Error(`${sha256.toString('hex')} stayed.`);
  expect(readdirSync(join(folder, 'files', 'tmp'))).toEqual([]);
}

async function stepsOf(place: Place, what: 'keep' | 'sweep', content: string): Promise<number> {
  const steps = Number(/^(\d+) steps$/.exec(await runToStep(place, what, content, 0))?.[1]);
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

describe('kill -9 after each step', () => {
  test('of keeping a file leaves rows and files in agreement, and it can be kept again', async () => {
    const steps = await stepsOf(places[0] as Place, 'keep', 'first');
    await expectClean(places[0] as Place);
    await atEachStep(steps, async (place, step) => {
      const content = `content of step ${step}`;
      expect(await runToStep(place, 'keep', content, step), `step ${step}`).toBe('SIGKILL');
      await expectAgreement(place);
      const path = place.store.temporary();
      writeFileSync(path, content);
      const { sha256 } = await keepFile(place.database.db, place.store, place.shop.id, path, 'image/jpeg');
      expect((await buffer(await place.store.read(sha256))).toString()).toBe(content);
      await expectAgreement(place);
      await expectClean(place);
    });
  }, 180_000);

  test('of sweeping leaves rows and files in agreement, and the next one ends it', async () => {
    const fill = async ({ database, store, shop }: Place) => {
      for (const content of ['one', 'two']) {
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
      expect(await runToStep(place, 'sweep', '', step), `step ${step}`).toBe('SIGKILL');
      await expectAgreement(place);
      await expectClean(place);
    });
  }, 180_000);
});
