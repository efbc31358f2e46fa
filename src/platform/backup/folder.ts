import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, filesOf, openArchive, readHeader } from './archive.js';
import type { Header } from './archive-format.js';
import { FilePool } from './file-pool.js';
import { pruned } from './plan.js';

/** Another installation that uses the same folder may be writing: what it has just put there is left alone. */
const YOUNG = 48 * 3_600_000;

export interface KeptArchive {
  path: string;
  header: Header;
  madeAt: Date;
}

/** Makes the folder where it is missing. @throws whatever the disk says */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** What unfinished things of an installation are called, so that only its own next backup removes them. */
export function temporaryName(installation: string): string {
  return `.part-${installation}`;
}

/** Removes what a backup that was killed has left. Only who holds the lock of the installation's backups may call it. */
export async function sweepUnfinished(folder: string, installation: string, now: Date): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.part-')) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    const isOld = found && now.getTime() - found.mtimeMs > YOUNG;
    if (isOld || name.startsWith(temporaryName(installation))) await rm(path, { recursive: true, force: true });
  }
}

/** The archives of a folder that have a sound header; whatever else is there is nobody's business. */
async function listArchives(folder: string): Promise<KeptArchive[]> {
  const found: KeptArchive[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith('.zip')) continue;
    const path = join(folder, name);
    const header = await readHeader(path).catch(() => null);
    if (header) found.push({ path, header, madeAt: new Date(header.madeAt) });
  }
  return found;
}

/**
 * Removes the archives of one installation that have had their time, then the files that no archive in the folder names any more.
 * @param good just verified; the newest
 * @returns the paths of the archives that are gone
 */
export async function pruneFolder(folder: string, good: Archive, passphrase: string | undefined, now: Date): Promise<string[]> {
  const all = await listArchives(folder);
  const own = all.filter((archive) => archive.header.installation === good.header.installation);
  const gone = pruned(own).filter((archive) => archive.path !== good.path);
  for (const { path } of gone) await rm(path, { force: true });
  if (gone.length > 0) await prunePool(folder, good, passphrase, now);
  return gone.map((archive) => archive.path);
}

async function prunePool(folder: string, good: Archive, passphrase: string | undefined, now: Date): Promise<void> {
  const named = new Set<string>();
  for (const name of await readdir(folder)) {
    if (!/^serviceflow-.*\.zip$/.test(name)) continue;
    // What can't be read may name anything: then all stays.
    const archive = await openArchive(join(folder, name), passphrase).catch(() => null);
    if (!archive) return;
    try {
      if (archive.header.pool === good.header.pool) for (const { digest } of await filesOf(archive)) named.add(digest);
    } finally {
      archive.close();
    }
  }
  const pool = new FilePool(folder, good.header.pool, undefined);
  for await (const { digest, storedAt } of pool.list()) {
    if (!named.has(digest) && now.getTime() - storedAt.getTime() > YOUNG) await pool.remove(digest);
  }
}
