import { randomBytes } from 'node:crypto';
import { access, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionSettings } from '../database/pool.js';
import { holdFiles } from '../files/hold.js';
import type { FileStore } from '../files/store.js';
import type { Secrets } from '../secrets.js';
import { VERSION } from '../version.js';
import { type Archive, openArchive, verifyArchive } from './archive.js';
import { FORMAT, FORMAT_VERSION, type Header, type Manifest } from './archive-format.js';
import { ArchiveWriter } from './archive-writer.js';
import { renameDurably } from './disk.js';
import { FilePool, type Seal, saltOf, UnreadableFile } from './file-pool.js';
import { makeFolder, pruneFolder, sweepUnfinished, temporaryName } from './folder.js';
import { archiveName } from './plan.js';
import { SealKeys } from './seal.js';
import { identify, type Snapshot, takeSnapshot } from './snapshot.js';

/** Of what a backup is made. */
export interface BackupSource {
  /** Of the database. */
  url: string;
  store: FileStore;
  secrets: Secrets;
}

/** Where it goes. */
export interface BackupTarget {
  folder: string;
  /** Undefined: it is not sealed. */
  passphrase: string | undefined;
}

export interface MadeBackup {
  path: string;
  bytes: number;
  manifest: Manifest;
  /** Files that were not in the pool before. */
  fresh: string[];
}

/** Held by whoever makes a backup of the database. Any number will do, as long as all versions of this program use the same one. */
const BACKUP_LOCK = 7_268_302_613;

/**
 * Does work that only one process may do at a time for one database: with the connection that holds the lock.
 * @param wait whether to wait for whoever holds it
 * @param signal cuts the connection, and so ends the work
 * @returns null when somebody else is doing it, and `wait` is false
 */
export async function withBackupLock<Result>(
  url: string,
  wait: boolean,
  signal: AbortSignal | undefined,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result | null> {
  const client = new pg.Client({ ...connectionSettings(url), application_name: 'serviceflow backup' });
  client.on('error', () => {});
  const cut = () => void client.end().catch(() => {});
  signal?.throwIfAborted();
  await client.connect();
  signal?.addEventListener('abort', cut);
  try {
    if (wait) await client.query('select pg_advisory_lock($1)', [BACKUP_LOCK]);
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [BACKUP_LOCK]);
    return rows[0]?.mine ? await work(client) : null;
  } finally {
    signal?.removeEventListener('abort', cut);
    await client.end().catch(() => {});
  }
}

/**
 * Makes one backup: the archive under a temporary name, its files into the pool, then to the disk, then its name, then read back; only
 * after that older ones are pruned. Whatever stops it leaves no archive under a final name that is not whole.
 * @param client holds the lock, see withBackupLock()
 * @throws StartError when there is no shop yet; whatever the disk or the database says
 */
export async function makeBackup(client: pg.Client, source: BackupSource, target: BackupTarget, signal?: AbortSignal): Promise<MadeBackup> {
  const { installation, shop } = await identify(client);
  await makeFolder(target.folder);
  await sweepUnfinished(target.folder, installation, new Date());
  await holdFiles(client);
  const { madeAt, path } = await chooseName(target.folder, shop);
  const seal = await openSeal(target);
  const temporary = temporaryName(installation);
  const pool = new FilePool(target.folder, seal ? `files/sealed-${seal.keys.mark(seal.salt)}` : 'files/plain', seal, temporary);
  const draft = join(target.folder, `${temporary}-${randomBytes(8).toString('hex')}`);
  const writer = new ArchiveWriter(draft, madeAt, seal && ((about) => seal.keys.sealer(seal.salt, about)));
  const header: Header = {
    ...{ format: FORMAT, formatVersion: FORMAT_VERSION, program: VERSION, madeAt: madeAt.toISOString(), installation },
    ...{ salt: seal?.salt.toString('hex') ?? null, pool: pool.name },
  };
  try {
    const { files: named, ...snapshot } = await takeSnapshot(client, writer);
    const { there, fresh, missing } = await fillPool(pool, source.store, named, signal);
    const files = await writer.add('files.gz', () =>
      Readable.from(
        there.map(({ digest, bytes }) => `${digest} ${bytes}\n`),
        { objectMode: false },
      ),
    );
    const total = there.reduce((sum, { bytes }) => sum + bytes, 0);
    const secret = seal && { secret: source.secrets.join(',') };
    await writer.finish(header, { ...snapshot, files: { ...files, total }, missing, ...secret });
    await renameDurably(draft, path);
    const manifest = await readBack(path, target);
    return { path, manifest, fresh, bytes: (await stat(path)).size };
  } catch (error) {
    await writer.abandon();
    await rm(draft, { force: true });
    throw error;
  }
}

/** A name that nothing has yet. */
async function chooseName(folder: string, shop: string): Promise<{ madeAt: Date; path: string }> {
  for (;;) {
    const madeAt = new Date();
    const path = join(folder, archiveName(shop, madeAt));
    const isTaken = await access(path).then(
      () => true,
      () => false,
    );
    if (!isTaken) return { madeAt, path };
    await sleep(250);
  }
}

async function openSeal({ folder, passphrase }: BackupTarget): Promise<Seal | undefined> {
  if (!passphrase) return undefined;
  const seal = { keys: new SealKeys(passphrase), salt: await saltOf(folder) };
  await seal.keys.prepare(seal.salt);
  return seal;
}

/** Copies what the pool lacks. What can't be read is told, and stops nothing: the rest is worth as much as before. */
async function fillPool(pool: FilePool, store: FileStore, named: Snapshot['files'], signal: AbortSignal | undefined) {
  const [there, fresh, missing]: [Snapshot['files'], string[], string[]] = [[], [], []];
  for (const file of named) {
    signal?.throwIfAborted();
    try {
      if (!(await pool.has(file.digest, file.bytes))) {
        await pool.put(file.digest, await readStored(store, file.digest));
        fresh.push(file.digest);
      }
      there.push(file);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      missing.push(file.digest);
    }
  }
  return { there, fresh, missing };
}

async function readStored(store: FileStore, digest: string): Promise<Readable> {
  try {
    return await store.read(Buffer.from(digest, 'hex'));
  } catch (error) {
    throw new UnreadableFile((error as Error).message);
  }
}

/** Reads all of the archive; then, as it is good, what is older may go. What is not good goes itself. */
async function readBack(path: string, { folder, passphrase }: BackupTarget): Promise<Manifest> {
  let archive: Archive | undefined;
  try {
    archive = await openArchive(path, passphrase);
    await verifyArchive(archive);
  } catch (error) {
    archive?.close();
    await rm(path, { force: true });
    throw error;
  }
  try {
    await pruneFolder(folder, archive, passphrase, new Date());
    return archive.manifest;
  } finally {
    archive.close();
  }
}
