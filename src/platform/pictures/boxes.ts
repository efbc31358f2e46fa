import { DAMAGED_VIDEO, Refused } from './refused.js';
import type { SourceFile } from './source-file.js';

/** A part of an MP4 or QuickTime file. */
export interface Box {
  type: string;
  /** Where it begins, where its content begins, and where it ends. */
  at: number;
  from: number;
  to: number;
  /** Of a box that holds others, and is known to. */
  children: Box[];
}

/** Which boxes are known, and what may be in them. What is not here is not looked into, whatever it says. */
export interface Grammar {
  [type: string]: Grammar | true;
}

const MAX_LISTED = 50_000;
const SAMPLE_TABLES = ['stsd', 'stts', 'ctts', 'cslg', 'stss', 'stsz', 'stsc', 'stco', 'co64', 'sdtp', 'sgpd', 'sbgp'];
const known = (types: string[]): Grammar => Object.fromEntries(types.map((type) => [type, true]));

/** As deep as this goes, so deep a file is looked into: six levels. */
export const MOVIE: Grammar = {
  ftyp: true,
  mdat: true,
  moof: true,
  moov: {
    mvhd: true,
    mvex: { mehd: true, trex: true },
    trak: {
      tkhd: true,
      edts: { elst: true },
      mdia: { mdhd: true, hdlr: true, minf: { vmhd: true, smhd: true, hdlr: true, dinf: { dref: true }, stbl: known(SAMPLE_TABLES) } },
    },
  },
};

/**
 * Reads the boxes that lie between two places.
 * @throws Refused when one is larger than what it lies in, or smaller than its own head
 */
export function readBoxes(file: SourceFile, from: number, to: number, grammar: Grammar): Box[] {
  const boxes: Box[] = [];
  // Fewer bytes than a head needs: some writers end a list with a zero.
  for (let at = from; to - at >= 8; ) {
    file.count();
    const box = readHead(file, at, to);
    const inside = grammar[box.type];
    if (inside && inside !== true) box.children = readBoxes(file, box.from, box.to, inside);
    if (boxes.push(box) > MAX_LISTED) throw new Refused(DAMAGED_VIDEO);
    at = box.to;
  }
  return boxes;
}

function readHead(file: SourceFile, at: number, end: number): Box {
  const head = file.bytes(at, 8);
  const type = head.toString('latin1', 4, 8);
  const short = head.readUInt32BE(0);
  // 1: the size follows, in 64 bits. 0: to the end of the file, which only the last box of all can be.
  const long = short === 1 ? file.bytes(at + 8, 8).readBigUInt64BE() : BigInt(short);
  const size = short === 0 && end === file.size ? end - at : Number(long);
  const headBytes = short === 1 ? 16 : 8;
  if (size < headBytes || size > end - at) throw new Refused(DAMAGED_VIDEO);
  return { type, at, from: at + headBytes, to: at + size, children: [] };
}

/** The box at the end of a path of types, the first of each. */
export function find(boxes: Box[], ...path: string[]): Box | undefined {
  const [type, ...rest] = path;
  const box = boxes.find((one) => one.type === type);
  return box && rest.length > 0 ? find(box.children, ...rest) : box;
}

/** What is in a box, when it is not larger than that. @throws Refused when it is */
export function contentOf(file: SourceFile, box: Box, most: number): Buffer {
  return file.bytes(box.from, box.to - box.from, most);
}
