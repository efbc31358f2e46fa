import { stat } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Config } from '../../config.js';
import { readBackupState } from '../../platform/backup/state.js';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { readChainCheck } from '../activity/chain.js';
import { listSilentHooks } from '../webhooks/webhooks.js';
import { countFaults } from './faults.js';
import type { Disk, Facts, ProcessFact } from './rules.js';

const DAY = 24 * 3_600_000;

/** Everything that the Health page judges, as it is now, but for how long pages take, which it shows as well. */
export async function readFacts({ db, config }: Pick<Services, 'db' | 'config'>, shop: number, now: Date): Promise<Omit<Facts, 'pages'>> {
  const start = performance.now();
  await sql`select 1`.execute(db);
  const milliseconds = Math.round(performance.now() - start);
  const [database, processes, disks, growth, jobs, backup, chain, { created_at: shopSince }, faults, silentHooks] = await Promise.all([
    readDatabase(db),
    readProcesses(db),
    readDisks(db),
    readGrowth(db),
    readJobs(db),
    readBackupState(db),
    readChainCheck(db, shop),
    db.selectFrom('shops').select('created_at').where('id', '=', shop).executeTakeFirstOrThrow(),
    countFaults(db, shop, new Date(now.getTime() - DAY)),
    listSilentHooks(db, shop),
  ]);
  const backups = { ...backup, isOn: config.backup.at !== null, isElsewhere: await areElsewhere(config) };
  return {
    database: { ...database, milliseconds, growth },
    processes,
    disks,
    jobs,
    backups,
    chain,
    shopSince,
    faults,
    silentHooks,
    observes: config.observe,
  };
}

/** Whether backups go to another disk than the one with the data. */
async function areElsewhere({ backup, dataDir }: Config): Promise<boolean> {
  if (backup.secondFolder !== undefined) return true;
  const [there, here] = await Promise.all([backup.folder, dataDir].map((path) => stat(path).catch(() => null)));
  return Boolean(there && here && there.dev !== here.dev);
}

async function readDatabase(db: Database): Promise<{ version: string; bytes: number }> {
  const { rows } = await sql<{ version: string; bytes: number }>`
    select current_setting('server_version') as version, pg_database_size(current_database()) as bytes`.execute(db);
  return rows[0] as { version: string; bytes: number };
}

/** Those that were heard of within a day and have not been stopped, with their last sample. */
async function readProcesses(db: Database): Promise<ProcessFact[]> {
  const { rows } = await sql<ProcessFact>`
    select p.host, p.pid, p.version, p.started_at as "startedAt", p.seen_at as "seenAt", s.memory_bytes as memory, s.sockets,
      (select max(loop_p99)::float8 from process_samples l where l.process_id = p.id and l.at > now() - interval '15 minutes') as "loopMs"
    from processes p
    left join lateral (select memory_bytes, sockets from process_samples s where s.process_id = p.id order by at desc limit 1) s on true
    where p.stopped_at is null and p.seen_at > now() - interval '1 day' order by p.started_at`.execute(db);
  return rows;
}

/** For each machine how much room its disk has, and had: the least of each hour of two weeks. */
async function readDisks(db: Database): Promise<Disk[]> {
  const { rows } = await sql<Disk>`
    with hours as (
      select p.host, date_trunc('hour', s.at, 'UTC') as at, min(s.disk_free_bytes)::float8 as free, max(s.disk_total_bytes)::float8 as total
      from process_samples s join processes p on p.id = s.process_id
      where s.at > now() - interval '14 days' and s.disk_free_bytes is not null group by 1, 2
    )
    select host, (array_agg(free order by at desc))[1] as free, (array_agg(total order by at desc))[1] as total,
      json_agg(json_build_object('at', extract(epoch from at) * 1000, 'value', free) order by at) as history
    from hours group by host having max(at) > now() - interval '1 day' order by host`.execute(db);
  return rows;
}

/** The size of the database, the most of each hour of two weeks. */
async function readGrowth(db: Database): Promise<{ at: number; value: number }[]> {
  const { rows } = await sql<{ at: number; value: number }>`
    select (extract(epoch from date_trunc('hour', at, 'UTC')) * 1000)::float8 as at, max(database_bytes)::float8 as value
    from process_samples where at > now() - interval '14 days' group by 1 order by 1`.execute(db);
  return rows;
}

async function readJobs(db: Database): Promise<Facts['jobs']> {
  const { rows } = await sql<{ waiting: number; oldest: Date | null; given: string[] | null }>`
    select count(*) filter (where attempts < max_attempts and run_at <= now())::int as waiting,
      min(run_at) filter (where attempts < max_attempts and locked_at is null and run_at <= now()) as oldest,
      array_agg(distinct task_identifier) filter (where attempts >= max_attempts and locked_at is null) as given
    from graphile_worker.jobs`.execute(db);
  const { waiting, oldest, given } = rows[0] ?? { waiting: 0, oldest: null, given: null };
  return { waiting, oldest, givenUp: given ?? [] };
}
