import { type Element, floatOf, ID, listElements, numberOf, readElements } from './elements.js';
import type { Facts } from './movie.js';
import { DAMAGED_VIDEO, Refused } from './refused.js';
import { BlankCopy, type SourceFile } from './source-file.js';

const PLAYED = ['V_VP8', 'V_VP9', 'V_AV1', 'A_OPUS', 'A_VORBIS'];
const MAX_HUNDREDTHS = 24 * 60 * 60 * 100;

const TRACK = { number: 'd7', type: '83', codec: '86', video: 'e0' } as const;
/** What says how a track is encoded and shown; names, languages of menus and all else stay behind. */
const OF_TRACK = ['d7', '73c5', '83', 'b9', '88', '55aa', '9c', '22b59c', '86', '63a2', '56aa', '56bb', '23e383', 'e0', 'e1', '6d80'];
const WIDTH = 'b0';
const HEIGHT = 'ba';
const TIMESCALE = '2ad7b1';
const DURATION = '4489';
/** Which programs wrote it: these have to be there, so they stay, but empty. */
const WRITERS = ['4d80', '5741'];
const OF_CLUSTER: string[] = [ID.timestamp, 'a7', 'ab'];
const OF_BLOCK_GROUP: string[] = [ID.block, '9b', 'fb', '75a2'];

interface Webm {
  parts: Element[];
  /** Numbers of the tracks of pictures and sound. */
  tracks: Set<number>;
  facts: Facts;
}

/**
 * Reads how a WebM file is made.
 * @throws Refused when it contradicts itself or has no picture
 */
export function readWebm(file: SourceFile): Webm {
  const [head, segment] = readElements(file, 0, file.size);
  if (head?.id !== ID.head || segment?.id !== ID.segment) throw new Refused(DAMAGED_VIDEO);
  const parts = listElements(file, segment.from, segment.to);
  const entries = childrenOf(file, parts, ID.tracks).filter(({ id }) => id === ID.trackEntry);
  const tracks = entries.map((entry) => readTrack(file, entry)).filter(({ type }) => type === 1 || type === 2);
  const pictures = tracks.find(({ type, width, height }) => type === 1 && width > 0 && height > 0);
  if (!pictures) throw new Refused(DAMAGED_VIDEO);
  const { width, height } = pictures;
  const plays = tracks.every(({ codec }) => PLAYED.includes(codec));
  return { parts, tracks: new Set(tracks.map(({ number }) => number)), facts: { width, height, duration: durationOf(file, parts), plays } };
}

function childrenOf(file: SourceFile, parts: Element[], id: string): Element[] {
  const part = parts.find((one) => one.id === id);
  return part ? listElements(file, part.from, part.to) : [];
}

function readTrack(file: SourceFile, entry: Element) {
  const fields = listElements(file, entry.from, entry.to);
  const number = (all: Element[], id: string) => {
    const field = all.find((one) => one.id === id);
    return field ? numberOf(file, field) : 0;
  };
  const codec = fields.find(({ id }) => id === TRACK.codec);
  const size = childrenOf(file, fields, TRACK.video);
  return {
    number: number(fields, TRACK.number),
    type: number(fields, TRACK.type),
    codec: codec ? file.bytes(codec.from, codec.to - codec.from, 100).toString('latin1') : '',
    width: number(size, WIDTH),
    height: number(size, HEIGHT),
  };
}

/** Hundredths of a second. What a browser records says no duration: then it is where the last picture or sound begins. */
function durationOf(file: SourceFile, parts: Element[]): number {
  const info = childrenOf(file, parts, ID.info);
  const scale = info.find(({ id }) => id === TIMESCALE);
  const stated = info.find(({ id }) => id === DURATION);
  const last = parts.findLast(({ id }) => id === ID.cluster);
  const begun = last ? lastBlockOf(file, last) : 0;
  // A minute more than there is of it can't be true.
  const ticks = stated ? Math.min(floatOf(file, stated), begun + 60_000) : begun;
  const hundredths = Math.round((ticks * (scale ? numberOf(file, scale) : 1_000_000)) / 10_000_000);
  return hundredths > 0 && hundredths <= MAX_HUNDREDTHS ? hundredths : 0;
}

/** The time of the last block of a cluster, in ticks: each says how far it is from the cluster's own. */
function lastBlockOf(file: SourceFile, cluster: Element): number {
  let begun = 0;
  let after = 0;
  for (const child of readElements(file, cluster.from, cluster.to)) {
    if (child.id === ID.timestamp) begun = numberOf(file, child);
    if (child.id === ID.simpleBlock) after = Math.max(after, file.bytes(child.from + 1, 2).readInt16BE(0));
  }
  return begun + after;
}

/**
 * Makes a copy that holds nothing but pictures, sound, and what a player needs for them. It is as long as the file, and everything stands
 * where it stood; what is left out is zeros in an element Void.
 */
export function copyWebm(file: SourceFile, { parts, tracks }: Webm, path: string): void {
  const copy = new BlankCopy(file, path);
  const first = parts[0] as Element;
  try {
    // The heads of the file and of its segment.
    copy.keep(0, first.at);
    for (const part of parts) {
      if (part.id === ID.cluster) keepCluster(file, copy, part, tracks);
      else if (part.id === ID.tracks) keepTracks(file, copy, part);
      else if (part.id === ID.info) keepOnly(file, copy, part, [TIMESCALE, DURATION]);
      else if (part.id === ID.seekHead || part.id === ID.cues) copy.keep(part.at, part.to);
      else leaveOut(copy, part);
    }
  } finally {
    copy.close();
  }
}

function keepTracks(file: SourceFile, copy: BlankCopy, part: Element): void {
  copy.keep(part.at, part.from);
  for (const entry of readElements(file, part.from, part.to)) {
    const { type } = entry.id === ID.trackEntry ? readTrack(file, entry) : { type: 0 };
    if (type === 1 || type === 2) keepOnly(file, copy, entry, OF_TRACK);
    else leaveOut(copy, entry);
  }
}

/** An element with those of its children; the names of programs stay as empty ones. */
function keepOnly(file: SourceFile, copy: BlankCopy, element: Element, ids: string[]): void {
  copy.keep(element.at, element.from);
  for (const child of readElements(file, element.from, element.to)) {
    if (ids.includes(child.id)) copy.keep(child.at, child.to);
    else if (WRITERS.includes(child.id)) copy.keep(child.at, child.from);
    else leaveOut(copy, child);
  }
}

function keepCluster(file: SourceFile, copy: BlankCopy, cluster: Element, tracks: Set<number>): void {
  copy.keep(cluster.at, cluster.from);
  for (const child of readElements(file, cluster.from, cluster.to)) {
    if (OF_CLUSTER.includes(child.id)) copy.keep(child.at, child.to);
    else if (child.id === ID.simpleBlock && tracks.has(trackOf(file, child))) copy.keep(child.at, child.to);
    else if (child.id === ID.blockGroup && isOfTracks(file, child, tracks)) keepOnly(file, copy, child, OF_BLOCK_GROUP);
    else leaveOut(copy, child);
  }
}

function isOfTracks(file: SourceFile, group: Element, tracks: Set<number>): boolean {
  const block = listElements(file, group.from, group.to).find(({ id }) => id === ID.block);
  return block !== undefined && tracks.has(trackOf(file, block));
}

/** A block begins with the number of its track, which has seven bits in every file there is. */
function trackOf(file: SourceFile, block: Element): number {
  return (file.bytes(block.from, 1)[0] as number) & 0x7f;
}

function leaveOut(copy: BlankCopy, element: Element): void {
  // An element that does not say how long it is can't be replaced.
  if (element.open) throw new Refused(DAMAGED_VIDEO);
  const bytes = element.to - element.at - 2;
  const short = bytes < 127;
  const head = Buffer.alloc(short ? 2 : 9);
  head[0] = 0xec;
  if (short) head[1] = 0x80 | bytes;
  else head.writeBigUInt64BE((1n << 56n) | BigInt(bytes - 7), 1);
  copy.put(element.at, head);
}
