import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { renameDurably, writeDurably } from './disk.js';

const pathOf = (dataDir: string) => join(dataDir, 'secrets', 'session-secret');

/**
 * Puts the session secret of a backup in the place of the one that was made here; that one stays beside it.
 * @param aside name of what is put aside
 */
export async function changeSecret(dataDir: string, secret: string, aside: string): Promise<void> {
  const path = pathOf(dataDir);
  const present = await readFile(path, 'utf8').catch(() => null);
  if (present?.trim() === secret) return;
  const draft = `${path}.${process.pid}`;
  await rm(draft, { force: true });
  await writeDurably(draft, Readable.from([secret], { objectMode: false }));
  if (present !== null) await rename(path, `${path}.${aside}`);
  await renameDurably(draft, path);
}

/** Takes that back, if there is anything to take back. @param aside name for the one that is put aside now */
export async function changeSecretBack(dataDir: string, back: string, aside: string): Promise<void> {
  const path = pathOf(dataDir);
  const former = await readFile(`${path}.${back}`, 'utf8').catch(() => null);
  if (former === null) return;
  await rename(path, `${path}.${aside}`);
  await renameDurably(`${path}.${back}`, path);
}
