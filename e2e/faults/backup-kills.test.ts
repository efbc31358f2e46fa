import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive, verifyArchive } from '../../src/platform/backup/archive.js';
import { proveBackup } from '../../src/platform/backup/prove.js';
import { back, diskStore, fillShops, temporaryFolder } from '../../src/testing/backup.js';
import { testDatabase } from '../../src/testing/database.js';
import { runToStep, stepsIn } from '../../src/testing/run-to-step.js';
import { testEnvironment } from '../../src/testing/server.js';

/** As many as stay; from the next one on the oldest is removed. */
const KEPT = 10;
/** The last steps of a backup: the archive gets its name, is read back, and the oldest goes. */
const END = 40;

/** A shop with its files, a folder with `count` backups of it, and what is killed there. */
async function withBackups(count: number, work: (place: Awaited<ReturnType<typeof openPlace>>) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    for (let index = 0; index < count; index++) await place.back();
    await work(place);
  } finally {
    await place.close();
  }
}

async function openPlace() {
  const folder = temporaryFolder();
  const database = await testDatabase(2);
  const store = await diskStore(folder.path);
  await fillShops(database.db, store);
  const where = join(folder.path, 'backups');
  const target = { folder: where, passphrase: undefined };
  return {
    where,
    back: () => back(database.url, store, target),
    /** @returns what ended it, or how many steps it took */
    run: (step: number) => runToStep({ ...testEnvironment(database.url), DATA_DIR: folder.path }, 'backup', step),
    /** It is restored, and its files are compared. */
    prove: (path: string) => proveBackup(path, [], { url: database.url, dataDir: folder.path, passphrase: undefined }),
    close: async () => {
      await database.close();
      folder.remove();
    },
  };
}

/** Whatever has an archive's name is one. @returns their paths, from the oldest on */
async function wholeArchives(where: string): Promise<string[]> {
  const paths = readdirSync(where)
    .filter((name) => !name.startsWith('.') && name.endsWith('.zip'))
    .map((name) => join(where, name));
  for (const path of paths) {
    const archive = await openArchive(path, undefined);
    await verifyArchive(archive).finally(() => archive.close());
  }
  return paths.sort();
}

/** The pieces in which a stream comes are not always as many: a run may be over before the step, and only then is it not killed. */
async function wasKilled(run: (step: number) => Promise<string>, step: number): Promise<boolean> {
  const outcome = await run(step);
  if (outcome !== 'SIGKILL') expect(stepsIn(outcome), `steps of the run to step ${step}`).toBeLessThan(step);
  return outcome === 'SIGKILL';
}

const leftovers = (where: string) => readdirSync(where).filter((name) => name.startsWith('.'));

test.concurrent('a backup beside others is killed at its steps: those of before stay and can be restored, none is damaged, and the next one clears up', async () => {
  await withBackups(KEPT, async ({ where, back, run, prove }) => {
    const steps = stepsIn(await run(0));
    expect(steps).toBeGreaterThan(END);
    // Until then it does what the first one of all does, which is killed after each of them.
    const killed = Array.from({ length: steps }, (_, index) => index + 1).filter((step) => step % 5 === 0 || step > steps - END);
    let kills = 0;
    let left = 0;
    for (const step of killed) {
      if (await wasKilled(run, step)) kills++;
      expect((await wholeArchives(where)).length, `killed after step ${step}`).toBeGreaterThanOrEqual(KEPT);
      left = Math.max(left, leftovers(where).length);
    }
    console.log(`${kills} kills at ${killed.length} of the ${steps} steps of a backup beside ${KEPT} others`);
    expect(kills).toBeGreaterThan(killed.length * 0.9);
    // Each next one has cleared up, though it was killed itself.
    expect(left).toBe(1);
    await back();
    expect(leftovers(where)).toEqual([]);
    const [oldest = '', ...others] = await wholeArchives(where);
    expect(others).toHaveLength(KEPT - 1);
    await prove(oldest);
    await prove(others.at(-1) as string);
  });
}, 1_200_000);

test.concurrent('the first backup of all, which copies the files, is killed after each of its steps: none is damaged, and the next one clears up', async () => {
  await withBackups(0, async ({ where, back, run, prove }) => {
    const steps = stepsIn(await run(0));
    let kills = 0;
    for (let step = 1; step <= steps; step++) {
      // What the last one has left behind stays: it was never there that anything was whole.
      for (const name of readdirSync(where)) if (!name.startsWith('.part')) rmSync(join(where, name), { recursive: true });
      if (await wasKilled(run, step)) kills++;
      for (const path of await wholeArchives(where)) await prove(path);
    }
    console.log(`${kills} kills at the ${steps} steps of a first backup`);
    expect(kills).toBeGreaterThan(steps * 0.9);
    const last = await back();
    expect(leftovers(where)).toEqual([]);
    await prove(last.path);
  });
}, 1_200_000);
