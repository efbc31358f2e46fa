import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger as GraphileLogger, type Worker as Hand, parseCronItems, type Runner, run, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { connectionSettings } from '../database/pool.js';
import { faultNumber, recordFault } from '../observe/faults.js';
import type { Logger } from '../observe/log.js';
import type { Services } from '../services.js';
import type { Task } from './jobs.js';

/** One may take minutes (a video), so that the next need not wait for it; more would be felt at the board. */
const AT_ONCE = 2;
/** New work wakes it; this is for what is tried again or is due. */
const LOOK_EVERY = 5_000;
const START_AGAIN_AFTER = 5_000;
/** How long jobs may take to end when the program does. What does not is done again by the next one. */
const DRAIN = 8_000;
const LOOK_FOR_DEAD_EVERY = 60_000;

/**
 * Does the jobs that wait in the database, within this process. It never ends the process: when the database goes away, it
 * begins anew when that is back.
 */
export class Worker {
  readonly #pool: ForgivingPool;
  readonly #log: Logger;
  readonly #unlock: NodeJS.Timeout;
  #runner: Runner | undefined;
  /** Of runners that were lost. */
  readonly #former: Hand[] = [];
  readonly #ending = new Set<Promise<void>>();
  #starting: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #suspects = new Set<string>();
  #stopped = false;
  #ended: Promise<void> | undefined;

  constructor(
    url: string,
    private readonly tasks: Task[],
    private readonly services: Services,
    lookForDeadEvery = LOOK_FOR_DEAD_EVERY,
  ) {
    this.#log = services.log;
    this.#pool = new ForgivingPool(
      {
        ...connectionSettings(url),
        application_name: 'serviceflow jobs',
        // One listens, one is for what is due by the clock.
        max: AT_ONCE + 2,
        idleTimeoutMillis: 30_000,
        statement_timeout: 10_000,
        query_timeout: 12_000,
      },
      (error) => {
        if (!this.#stopped) this.#log.warn({ err: error }, 'what is due by the clock could not be looked after; trying again');
        return !this.#stopped;
      },
    );
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#unlock = setInterval(() => void this.#freeJobsOfTheDead(), lookForDeadEvery);
    this.#unlock.unref();
  }

  /** Returns when it looks for work, or has to try again later. */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  stop(): Promise<void> {
    this.#ended ??= this.#stop();
    return this.#ended;
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#unlock);
    clearTimeout(this.#again);
    await this.#starting;
    this.#end();
    const end = async () => {
      await Promise.all(this.#ending);
      await this.#pool.end();
    };
    await Promise.race([end(), sleep(DRAIN, undefined, { ref: false })]);
  }

  /**
   * A connection that is lost at a bad moment (while it looks for work, or tells that some is done) leaves a runner that never
   * works again, without saying so: any such loss ends it, and a new one begins.
   */
  async #start(): Promise<void> {
    const events = new EventEmitter() as WorkerEvents;
    const hands: Hand[] = [];
    let isLost = false;
    const lost = (error?: unknown) => {
      if (isLost) return;
      isLost = true;
      this.#former.push(...hands);
      this.#lost(error);
    };
    events.on('worker:create', ({ worker }) => void hands.push(worker));
    events.on('worker:getJob:error', ({ error }) => lost(error));
    events.on('worker:fatalError', ({ error }) => lost(error));
    events.on('pool:listen:success', ({ client }) => {
      const ids = hands.map(({ workerId }) => workerId);
      // It is about to listen; then this connection has nothing to do but to hold the locks that say who lives.
      client.once('drain', () => void client.query(LIVE, [ids]).catch(() => {}));
    });
    try {
      this.#runner = await run({
        ...{ pgPool: this.#pool, events, noHandleSignals: true, concurrency: AT_ONCE, pollInterval: LOOK_EVERY },
        logger: loggerFor(this.#log),
        taskList: Object.fromEntries(this.tasks.map((task) => [task.name, this.#runnerOf(task)])),
        parsedCronItems: parseCronItems(this.tasks.flatMap(({ name, at }) => (at ? [{ task: name, match: at }] : []))),
      });
      this.#runner.promise.then(() => lost(), lost);
      // Lost before it was known here.
      if (isLost) this.#end();
    } catch (error) {
      lost(error);
    }
  }

  #lost(error: unknown): void {
    this.#end();
    if (this.#stopped) return;
    this.#log.warn({ err: error }, 'background work was interrupted; beginning again');
    this.#again = setTimeout(() => void this.start(), START_AGAIN_AFTER);
  }

  /** Lets the runner end what it is doing; meanwhile the next one may begin. */
  #end(): void {
    if (!this.#runner) return;
    // It throws when it has ended itself.
    const ending = this.#runner.stop().catch(() => {});
    this.#runner = undefined;
    this.#ending.add(ending);
    void ending.then(() => this.#ending.delete(ending));
  }

  #runnerOf(task: Task) {
    return async (payload: unknown, { job }: { job: { id: string; attempts: number; max_attempts: number } }) => {
      try {
        await task.run(payload, this.services, { isLast: job.attempts >= job.max_attempts });
      } catch (error) {
        const number = faultNumber();
        this.#log.error({ err: error, number, task: task.name, job: job.id, attempt: job.attempts }, 'a background job failed');
        recordFault(this.services, { kind: 'job', error, number, route: task.name });
        throw error;
      }
    };
  }

  /**
   * A process that was killed leaves its jobs locked. Each hand that lives holds a lock on its name, as long as it is
   * connected; whose lock was free twice in a row is dead, and its jobs are anybody's. So is a former hand of ours that has
   * ended what it was doing.
   */
  async #freeJobsOfTheDead(): Promise<void> {
    try {
      const idle = this.#former.filter((hand) => !hand.getActiveJob()).map(({ workerId }) => workerId);
      const { rows } = await this.#pool.queryOnce(UNLOCKED, [idle]);
      const dead = rows.map((row) => row.worker).filter((worker) => this.#suspects.has(worker));
      this.#suspects = new Set(rows.map((row) => row.worker));
      if (dead.length > 0) await this.#pool.queryOnce('select graphile_worker.force_unlock_workers($1)', [dead]);
    } catch (error) {
      this.#log.warn({ err: error }, 'jobs of other processes could not be looked after; trying again');
    }
  }
}

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, release: (broken?: boolean | Error) => void) => void;

/**
 * Two habits of the library would end the process. It gives its listening connection back twice when that is cut while a runner
 * ends; and when a query of its clock fails, which is all that it asks of the pool itself, nobody handles that. So such a
 * query is tried until it succeeds: each of them may be sent twice.
 */
class ForgivingPool extends pg.Pool {
  constructor(
    settings: pg.PoolConfig,
    private readonly mayTryAgain: (error: unknown) => boolean,
  ) {
    super(settings);
  }

  // biome-ignore lint/suspicious/noExplicitAny: many overloads of pg's, of which the library uses one.
  override async query(...args: any[]): Promise<any> {
    for (;;) {
      try {
        return await this.queryOnce(args[0], args[1]);
      } catch (error) {
        if (!this.mayTryAgain(error)) return { rows: [] };
        await sleep(START_AGAIN_AFTER, undefined, { ref: false });
      }
    }
  }

  queryOnce(text: string, values: unknown[]): Promise<pg.QueryResult<{ worker: string }>> {
    return super.query(text, values);
  }

  // biome-ignore lint/suspicious/noExplicitAny: two overloads of pg's, told apart here.
  override connect(callback?: Connected): any {
    if (!callback) return super.connect();
    super.connect((error, client, release) => {
      let isReleased = false;
      callback(error, client, (broken) => {
        if (!isReleased) release(broken);
        isReleased = true;
      });
    });
  }
}

/** The first half of those locks: any number will do, as long as all versions of this program use the same one. */
const LIVING = 726_830;

const LIVE = `select pg_advisory_lock(${LIVING}, hashtext(worker)) from unnest($1::text[]) worker`;

const UNLOCKED = `
  select worker from (select distinct locked_by as worker from graphile_worker._private_jobs where locked_by is not null) j
  where worker = any($1::text[]) or not exists (
    select from pg_locks l where l.locktype = 'advisory' and l.database = (select oid from pg_database where datname = current_database())
      and l.classid::bigint = ${LIVING} and l.objid::bigint = hashtext(worker)::bigint & 4294967295 and l.granted
  )`;

/** What it says of its own doings is of no use to who runs a shop; that a connection was lost is. */
function loggerFor(log: Logger): GraphileLogger {
  return new GraphileLogger(() => (level, message) => {
    const isProblem = level === 'error' || level === 'warning';
    // Our own line about it has a number.
    if (isProblem && !message.startsWith('Failed task')) log.warn({ from: 'jobs' }, message);
    else log.debug({ from: 'jobs' }, message);
  });
}
