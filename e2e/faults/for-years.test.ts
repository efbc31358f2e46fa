import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTvLink } from '../../src/features/tv/links.js';
import { Client } from '../../src/testing/client.js';
import { type TestDatabase, testDatabase } from '../../src/testing/database.js';
import { findLosses } from '../../src/testing/faults/check.js';
import { Load } from '../../src/testing/faults/load.js';
import { Screen, untilAllShow } from '../../src/testing/faults/screens.js';
import { TcpProxy } from '../../src/testing/faults/tcp-proxy.js';
import { residentMemory } from '../../src/testing/memory.js';
import { type SpawnedServer, spawnServer, until } from '../../src/testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../src/testing/shop.js';
import { TestSocket } from '../../src/testing/socket.js';

const MEGABYTE = 1024 * 1024;
/** What a process may have more than it had, when all is as it was: the heap is not always as tidy. */
const SLACK = 48 * MEGABYTE;

let database: TestDatabase;
let shop: TestShop;
let numbers: number[];
let server: SpawnedServer;
let door: TcpProxy;
let clients: Client[];

beforeEach(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  numbers = await openOrders(database.db, shop.staff.advisor, 4);
  server = await spawnServer(database.url);
  door = await TcpProxy.open(Number(new URL(server.url).port));
  clients = [];
  for (const _ of numbers) clients.push(await new Client(door.url).signInAs(shop, 'advisor'));
});
afterEach(async () => {
  for (const client of clients) client.close();
  await door.close();
  await server.end('SIGKILL');
  await database.close();
});

const memory = () => residentMemory(server.process.pid as number);
/** Files and sockets that it has open. */
const handles = () => readdirSync(`/proc/${server.process.pid}/fd`).length;

test('the network goes away for all screens, ten thousand reconnects in all: each comes back and catches up, nothing is left over', async () => {
  const screens: Screen[] = [];
  const idle = handles();
  // As many as one person may have, and more.
  for (let index = 0; index < 320; index++) screens.push(await Screen.open(clients[index % clients.length] as Client));
  const load = new Load(clients, shop, numbers, { perSecond: 4, kinds: ['move'], retryFor: 60 });
  const reconnects = () => screens.reduce((sum, screen) => sum + screen.gaps.length, 0);
  const cutAll = async () => {
    const had = reconnects();
    door.cut();
    await until(() => reconnects() >= had + screens.length && screens.every((screen) => screen.isLive), 'every screen to be back', 120);
  };
  try {
    // What is made once, such as the pages that are kept, is made.
    for (let round = 0; round < 4; round++) await cutAll();
    const before = memory();
    while (reconnects() < 10_000) await cutAll();
    const ledger = await load.stop();
    expect(load.failed).toEqual([]);
    await untilAllShow(screens, database.db, shop.id, 30);
    expect(await findLosses(database.db, shop.id, ledger)).toEqual([]);
    console.log(`${reconnects()} reconnects, ${Math.round((memory() - before) / MEGABYTE)} MB more than after the first of them`);
    expect(memory()).toBeLessThan(before + SLACK);
  } finally {
    await load.stop();
    for (const screen of screens) screen.close();
  }
  // Those that were kept for the next request.
  for (const client of clients) client.close();
  await until(() => handles() <= idle + 16, 'what the screens and their people held to be given back', 60);
}, 600_000);

test('TVs on the wall that see every change of a shop at work: the last one as the first, and the memory stays what it was', async () => {
  const tvs: TestSocket[] = [];
  for (const variant of ['floor', 'lobby', 'floor'] as const) {
    const token = await makeTvLink(database.db, shop.staff.manager, { name: 'Wall', variant });
    const client = new Client(door.url);
    clients.push(client);
    tvs.push(await TestSocket.open(client, `tv:${token}`));
  }
  const workers = clients.slice(0, numbers.length);
  let changes = 0;
  const workOn = async (until: number) => {
    await Promise.all(
      workers.map(async (client, index) => {
        for (let turn = 0; changes < until; turn++) {
          changes++;
          const column = shop.columns[turn % 2]?.id ?? 0;
          expect((await client.post(`/work-orders/${numbers[index]}/moves`, { column, after: '' })).status).toBe(303);
          // Read, as a TV does: what they hold would be our own memory, not that of the program.
          for (const tv of tvs) tv.messages.splice(0, tv.messages.length - 1);
        }
      }),
    );
  };
  await workOn(600);
  const before = { memory: memory(), handles: handles() };
  await workOn(2_400);
  await sleep(1_000);
  const { version } = await database.db.selectFrom('shops').select('version').where('id', '=', shop.id).executeTakeFirstOrThrow();
  await until(() => tvs.every((tv) => tv.messages.at(-1)?.version === version), 'each TV to show the last change', 30);
  console.log(`${changes} changes, ${Math.round((memory() - before.memory) / MEGABYTE)} MB more than after the first quarter`);
  expect(tvs.map((tv) => tv.closed)).toEqual([undefined, undefined, undefined]);
  expect(memory()).toBeLessThan(before.memory + SLACK);
  expect(handles()).toBeLessThanOrEqual(before.handles + 4);
  for (const tv of tvs) tv.close();
}, 600_000);
