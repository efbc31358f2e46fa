import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { sql, type Transaction } from 'kysely';
import type { Database } from '../database/pool.js';
import type { DB } from '../database/schema.js';
import { Invalid } from '../errors.js';
import type { FileStore } from './store.js';

export interface KeptFile {
  sha256: Buffer;
  bytes: number;
  type: string;
}

/**
 * Takes a temporary file into the store and writes its row; called before the change whose rows refer to it. Whatever
 * stops it in between leaves at most bytes that nothing refers to, which are swept after two days.
 * @param path of a file in `store.temporary()`; it is gone afterwards
 * @param type judged by its content, such as `image/jpeg`
 * @throws Invalid with 507 when there is no room for it
 */
export async function keepFile(db: Database, store: FileStore, shop: number, path: string, type: string): Promise<KeptFile> {
  try {
    const { sha256, bytes } = await measure(path);
    await keepBytes(db, store, path, sha256, async (trx) => {
      await trx
        .insertInto('files')
        .values({ shop_id: shop, sha256, bytes, type })
        .onConflict((conflict) => conflict.columns(['shop_id', 'sha256']).doUpdateSet({ stored_at: sql`now()` }))
        .execute();
    });
    return { sha256, bytes, type };
  } catch (error) {
    throw noRoomFor(error, 'files') ?? error;
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * The same without a row, for a shop that is only about to be there: its rows follow within two days, or the bytes are swept.
 * @param sha256 of the file; the caller has measured it
 * @param write what belongs into the transaction that holds the lock of that content
 */
export async function keepBytes(
  db: Database,
  store: FileStore,
  path: string,
  sha256: Buffer,
  write: (trx: Transaction<DB>) => Promise<void> = async () => {},
): Promise<void> {
  await store.prepare(path, sha256);
  await within(db, async (trx) => {
    await lockContent(trx, sha256);
    await store.keep(path, sha256);
    await write(trx);
  });
}

/** In a transaction of its own, or in the one that is open: that of a history (history.ts), whose shop nobody else can see yet. */
function within(db: Database, work: (trx: Transaction<DB>) => Promise<void>): Promise<void> {
  return db.isTransaction ? work(db as Transaction<DB>) : db.transaction().execute(work);
}

/** Until the transaction ends nobody else keeps or removes these bytes, in this process or another. */
export async function lockContent(trx: Transaction<DB>, sha256: Buffer): Promise<void> {
  // Two contents that begin alike only wait for each other.
  await sql`select pg_advisory_xact_lock(${sha256.readBigInt64BE(0).toString()}::bigint)`.execute(trx);
}

/** @returns what to tell the person when the disk, or their share of it, is full; null for any other error */
export function noRoomFor(error: unknown, field: string): Invalid | null {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? noRoom(field) : null;
}

export function noRoom(field: string): Invalid {
  return new Invalid({ [field]: 'There is no room left where files are kept, so nothing was saved. Please tell your manager.' }, 507);
}

async function measure(path: string): Promise<{ sha256: Buffer; bytes: number }> {
  const hash = createHash('sha256');
  const file = createReadStream(path);
  await pipeline(file, hash);
  return { sha256: hash.digest(), bytes: file.bytesRead };
}
