import { open } from 'node:fs/promises';
import type { Photo, Video } from './pictures.js';
import { EMPTY, Refused } from './refused.js';

export type Kind = Photo['type'] | Video['type'];

/** How many bytes kindOf() wants to see. */
const HEAD_BYTES = 4096;

/** What a file of ISO boxes calls itself, in `ftyp`. A file of another brand (`M4A `, `qt  ` of a sound, `crx ` of a camera) is not taken. */
const BRANDS: Record<string, Kind> = {
  avif: 'image/avif',
  heic: 'image/heic',
  heix: 'image/heic',
  mif1: 'image/heic',
  'qt  ': 'video/quicktime',
  isom: 'video/mp4',
  iso2: 'video/mp4',
  iso4: 'video/mp4',
  iso5: 'video/mp4',
  iso6: 'video/mp4',
  mp41: 'video/mp4',
  mp42: 'video/mp4',
  avc1: 'video/mp4',
  'M4V ': 'video/mp4',
  '3gp4': 'video/mp4',
  '3gp5': 'video/mp4',
  XAVC: 'video/mp4',
  MSNV: 'video/mp4',
};

/**
 * What a file is, judged by its first bytes alone: not by its name, nor by what the browser says.
 * @param head its first HEAD_BYTES, or all of it
 * @returns null for everything that is not taken
 */
export function kindOf(head: Buffer): Kind | null {
  const starts = (bytes: string, at = 0) => head.toString('latin1', at, at + bytes.length) === bytes;
  if (starts('\xff\xd8\xff')) return 'image/jpeg';
  if (starts('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (starts('RIFF') && starts('WEBP', 8)) return 'image/webp';
  if (starts('ftyp', 4)) return ofBrands(head);
  // EBML, the ground of WebM; that it is one says its DocType, which is among the first elements.
  if (starts('\x1a\x45\xdf\xa3')) return isWebm(head) ? 'video/webm' : null;
  // QuickTime is older than `ftyp`: a file may begin with its movie or its media.
  if (['moov', 'mdat', 'wide'].some((type) => starts(type, 4)) && head.length >= 16) return 'video/quicktime';
  return null;
}

/** @throws Refused when the file is empty */
export async function kindOfFile(path: string): Promise<Kind | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (bytesRead === 0) throw new Refused(EMPTY);
    return kindOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The major brand, then the compatible ones: `mif1` says only that it is some picture, so what else is said goes before it. */
function ofBrands(head: Buffer): Kind | null {
  const end = Math.min(head.readUInt32BE(0), head.length, 256);
  const brands = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString('latin1', at, at + 4));
  const [major, ...others] = brands.map((brand) => BRANDS[brand]);
  if (!major) return null;
  if (brands[0] !== 'mif1') return major;
  return others.find((kind, place) => kind?.startsWith('image/') && brands[place + 1] !== 'mif1') ?? major;
}

export function isVideo(kind: Kind): kind is Video['type'] {
  return kind.startsWith('video/');
}

/** The DocType stands with its id and its size: 4, in as many bytes as the writer likes. */
function isWebm(head: Buffer): boolean {
  const at = head.subarray(0, 128).indexOf('B\x82', 4, 'latin1');
  return (
    at > 0 &&
    [3, 4, 6, 10].some(
      (bytes) => head.toString('latin1', at + bytes, at + bytes + 4) === 'webm' && head[at + bytes - 1] === (bytes === 3 ? 0x84 : 4),
    )
  );
}
