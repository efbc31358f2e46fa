import { spawn } from 'node:child_process';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { until } from '../../testing/server.js';
import { Faults } from '../observe/faults.js';
import { openLog } from '../observe/log.js';
import { projectPath } from '../project.js';
import type { Services } from '../services.js';
import { addJob, type Task } from './jobs.js';
import { Worker } from './worker.js';

let database: TestDatabase;
let done: unknown[] = [];
let logged: Record<string, unknown>[] = [];
const workers: Worker[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
  await sql`delete from graphile_worker._private_jobs`.execute(database.db);
  done = [];
  logged = [];
});
afterAll(() => database.close());

const note: Task = { name: 'note', run: async (payload) => void done.push(payload) };

async function startWorker(tasks: Task[], lookForDeadEvery?: number): Promise<Worker> {
  const log = openLog('info', { write: (line) => void logged.push(JSON.parse(line)) });
  const faults = new Faults(database.db, log);
  const worker = new Worker(database.url, tasks, { log, faults, db: database.db } as Services, lookForDeadEvery);
  workers.push(worker);
  await worker.start();
  return worker;
}

const waiting = async () => (await sql<{ attempts: number }>`select attempts from graphile_worker._private_jobs`.execute(database.db)).rows;

describe('a job', () => {
  test('is done once its transaction is committed, and never when it is rolled back', async () => {
    await startWorker([note]);
    const rolledBack = database.db.transaction().execute(async (trx) => {
      await addJob(trx, 'note', { turn: 'lost' });
      throw new Error('back');
    });
    await expect(rolledBack).rejects.toThrow('back');
    await database.db.transaction().execute((trx) => addJob(trx, 'note', { turn: 1, text: '“ä”' }));
    await until(() => done.length > 0, 'the job');
    expect(done).toEqual([{ turn: 1, text: '“ä”' }]);
    await until(async () => (await waiting()).length === 0, 'it to be gone');
  });

  test('that waited while nothing ran is done when something does, by one of two', async () => {
    for (let turn = 0; turn < 20; turn++) await addJob(database.db, 'note', { turn });
    await Promise.all([startWorker([note]), startWorker([note])]);
    await until(() => done.length >= 20, 'all of them');
    await until(async () => (await waiting()).length === 0, 'them to be gone');
    expect(done.map((one) => (one as { turn: number }).turn).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, turn) => turn));
  });

  test('that fails is logged with a number, without what it was about, and tried again', async () => {
    const chances: boolean[] = [];
    const task: Task = {
      name: 'fails',
      run: async (_payload, _services, { isLast }) => {
        chances.push(isLast);
        if (chances.length < 2) throw new Error('not yet');
      },
    };
    await startWorker([task]);
    await addJob(database.db, 'fails', { plate: 'B-XY 123' }, { attempts: 2 });
    await until(() => chances.length === 1, 'the first try');
    await until(() => logged.some((line) => line.number), 'the log');
    expect(logged.find((line) => line.number)).toMatchObject({
      task: 'fails',
      attempt: 1,
      level: 50,
      number: expect.stringMatching(/^E-[A-Z0-9]{6}$/),
    });
    expect(JSON.stringify(logged)).not.toContain('B-XY');
    await until(async () => (await waiting())[0]?.attempts === 1, 'it to wait again');
    await sql`update graphile_worker._private_jobs set run_at = now()`.execute(database.db);
    await until(() => chances.length === 2, 'the second try');
    expect(chances).toEqual([false, true]);
  });

  test('under way is ended before the worker is', async () => {
    let ended = false;
    const slow: Task = {
      name: 'slow',
      run: async () => {
        done.push('begun');
        await new Promise((resolve) => setTimeout(resolve, 500));
        ended = true;
      },
    };
    const worker = await startWorker([slow]);
    await addJob(database.db, 'slow', {});
    await until(() => done.length === 1, 'it to begin');
    await worker.stop();
    expect(ended).toBe(true);
    expect(await waiting()).toEqual([]);
  });
});

test('every connection cut: it begins again by itself, and the process lives', async () => {
  await startWorker([note]);
  const admin = new pg.Client({ connectionString: database.url, application_name: 'test' });
  await admin.connect();
  const cut = () =>
    admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'serviceflow jobs' and datname = current_database()`,
    );
  for (let turn = 0; turn < 3; turn++) {
    await until(async () => ((await cut()).rowCount ?? 0) > 0, 'a connection to cut');
    await addJob(database.db, 'note', { turn });
    await until(() => done.length === turn + 1, `job ${turn}`, 30);
  }
  await admin.end();
}, 100_000);

describe('a connection that is cut at a bad moment does not end background work for good:', () => {
  /** Somebody who holds a lock, so that what needs it waits and can be cut in the middle. */
  async function holding(lock: string, work: (cutWhoWaits: () => Promise<void>) => Promise<void>): Promise<void> {
    const holder = new pg.Client({ connectionString: database.url, application_name: 'test' });
    const admin = new pg.Client({ connectionString: database.url, application_name: 'test' });
    await Promise.all([holder.connect(), admin.connect()]);
    await holder.query('begin');
    await holder.query(lock);
    const cut = () =>
      admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'serviceflow jobs' and datname = current_database() and wait_event_type = 'Lock'`,
      );
    try {
      await work(() => until(async () => ((await cut()).rowCount ?? 0) > 0, 'somebody who waits'));
    } finally {
      await holder.query('rollback');
      await Promise.all([holder.end(), admin.end()]);
    }
  }

  test('while it looks for its first job', async () => {
    const first = { ...note, name: 'never named before' };
    await holding('lock table graphile_worker._private_tasks in share row exclusive mode', async (cutWhoWaits) => {
      await startWorker([first]);
      await cutWhoWaits();
    });
    await addJob(database.db, first.name, { turn: 'first' });
    await until(() => done.length === 1, 'the job', 30);
  }, 60_000);

  test('while it tells that a job is done: which is done again', async () => {
    const held: Task = {
      name: 'held',
      run: async (payload) => {
        done.push(payload);
        if (done.length > 1) return;
        void holding('select from graphile_worker._private_jobs for update', (cutWhoWaits) => cutWhoWaits());
        await until(
          async () =>
            (
              await sql`select from pg_stat_activity where state = 'idle in transaction' and query like '%_private_jobs for update%'`.execute(
                database.db,
              )
            ).rows.length > 0,
          'the lock',
        );
      },
    };
    await startWorker([held], 300);
    await addJob(database.db, 'held', { turn: 'twice' });
    await until(async () => done.length === 2 && (await waiting()).length === 0, 'it to be done again', 45);
    // The other one of the two that work at once, and the one that was cut, still work.
    for (let turn = 0; turn < 4; turn++) await addJob(database.db, 'held', { turn });
    await until(() => done.length === 6, 'the next ones', 30);
  }, 100_000);
});

test('a job whose process was killed is done by another', async () => {
  const lines = [
    `import { Worker } from ${JSON.stringify(projectPath('dist/src/platform/jobs/worker.js'))};`,
    `import { openLog } from ${JSON.stringify(projectPath('dist/src/platform/observe/log.js'))};`,
    `const stuck = { name: 'note', run: () => new Promise(() => console.log('begun')) };`,
    `await new Worker(process.env.DATABASE_URL, [stuck], { log: openLog('silent') }).start();`,
  ];
  const child = spawn(process.execPath, ['--input-type=module', '-e', lines.join('\n')], {
    ...{ cwd: projectPath(), env: { PATH: process.env.PATH, DATABASE_URL: database.url }, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const begun = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  await addJob(database.db, 'note', { turn: 'killed' });
  await begun;
  // While that one lives, nobody takes its job away.
  await startWorker([note], 100);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(done).toEqual([]);
  child.kill('SIGKILL');
  await until(() => done.length === 1, 'the job to be done again', 30);
  expect(done).toEqual([{ turn: 'killed' }]);
}, 60_000);

test('what is due by the clock is known to the database', async () => {
  await startWorker([{ ...note, at: '17 3 * * *' }]);
  const known = async () =>
    (await sql<{ identifier: string }>`select identifier from graphile_worker._private_known_crontabs`.execute(database.db)).rows;
  await until(async () => (await known()).length === 1, 'the crontab');
  expect(await known()).toEqual([{ identifier: 'note' }]);
});

test('what is due by the clock outlives a database that goes away at that moment, and so does the process', async () => {
  await sql`
    create function graphile_worker.goes_away() returns trigger language plpgsql as
      $$ begin raise exception 'terminating connection' using errcode = '57P01'; end $$`.execute(database.db);
  await sql`
    create trigger goes_away before insert on graphile_worker._private_known_crontabs
      execute function graphile_worker.goes_away()`.execute(database.db);
  await startWorker([{ name: 'later', at: '0 4 * * *', run: async () => {} }]);
  await until(() => logged.some((line) => String(line.msg).includes('due by the clock')), 'the log');
  await sql`drop function graphile_worker.goes_away() cascade`.execute(database.db);
  const known = () => sql`select from graphile_worker._private_known_crontabs where identifier = 'later'`.execute(database.db);
  await until(async () => (await known()).rows.length === 1, 'it to be known');
});
