import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { DAMAGED_VIDEO, Refused } from './refused.js';

/** How many parts of a file are looked at, at most: a film of an hour has some hundred thousand, a file made to keep us busy any number. */
const MAX_PARTS = 2_000_000;
const WINDOW = 65_536;
const COPY_BYTES = 1_048_576;

/**
 * A file of foreign bytes that is walked through: by small reads, never as a whole. It is read in a process that does nothing else,
 * so reading may wait.
 */
export class SourceFile {
  readonly size: number;
  readonly #file: number;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;
  #parts = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.size = fstatSync(this.#file).size;
  }

  /** @throws Refused when the file ends before, or when that is more than anything of its kind has */
  bytes(at: number, length: number, most = 65_536): Buffer {
    if (length < 0 || length > most || at < 0 || at + length > this.size) throw new Refused(DAMAGED_VIDEO);
    if (at < this.#windowAt || at + length > this.#windowAt + this.#window.length) {
      this.#window = this.#read(at, Math.max(length, Math.min(WINDOW, this.size - at)));
      this.#windowAt = at;
    }
    return this.#window.subarray(at - this.#windowAt, at - this.#windowAt + length);
  }

  /** Counts a part that was met. @throws Refused when there are too many */
  count(): void {
    this.#parts += 1;
    if (this.#parts > MAX_PARTS) throw new Refused(DAMAGED_VIDEO);
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(at: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const now = readSync(this.#file, buffer, read, length - read, at + read);
      if (now === 0) throw new Refused(DAMAGED_VIDEO);
      read += now;
    }
    return buffer;
  }
}

/**
 * A copy that begins as nothing but zeros, as long as its source; only what is put into it is there. What nobody has thought of
 * can't be in it.
 */
export class BlankCopy {
  readonly #file: number;

  constructor(
    private readonly source: SourceFile,
    path: string,
  ) {
    this.#file = openSync(path, 'w', 0o600);
    ftruncateSync(this.#file, source.size);
  }

  put(at: number, bytes: Buffer): void {
    writeSync(this.#file, bytes, 0, bytes.length, at);
  }

  /** Copies what lies between the two places of the source to the same places. */
  keep(from: number, to: number): void {
    for (let at = from; at < to; at += COPY_BYTES) this.put(at, this.source.bytes(at, Math.min(COPY_BYTES, to - at), COPY_BYTES));
  }

  close(): void {
    closeSync(this.#file);
  }
}
