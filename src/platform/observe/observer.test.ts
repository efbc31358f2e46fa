import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';
import { openLog } from './log.js';
import { Observer } from './observer.js';
import { addUpHours, keepTimings, Timings } from './timings.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';

interface Kept {
  name: string;
  count: number;
  sum_ms: number;
  most_ms: number;
  bins: number[];
  counts: number[];
}

const kept = async (table: 'timings' | 'timings_by_hour') =>
  (
    await sql<Kept>`select n.name, count, sum_ms, most_ms, bins, counts::int[] from ${sql.table(table)} t
      join timing_names n on n.id = t.name_id order by n.name, at, count`.execute(database.db)
  ).rows;

test('what processes count in their minutes adds up to hours, as often as it is done', async () => {
  const [one, other] = [new Timings(), new Timings()];
  for (const ms of [1, 2, 400]) one.route('GET /board', ms);
  for (const ms of [1, 3]) other.route('GET /board', ms);
  other.query('select  1\n from "shops"', 5);
  const minute = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 30 * 60_000);
  await keepTimings(database.db, A, minute, one.take());
  await keepTimings(database.db, B, minute, other.take());
  one.route('GET /board', 9);
  await keepTimings(database.db, A, new Date(minute.getTime() + 60_000), one.take());
  expect(one.take()).toEqual([]);
  expect((await kept('timings')).map(({ name, count }) => [name, count])).toEqual(
    [
      ['GET /board', 2],
      ['GET /board', 3],
      ['GET /board', 1],
      ['select 1 from "shops"', 1],
    ].sort(([a], [b]) => String(a).localeCompare(String(b))),
  );
  for (let turn = 0; turn < 2; turn++) {
    await addUpHours(database.db, new Date(minute.getTime() - 3_600_000));
    const [board, query, ...more] = await kept('timings_by_hour');
    expect(more).toEqual([]);
    expect(board).toMatchObject({ name: 'GET /board', count: 6, sum_ms: 416, most_ms: 400 });
    expect(board?.counts.reduce((sum, n) => sum + n, 0)).toBe(6);
    expect(board?.bins).toEqual([...(board?.bins ?? [])].sort((a, b) => a - b));
    expect(query).toMatchObject({ count: 1 });
  }
});

test('however many names there are, the memory and the table stay small', () => {
  const timings = new Timings();
  for (let turn = 0; turn < 5_000; turn++) timings.query(`select ${'x'.repeat(turn)}`, 1);
  const taken = timings.take();
  expect(taken.length).toBe(601);
  expect(taken.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
  expect(Math.max(...taken.map(({ name }) => name.length))).toBeLessThan(610);
});

test('a server tells that it lives, how it is, how long its answers and statements took, and that it has ended', async () => {
  const shop = await makeShop(database.db);
  await sql`truncate timings, timings_by_hour`.execute(database.db);
  const server = await startTestServer(database.url);
  const client = await server.clientOf(shop, 'mechanic');
  for (let turn = 0; turn < 4; turn++) await client.get('/board');
  const alive = await sql<{
    stopped_at: Date | null;
    version: string;
    pid: number;
  }>`select stopped_at, version, pid from processes`.execute(database.db);
  expect(alive.rows).toMatchObject([{ stopped_at: null, pid: process.pid }]);
  await server.stop();
  const { rows } = await sql<Record<string, number>>`select s.*, p.stopped_at is not null as stopped from process_samples s
    join processes p on p.id = s.process_id order by s.at desc limit 1`.execute(database.db);
  expect(rows[0]).toMatchObject({ stopped: true, sockets: 0 });
  for (const column of ['memory_bytes', 'database_bytes', 'disk_free_bytes', 'disk_total_bytes', 'pool_total'])
    expect(rows[0]?.[column], column).toBeGreaterThan(0);
  const counted = await kept('timings');
  expect(counted.find(({ name }) => name === 'GET /board')?.count).toBe(4);
  expect(counted.some(({ name }) => name.startsWith('select i.sess'))).toBe(true);
  expect(counted.some(({ name }) => name.startsWith('select') && name.includes('$1'))).toBe(true);
  // By the session’s store and by what slows guessers down, which do not go by Kysely.
  expect(counted.some(({ name }) => /^INSERT INTO "?session/i.test(name))).toBe(true);
  expect(counted.some(({ name }) => /throttle/i.test(name))).toBe(true);
  expect(counted.some(({ name }) => /^(begin|start transaction)/.test(name))).toBe(true);
  expect(JSON.stringify(counted)).not.toMatch(/mechanic@|first\.test/);
});

test('nothing is kept where that is switched off', async () => {
  const before = await database.db.selectFrom('processes').select('id').execute();
  const server = await startTestServer(database.url, { OBSERVE: 'off' });
  await server.client().get('/sign-in');
  await server.stop();
  expect(await database.db.selectFrom('processes').select('id').execute()).toEqual(before);
});

test('a database that is away costs a line in the log, and the process goes on', async () => {
  const logged: string[] = [];
  const alone = await testDatabase();
  const log = openLog('info', { write: (line) => void logged.push(line) });
  const observer = new Observer({ ...alone, log, timings: new Timings(), sockets: () => 0, dataDir: '/nowhere' });
  await observer.start();
  expect(logged).toEqual([]);
  await alone.close();
  await observer.beat();
  await observer.stop();
  expect(logged.join('')).toContain('how the program is could not be kept');
});
