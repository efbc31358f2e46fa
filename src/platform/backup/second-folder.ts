import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StartError } from '../start-error.js';
import { filesOf, openArchive, verifyArchive } from './archive.js';
import type { BackupTarget } from './backup.js';
import { renameDurably, writeDurably } from './disk.js';
import { FilePool } from './file-pool.js';
import { pruneFolder, sweepUnfinished, temporaryName } from './folder.js';

/**
 * Makes the same backup stand in a second folder too: its files first, then the archive, read back there as well. The folder must be
 * there: that of a disk which is not plugged in would else be made on the disk that is.
 * @returns the path of the copy
 * @throws StartError when the folder is not there; whatever the disk says
 */
export async function copyBackup(path: string, target: BackupTarget): Promise<string> {
  const { folder, passphrase } = target;
  await access(folder).catch(() => {
    throw new StartError(`The second folder ${folder} is not there: is its disk plugged in?`);
  });
  const from = await openArchive(path, passphrase);
  try {
    const { pool, installation } = from.header;
    await sweepUnfinished(folder, installation, new Date());
    const seal = from.keys && { keys: from.keys };
    const here = new FilePool(dirname(path), pool, seal);
    const there = new FilePool(folder, pool, seal, temporaryName(installation));
    for (const { digest, bytes } of await filesOf(from)) if (!(await there.has(digest, bytes))) await there.putFrom(here, digest);
    return await copyArchive(path, target, temporaryName(installation));
  } finally {
    from.close();
  }
}

async function copyArchive(path: string, { folder, passphrase }: BackupTarget, temporary: string): Promise<string> {
  const copy = join(folder, basename(path));
  const draft = join(folder, `${temporary}-${randomBytes(8).toString('hex')}`);
  try {
    await writeDurably(draft, createReadStream(path));
    const read = await openArchive(draft, passphrase);
    await verifyArchive(read).finally(() => read.close());
    await renameDurably(draft, copy);
  } finally {
    await rm(draft, { force: true });
  }
  const archive = await openArchive(copy, passphrase);
  await pruneFolder(folder, archive, passphrase, new Date()).finally(() => archive.close());
  return copy;
}
