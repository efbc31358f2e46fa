import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '../database/pool.js';
import { VERSION } from '../version.js';
import type { Logger } from './log.js';
import { keepTimings, type Timings } from './timings.js';

const MINUTE = 60_000;
/** Milliseconds between two looks at the event loop; Node counts them as part of the delay. */
const LOOK_EVERY = 20;
/** How long the last minute of a process that stops may take to be kept. */
const LAST_MAY_TAKE = 2_000;

export interface ObserverOptions {
  db: Database;
  pool: Pool;
  log: Logger;
  timings: Timings;
  sockets(): number;
  /** The disk that holds it is looked at. */
  dataDir: string;
}

/** Tells every minute that this process lives, how it is, and how long its answers took. What can't be kept is lost, and nothing else is. */
export class Observer {
  /** Of this process, as long as it runs. */
  readonly id = randomUUID();
  readonly #startedAt = new Date();
  #loop: IntervalHistogram | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(private readonly options: ObserverOptions) {}

  start(): Promise<void> {
    this.#loop = monitorEventLoopDelay({ resolution: LOOK_EVERY });
    this.#loop.enable();
    this.#timer = setInterval(() => void this.beat(), MINUTE);
    this.#timer.unref();
    return this.beat();
  }

  /** Keeps what was counted since the last time. Never throws. */
  beat(): Promise<void> {
    this.#beating = this.#beating.then(() => this.#beat());
    return this.#beating;
  }

  async stop(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await Promise.race([this.#leave(), sleep(LAST_MAY_TAKE, undefined, { ref: false })]);
    this.#loop?.disable();
  }

  async #leave(): Promise<void> {
    await this.beat();
    await sql`update processes set stopped_at = now() where id = ${this.id}`.execute(this.options.db).catch(() => {});
  }

  async #beat(): Promise<void> {
    const { db, log, timings } = this.options;
    const now = new Date();
    const taken = timings.take();
    try {
      await this.#keepSample(now);
      await keepTimings(db, this.id, now, taken);
    } catch (error) {
      log.warn({ err: error }, 'how the program is could not be kept');
    }
  }

  async #keepSample(now: Date): Promise<void> {
    const { db, pool, sockets } = this.options;
    const disk = await this.#disk();
    const loop = this.#takeLoop();
    await sql`
      with alive as (
        insert into processes (id, host, pid, version, started_at) values (${this.id}, ${hostname()}, ${process.pid}, ${VERSION}, ${this.#startedAt})
        on conflict (id) do update set seen_at = now() returning id
      )
      insert into process_samples (process_id, at, loop_p50, loop_p99, loop_most, memory_bytes, sockets,
        pool_total, pool_idle, pool_waiting, jobs_waiting, database_bytes, disk_free_bytes, disk_total_bytes)
      select id, ${now}::timestamptz, ${loop.p50}::real, ${loop.p99}::real, ${loop.most}::real, ${process.memoryUsage.rss()}::bigint, ${sockets()}::int,
        ${pool.totalCount}::int, ${pool.idleCount}::int, ${pool.waitingCount}::int,
        (select count(*) from graphile_worker.jobs where locked_at is null and run_at <= now() and attempts < max_attempts),
        pg_database_size(current_database()), ${disk?.free ?? null}::bigint, ${disk?.total ?? null}::bigint
      from alive on conflict (process_id, at) do nothing`.execute(db);
  }

  #takeLoop(): { p50: number; p99: number; most: number } {
    const loop = this.#loop;
    if (!loop || loop.count === 0) return { p50: 0, p99: 0, most: 0 };
    const ms = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 10_000) / 100 - LOOK_EVERY);
    const taken = { p50: ms(loop.percentile(50)), p99: ms(loop.percentile(99)), most: ms(loop.max) };
    loop.reset();
    return taken;
  }

  async #disk(): Promise<{ free: number; total: number } | null> {
    try {
      const { bavail, blocks, bsize } = await statfs(this.options.dataDir);
      return { free: bavail * bsize, total: blocks * bsize };
    } catch {
      return null;
    }
  }
}
