import { randomBytes, randomInt } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { startThrowaway } from '../database/embedded.js';
import { connectionSettings } from '../database/pool.js';
import { type Archive, BadArchive, filesOf, openArchive } from './archive.js';
import { FilePool } from './file-pool.js';
import { loadArchive, verifyLoaded } from './load.js';

/** Old files that are compared each night, besides all that are new. */
const SAMPLE = 20;
const NO_RIGHT = '42501';
const LOADED = 'proven';

/** Where the proof may be made. */
interface Proving {
  /** Of the shop's database, on whose server a database for the proof is made, if its user may do that. */
  url: string;
  /** For a server of its own otherwise. */
  dataDir: string;
  passphrase: string | undefined;
}

/**
 * Restores an archive into a database that is made for it and removed afterwards, and looks at everything: the numbers of rows, all
 * rules of the schema, the chain of events, and its files (all that are fresh, and some of the others).
 * @throws BadArchive when it could not be restored from; else whatever the database says
 */
export async function proveBackup(path: string, fresh: string[], proving: Proving, signal?: AbortSignal): Promise<void> {
  const archive = await openArchive(path, proving.passphrase);
  try {
    await compareFiles(archive, new Set(fresh), signal);
    await withScratch(archive.header.installation, proving, (url) => restoreInto(url, archive, signal));
  } finally {
    archive.close();
  }
}

async function restoreInto(url: string, archive: Archive, signal: AbortSignal | undefined): Promise<void> {
  const client = new pg.Client(connectionSettings(url));
  client.on('error', () => {});
  const cut = () => void client.end().catch(() => {});
  signal?.throwIfAborted();
  await client.connect();
  signal?.addEventListener('abort', cut);
  try {
    await loadArchive(client, archive, LOADED);
    for (const { table, lines } of archive.manifest.tables) {
      const { rows } = await client.query<{ count: number }>(`select count(*) from ${LOADED}."${table}"`);
      if (rows[0]?.count !== lines)
        throw new BadArchive(`${archive.path} holds ${lines} rows of ${table}, but ${rows[0]?.count} were restored.`);
    }
    await verifyLoaded(url, archive, LOADED);
  } finally {
    signal?.removeEventListener('abort', cut);
    await client.end().catch(() => {});
  }
}

async function compareFiles(archive: Archive, fresh: Set<string>, signal: AbortSignal | undefined): Promise<void> {
  const pool = new FilePool(dirname(archive.path), archive.header.pool, archive.keys && { keys: archive.keys });
  const all = await filesOf(archive);
  const others = all.filter(({ digest }) => !fresh.has(digest));
  const some = Array.from({ length: Math.min(SAMPLE, others.length) }, () => others.splice(randomInt(others.length), 1)[0]);
  for (const { digest, bytes } of all) {
    signal?.throwIfAborted();
    const isRead = fresh.has(digest) || some.some((file) => file?.digest === digest);
    if (isRead ? await pool.isWhole(digest) : await pool.has(digest, bytes)) continue;
    // The next backup puts it there anew.
    await pool.remove(digest);
    throw new BadArchive(`The file ${digest} beside ${archive.path} is damaged or missing.`);
  }
}

/** On the server of the shop, or, where its user may make no database, on one of its own. */
async function withScratch(installation: string, { url, dataDir }: Proving, work: (url: string) => Promise<void>): Promise<void> {
  const client = new pg.Client(connectionSettings(url));
  client.on('error', () => {});
  await client.connect();
  try {
    // Whoever proves holds the lock of this installation's backups: what is there is left over.
    const prefix = `serviceflow_proof_${installation}_`;
    const left = await client.query<{ name: string }>('select datname as name from pg_database where starts_with(datname, $1)', [prefix]);
    for (const { name } of left.rows) await client.query(`drop database ${name} with (force)`);
    const name = `${prefix}${randomBytes(4).toString('hex')}`;
    const made = await client.query(`create database ${name} template template0 encoding 'UTF8'`).catch((error: { code?: string }) => {
      if (error.code === NO_RIGHT) return null;
      throw error;
    });
    if (!made) return await withServer(dataDir, work);
    const address = new URL(url);
    address.pathname = `/${name}`;
    await work(address.href).finally(() => client.query(`drop database ${name} with (force)`).catch(() => {}));
  } finally {
    await client.end().catch(() => {});
  }
}

async function withServer(dataDir: string, work: (url: string) => Promise<void>): Promise<void> {
  for (const name of await readdir(dataDir))
    if (name.startsWith('proving-')) await rm(join(dataDir, name), { recursive: true, force: true });
  const folder = await mkdtemp(join(dataDir, 'proving-'));
  try {
    // Postgres' own user, where there is one, has to pass.
    await chmod(folder, 0o711);
    const server = await startThrowaway(folder);
    await work(server.url).finally(server.stop);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
