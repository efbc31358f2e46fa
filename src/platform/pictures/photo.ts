import { readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { decodeHeic } from './heic.js';
import { drawMarks } from './marks.js';
import { HASH_SIDE, perceptualHash } from './perceptual-hash.js';
import type { Mark, Photo } from './pictures.js';
import { DAMAGED_PHOTO, HEIC_TOO_MUCH, Refused, tooLarge } from './refused.js';
import { takenAt } from './taken-at.js';

// Of all that the library can open, only what is taken here. (An animation, a drawing or a document is none of it.)
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadHeif'] });
sharp.cache(false);
sharp.concurrency(1);

const MAX_PIXELS = 50_000_000;
const MAX_SECONDS = 15;
/** The most that decoding may take beyond what the process has anyway; see memoryOf(). */
const MAX_DECODING_BYTES = 130_000_000;

/** Longest side and JPEG quality. Photos of a workshop: what is said about a brake pad has to be seen in them. */
const SIZES = {
  customer: { side: 2048, quality: 80 },
  screen: { side: 1600, quality: 78 },
  thumbnail: { side: 400, quality: 72 },
} as const;

/** Upright, sRGB, three bytes a pixel, at most 2048 long. */
interface Upright {
  pixels: Buffer;
  width: number;
  height: number;
}

/** What is asked of the process: everything a photo is made into, and where to. */
export interface PhotoWork {
  path: string;
  made: Photo['made'];
  marks: Mark[];
  maxBytes: number;
}

/**
 * Reads a photo once, at the largest size that is needed, and makes everything from those pixels: no byte of the file gets into what is made.
 * @throws Refused when it is damaged or too large
 */
export async function readPhoto(type: Photo['type'], { path, made, marks, maxBytes }: PhotoWork): Promise<Photo> {
  if ((await stat(path)).size > maxBytes) throw new Refused(tooLarge('photo', maxBytes));
  const metadata = await readMetadata(type, path);
  const upright = type === 'image/heic' ? await uprightHeic(path) : await uprightOf(open(path), metadata.orientation ?? 1);
  const hash = perceptualHash(await grey(upright));
  drawMarks(upright, marks);
  for (const [name, { side, quality }] of Object.entries(SIZES)) {
    const jpeg = atMost(ofPixels(upright), side).jpeg({ quality, optimiseCoding: true, progressive: false });
    await jpeg.toFile(made[name as keyof typeof made]);
  }
  const { width, height } = metadata.autoOrient;
  return { kind: 'photo', type, width, height, takenAt: takenAt(metadata.exif), perceptualHash: hash, made };
}

function open(input: string): Sharp {
  return sharp(input, { failOn: 'error', limitInputPixels: MAX_PIXELS, limitInputChannels: 5, sequentialRead: true }).timeout({
    seconds: MAX_SECONDS,
  });
}

/** @throws Refused before a pixel is decoded, when decoding would take too much */
async function readMetadata(type: Photo['type'], path: string): Promise<Metadata> {
  const metadata = await open(path)
    .metadata()
    .catch((error: Error) => {
      throw new Refused(/pixel limit/.test(error.message) ? tooManyPixels(MAX_PIXELS) : DAMAGED_PHOTO);
    });
  if (metadata.mediaType !== type) throw new Refused(type === 'image/heic' ? HEIC_TOO_MUCH : DAMAGED_PHOTO);
  const pixels = metadata.width * metadata.height;
  if (pixels > MAX_PIXELS) throw new Refused(tooManyPixels(MAX_PIXELS));
  const bytes = memoryOf(metadata) * pixels;
  if (bytes > MAX_DECODING_BYTES) {
    throw new Refused(type === 'image/heic' ? HEIC_TOO_MUCH : tooManyPixels(Math.floor((MAX_DECODING_BYTES / bytes) * pixels)));
  }
  return metadata;
}

/** Bytes that decoding takes for each pixel, measured. A plain JPEG or PNG is read line by line; the rest is held as a whole. */
function memoryOf({ mediaType, isProgressive, channels, depth, chromaSubsampling }: Metadata): number {
  if (mediaType === 'image/heic') return 10;
  if (mediaType === 'image/avif') return 18;
  if (mediaType === 'image/webp') return 4;
  if (!isProgressive) return 0;
  // A progressive JPEG is held as coefficients of two bytes.
  if (mediaType === 'image/jpeg') return chromaSubsampling === '4:2:0' ? 3 : 2 * channels;
  return channels * (depth === 'ushort' ? 2 : 1);
}

function tooManyPixels(most: number): string {
  return `This photo has more than ${Math.floor(most / 1_000_000)} megapixels, which is the most that is taken of its kind. Please choose a smaller one.`;
}

/** @param orientation as EXIF counts: 1 is upright, 2 to 8 are turned or mirrored */
async function uprightOf(image: Sharp, orientation: number): Promise<Upright> {
  try {
    // Brought to size before it is turned: the other way round, all of it would have to be held.
    const small = await pixelsOf(atMost(image.flatten({ background: '#ffffff' }), SIZES.customer.side));
    return await turn(small, orientation);
  } catch (error) {
    // What the library says about a file is for the library's authors.
    throw new Refused(DAMAGED_PHOTO, { cause: error });
  }
}

/** The library mirrors before it turns, in whatever order it is told to. */
function turn(image: Upright, orientation: number): Promise<Upright> | Upright {
  const turned: Record<number, (given: Sharp) => Sharp> = {
    2: (given) => given.flop(),
    3: (given) => given.rotate(180),
    4: (given) => given.flip(),
    5: (given) => given.flop().rotate(270),
    6: (given) => given.rotate(90),
    7: (given) => given.flop().rotate(90),
    8: (given) => given.rotate(270),
  };
  const way = turned[orientation];
  return way ? pixelsOf(way(ofPixels(image))) : image;
}

async function uprightHeic(path: string): Promise<Upright> {
  const { data, width, height } = await decodeHeic(await readFile(path));
  // The decoder has turned it already.
  return uprightOf(sharp(data, { raw: { width, height, channels: 4 } }), 1);
}

async function pixelsOf(image: Sharp): Promise<Upright> {
  const { data, info } = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`${info.channels} channels where there should be three.`);
  return { pixels: data, width: info.width, height: info.height };
}

function ofPixels({ pixels, width, height }: Upright): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

function atMost(image: Sharp, side: number): Sharp {
  return image.resize(side, side, { fit: 'inside', withoutEnlargement: true });
}

function grey(image: Upright): Promise<Buffer> {
  return ofPixels(image).resize(HASH_SIDE, HASH_SIDE, { fit: 'fill' }).greyscale().toColourspace('b-w').raw().toBuffer();
}
