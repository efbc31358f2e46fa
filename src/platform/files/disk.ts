import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NotFound } from '../errors.js';
import type { FileStore, Stored } from './store.js';
import type { TemporaryFolder } from './temporary.js';

/**
 * A store in a folder: `ab/` and in it the 64 digits of the hash. Whatever stands under such a name is whole, for it was
 * written elsewhere, forced to the disk, and only then given its name.
 * @param folder on the same file system as the temporary files
 */
export function openDiskStore(folder: string, temporary: TemporaryFolder): FileStore {
  const made = new Map<string, Promise<void>>();
  const pathOf = (sha256: Buffer) => join(folder, nameOf(sha256).slice(0, 2), nameOf(sha256));
  const find = (sha256: Buffer) => describe(pathOf(sha256), sha256);
  /** A new folder is itself a name in its parent, which has to reach the disk, too. */
  const makeFolder = async (path: string) => {
    // Not `recursive`: Node then takes a full disk for a missing folder.
    await mkdir(path, { mode: 0o700 }).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await syncFolder(dirname(path));
  };
  return {
    temporary: () => temporary.path(),
    sweepTemporary: (before) => temporary.sweep(before),
    find,
    has: async (sha256) => (await find(sha256)) !== null,
    prepare: syncFile,
    keep: async (path, sha256) => {
      const target = pathOf(sha256);
      const parent = dirname(target);
      if (!made.has(parent)) made.set(parent, makeFolder(parent));
      await made.get(parent)?.catch((error) => {
        made.delete(parent);
        throw error;
      });
      // Over the one that may be there: the same bytes, but stored now.
      await rename(path, target);
      await syncFolder(parent);
    },
    read: async (sha256, range) => {
      const file = await openStored(pathOf(sha256));
      return file.createReadStream(range && { start: range.first, end: range.last });
    },
    remove: async (sha256) => {
      await rm(pathOf(sha256), { force: true });
    },
    list: () => listFiles(folder),
  };
}

/** The only names that become a path. */
function nameOf(sha256: Buffer): string {
  if (sha256.length !== 32) throw new NotFound();
  return sha256.toString('hex');
}

async function openStored(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isMissing(error)) throw new NotFound();
    throw error;
  }
}

async function describe(path: string, sha256: Buffer): Promise<Stored | null> {
  try {
    const { size, mtime } = await stat(path);
    return { sha256, bytes: size, storedAt: mtime };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function* listFiles(folder: string): AsyncIterable<Stored> {
  for (const parent of await readdir(folder)) {
    if (!/^[0-9a-f]{2}$/.test(parent)) continue;
    for (const name of await readdir(join(folder, parent))) {
      if (!/^[0-9a-f]{64}$/.test(name)) continue;
      const found = await describe(join(folder, parent, name), Buffer.from(name, 'hex'));
      if (found) yield found;
    }
  }
}

/** Its time is that of being stored, not of being received. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.chmod(0o600);
    await file.utimes(new Date(), new Date());
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
