import { DAMAGED_VIDEO, Refused } from './refused.js';
import type { SourceFile } from './source-file.js';

/** A part of a WebM file. Its id is written with all of its bits, as the specification does: `1a45dfa3`. */
export interface Element {
  id: string;
  at: number;
  from: number;
  to: number;
  /** It does not say how long it is: it ends where the next of its rank begins. */
  open: boolean;
}

export const ID = {
  head: '1a45dfa3',
  segment: '18538067',
  seekHead: '114d9b74',
  info: '1549a966',
  tracks: '1654ae6b',
  cluster: '1f43b675',
  cues: '1c53bb6b',
  tags: '1254c367',
  attachments: '1941a469',
  chapters: '1043a770',
  void: 'ec',
  trackEntry: 'ae',
  block: 'a1',
  simpleBlock: 'a3',
  blockGroup: 'a0',
  timestamp: 'e7',
} as const;

/** Clusters of an hour of video, thrice. */
const MAX_LISTED = 50_000;

const RANKED: string[] = [ID.head, ID.segment, ID.seekHead, ID.info, ID.tracks, ID.cluster, ID.cues, ID.tags, ID.attachments, ID.chapters];

/**
 * The elements between two places, one after the other.
 * @throws Refused when one is longer than what it lies in
 */
export function* readElements(file: SourceFile, from: number, to: number): Generator<Element> {
  for (let at = from; at < to; ) {
    const element = readHead(file, at, to);
    yield element;
    at = element.to;
  }
}

function readHead(file: SourceFile, at: number, end: number): Element {
  file.count();
  const id = idAt(file, at);
  const sizeAt = at + id.length / 2;
  const sizeBytes = vintBytes(file.bytes(sizeAt, 1)[0] as number);
  const from = sizeAt + sizeBytes;
  const size = vintOf(file.bytes(sizeAt, sizeBytes));
  if (from > end) throw new Refused(DAMAGED_VIDEO);
  if (size === null) return { id, at, from, to: endOf(file, id, from, end), open: true };
  if (size > end - from) throw new Refused(DAMAGED_VIDEO);
  return { id, at, from, to: from + size, open: false };
}

function idAt(file: SourceFile, at: number): string {
  const length = vintBytes(file.bytes(at, 1)[0] as number);
  if (length > 4) throw new Refused(DAMAGED_VIDEO);
  return file.bytes(at, length).toString('hex');
}

/** The number of leading zeros says how many bytes there are. */
function vintBytes(first: number): number {
  if (first === 0) throw new Refused(DAMAGED_VIDEO);
  return Math.clz32(first) - 23;
}

/** A number without its leading one; null when all of its bits are set, which says "not known". */
function vintOf(bytes: Buffer): number | null {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) & ((1n << BigInt(7 * bytes.length)) - 1n);
  return value === (1n << BigInt(7 * bytes.length)) - 1n ? null : Number(value);
}

/** A segment goes to the end; a cluster to the next element of its rank. Nothing else may be open. */
function endOf(file: SourceFile, id: string, from: number, end: number): number {
  if (id === ID.segment) return end;
  if (id !== ID.cluster) throw new Refused(DAMAGED_VIDEO);
  for (let at = from; at < end; at = readHead(file, at, end).to) if (RANKED.includes(idAt(file, at))) return at;
  return end;
}

/** The elements between two places, as a list. @throws Refused when there are more than anything of its kind has */
export function listElements(file: SourceFile, from: number, to: number): Element[] {
  const elements: Element[] = [];
  for (const element of readElements(file, from, to)) {
    if (elements.push(element) > MAX_LISTED) throw new Refused(DAMAGED_VIDEO);
  }
  return elements;
}

/** An unsigned number as the elements have it. @throws Refused when it has more than eight bytes */
export function numberOf(file: SourceFile, element: Element): number {
  const bytes = file.bytes(element.from, element.to - element.from, 8);
  return Number(bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
}

/** A number with a fraction, of four or eight bytes. */
export function floatOf(file: SourceFile, element: Element): number {
  const bytes = file.bytes(element.from, element.to - element.from, 8);
  return bytes.length === 8 ? bytes.readDoubleBE(0) : bytes.length === 4 ? bytes.readFloatBE(0) : 0;
}
