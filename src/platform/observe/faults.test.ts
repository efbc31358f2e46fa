import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { addJob } from '../jobs/jobs.js';
import { Worker } from '../jobs/worker.js';
import { VERSION } from '../version.js';
import { Faults, recordFault } from './faults.js';
import { openLog } from './log.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let mechanic: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 1);
  mechanic = await server.clientOf(shop, 'mechanic');
});
beforeEach(async () => {
  await sql`delete from fault_groups`.execute(database.db);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const groups = async () =>
  (
    await sql<{
      shop: number | null;
      kind: string;
      title: string;
      place: string;
      route: string;
      count: number;
      faults: number;
      version: string;
    }>`
      select g.shop_id as shop, g.kind, g.title, g.place, g.route, g.count, g.last_version as version, count(f.id) as faults
      from fault_groups g left join faults f on f.group_id = g.id group by g.id order by g.id`.execute(database.db)
  ).rows;

function newFaults(db = database.db): { faults: Faults; logged: Record<string, unknown>[] } {
  const logged: Record<string, unknown>[] = [];
  return { faults: new Faults(db, openLog('info', { write: (line) => void logged.push(JSON.parse(line)) })), logged };
}

test('what broke in a request is kept with the number that the person saw, with who, where and which version', async () => {
  await sql`create function break_comment() returns trigger language plpgsql as $$ begin raise 'broken for %', 'dana@example.com'; end $$`.execute(
    database.db,
  );
  await sql`create trigger break_comment before insert on comments for each row execute function break_comment()`.execute(database.db);
  const seen: (string | undefined)[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const { text } = await mechanic.post('/work-orders/1001/comments', { text: 'What I typed' });
    seen.push(/E-[0-9A-Z]{6}/.exec(text)?.[0]);
  }
  await sql`drop trigger break_comment on comments`.execute(database.db);
  await server.app.services.faults.settled();
  const [group, ...others] = await groups();
  expect(others).toEqual([]);
  expect(group).toMatchObject({
    shop: shop.id,
    kind: 'server',
    route: '/work-orders/:number/comments',
    count: 2,
    faults: 2,
    version: VERSION,
  });
  expect(group?.title).toContain('DatabaseError P0001');
  expect(group?.place).toMatch(/ \(src\/features\/work-orders\/comments\.ts:\d+\)$/);
  const kept = await database.db
    .selectFrom('faults')
    .select(['number', 'staff_id', 'method', 'request', 'message', 'stack'])
    .orderBy('id')
    .execute();
  expect(kept.map((one) => one.number)).toEqual(seen);
  expect(kept[0]).toMatchObject({ staff_id: shop.staff.mechanic.staff, method: 'POST', request: expect.stringMatching(/-/) });
  expect(JSON.stringify(kept)).not.toMatch(/What I typed|dana@example/);
});

test('a background job that fails is kept, as nobody’s', async () => {
  const log = openLog('silent');
  const { faults } = newFaults();
  const fails = { name: 'fails', run: () => Promise.reject(new RangeError('too far')) };
  const worker = new Worker(database.url, [fails], { ...server.app.services, log, faults });
  await worker.start();
  try {
    await addJob(database.db, 'fails', {});
    await until(async () => (await groups()).length > 0, 'the fault');
    expect(await groups()).toMatchObject([{ shop: null, kind: 'job', route: 'fails', title: 'RangeError: too far', count: 1 }]);
  } finally {
    await worker.stop();
  }
});

test('faults that are alike belong together, others do not', async () => {
  const { faults } = newFaults();
  const broken = (message: string) => new TypeError(message);
  for (let turn = 0; turn < 3; turn++)
    recordFault({ faults }, { kind: 'server', error: broken(`row ${turn}`), route: '/board', shop: shop.id });
  recordFault({ faults }, { kind: 'server', error: broken('row 1'), route: '/search', shop: shop.id });
  recordFault({ faults }, { kind: 'server', error: broken('row 1'), route: '/board' });
  recordFault({ faults }, { kind: 'server', error: 'not even an error 7', route: '/board' });
  recordFault({ faults }, { kind: 'server', error: 'not even an error 8', route: '/board' });
  await faults.close();
  expect((await groups()).map(({ shop, route, count }) => [shop, route, count])).toEqual([
    [shop.id, '/board', 3],
    [shop.id, '/search', 1],
    [null, '/board', 1],
    [null, '/board', 2],
  ]);
});

test('a flood is counted, not kept one by one', async () => {
  const { faults } = newFaults();
  const error = new Error('again');
  for (let turn = 0; turn < 300; turn++) {
    faults.record({ kind: 'server', error, route: '/board' });
    if (turn % 50 === 0) await faults.settled();
  }
  await faults.close();
  const [group] = await groups();
  expect(group?.count).toBe(300);
  expect(group?.faults).toBeGreaterThanOrEqual(20);
  // The minute may turn meanwhile.
  expect(group?.faults).toBeLessThanOrEqual(40);
});

test('a flood is counted for each shop by itself, also while it is being written', async () => {
  const { faults } = newFaults();
  const error = new Error('again');
  for (let turn = 0; turn < 200; turn++) {
    for (const of of [shop.id, null]) faults.record({ kind: 'server', error, route: '/board', shop: of });
    if (turn > 100) await new Promise((resolve) => setImmediate(resolve));
  }
  await faults.close();
  expect((await groups()).map(({ shop: of, count }) => [of, count])).toEqual([
    [shop.id, 200],
    [null, 200],
  ]);
});

test('one that the database does not take keeps no other waiting', async () => {
  const { faults, logged } = newFaults();
  faults.record({ kind: 'server', error: new Error('odd'), route: '/odd\u0000', number: 'E-ODD123' });
  faults.record({ kind: 'server', error: new Error('plain'), route: '/plain' });
  await faults.close();
  expect((await groups()).map(({ route }) => route)).toEqual(['/plain']);
  expect(logged).toEqual([expect.objectContaining({ number: 'E-ODD123', msg: 'a fault could not be noted' })]);
});

test('never throws and loses nothing but itself while the database is away, and is kept when it is back', async () => {
  await sql`alter table fault_groups rename to gone`.execute(database.db);
  const { faults, logged } = newFaults();
  try {
    for (let turn = 0; turn < 5; turn++)
      expect(faults.record({ kind: 'server', error: new Error('away'), route: '/board' })).toMatch(/^E-[0-9A-Z]{6}$/);
    for (let turn = 0; turn < 1_000; turn++) faults.record({ kind: 'server', error: new Error('many'), route: `/route/${turn}` });
    await faults.settled();
    expect(logged.some((line) => line.msg === 'faults could not be kept; trying again')).toBe(true);
  } finally {
    await sql`alter table gone rename to fault_groups`.execute(database.db);
  }
  faults.record({ kind: 'server', error: new Error('away'), route: '/board' });
  await faults.settled();
  const kept = await groups();
  expect(kept.find(({ route }) => route === '/board')?.count).toBeGreaterThanOrEqual(5);
  // So many may wait; what came beyond is in the log alone.
  expect(kept.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(200);
  await faults.close();
  const odd = {
    get message(): string {
      throw new Error('even this');
    },
  };
  expect(faults.record({ kind: 'server', error: Object.setPrototypeOf(odd, Error.prototype) })).toMatch(/^E-/);
});

test('a person or shop that is not there makes it nobody’s', async () => {
  const { faults } = newFaults();
  faults.record({ kind: 'server', error: new Error('gone'), shop: 999_999, staff: 999_999 });
  await faults.close();
  expect(await groups()).toMatchObject([{ shop: null, count: 1, faults: 1 }]);
});
