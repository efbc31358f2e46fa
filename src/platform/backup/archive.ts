import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { pipeline as inARow, PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { StartError } from '../start-error.js';
import {
  FORMAT_VERSION,
  HEADER,
  Header,
  MANIFEST,
  Manifest,
  MOST_OF_A_HEADER,
  MOST_OF_A_MANIFEST,
  type Part,
  partsOf,
} from './archive-format.js';
import { SealBroken, SealKeys } from './seal.js';

export type { Manifest } from './archive-format.js';

/** A file that can't be used as a backup; the message is one sentence that says why, for the person at the terminal. */
export class BadArchive extends StartError {}

/** An archive whose header and manifest were read, and are as they were written. Close it. */
export interface Archive {
  path: string;
  header: Header;
  manifest: Manifest;
  /** The lines of one part. Fails with BadArchive, at the latest at its end, when they are not what was written. */
  read(part: Part): Readable;
  /** Opens what of its pool is sealed; undefined when nothing is. */
  keys: SealKeys | undefined;
  close(): void;
}

/**
 * Opens an archive. Nothing of it is ever written to a path that it names.
 * @param passphrase undefined where there is none
 * @throws BadArchive when it is damaged, no backup, from a newer program, or the passphrase does not open it
 */
export async function openArchive(path: string, passphrase: string | undefined): Promise<Archive> {
  const { zip, entries, header, keys, manifestBytes } = await openOuter(path, passphrase);
  try {
    const manifest = await readManifest(path, manifestBytes, keys);
    const parts = partsOf(manifest);
    const expected = new Set([HEADER, MANIFEST, ...parts.map((part) => part.path)]);
    if (expected.size !== parts.length + 2 || expected.size !== entries.size || [...entries.keys()].some((name) => !expected.has(name)))
      throw damaged(path, 'it does not hold what it says');
    const read = (part: Part) => readPart(path, zip, entries.get(part.path) as Entry, part, keys);
    return { path, header, manifest, keys, read, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Only whose it is and when it was made: needs no passphrase. @throws BadArchive as above */
export async function readHeader(path: string): Promise<Header> {
  const { zip, header } = await openOuter(path, undefined, false);
  zip.close();
  return header;
}

/** Reads all of it. @throws BadArchive when a single byte of what counts is not as it was written */
export async function verifyArchive(archive: Archive): Promise<void> {
  for (const part of partsOf(archive.manifest)) await pipeline(archive.read(part), nowhere());
}

function nowhere(): Transform {
  return new Transform({ transform: (_chunk, _encoding, done) => done() });
}

async function openOuter(path: string, passphrase: string | undefined, needsKeys = true) {
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true, strictFileNames: true }).catch((error) => {
    throw notWhole(path, error);
  });
  try {
    const entries = await listEntries(path, zip);
    const head = await readSmall(path, zip, entries.get(HEADER), MOST_OF_A_HEADER);
    const header = parseHeader(path, head);
    if (needsKeys && header.salt && !passphrase)
      throw new BadArchive(`${path} is sealed with a passphrase: set BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE.`);
    const manifestBytes = await readSmall(path, zip, entries.get(MANIFEST), MOST_OF_A_MANIFEST);
    if (createHash('sha256').update(head).update(manifestBytes).digest('hex') !== zip.comment)
      throw damaged(path, 'its manifest was changed');
    const keys = header.salt && passphrase ? new SealKeys(passphrase) : undefined;
    await keys?.prepare(Buffer.from(header.salt ?? '', 'hex'));
    return { zip, entries, header, keys, manifestBytes };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function listEntries(path: string, zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName) || entry.compressionMethod !== 0 || entries.size > 5_000)
        throw new Error(`“${entry.fileName}” does not belong there`);
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    throw notWhole(path, error as Error);
  }
  return entries;
}

async function readSmall(path: string, zip: ZipFile, entry: Entry | undefined, most: number): Promise<Buffer> {
  if (!entry || entry.uncompressedSize > most) throw notWhole(path, new Error('it has no manifest of ours'));
  try {
    return Buffer.concat(await (await zip.openReadStreamPromise(entry)).toArray());
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
}

function parseHeader(path: string, bytes: Buffer): Header {
  const given = parseJson(path, bytes) as { formatVersion?: unknown; program?: unknown };
  const version = Number(given?.formatVersion);
  if (Number.isInteger(version) && version > FORMAT_VERSION)
    throw new BadArchive(
      `${path} was made by a newer ServiceFLOW (${String(given.program)}): restore it with that version, or a later one.`,
    );
  const header = Header.safeParse(given);
  if (!header.success) throw notWhole(path, new Error('its header is not one of ours'));
  return header.data;
}

async function readManifest(path: string, stored: Buffer, keys: SealKeys | undefined): Promise<Manifest> {
  let plain = stored;
  if (keys) {
    const opener = keys.opener(MANIFEST);
    opener.end(stored);
    plain = Buffer.concat(
      await opener.toArray().catch(() => {
        throw new BadArchive(`${path} can't be opened with this passphrase.`);
      }),
    );
  }
  const manifest = Manifest.safeParse(parseJson(path, plain));
  if (!manifest.success) throw damaged(path, 'its manifest is not one of ours');
  return manifest.data;
}

function parseJson(path: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(path, 'its manifest can’t be read');
  }
}

function readPart(path: string, zip: ZipFile, entry: Entry, part: Part, keys: SealKeys | undefined): Readable {
  const hash = createHash('sha256');
  let [bytes, lines] = [0, 0];
  const tap = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
      // Whatever it unpacks to, no more of it is read than was promised.
      done(bytes > part.bytes ? new Error('more than was written') : null, chunk);
    },
    flush(done) {
      const isWhole = bytes === part.bytes && lines === part.lines && hash.digest('hex') === part.sha256;
      done(isWhole ? null : new Error('not as it was written'));
    },
  });
  async function* plain() {
    try {
      const stored = await zip.openReadStreamPromise(entry);
      const opened = keys?.opener(part.path) ?? new PassThrough();
      // What goes wrong in any of them comes out of the last one.
      yield* inARow(stored, tap, opened, createGunzip(), check, () => {}) as AsyncIterable<Buffer>;
    } catch (error) {
      throw damaged(path, error instanceof SealBroken ? error.message : `${part.path} is not as it was written`);
    }
  }
  return Readable.from(plain(), { objectMode: false });
}

/** The files that it names: in its pool, or, when it is damaged, not. */
export async function filesOf(archive: Archive): Promise<{ digest: string; bytes: number }[]> {
  const lines = await readLines(archive, archive.manifest.files);
  return lines.map((line) => ({ digest: line.slice(0, 64), bytes: Number(line.slice(65)) }));
}

/** @returns the lines of a small part, without their ends */
async function readLines(archive: Archive, part: Part): Promise<string[]> {
  const stream = archive.read(part);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

function damaged(path: string, why: string): BadArchive {
  return new BadArchive(`${path} is damaged (${why}): take another backup.`);
}

function notWhole(path: string, error: Error): BadArchive {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new BadArchive(`There is no file ${path}.`);
  if (error instanceof BadArchive) return error;
  return new BadArchive(`${path} is not a whole backup of ServiceFLOW (${error.message}): take another backup.`);
}
