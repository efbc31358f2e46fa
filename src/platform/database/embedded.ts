import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../start-error.js';
import { type Cluster, prepareCluster } from './embedded-cluster.js';
import { findServer, type Server, startServer, stopServer } from './embedded-server.js';

const DATABASE = 'serviceflow';
const SEATED = 'serviceflow seat';
const LEAVING = 'serviceflow leaving';
// Any number that nothing else in the database `postgres` locks.
const DOOR = 7_358_001;
const START_MS = 15_000;
const RECOVERY_MS = 5 * 60_000;
const REJOIN_MS = 1000;
const STRAGGLERS_MS = 1000;
const WATCH_MS = 3000;

/** What @types/pg leaves out. */
type Referable = pg.Client & { ref(): void; unref(): void };

export interface EmbeddedPostgres {
  /** Superuser's address of the database `serviceflow`; holds the password, so never log it. */
  url: string;
  /**
   * Leaves; the last one out stops the server. Close your own connections first.
   * @param cut ends connections of this program that are in the middle of something, unless somebody else sits there, too
   */
  release(cut?: boolean): Promise<void>;
}

/**
 * Finds the running Postgres of `dataDir`, or starts it (creating the cluster on first use). The server outlives a kill of this process.
 * If it dies while we use it, it is started again, at the same port where possible.
 *
 * Everyone who uses the server keeps one connection to the database `postgres`, their seat, and comes and goes under one advisory lock.
 * So whoever leaves knows whether they are the last, nobody sits down in a server that is being stopped, and a kill -9 leaves nothing behind.
 * @throws StartError with one sentence for the person at the terminal
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(dataDir, false);
  const leaving = new AbortController();
  const { client: first, port } = await takeSeat(cluster, leaving.signal);
  let seat: pg.Client | undefined = first;
  let rejoined: Promise<void> | undefined;
  let left: Promise<void> | undefined;

  async function rejoin() {
    seat = undefined;
    while (!seat && !leaving.signal.aborted) {
      seat = await takeSeat(cluster, leaving.signal).then(
        ({ client }) => client,
        () => undefined,
      );
      if (!seat) await sleep(REJOIN_MS, undefined, { signal: leaving.signal }).catch(() => undefined);
    }
    seat?.once('end', onEnd);
  }
  function onEnd() {
    if (!leaving.signal.aborted) rejoined = rejoin();
  }
  const watch = setInterval(() => void hurryStop(cluster).catch(() => undefined), WATCH_MS);
  watch.unref();
  async function release(cut: boolean) {
    clearInterval(watch);
    leaving.abort();
    await rejoined;
    if (seat) await leave(cluster, seat, cut);
  }

  first.once('end', onEnd);
  return {
    url: urlOf(cluster, port, DATABASE),
    release: (cut = false) => {
      left ??= release(cut);
      return left;
    },
  };
}

/**
 * A server for tests: quick, as it may lose data in a crash, with room for 200 connections.
 * @param folder the caller's, to remove after `stop`
 * @returns the superuser's address of the database `postgres`; `stop` ends the server whoever is connected
 */
export async function startThrowaway(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const cluster = await prepareCluster(folder, true);
  const { client, port } = await takeSeat(cluster);
  return {
    url: urlOf(cluster, port, 'postgres'),
    stop: async () => {
      await stopServer(cluster);
      await client.end();
    },
  };
}

/**
 * A plain SIGTERM to Postgres, as a clean-up of processes sends it, makes it turn newcomers away until everybody has left; we
 * never leave. Such a stop is made a quick one: the seat ends with it, and whoever sat there starts the server again.
 */
async function hurryStop(cluster: Cluster): Promise<void> {
  if ((await findServer(cluster))?.stopping) await stopServer(cluster);
}

/** Tries until it sits in a server that will not be stopped before it leaves. */
async function takeSeat(cluster: Cluster, signal?: AbortSignal): Promise<{ client: pg.Client; port: number }> {
  const begun = Date.now();
  let trouble: string | undefined;
  for (let attempt = 0, starts = 0; ; attempt++) {
    signal?.throwIfAborted();
    let server = await findServer(cluster);
    if (!server) {
      trouble = await startServer(cluster, starts++);
      server = await findServer(cluster);
    }
    if (server?.ready) {
      const client = await sitDown(cluster, server);
      if (client instanceof pg.Client) return { client, port: server.port };
      trouble = client;
    }
    const patience = server && !server.ready ? RECOVERY_MS : START_MS;
    if (Date.now() - begun > patience) break;
    await sleep(Math.min(50 * 2 ** attempt, 500));
  }
  throw new StartError(
    `Postgres in ${cluster.directory} can't be reached (${trouble ?? 'it neither starts nor stops'}); see ${cluster.logFile}.`,
  );
}

/** A connection that counts as a seat, or why there is none. */
async function sitDown(cluster: Cluster, { port }: Server): Promise<pg.Client | string> {
  const client = new pg.Client({
    connectionString: urlOf(cluster, port, 'postgres'),
    application_name: SEATED,
    connectionTimeoutMillis: 5000,
    lock_timeout: 10_000,
    keepAlive: true,
  });
  // Without a listener, a server that goes away would take the whole process with it. What matters comes as 'end'.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [DOOR]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`create database ${DATABASE}`);
    await client.query('select pg_advisory_unlock($1)', [DOOR]);
    // A seat alone keeps no process alive.
    (client as Referable).unref();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if ((error as pg.DatabaseError).code !== '28P01') return (error as Error).message;
    throw new StartError(
      `${cluster.directory} does not take the password in secrets/postgres-password beside it: put back the one that belongs to it, from a backup.`,
    );
  }
}

async function leave(cluster: Cluster, seat: pg.Client, cut: boolean): Promise<void> {
  (seat as Referable).ref();
  try {
    await seat.query("select set_config('application_name', $1, false)", [LEAVING]);
    await seat.query('select pg_advisory_lock($1)', [DOOR]);
    if (cut) await seat.query(CUT, [SEATED, LEAVING]);
    // The lock is kept until the server is down: it is what holds newcomers back.
    if (await isLast(seat)) await stopServer(cluster);
  } catch {
    // The server went away by itself, or someone else who left has stopped it.
  } finally {
    await seat.end().catch(() => undefined);
  }
}

/** A statement that runs does not notice that nobody waits for it any more. */
const CUT = `select pg_terminate_backend(pid) from pg_stat_activity
  where backend_type = 'client backend' and application_name like 'serviceflow%' and application_name <> $2 and pid <> pg_backend_pid()
    and not exists (select from pg_stat_activity where application_name = $1)`;

async function isLast(seat: pg.Client): Promise<boolean> {
  const others = `select count(*)::int as everyone, count(*) filter (where application_name = $1)::int as seated
    from pg_stat_activity
    where backend_type in ('client backend', 'walsender') and pid <> pg_backend_pid() and application_name <> $2`;
  // Our own pool's connections were closed just now, and the server may need a moment to notice.
  for (const deadline = Date.now() + STRAGGLERS_MS; ; await sleep(25)) {
    const { rows } = await seat.query<{ everyone: number; seated: number }>(others, [SEATED, LEAVING]);
    if (!rows[0]?.everyone) return true;
    if (rows[0].seated || Date.now() > deadline) return false;
  }
}

function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${database}`;
}
