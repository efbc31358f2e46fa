import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../../src/platform/database/embedded.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { projectPath } from '../../src/platform/project.js';

export interface BenchDatabases {
  /** A migrated, empty database. @returns its address */
  create(name: string): Promise<string>;
  /** A copy, byte by byte, of one that nobody is connected to. @returns its address */
  copy(from: string, name: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * A Postgres of its own, for one run, as a shop would have it: what is committed is on the disk (fsync).
 * @throws Error when this Postgres does not keep that promise, for then moves would look cheaper than they are
 */
export async function openBenchDatabases(): Promise<BenchDatabases> {
  const folder = await mkdtemp(join(tmpdir(), 'serviceflow-bench-'));
  await chmod(folder, 0o711);
  const embedded = await openEmbedded(join(folder, 'data'));
  const addressOf = (name: string) => Object.assign(new URL(embedded.url), { pathname: `/${name}` }).href;
  const safe = await query(embedded.url, `select current_setting('fsync') || current_setting('synchronous_commit') as set`);
  if (safe[0]?.set !== 'onon') throw new Error('The benchmark needs a Postgres with fsync.');
  return {
    async create(name) {
      await query(embedded.url, `create database ${name}`);
      await migrate(addressOf(name), projectPath('migrations'));
      return addressOf(name);
    },
    async copy(from, name) {
      await query(embedded.url, `create database ${name} template ${from}`);
      return addressOf(name);
    },
    async close() {
      await embedded.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One statement on a connection of its own. */
export async function query(url: string, statement: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end();
  }
}
