import { writeFile } from 'node:fs/promises';
import { addMedia, type Place } from '../features/media/media.js';
import type { Services } from '../platform/services.js';
import type { Viewer } from '../platform/web/viewer.js';
import { scene } from './pictures.js';

export interface PhotoOptions {
  width?: number;
  height?: number;
  quality?: number;
  /** `2026:11:23 09:41:00`, as a camera writes it. */
  takenAt?: string;
}

/** A photo: the same seed shows the same thing, different ones look nothing like each other. */
export async function photoBytes(seed: number, { width = 400, height = 300, quality = 80, takenAt }: PhotoOptions = {}): Promise<Buffer> {
  const image = await scene(seed, width, height);
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
