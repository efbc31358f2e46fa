import type { Readable } from 'node:stream';

/**
 * Where the bytes of photos, videos and other large files are: by content, never changed. What a shop has of them, and under
 * which type, is in the table `files`, whose rows are written only after keep().
 */
export interface FileStore {
  /** A path for a file that is being received or made, in a folder that keep() can take it from; see sweepTemporary(). */
  temporary(): string;
  /** Takes a finished file in for good: fsync, rename, fsync of the folder. The same content twice is kept once, and is as new again. */
  keep(path: string, sha256: Buffer): Promise<void>;
  /** @param range first and last byte, both included @throws NotFound when the store has no such file */
  read(sha256: Buffer, range?: { first: number; last: number }): Promise<Readable>;
  has(sha256: Buffer): Promise<boolean>;
  /** Only the sweeper calls it, under the lock of that content. */
  remove(sha256: Buffer): Promise<void>;
  /** Everything in it. */
  list(): AsyncIterable<{ sha256: Buffer; bytes: number; storedAt: Date }>;
}
