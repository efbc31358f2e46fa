import { constants, crc32, deflateRawSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { SMALL_HEIC } from './heic.js';

// Pictures for tests, good and bad, all of them made here.

/** What is hidden in test pictures, and must be in nothing that is made from them. */
export const SECRET = 'SecretMaker4711';
/** As a program that looks for places would find it: 47° 22′ 36″. */
export const SECRET_LATITUDE = Buffer.from([0, 0, 0, 47, 0, 0, 0, 1, 0, 0, 0, 22, 0, 0, 0, 1, 0, 0, 0, 36, 0, 0, 0, 1]);

export type Bytes = Buffer;

/** A blue picture with a red top left corner, a quarter of its shorter side large. */
export function cornered(width: number, height: number): Sharp {
  const side = Math.round(Math.min(width, height) / 4);
  const red = { create: { width: side, height: side, channels: 3 as const, background: '#e00000' } };
  return sharp({ create: { width, height, channels: 3, background: '#2060a0' } })
    .composite([{ input: red, left: 0, top: 0 }])
    .removeAlpha();
}

/** Something like a photo: soft shapes that differ with the seed, and a little noise. */
export async function scene(seed: number, width = 800, height = 600): Promise<Sharp> {
  const random = randomOf(seed);
  const rough = Buffer.from(Array.from({ length: 12 * 9 * 3 }, () => Math.floor(random() * 256)));
  const soft = await sharp(rough, { raw: { width: 12, height: 9, channels: 3 } })
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .raw()
    .toBuffer();
  for (let at = 0; at < soft.length; at += 1) soft[at] = Math.min(255, Math.max(0, (soft[at] as number) + Math.floor(random() * 21) - 10));
  return sharp(soft, { raw: { width, height, channels: 3 } });
}

/** Numbers from 0 up to 1 that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

// JPEG ---------------------------------------------------------------------------------------------------------------

/** A JPEG with application segments of its own. @param segments marker (`0xe1`) and content, at most 65,533 bytes */
export function withSegments(jpeg: Bytes, ...segments: [number, Bytes][]): Bytes {
  const made = segments.map(([marker, content]) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(content.length + 2, 2);
    return Buffer.concat([head, content]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...made, jpeg.subarray(2)]);
}

export interface ExifFields {
  orientation?: number;
  taken?: string;
  /** With a place, the name of the maker and a maker's note. */
  secrets?: boolean;
  note?: Bytes;
}

type Entry = [tag: number, type: 2 | 3 | 4 | 5 | 7, count: number, value: Bytes];

/** An EXIF block, big-endian, as it stands in a JPEG's APP1. */
export function exif({ orientation, taken, secrets, note }: ExifFields): Bytes {
  const short = (value: number) => Buffer.from([value >> 8, value & 255, 0, 0]);
  const text = (value: string) => Buffer.from(`${value}\0`, 'latin1');
  const zeroth: Entry[] = [];
  const exposure: Entry[] = [];
  const place: Entry[] = [];
  if (secrets) zeroth.push([0x010f, 2, SECRET.length + 1, text(SECRET)]);
  if (orientation) zeroth.push([0x0112, 3, 1, short(orientation)]);
  if (taken) exposure.push([0x9003, 2, taken.length + 1, text(taken)]);
  if (secrets) exposure.push([0x927c, 7, SECRET.length, Buffer.from(SECRET)]);
  if (note) exposure.push([0x927c, 7, note.length, note]);
  if (secrets) place.push([0x0001, 2, 2, Buffer.from('N\0\0\0')], [0x0002, 5, 3, SECRET_LATITUDE]);
  return Buffer.concat([Buffer.from('Exif\0\0MM\0*\0\0\0\x08', 'latin1'), directories(zeroth, exposure, place)]);
}

/** Three directories, one after the other, with what does not fit into their entries behind each. */
function directories(zeroth: Entry[], exposure: Entry[], place: Entry[]): Bytes {
  const size = (entries: Entry[]) =>
    6 + entries.length * 12 + entries.reduce((sum, [, , , value]) => sum + (value.length > 4 ? value.length : 0), 0);
  const pointers = (exposure.length > 0 ? 1 : 0) + (place.length > 0 ? 1 : 0);
  const exposureAt = 8 + size(zeroth) + pointers * 12;
  const placeAt = exposureAt + (exposure.length > 0 ? size(exposure) : 0);
  const long = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const first = [...zeroth];
  if (exposure.length > 0) first.push([0x8769, 4, 1, long(exposureAt)]);
  if (place.length > 0) first.push([0x8825, 4, 1, long(placeAt)]);
  const parts = [directory(first, 8)];
  if (exposure.length > 0) parts.push(directory(exposure, exposureAt));
  if (place.length > 0) parts.push(directory(place, placeAt));
  return Buffer.concat(parts);
}

function directory(entries: Entry[], at: number): Bytes {
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  table.writeUInt16BE(entries.length, 0);
  const behind: Bytes[] = [];
  let next = at + table.length;
  entries.forEach(([tag, type, count, value], place) => {
    const entry = 2 + place * 12;
    table.writeUInt16BE(tag, entry);
    table.writeUInt16BE(type, entry + 2);
    table.writeUInt32BE(count, entry + 4);
    if (value.length <= 4) value.copy(table, entry + 8);
    else {
      table.writeUInt32BE(next, entry + 8);
      behind.push(value);
      next += value.length;
    }
  });
  return Buffer.concat([table, ...behind]);
}

/** A JPEG with all that a phone writes into it, and more: EXIF with place and maker, XMP, IPTC, a comment, a color profile. */
export async function talkative(picture: Sharp, fields: ExifFields = {}): Promise<Bytes> {
  const jpeg = await picture.jpeg({ quality: 90 }).withIccProfile('p3').toBuffer();
  const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description exif:GPSLatitude="47,22.6N" tiff:Make="${SECRET}"/></rdf:RDF></x:xmpmeta>`;
  const iptc = Buffer.concat([Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x14\x1c\x02\x5a\0\x0f', 'latin1'), Buffer.from(SECRET)]);
  return withSegments(
    jpeg,
    [0xe1, exif({ secrets: true, taken: '2026:11:23 11:42:07', ...fields })],
    [0xe1, Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), Buffer.from(xmp)])],
    [0xed, iptc],
    [0xfe, Buffer.from(`Comment of ${SECRET}`)],
  );
}

// PNG ----------------------------------------------------------------------------------------------------------------

export function pngChunk(type: string, content: Bytes): Bytes {
  const chunk = Buffer.alloc(content.length + 12);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, 'latin1');
  content.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, content.length + 8)), content.length + 8);
  return chunk;
}

/** So many times the same byte, as zlib packs it, without having them all: a million at a time. */
function packed(bytes: number, value: number): Bytes {
  const piece = (length: number) => deflateRawSync(Buffer.alloc(length, value), { finishFlush: constants.Z_FULL_FLUSH });
  const million = piece(1_000_000);
  const pieces = Array.from({ length: Math.floor(bytes / 1_000_000) }, () => million);
  const [count, each, modulus] = [BigInt(bytes), BigInt(value), 65_521n];
  const check = Buffer.alloc(4);
  check.writeUInt16BE(Number((count + (each * count * (count + 1n)) / 2n) % modulus), 0);
  check.writeUInt16BE(Number((1n + count * each) % modulus), 2);
  return Buffer.concat([Buffer.from([0x78, 0x9c]), ...pieces, piece(bytes % 1_000_000), Buffer.from([3, 0]), check]);
}

/** A PNG of one color, 8 bits RGB, whose size may be anything: blank rows pack to next to nothing. */
export function blankPng(width: number, height: number, { rows = height, chunks = [] as Bytes[], interlaced = false } = {}): Bytes {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, interlaced ? 1 : 0], 8);
  const pixels = packed((width * 3 + 1) * rows, 0);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, pngChunk('IHDR', head), ...chunks, pngChunk('IDAT', pixels), pngChunk('IEND', Buffer.alloc(0))]);
}

/** A chunk that is small in the file and large unpacked. @param type `zTXt`, `iTXt` or `iCCP` */
export function bombChunk(type: 'zTXt' | 'iTXt' | 'iCCP', bytes: number): Bytes {
  const head = type === 'iTXt' ? 'Comment\0\x01\0\0\0' : 'Comment\0\0';
  return pngChunk(type, Buffer.concat([Buffer.from(head, 'latin1'), packed(bytes, 65)]));
}

// HEIC ---------------------------------------------------------------------------------------------------------------

/** 96 × 64, blue with a red top left corner; a place, a maker and a time in its EXIF. */
export function heic(): Bytes {
  return Buffer.from(SMALL_HEIC, 'base64');
}

/** The same claiming another size. */
export function heicClaiming(width: number, height: number): Bytes {
  const bytes = heic();
  for (let at = bytes.indexOf('ispe'); at >= 0; at = bytes.indexOf('ispe', at + 1)) {
    bytes.writeUInt32BE(width, at + 8);
    bytes.writeUInt32BE(height, at + 12);
  }
  return bytes;
}
