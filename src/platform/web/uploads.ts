import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import multer, { MulterError, type StorageEngine } from 'multer';
import { Invalid } from '../errors.js';
import { noRoomFor } from '../files/keep.js';
import { extendDeadline } from './deadlines.js';

/** The one small file that a form may carry, read into memory. */
export interface UploadSpec {
  field: string;
  maxBytes: number;
}

/** The large files that a form may carry, written to disk. */
export interface FilesSpec {
  field: string;
  maxFiles: number;
  /** Of one of them. */
  maxBytes: number;
}

export interface UploadedFile {
  /** As the browser says: to be shown, never a path and never a type. */
  name: string;
  bytes: Buffer;
}

export interface ReceivedFile {
  /** A temporary file, removed after the answer unless keepFile() has taken it. */
  path: string;
  /** As the browser says: to be shown, never a path and never a type. */
  name: string;
  bytes: number;
  /** Why it can't be taken, as a sentence: it is empty, or too large and not there any more. The others of the form are whole. */
  refused: string | null;
}

/** Of what comes beside the files. */
const LIMITS = { fields: 50, fieldSize: 65_536, fieldNameSize: 100, headerPairs: 20, fieldNestingDepth: 0 };
/** A browser shows what we say of a form that is too large only when it has sent all of it: so much of that is read on. */
const READ_ON = 100_000_000;

/**
 * Reads a form that carries a file into memory; its other fields become the request's body.
 * @returns null when no file was chosen
 * @throws Invalid at the file's field when it is too large or the form can't be read
 */
export async function receiveFile(spec: UploadSpec, request: Request): Promise<UploadedFile | null> {
  await receive({ ...spec, maxFiles: 1 }, request, multer.memoryStorage(), spec.maxBytes);
  const file = (request.files as Express.Multer.File[] | undefined)?.[0];
  return file && (file.size > 0 || file.originalname) ? { name: cleanName(file.originalname), bytes: file.buffer } : null;
}

/**
 * Writes the files of a form to the disk as they come; its other fields become the request's body. A phone may take its
 * time for them (see deadlines.ts), and when anything goes wrong nothing is left of them.
 * @param temporary gives each its path
 * @returns an empty list when none was chosen
 * @throws Invalid at the files' field: too many, cut off, no room
 */
export async function receiveFiles(spec: FilesSpec, request: Request, temporary: () => string): Promise<ReceivedFile[]> {
  const disk = new DiskEngine(temporary, spec.maxBytes);
  try {
    extendDeadline(request);
    await receive(spec, request, disk, largestForm(spec));
    return ((request.files as Express.Multer.File[] | undefined) ?? []).map(({ path, originalname, size }) => {
      return { path, name: cleanName(originalname), bytes: size, refused: refusalOf(size, spec.maxBytes) };
    });
  } catch (error) {
    await disk.undo();
    throw error;
  }
}

function refusalOf(bytes: number, maxBytes: number): string | null {
  if (bytes === 0) return 'This file is empty. Please take or choose it again.';
  return bytes > maxBytes ? `This file is larger than ${sizeOf(maxBytes)}, which is the most that is taken.` : null;
}

export async function removeReceived(files: { path: string }[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(path, { force: true })));
}

function largestForm({ maxFiles, maxBytes }: FilesSpec): number {
  return maxFiles * maxBytes + READ_ON;
}

/** @param fileSize beyond which the whole form is refused */
async function receive(spec: FilesSpec, request: Request, storage: StorageEngine, fileSize: number): Promise<void> {
  if (!request.is('multipart/form-data')) return;
  const limits = { ...LIMITS, fileSize, files: spec.maxFiles, parts: spec.maxFiles + LIMITS.fields };
  const read = multer({ storage, limits, defParamCharset: 'utf8' }).array(spec.field, spec.maxFiles);
  const most = largestForm(spec);
  try {
    if (Number(request.headers['content-length']) > most) throw new Oversize();
    await new Promise<void>((resolve, reject) => {
      let received = 0;
      // The parser reads a refused form to its end before it says so; one without an end is not read on.
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > most) reject(new Oversize());
      });
      read(request, request.res as Response, (error: unknown) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    if (error instanceof Oversize) request.res?.set('Connection', 'close');
    throw tell(error, spec);
  }
  // The parser makes it without a prototype, which the check of fields takes for something else than an object.
  request.body = { ...request.body };
}

class Oversize extends Error {}

/**
 * Not multer's own: that one leaves to the umask who may read a file, forgets what it was writing when a phone hangs up, and
 * refuses all files because of one that is too large.
 */
class DiskEngine implements StorageEngine {
  readonly #given: { path: string; source: Readable; written: Promise<void> }[] = [];

  constructor(
    private readonly temporary: () => string,
    private readonly maxBytes: number,
  ) {}

  _handleFile(_request: Request, file: Express.Multer.File, done: (error?: unknown, info?: Partial<Express.Multer.File>) => void): void {
    const path = this.temporary();
    const target = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const most = this.maxBytes;
    let size = 0;
    // What is too large is read to its end, for more may come behind it, but not written.
    const upToMost = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size <= most) yield chunk;
      }
    };
    // What is cut off is over before its file was made, perhaps: only what is closed makes no file any more.
    const closed = new Promise<void>((resolve) => target.once('close', () => resolve()));
    const written = pipeline(file.stream, upToMost, target)
      .finally(() => closed)
      .then(() => (size > most ? rm(path, { force: true }) : undefined));
    this.#given.push({ path, source: file.stream, written });
    written.then(() => done(null, { path, size }), done);
  }

  _removeFile(_request: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    rm(file.path, { force: true }).then(() => done(null), done);
  }

  /** Ends what is being written first: it might make its file only now. */
  async undo(): Promise<void> {
    for (const { source } of this.#given) source.destroy();
    await Promise.allSettled(this.#given.map(({ written }) => written));
    await removeReceived(this.#given);
  }
}

function tell(error: unknown, { field, maxBytes, maxFiles }: FilesSpec): unknown {
  const full = noRoomFor(error, field);
  if (full) return full;
  const { code = '', field: at } = error instanceof MulterError ? error : {};
  const isTooLarge = error instanceof Oversize || code === 'LIMIT_FILE_SIZE';
  if (isTooLarge && maxFiles === 1) return new Invalid({ [field]: `The file is larger than ${sizeOf(maxBytes)}.` });
  const isTooMany = code === 'LIMIT_FILE_COUNT' || (code === 'LIMIT_UNEXPECTED_FILE' && at === field);
  if ((isTooLarge || isTooMany) && maxFiles > 1)
    return new Invalid({ [field]: `That is too much at once: at most ${maxFiles} files of ${sizeOf(maxBytes)} each.` });
  // What is left are forms that no page of ours sends: cut off, malformed, with other files.
  const again =
    maxFiles > 1 ? 'The files did not arrive whole. Please choose them again.' : 'The file did not arrive whole. Please choose it again.';
  return error instanceof Error ? new Invalid({ [field]: again }) : error;
}

/** Nothing that ends a line, hides, or turns the direction of what stands after it; of the rest as much as can be shown. */
function cleanName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const clean = name.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim();
  return [...clean].slice(0, 200).join('');
}

function sizeOf(bytes: number): string {
  return bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1000} kB`;
}
