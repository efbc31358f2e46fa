import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { testPictures } from '../../testing/open-pictures.js';
import { blankPng, scene } from '../../testing/pictures.js';
import { until } from '../../testing/server.js';
import { Invalid } from '../errors.js';

// What takes the process some hundred milliseconds.
const slow = blankPng(7000, 7000);
let photo: Buffer;
beforeAll(async () => {
  photo = await (await scene(1, 320, 240)).jpeg().toBuffer();
});

const opened: ReturnType<typeof testPictures>[] = [];
function open(limits: { workMs?: number; idleMs?: number; residentBytes?: number } = {}) {
  const made = testPictures({ limits });
  opened.push(made);
  return made;
}
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function isRunning(pid: number): boolean {
  try {
    // A process that nobody has buried yet is still listed.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('killed in mid-work: that picture is refused, those that wait and come later are read, nothing is left', async () => {
  const { pictures, file, left, logged } = open();
  const killed = pictures.read(file(slow)).catch((error: unknown) => error);
  const waiting = pictures.read(file(photo));
  await until(() => pictures.pid !== undefined, 'the process');
  const first = pictures.pid as number;
  await sleep(50);
  process.kill(first, 'SIGKILL');
  expect(await killed).toBeInstanceOf(Invalid);
  expect(await waiting).toMatchObject({ kind: 'photo', width: 320 });
  expect(pictures.pid).not.toBe(first);
  expect(logged.filter(({ msg }) => msg === 'a picture’s process died')).toHaveLength(1);
  expect(left()).toHaveLength(3);
});

test('what takes too long, or too much memory, is given up with a sentence; the next one works', async () => {
  const hasty = open({ workMs: 5 });
  await expect(hasty.pictures.read(hasty.file(slow))).rejects.toThrow(/could not be read in time/);
  expect(hasty.left()).toEqual([]);
  expect(hasty.logged).toContainEqual(expect.objectContaining({ reason: 'took too long' }));

  const narrow = open({ residentBytes: 1_000_000 });
  await expect(narrow.pictures.read(narrow.file(slow))).rejects.toThrow(Invalid);
  expect(narrow.left()).toEqual([]);
  expect(narrow.logged).toContainEqual(expect.objectContaining({ reason: 'grew too large' }));
});

test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'a disk that is full is said, and nothing is left (needs root, to mount a small one)',
  async () => {
    const small = mkdtempSync(join(tmpdir(), 'serviceflow-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k,mode=0700', 'tmpfs', small]);
    let made = 0;
    const { pictures, file, close } = testPictures({ ffmpegPath: '/none', temporary: () => join(small, String(++made)) });
    try {
      const large = await (await scene(2, 2000, 1500)).jpeg().toBuffer();
      const noRoom = { status: 507, fields: { files: expect.stringContaining('no room left') } };
      await expect(pictures.read(file(large))).rejects.toMatchObject(noRoom);
      expect(readdirSync(small)).toEqual([]);
      expect(await pictures.read(file(photo))).toMatchObject({ kind: 'photo' });
    } finally {
      await close();
      execFileSync('umount', [small]);
      rmSync(small, { recursive: true });
    }
  },
);

test('the process starts with the first picture, yields to others, and ends when there is nothing to do', async () => {
  const { pictures, file } = open({ idleMs: 200 });
  expect(pictures.pid).toBeUndefined();
  await pictures.read(file(photo));
  const pid = pictures.pid as number;
  expect(getPriority(pid)).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
  // None of the server's secrets are in its environment.
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/SESSION_SECRET|DATABASE_URL|HOME=/);
  await until(() => !isRunning(pid), 'its end');
  expect(await pictures.read(file(photo))).toMatchObject({ kind: 'photo' });
});

test('close ends it at once, also in mid-work, and what waits is refused', async () => {
  const { pictures, file, left } = open();
  await pictures.read(file(photo)).then(({ made }) => {
    for (const one of Object.values(made)) rmSync(one);
  });
  const pid = pictures.pid as number;
  const both = [pictures.read(file(slow)), pictures.read(file(photo))].map((one) => one.catch((error: unknown) => error));
  await sleep(20);
  await pictures.close();
  for (const one of both) expect(await one).toBeInstanceOf(Invalid);
  await until(() => !isRunning(pid), 'its end');
  expect(left()).toEqual([]);
});

test('many at once wait for each other in one process', async () => {
  const { pictures, file } = open();
  const pids = new Set<number>();
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      await pictures.read(file(photo));
      pids.add(pictures.pid as number);
    }),
  );
  expect(pids.size).toBe(1);
});

test('files that are too large are not looked into', async () => {
  const { pictures, file } = testPictures({ maxPhotoBytes: 1_000_000, maxVideoBytes: 2_000_000 });
  const png = blankPng(20, 20);
  const large = (bytes: number) => file(Buffer.concat([png, Buffer.alloc(bytes)]));
  await expect(pictures.read(large(1_000_000))).rejects.toThrow('This photo is larger than 1 MB');
  await expect(pictures.read(large(2_000_000))).rejects.toThrow('This file is larger than 2 MB');
  await pictures.close();
});
