import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROLES, type Role } from '../../src/features/staff/permissions.js';
import { Client } from '../../src/testing/client.js';
import { type TestDatabase, testDatabase } from '../../src/testing/database.js';
import { findFileDamage, findLosses, openStoreOf } from '../../src/testing/faults/check.js';
import { Fleet } from '../../src/testing/faults/fleet.js';
import { Load } from '../../src/testing/faults/load.js';
import { Screen, untilAllShow } from '../../src/testing/faults/screens.js';
import { TcpProxy } from '../../src/testing/faults/tcp-proxy.js';
import { makeShop, openOrders, type TestShop } from '../../src/testing/shop.js';

/** At least, and at least so many kills: a slow machine takes long to start what was killed. */
const SECONDS = 60;
const KILLS = 4;

let database: TestDatabase;
let shop: TestShop;
let fleet: Fleet;
let door: TcpProxy;
let load: Load | undefined;
const clients: Client[] = [];
const screens: Screen[] = [];

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  fleet = await Fleet.start(database.url, 3);
  door = await TcpProxy.open(...fleet.ports);
  for (let index = 0; index < 8; index++)
    clients.push(await new Client(`http://127.0.0.1:${door.port}`).signInAs(shop, ROLES[index % ROLES.length] as Role));
});
afterAll(async () => {
  await load?.stop();
  for (const screen of screens) screen.close();
  for (const client of clients) client.close();
  await door.close();
  await fleet.stop();
  await database.close();
});

test('one of three processes is killed every few seconds, and lines are cut in between: nothing acknowledged is lost', async () => {
  const numbers = await openOrders(database.db, shop.staff.advisor, clients.length);
  for (const client of clients) screens.push(await Screen.open(client));
  const work = new Load(clients, shop, numbers, { perSecond: 30, kinds: ['move', 'comment', 'photo'], retryFor: 60 });
  load = work;
  let kills = 0;
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end || kills < KILLS; kills++) {
    await sleep(1_000 + Math.random() * 3_000);
    const victim = Math.floor(Math.random() * 3);
    await fleet.end(victim, 'SIGKILL');
    if (Math.random() < 0.5) door.cut();
    await fleet.start(victim);
  }
  const ledger = await work.stop();
  console.log(`${kills} kills, ${ledger.length} writes, ${ledger.filter((entry) => entry.sent > 1).length} of them sent more than once`);
  expect(work.failed).toEqual([]);
  await untilAllShow(screens, database.db, shop.id, 30);
  expect(await findLosses(database.db, shop.id, ledger)).toEqual([]);
  expect(await findFileDamage(database.db, await openStoreOf(database.url, fleet.dataDir), fleet.dataDir)).toEqual([]);
}, 400_000);
