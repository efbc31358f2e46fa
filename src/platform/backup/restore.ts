import pg from 'pg';
import { MIGRATION_LOCK, migrateJobs } from '../database/migrate.js';
import { connectionSettings } from '../database/pool.js';
import { StartError } from '../start-error.js';
import type { Archive } from './archive.js';
import { BrokenLog, loadArchive, verifyLoaded } from './load.js';
import { moveAll } from './move-schema.js';
import { putJobsAside, takeJobsBack } from './waiting-jobs.js';

const NAME = 'serviceflow restore';
/** A server that has just ended may need a moment to be gone. */
const PATIENCE = 3_000;

/**
 * Does work on a database that nobody else uses, and that no server begins to use meanwhile: one that starts waits until it may migrate.
 * @param signal cuts the connection, and so ends the work
 * @throws StartError when somebody is connected
 */
export async function withQuietDatabase<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const client = new pg.Client({ ...connectionSettings(url), application_name: NAME });
  client.on('error', () => {});
  const cut = () => void client.end().catch(() => {});
  await client.connect();
  signal?.addEventListener('abort', cut);
  try {
    signal?.throwIfAborted();
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [MIGRATION_LOCK]);
    if (!rows[0]?.mine) throw new StartError('ServiceFLOW is just starting, or being restored, on this database: stop it first.');
    await refuseOthers(client);
    return await work(client);
  } finally {
    signal?.removeEventListener('abort', cut);
    await client.end().catch(() => {});
  }
}

/** Whoever waits for the migration lock is a server that starts: it touches nothing before it has it. */
async function refuseOthers(client: pg.Client): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const { rows } = await client.query<{ names: string[] | null }>(
      `select array_agg(distinct coalesce(nullif(application_name, ''), 'a program without a name')) as names from pg_stat_activity
        where datname = current_database() and backend_type = 'client backend' and application_name <> $1
          and (wait_event_type, wait_event) is distinct from ('Lock', 'advisory')`,
      [NAME],
    );
    const names = rows[0]?.names;
    if (!names) return;
    if (Date.now() > deadline)
      throw new StartError(
        `The database is in use (${names.join(', ')}): stop ServiceFLOW, and whatever else is connected, then try again.`,
      );
  }
}

/**
 * Puts an archive in the place of what is in the database: loads it beside, verifies it there, and changes the two over in one transaction.
 * The present data stays, whole, in a schema `before_<time>`.
 * @param client of withQuietDatabase()
 * @param beforeTheChange what else must be done first, such as bringing its files; the schema is where the data is until then
 * @returns the name of that schema
 * @throws BadArchive, BrokenLog (unless that is accepted): nothing was changed then
 */
export async function restore(
  client: pg.Client,
  url: string,
  archive: Archive,
  options: { acceptBrokenLog: boolean; beforeTheChange: (schema: string) => Promise<void> },
): Promise<string> {
  const stamp = stampOf(new Date());
  const schema = `restoring_${stamp}`;
  await dropSchemas(client, 'restoring_');
  await migrateJobs(url);
  try {
    await loadArchive(client, archive, schema);
    await verifyLoaded(withName(url), archive, schema).catch((error) => {
      if (!(error instanceof BrokenLog && options.acceptBrokenLog)) throw error;
    });
    await options.beforeTheChange(schema);
    await refuseOthers(client);
    await changeOver(client, schema, `before_${stamp}`);
  } catch (error) {
    await client.query('rollback').catch(() => {});
    await dropSchemas(client, 'restoring_').catch(() => {});
    throw error;
  }
  return `before_${stamp}`;
}

/**
 * Brings back what the last restore has put aside, and puts aside what is there now: doing it twice changes nothing.
 * @returns the names of both schemas @throws StartError when nothing was put aside
 */
export async function undoRestore(client: pg.Client): Promise<{ back: string; aside: string }> {
  const [back] = await listAside(client);
  if (!back) throw new StartError('There is nothing to bring back: no restore has put anything aside in this database.');
  const aside = `before_${stampOf(new Date())}`;
  await changeOver(client, back, aside);
  return { back, aside };
}

/** Schemas with data that was put aside, the newest first. */
export async function listAside(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname ~ '^before_[0-9]{17}$' order by nspname desc`,
  );
  return rows.map(({ name }) => name);
}

/** Removes for good what was put aside before that time. @returns the names of those schemas */
export async function dropAside(client: pg.ClientBase, before: Date): Promise<string[]> {
  const old = (await listAside(client)).filter((name) => name < `before_${stampOf(before)}`);
  for (const name of old) await client.query(`drop schema ${name} cascade`);
  return old;
}

async function changeOver(client: pg.Client, incoming: string, aside: string): Promise<void> {
  await client.query('begin');
  await client.query(`set local search_path to ''`);
  await putJobsAside(client, 'public');
  await moveAll(client, 'public', aside);
  await moveAll(client, incoming, 'public');
  await client.query(`drop schema ${incoming}`);
  await takeJobsBack(client, 'public');
  await client.query('commit');
}

async function dropSchemas(client: pg.Client, prefix: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select nspname as name from pg_namespace where starts_with(nspname, $1)', [
    prefix,
  ]);
  for (const { name } of rows) await client.query(`drop schema ${name} cascade`);
}

/** `20261123081205123`, in UTC. */
function stampOf(at: Date): string {
  return at.toISOString().replace(/\D/g, '');
}

/** The verifying connection is one of ours, too. */
function withName(url: string): string {
  const address = new URL(url);
  address.searchParams.set('application_name', NAME);
  return address.href;
}
