import { type Box, contentOf, find, MOVIE, readBoxes } from './boxes.js';
import type { Video } from './pictures.js';
import { DAMAGED_VIDEO, Refused } from './refused.js';
import type { SourceFile } from './source-file.js';

/** What is known of a video; see pictures.ts. */
export type Facts = Pick<Video, 'width' | 'height' | 'duration' | 'plays'>;

/** A track of pictures or sound. */
export interface Track {
  box: Box;
  kind: 'vide' | 'soun';
}

export interface Movie {
  boxes: Box[];
  /** Of pictures and sound; there are others, of places, times and subtitles. */
  tracks: Track[];
  /** Its pictures are spread over the file in pieces with tables of their own. */
  fragmented: boolean;
}

const MAX_TABLE_BYTES = 16_000_000;
/** What can't be believed of a video from a phone: a day. */
const MAX_HUNDREDTHS = 24 * 60 * 60 * 100;
const NO_PICTURE = 'There is no picture in this video. Please take it again, or choose another one.';
const ELSEWHERE = 'This video only points to other files, which did not come with it. Please choose the video itself.';

/**
 * Reads how an MP4 or QuickTime file is made.
 * @throws Refused when it contradicts itself, has no picture, or has its media somewhere else
 */
export function readMovie(file: SourceFile): Movie {
  const boxes = readBoxes(file, 0, file.size, MOVIE);
  const moov = find(boxes, 'moov');
  if (!moov) throw new Refused(DAMAGED_VIDEO);
  const all = moov.children.filter(({ type }) => type === 'trak');
  for (const track of all) refuseReferences(file, track);
  const tracks = all.flatMap((box): Track[] => {
    const kind = handlerOf(file, box);
    return kind === 'vide' || kind === 'soun' ? [{ box, kind }] : [];
  });
  if (!tracks.some(({ kind }) => kind === 'vide')) throw new Refused(NO_PICTURE);
  return { boxes, tracks, fragmented: boxes.some(({ type }) => type === 'moof') || find(moov.children, 'mvex') !== undefined };
}

/** A track may say that its samples are in another file, or behind a URL: nothing here ever follows that, and no player of ours shall. */
function refuseReferences(file: SourceFile, track: Box): void {
  const box = find(track.children, 'mdia', 'minf', 'dinf', 'dref');
  if (!box) throw new Refused(DAMAGED_VIDEO);
  const content = contentOf(file, box, 4096);
  if (content.length < 8) throw new Refused(DAMAGED_VIDEO);
  const references = readBoxes(file, box.from + 8, box.to, {});
  // One flag says: it is in this file.
  const inside = ({ from, to }: Box) => to - from >= 4 && (file.bytes(from, 4).readUInt32BE(0) & 1) === 1;
  if (references.length === 0 || !references.every(inside)) throw new Refused(ELSEWHERE);
}

function handlerOf(file: SourceFile, track: Box): string {
  const box = find(track.children, 'mdia', 'hdlr');
  return box && box.to - box.from >= 12 ? file.bytes(box.from + 8, 4).toString('latin1') : '';
}

/** Size (upright), length and whether browsers play it. */
export function factsOfMovie(file: SourceFile, movie: Movie): Facts {
  const pictures = movie.tracks.find(({ kind }) => kind === 'vide') as Track;
  const durations = movie.tracks.map(({ box }) => durationOf(file, box));
  const duration = movie.fragmented ? 0 : Math.max(...durations);
  return {
    ...sizeOf(file, pictures.box),
    duration: duration <= MAX_HUNDREDTHS ? duration : 0,
    plays: movie.tracks.every((track) => sampleEntries(file, track.box).every((entry) => browsersPlay(file, entry))),
  };
}

/** From what is said of its samples, not from what the head of the film claims. Hundredths of a second; 0 when it isn't said. */
function durationOf(file: SourceFile, track: Box): number {
  const head = find(track.children, 'mdia', 'mdhd');
  const table = find(track.children, 'mdia', 'minf', 'stbl', 'stts');
  if (!head || !table) return 0;
  const content = contentOf(file, head, 256);
  const timescale = content.length >= 24 ? content.readUInt32BE(content[0] === 1 ? 20 : 12) : 0;
  if (timescale === 0) return 0;
  const times = contentOf(file, table, MAX_TABLE_BYTES);
  let sum = 0;
  for (let at = 8; at + 8 <= times.length; at += 8) sum += times.readUInt32BE(at) * times.readUInt32BE(at + 4);
  return Math.round((sum * 100) / timescale);
}

function sizeOf(file: SourceFile, track: Box): { width: number; height: number } {
  const head = find(track.children, 'tkhd');
  const content = head ? contentOf(file, head, 256) : Buffer.alloc(0);
  const matrix = content[0] === 1 ? 52 : 40;
  if (content.length < matrix + 44) throw new Refused(DAMAGED_VIDEO);
  // Whole pixels and 65,536th of them.
  const width = Math.round(content.readUInt32BE(matrix + 36) / 65_536);
  const height = Math.round(content.readUInt32BE(matrix + 40) / 65_536);
  if (width === 0 || height === 0) throw new Refused(DAMAGED_VIDEO);
  // Turned by 90° when x goes into y.
  const turned = content.readInt32BE(matrix) === 0 && content.readInt32BE(matrix + 4) !== 0;
  return turned ? { width: height, height: width } : { width, height };
}

/** How the samples of a track are encoded: boxes of their own kind, in `stsd`. */
export function sampleEntries(file: SourceFile, track: Box): Box[] {
  const box = find(track.children, 'mdia', 'minf', 'stbl', 'stsd');
  return box && box.to - box.from >= 8 ? readBoxes(file, box.from + 8, box.to, {}) : [];
}

/** Where the boxes of a sample entry begin, after its fixed fields. QuickTime has two longer forms for sound. */
export function fixedBytes(file: SourceFile, kind: Track['kind'], entry: Box): number {
  if (kind === 'vide') return 78;
  const version = entry.to - entry.from >= 10 ? file.bytes(entry.from + 8, 2).readUInt16BE(0) : 0;
  return { 1: 44, 2: 64 }[version] ?? 28;
}

const PLAYED = ['mp4a', 'Opus', 'vp08', 'vp09', 'av01', '.mp3'];
/** Baseline, main and high; what else there is of H.264 (10 bits, 4:2:2) is for studios. */
const PLAYED_PROFILES = [66, 77, 100];

function browsersPlay(file: SourceFile, entry: Box): boolean {
  if (entry.type !== 'avc1' && entry.type !== 'avc3') return PLAYED.includes(entry.type);
  const [setup] = readBoxes(file, entry.from + 78, entry.to, {}).filter(({ type }) => type === 'avcC');
  return setup !== undefined && setup.to - setup.from >= 4 && PLAYED_PROFILES.includes(file.bytes(setup.from + 1, 1)[0] as number);
}
