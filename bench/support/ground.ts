import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchDatabases, openBenchDatabases, query } from './database.js';
import { type Program, startServer } from './program.js';
import { makeShop } from './shop.js';

/** What the measures stand on: a shop with 200 cards, the program serving it, and a copy for bare statements. */
export interface Ground {
  databases: BenchDatabases;
  databaseUrl: string;
  /** The same shop, which the program does not use. A third one, `bench_pristine`, is there to be copied. */
  copyUrl: string;
  server: Program;
  /** Ids of the columns, from left to right. */
  columns: number[];
  /** For files; removed at the end. */
  folder: string;
  close(): Promise<void>;
}

export async function layGround(): Promise<Ground> {
  const databases = await openBenchDatabases();
  try {
    return await build(databases);
  } catch (error) {
    // The database would outlive this process.
    await databases.close();
    throw error;
  }
}

async function build(databases: BenchDatabases): Promise<Ground> {
  await makeShop(await databases.create('bench_pristine'));
  const databaseUrl = await databases.copy('bench_pristine', 'bench_served');
  const copyUrl = await databases.copy('bench_pristine', 'bench_bare');
  const columns = (await query(databaseUrl, 'select id from columns order by position')).map((row) => Number(row.id));
  const folder = await mkdtemp(join(tmpdir(), 'serviceflow-bench-files-'));
  const server = await startServer(databaseUrl);
  const close = async () => {
    await server.stop();
    await databases.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { databases, databaseUrl, copyUrl, server, columns, folder, close };
}
