import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { readConfig } from '../config.js';
import { writeArchive } from '../features/exports/archive.js';
import { spoolShop } from '../features/exports/spool.js';
import { openShopArchive } from '../features/imports/whole-shop/archive.js';
import { type BroughtIn, bringIn } from '../features/imports/whole-shop/bring-in.js';
import { openFileStore } from '../platform/files/open.js';
import type { FileStore } from '../platform/files/store.js';
import { type TestDatabase, testDatabase } from './database.js';
import { testEnvironment } from './server.js';

/** What is in an archive, by path. */
export type Files = Map<string, Buffer>;

/** An installation of its own, without a server. */
export interface Elsewhere {
  database: TestDatabase;
  store: FileStore;
  /** Where its files are. */
  folder: string;
}

export async function elsewhere(): Promise<Elsewhere> {
  const database = await testDatabase();
  const config = readConfig(testEnvironment(database.url));
  return { database, store: await openFileStore(config), folder: join(config.dataDir, 'files') };
}

/** The archive of a whole shop. */
export async function takeShop({ db }: TestDatabase, store: FileStore, shop: number): Promise<Buffer> {
  return buffer(writeArchive(await spoolShop(db, shop, () => store.temporary()), store));
}

/** Reads an archive in, as the command does. */
export async function readShop(bytes: Buffer, into: Pick<Elsewhere, 'database' | 'store'>, again = false): Promise<BroughtIn> {
  const path = `${into.store.temporary()}.zip`;
  await writeFile(path, bytes);
  const archive = await openShopArchive(path).finally(() => rm(path));
  try {
    return await bringIn(into.database.db, into.store, archive, again);
  } finally {
    archive.close();
  }
}

/** The rows of a table in an archive. */
export function rowsOf(files: Files, table: string): Record<string, unknown>[] {
  const lines = (files.get(`json/${table}.jsonl`) as Buffer).toString().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
