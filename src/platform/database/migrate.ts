import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { StartError } from '../start-error.js';
import { connectionSettings } from './pool.js';

/** Held by whoever changes the schema. Any number will do, as long as all versions of this program use the same one. */
export const MIGRATION_LOCK = 7_268_302_611;

/** Milliseconds. */
const TABLE_WAIT = 2_000;
const PAUSE = 1_000;
const LONGEST_STATEMENT = 15 * 60_000;
const ATTEMPTS = 20;

/**
 * Brings the schema to the newest file of `folder` (0001_….sql, 0002_….sql: plain SQL, forward only). Each file runs in
 * its own transaction; of several processes that start together one migrates and the others wait. Then the schema of the
 * background jobs, `graphile_worker`, which is that library's own.
 * @throws StartError when the database is newer than this program, can't be reached, or has no time for the change
 */
export async function migrate(url: string, folder: string): Promise<void> {
  const files = await listMigrations(folder);
  const client = new pg.Client({ ...connectionSettings(url), lock_timeout: 60_000 });
  client.on('error', () => {});
  await client.connect().catch((error: Error) => {
    throw new StartError(`The database can't be reached (${error.message || 'no answer'}): check DATABASE_URL.`);
  });
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await applyMigrations(client, folder, files);
    await migrateJobs(url);
  } finally {
    await client.end();
  }
}

/** The names of all there are, in their order. */
export async function listMigrations(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => /^\d{4}_.+\.sql$/.test(file)).sort();
}

/**
 * Runs those of `files` that have not run yet, in the first schema of the client's search path.
 * @throws StartError when one has run that is not among them
 */
export async function applyMigrations(client: pg.ClientBase, folder: string, files: string[]): Promise<void> {
  await client.query('create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())');
  const applied = (await client.query<{ name: string }>('select name from migrations order by name')).rows.map((row) => row.name);
  const unknown = applied.find((name) => !files.includes(name));
  if (unknown)
    throw new StartError(`The database is newer than this program (it has ${unknown}): start the version that made it, or a later one.`);
  for (const file of files.filter((name) => !applied.includes(name))) await apply(client, folder, file);
}

/** @throws StartError when a table that it changes is in use all the time, or when it takes longer than any may */
async function apply(client: pg.ClientBase, folder: string, file: string): Promise<void> {
  const statements = await readFile(join(folder, file), 'utf8');
  for (let attempt = 1; ; attempt++) {
    await client.query('begin');
    try {
      // Whoever comes after one that waits for a table waits, too: the processes that go on serving must not, for long.
      await client.query(`set local lock_timeout = ${TABLE_WAIT}; set local statement_timeout = ${LONGEST_STATEMENT}`);
      await client.query(statements);
      await client.query('insert into migrations (name) values ($1)', [file]);
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      const { code, message } = error as pg.DatabaseError;
      if (code === '55P03' && attempt < ATTEMPTS) await sleep(PAUSE);
      else if (code === '55P03' || code === '57014')
        throw new StartError(
          `${file} could not be applied in the time it has (${message}), and nothing of it was: try again when less is going on.`,
        );
      else throw error;
    }
  }
}

/** The schema of background jobs. */
export async function migrateJobs(url: string): Promise<void> {
  const pool = new pg.Pool({ ...connectionSettings(url), max: 1 });
  try {
    await runMigrations({ pgPool: pool });
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new StartError(
      `The user of the database may not make the schema of background jobs (${(error as Error).message}): grant it "create on database".`,
    );
  } finally {
    await pool.end();
  }
}
