import type { Readable } from 'node:stream';

/**
 * Where the bytes of photos, videos and other large files are: by content, never changed. What a shop has of them, and under
 * which type, is in the table `files`, whose rows are written only after keep(). Features call keepFile() (keep.ts), not keep().
 */
export interface FileStore {
  /** A path for a file that is being received or made: its owner removes it, or it is swept after two days. */
  temporary(): string;
  /** What may take long before keep(): on disk fsync, else sending it to where it will stay. Nothing may refer to it yet. */
  prepare(path: string, sha256: Buffer): Promise<void>;
  /** Takes a prepared file in for good, and away from `path`. The same content twice is kept once, and is as new again. */
  keep(path: string, sha256: Buffer): Promise<void>;
  /** @param range first and last byte, both included @throws NotFound when the store has no such file */
  read(sha256: Buffer, range?: { first: number; last: number }): Promise<Readable>;
  /** What it knows of one file; null when it has none. */
  find(sha256: Buffer): Promise<Stored | null>;
  has(sha256: Buffer): Promise<boolean>;
  /** Only the sweeper calls it, under the lock of that content. */
  remove(sha256: Buffer): Promise<void>;
  /** Everything in it. */
  list(): AsyncIterable<Stored>;
  /** Removes temporary files that were last written before that time, whoever left them. @returns how many */
  sweepTemporary(before: Date): Promise<number>;
}

export interface Stored {
  sha256: Buffer;
  bytes: number;
  storedAt: Date;
}
