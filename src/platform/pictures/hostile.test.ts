import { readFileSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hostile, hostilePictures } from '../../testing/hostile-pictures.js';
import { watchMemory } from '../../testing/memory.js';
import { testPictures } from '../../testing/open-pictures.js';
import { scene } from '../../testing/pictures.js';
import { movie, webm } from '../../testing/videos.js';
import { Invalid } from '../errors.js';

// Without ffmpeg: what that does to such files is in ffmpeg.test.ts.
const { pictures, file, left, logged, close } = testPictures({ ffmpegPath: '/none' });
afterAll(close);

let files: Hostile[];
let photo: Buffer;
beforeAll(async () => {
  files = await hostilePictures();
  photo = await (await scene(1, 320, 240)).jpeg().toBuffer();
});

/** Reads it as an upload does, and removes what was made. @returns the sentence of the refusal, or null */
async function read(bytes: Buffer): Promise<string | null> {
  const path = file(bytes);
  try {
    const { kind, made } = await pictures.read(path);
    for (const one of Object.values(made)) {
      if (kind === 'photo') expect((await sharp(one).metadata()).format).toBe('jpeg');
      for (const foreign of ['<script', '<?php', 'PK\x03\x04']) expect(readFileSync(one).includes(foreign)).toBe(false);
      rmSync(one);
    }
    return null;
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return error.fields.files ?? '';
  } finally {
    rmSync(path);
  }
}

test('each hostile file is taken rightly or refused with a sentence; the next good one works; memory stays within 200 MB', async () => {
  expect(files.length).toBeGreaterThan(100);
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  const memory = watchMemory();
  for (const { name, bytes, outcome } of files) {
    const refused = await read(bytes);
    if (outcome === 'taken') expect.soft(refused, name).toBeNull();
    if (outcome === 'refused') expect.soft(refused, name).not.toBeNull();
    if (refused !== null) expect.soft(refused, name).toMatch(/^This .{20,}\.$|^There is no picture in this video\./);
    expect.soft(left(), name).toEqual([]);
    expect.soft(await read(photo), `after ${name}`).toBeNull();
  }
  const peak = memory?.stop();
  if (peak === undefined) console.log('Memory was not measured: this system does not tell it.');
  else expect(peak).toBeLessThan(200_000_000);
  // Every refusal was one that was meant: no process died of these files, and nothing failed that nobody had thought of.
  expect(logged.filter(({ msg }) => msg.startsWith('a picture'))).toEqual([]);
}, 240_000);

test('whatever bits are turned over, it is taken or refused, and nothing is left', async () => {
  const wholes = [photo, await sharp(photo).resize(60).png().toBuffer(), await sharp(photo).resize(60).webp().toBuffer(), movie(), webm()];
  const flips = fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(7)), {
    minLength: 1,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...wholes), flips, async (whole, changes) => {
      const bytes = Buffer.from(whole);
      for (const [share, bit] of changes) {
        const at = Math.floor(share * bytes.length);
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
      }
      expect(await read(bytes)).not.toBe('');
      expect(left()).toEqual([]);
    }),
    { numRuns: 150 },
  );
  expect(await read(photo)).toBeNull();
}, 120_000);
