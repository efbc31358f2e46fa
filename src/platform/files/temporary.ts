import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../start-error.js';

/** Where files are while they are received or made. */
export interface TemporaryFolder {
  /** A path that nobody else has. */
  path(): string;
  /** Removes what was last written before that time. @returns how many files */
  sweep(before: Date): Promise<number>;
}

/** @throws StartError when the folder can't be made or written */
export async function openTemporaryFolder(folder: string): Promise<TemporaryFolder> {
  try {
    // Postgres' user passes through DATA_DIR, and reads nothing in it.
    await mkdir(join(folder, '..', '..'), { recursive: true, mode: 0o711 });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(`Files can't be kept in ${folder} (${(error as Error).message}): give DATA_DIR a folder that this user owns.`);
  }
  return {
    path: () => join(folder, randomBytes(16).toString('hex')),
    sweep: async (before) => {
      let removed = 0;
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        const found = await stat(path).catch(() => null);
        if (!found || found.mtime >= before) continue;
        await rm(path, { recursive: true, force: true });
        removed++;
      }
      return removed;
    },
  };
}
