import { type Box, contentOf, find, readBoxes } from './boxes.js';
import { fixedBytes, type Movie, sampleEntries, type Track } from './movie.js';
import { BlankCopy, type SourceFile } from './source-file.js';

const MAX_TABLE_BYTES = 16_000_000;
/** Half a million chunks: hours. */
const MAX_CHUNK_BYTES = 2_000_000;
const COMPRESSED_SOUND = ['mp4a', 'Opus', 'ac-3', 'ec-3', 'alac', '.mp3', 'samr', 'sawb'];
/** What tells a player how the samples are encoded and shown; all else in a sample entry stays behind. */
const SETUPS = ['avcC', 'hvcC', 'vpcC', 'av1C', 'dvcC', 'dvvC', 'esds', 'dOps', 'wave', 'chan', 'colr', 'pasp', 'clap', 'fiel', 'btrt'];

interface Range {
  from: number;
  to: number;
}

/**
 * Makes a copy that holds nothing but pictures, sound, and what a player needs for them: no place, no device, no time of
 * recording, no track of something else. It is as long as the file, and everything stands where it stood; what is left out is zeros in a box `free`.
 * @returns false when that can't be done with certainty; then there is no copy
 */
export function copyMovie(file: SourceFile, movie: Movie, path: string): boolean {
  const samples = movie.fragmented ? null : samplesOf(file, movie);
  if (!samples) return false;
  const copy = new BlankCopy(file, path);
  try {
    for (const box of movie.boxes) {
      if (box.type === 'moov') keepMovieBox(file, copy, movie, box);
      else if (box.type === 'mdat') copy.keep(box.at, box.from);
      else if (box.type === 'ftyp') copy.keep(box.at, box.to);
      else leaveOut(file, copy, box);
    }
    for (const range of samples) copy.keep(range.from, range.to);
    return true;
  } finally {
    copy.close();
  }
}

/** A box of the same size, which players skip. */
function leaveOut(file: SourceFile, copy: BlankCopy, box: Box): void {
  const head = Buffer.from(file.bytes(box.at, box.from - box.at));
  head.write('free', 4, 'latin1');
  copy.put(box.at, head);
}

function keepMovieBox(file: SourceFile, copy: BlankCopy, movie: Movie, box: Box): void {
  copy.keep(box.at, box.from);
  for (const child of box.children) {
    const track = movie.tracks.find((one) => one.box === child);
    if (child.type === 'mvhd') keepWithoutTimes(file, copy, child);
    else if (track) keepTrackBox(file, copy, track, child);
    else leaveOut(file, copy, child);
  }
}

function keepTrackBox(file: SourceFile, copy: BlankCopy, track: Track, box: Box): void {
  if (box.children.length > 0) {
    copy.keep(box.at, box.from);
    for (const child of box.children) keepTrackBox(file, copy, track, child);
  } else if (box.type === 'tkhd' || box.type === 'mdhd') keepWithoutTimes(file, copy, box);
  else if (box.type === 'hdlr') {
    // Then comes a name, which is often the camera's.
    copy.keep(box.at, Math.min(box.to, box.from + 12));
  } else if (box.type === 'stsd') keepSampleEntries(file, copy, track, box);
  else if (TABLES.includes(box.type)) copy.keep(box.at, box.to);
  else leaveOut(file, copy, box);
}

const TABLES = ['elst', 'vmhd', 'smhd', 'dref', 'stts', 'ctts', 'cslg', 'stss', 'stsz', 'stsc', 'stco', 'co64', 'sdtp', 'sgpd', 'sbgp'];

/** Two times, of making and of changing, follow the version: of 32 or 64 bits. */
function keepWithoutTimes(file: SourceFile, copy: BlankCopy, box: Box): void {
  const times = contentOf(file, box, 256)[0] === 1 ? 16 : 8;
  copy.keep(box.at, box.from + 4);
  copy.keep(Math.min(box.to, box.from + 4 + times), box.to);
}

function keepSampleEntries(file: SourceFile, copy: BlankCopy, track: Track, box: Box): void {
  copy.keep(box.at, box.from + 8);
  for (const entry of sampleEntries(file, track.box)) {
    const fixed = Math.min(entry.to, entry.from + fixedBytes(file, track.kind, entry));
    copy.keep(entry.at, fixed);
    // Who made the encoder, and what they call it.
    copy.put(entry.from + 12, Buffer.alloc(Math.min(4, Math.max(0, fixed - entry.from - 12))));
    if (track.kind === 'vide') copy.put(entry.from + 42, Buffer.alloc(Math.min(32, Math.max(0, fixed - entry.from - 42))));
    for (const setup of readBoxes(file, fixed, entry.to, {})) {
      if (SETUPS.includes(setup.type)) copy.keep(setup.at, setup.to);
      else leaveOut(file, copy, setup);
    }
  }
}

/** Where in `mdat` the pictures and the sound lie, and nothing else. @returns null when that is not said clearly */
function samplesOf(file: SourceFile, movie: Movie): Range[] | null {
  const media = movie.boxes.filter(({ type }) => type === 'mdat');
  const ranges: Range[] = [];
  for (const { box, kind } of movie.tracks) {
    // Of sound that isn't compressed, the tables count in other units.
    if (kind === 'soun' && !sampleEntries(file, box).every(({ type }) => COMPRESSED_SOUND.includes(type))) return null;
    for (const range of chunksOf(file, box)) {
      if (!media.some(({ from, to }) => range.from >= from && range.to <= to)) return null;
      ranges.push(range);
    }
  }
  return merged(ranges);
}

/** Tables can name the same bytes any number of times; they are copied once. */
function merged(ranges: Range[]): Range[] {
  const found: Range[] = [];
  for (const range of ranges.sort((one, other) => one.from - other.from)) {
    const last = found.at(-1);
    if (last && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else found.push(range);
  }
  return found;
}

/** Samples lie in chunks: how many in which is one table, where each chunk begins another, how large each sample is a third. */
function* chunksOf(file: SourceFile, track: Box): Generator<Range> {
  const table = (type: string, most = MAX_TABLE_BYTES) => {
    const box = find(track.children, 'mdia', 'minf', 'stbl', type);
    return box && box.to - box.from >= 8 ? contentOf(file, box, most) : null;
  };
  const [sizes, runs, short, long] = [table('stsz'), table('stsc'), table('stco', MAX_CHUNK_BYTES), table('co64', MAX_CHUNK_BYTES)];
  if (!sizes || !runs || sizes.length < 12) return;
  const same = sizes.readUInt32BE(4);
  const sizeOf = (sample: number) => same || sizes.readUInt32BE(12 + sample * 4);
  const samples = sizes.readUInt32BE(8);
  const places = (short ?? long)?.length ?? 0;
  const count = Math.floor((places - 8) / (short ? 4 : 8));
  let sample = 0;
  for (let chunk = 0, run = 8; chunk < count && sample < samples; chunk += 1) {
    while (run + 24 <= runs.length && runs.readUInt32BE(run + 12) <= chunk + 1) run += 12;
    const many = Math.min(runs.readUInt32BE(run + 4), samples - sample);
    const from = short ? short.readUInt32BE(8 + chunk * 4) : Number((long as Buffer).readBigUInt64BE(8 + chunk * 8));
    let bytes = 0;
    if (same) bytes = same * many;
    else for (let next = 0; next < many; next += 1) bytes += sizeOf(sample + next);
    sample += many;
    yield { from, to: from + bytes };
  }
}
