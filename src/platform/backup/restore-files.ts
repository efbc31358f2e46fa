import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileStore } from '../files/store.js';
import { type Archive, BadArchive, filesOf } from './archive.js';
import { FilePool } from './file-pool.js';

export interface NeededFiles {
  /** In the pool beside the archive, and not in the store. */
  toBring: { digest: string; bytes: number }[];
  /** In neither. */
  lost: string[];
}

/** The pool that an archive names, to read from. */
function poolOf(archive: Archive): FilePool {
  return new FilePool(dirname(archive.path), archive.header.pool, archive.keys && { keys: archive.keys });
}

/** What a restore has to bring, and what it can't. @param store null: nothing is there yet */
export async function findNeeded(archive: Archive, store: FileStore | null): Promise<NeededFiles> {
  const pool = poolOf(archive);
  const needed: NeededFiles = { toBring: [], lost: [] };
  for (const file of await filesOf(archive)) {
    if (await store?.has(Buffer.from(file.digest, 'hex'))) continue;
    if (await pool.has(file.digest, file.bytes)) needed.toBring.push(file);
    else needed.lost.push(file.digest);
  }
  return needed;
}

/** Brings files from the pool into the store, each compared with its name on the way. Doing it twice is doing it once. */
export async function bringFiles(archive: Archive, store: FileStore, files: NeededFiles['toBring']): Promise<void> {
  const pool = poolOf(archive);
  for (const { digest } of files) {
    const path = store.temporary();
    try {
      const hash = createHash('sha256');
      const tap = new Transform({
        transform(chunk, _encoding, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(pool.read(digest), tap, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      const sha256 = hash.digest();
      if (sha256.toString('hex') !== digest) throw new BadArchive(`The file ${digest} beside ${archive.path} is damaged.`);
      await store.prepare(path, sha256);
      await store.keep(path, sha256);
    } finally {
      await rm(path, { force: true });
    }
  }
}
