import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startThrowaway } from '../../src/platform/database/embedded.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { projectPath } from '../../src/platform/project.js';
import { Client } from '../../src/testing/client.js';
import { type TestDatabase, testDatabase } from '../../src/testing/database.js';
import { findLosses } from '../../src/testing/faults/check.js';
import { Load } from '../../src/testing/faults/load.js';
import { Screen, untilAllShow } from '../../src/testing/faults/screens.js';
import { TcpProxy } from '../../src/testing/faults/tcp-proxy.js';
import { startTestServer, type TestServer, until } from '../../src/testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../src/testing/shop.js';

let folder: string;
let postgres: { url: string; stop(): Promise<void> };
let database: TestDatabase;
let proxy: TcpProxy;
let server: TestServer;
let shop: TestShop;
let numbers: number[];
let clients: Client[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serviceflow-still-'));
  await chmod(folder, 0o711);
  postgres = await startThrowaway(join(folder, 'data'));
  database = await testDatabase(5, postgres.url, 'template0');
  await migrate(database.url, projectPath('migrations'));
  shop = await makeShop(database.db);
  numbers = await openOrders(database.db, shop.staff.advisor, 4);
  proxy = await TcpProxy.open(Number(new URL(database.url).port));
  server = await startTestServer(proxy.through(database.url));
  clients = await Promise.all(numbers.map(() => server.clientOf(shop, 'mechanic')));
});
afterEach(async () => {
  await server.stop();
  await proxy.close();
  await database.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Of the Postgres and all that it has started. */
async function processesOfPostgres(): Promise<number[]> {
  const { rows } = await sql<{ data_directory: string }>`show data_directory`.execute(database.db);
  const first = Number(readFileSync(join(rows[0]?.data_directory as string, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(first)], { encoding: 'utf8' });
  return [first, ...children.split('\n').map(Number).filter(Boolean)];
}

test('a Postgres that stands still for 30 s: sentences meanwhile, then all goes on', async () => {
  const load = new Load(clients, shop, numbers, { perSecond: 10, retryFor: 60 });
  await until(() => load.acknowledged.length > 10, 'the first writes', 60);
  const processes = await processesOfPostgres();
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  try {
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(1_000)) {
      expect((await server.client().get('/livez')).status).toBe(200);
      expect((await server.client().get('/readyz')).status).toBe(503);
    }
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT');
  }
  await until(async () => (await server.client().get('/readyz')).status === 200, 'the database to be reached again', 30);
  const before = load.acknowledged.length;
  await until(() => load.acknowledged.length > before + 10, 'writes afterwards', 60);
  const ledger = await load.stop();
  expect(load.failed).toEqual([]);
  expect(await findLosses(database.db, shop.id, ledger)).toEqual([]);
}, 240_000);

test('a line that takes 100 ms each way, and lines that are cut every five seconds: nothing is lost, nothing piles up', async () => {
  proxy.delay = 100;
  const load = new Load(clients, shop, numbers, { perSecond: 6, retryFor: 60 });
  for (let turn = 0; turn < 15; turn++) {
    await sleep(1_000);
    if (turn % 5 === 4) proxy.cut();
  }
  proxy.delay = 0;
  const ledger = await load.stop();
  expect(load.acknowledged.length).toBeGreaterThan(5);
  expect(load.failed).toEqual([]);
  expect(await findLosses(database.db, shop.id, ledger)).toEqual([]);
  const { pool } = server.app.services;
  await until(() => pool.waitingCount === 0 && pool.idleCount === pool.totalCount, 'every connection to be given back', 30);
}, 240_000);

test('a screen whose line goes dead is forgotten, and right again when it is back', async () => {
  const line = await TcpProxy.open(Number(new URL(server.url).port));
  const far = await new Client(line.url).signInAs(shop, 'advisor');
  const screen = await Screen.open(far);
  const here = () => server.app.services.live.members().length;
  expect(here()).toBe(1);
  line.way = 'swallow';
  await clients[0]?.post(`/work-orders/${numbers[0]}/moves`, { column: shop.columns[1]?.id ?? 0, after: '' });
  await until(() => here() === 0, 'the screen to be forgotten', 60);
  line.way = 'pass';
  // What a browser finds out by itself when it wakes up.
  line.cut();
  await untilAllShow([screen], database.db, shop.id, 30);
  expect(here()).toBe(1);
  screen.close();
  far.close();
  await line.close();
}, 150_000);
