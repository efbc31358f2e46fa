import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { Invalid } from '../errors.js';
import { openLog } from '../observe/log.js';
import { openPictures } from './open.js';

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
let files = 0;
const temporary = () => join(folder, `made-${++files}`);
const pictures = openPictures({
  temporary,
  log: openLog('silent'),
  maxPhotoBytes: 20_000_000,
  maxVideoBytes: 200_000_000,
  ffmpegPath: undefined,
});
afterAll(async () => {
  await pictures.close();
  rmSync(folder, { recursive: true });
});

test('a photo becomes three JPEGs, and what is no photo is refused with a sentence', async () => {
  const path = join(folder, 'photo');
  await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#336699' } })
    .jpeg()
    .toFile(path);
  const photo = await pictures.read(path);
  if (photo.kind !== 'photo') throw new Error('It should be a photo.');
  expect({ ...photo, made: undefined, perceptualHash: undefined }).toMatchObject({ type: 'image/jpeg', width: 3000, height: 2000 });
  const sizes = await Promise.all(Object.values(photo.made).map(async (file) => (await sharp(file).metadata()).width));
  expect(sizes).toEqual([400, 1600, 2048]);

  writeFileSync(path, '<html><script>alert(1)</script>');
  const before = readdirSync(folder).length;
  await expect(pictures.read(path)).rejects.toThrow(Invalid);
  expect(readdirSync(folder).length).toBe(before);
});
