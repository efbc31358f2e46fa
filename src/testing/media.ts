import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { addMedia, type Place } from '../features/media/media.js';
import type { Services } from '../platform/services.js';
import type { Viewer } from '../platform/web/viewer.js';

export interface PhotoOptions {
  width?: number;
  height?: number;
  quality?: number;
  /** `2026:11:23 09:41:00`, as a camera writes it. */
  takenAt?: string;
}

/** A photo: the same seed shows the same thing, different ones look nothing like each other. */
export async function photoBytes(seed: number, { width = 640, height = 480, quality = 80, takenAt }: PhotoOptions = {}): Promise<Buffer> {
  const small = { width: 8, height: 6, channels: 3 as const };
  const pixels = Buffer.alloc(small.width * small.height * small.channels);
  let state = seed * 2_654_435_761 + 1;
  for (let index = 0; index < pixels.length; index++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    pixels[index] = (state >>> 16) & 255;
  }
  const image = sharp(pixels, { raw: small }).resize(width, height, { kernel: 'cubic', fit: 'fill' });
  if (takenAt) image.withExif({ IFD2: { DateTimeOriginal: takenAt }, IFD3: { GPSLatitude: '38/1 43/1 0/1' } });
  return image.jpeg({ quality }).toBuffer();
}

/** Puts photos on a work order, one for each seed. @returns their ids */
export async function addPhotos(
  services: Services,
  viewer: Viewer,
  number: number,
  seeds: number[],
  place: Place = {},
  options: PhotoOptions = {},
): Promise<number[]> {
  const files = [];
  for (const seed of seeds) {
    const path = services.files.temporary();
    await writeFile(path, await photoBytes(seed, options));
    files.push({ path, name: `IMG_${seed}.jpg` });
  }
  const outcomes = await addMedia(services, viewer, number, files, place);
  return outcomes.map((one) => {
    if (one.state === 'refused') throw new Error(`A photo was refused: ${one.why}`);
    return one.media;
  });
}
