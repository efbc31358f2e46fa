import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROLES, type Role } from '../../features/staff/permissions.js';
import { Client } from '../client.js';
import { type TestDatabase, testDatabase } from '../database.js';
import { until } from '../server.js';
import { makeShop, openOrders, type TestShop } from '../shop.js';
import { findFileDamage, findLosses, openStoreOf } from './check.js';
import { Fleet } from './fleet.js';
import { Load } from './load.js';
import { Screen, untilAllShow } from './screens.js';
import { TcpProxy } from './tcp-proxy.js';

const PEOPLE = 8;

let database: TestDatabase;
let shop: TestShop;
let numbers: number[];
let fleet: Fleet;
let door: TcpProxy;
const clients: Client[] = [];
const screens: Screen[] = [];
let load: Load | undefined;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  numbers = await openOrders(database.db, shop.staff.advisor, PEOPLE);
  fleet = await Fleet.start(database.url, 3);
  door = await TcpProxy.open(...fleet.ports);
  // Whoever signs in at one process is known at all.
  for (let index = 0; index < PEOPLE; index++)
    clients.push(await new Client(`http://127.0.0.1:${door.port}`).signInAs(shop, ROLES[index % ROLES.length] as Role));
}, 120_000);
afterAll(async () => {
  await load?.stop();
  for (const screen of screens) screen.close();
  for (const client of clients) client.close();
  await door.close();
  await fleet.stop();
  await database.close();
});

test('one of three processes is killed under load: nothing acknowledged is lost, and every screen comes right', async () => {
  for (let index = 0; index < 12; index++) screens.push(await Screen.open(clients[index % PEOPLE] as Client));
  const work = new Load(clients, shop, numbers, { perSecond: 30, kinds: ['move', 'comment', 'photo'], retryFor: 30 });
  load = work;
  await until(() => work.acknowledged.length > 30, 'the first writes', 60);
  expect(await fleet.end(1, 'SIGKILL')).toBe('SIGKILL');
  const before = work.acknowledged.length;
  await until(() => work.acknowledged.length > before + 30, 'writes at the others', 60);
  await fleet.start(1);
  await sleep(1_000);
  const ledger = await work.stop();
  // Sent again under its id, each came to a good end.
  expect(work.failed).toEqual([]);
  expect(screens.some((screen) => screen.codes.includes(1006))).toBe(true);
  await untilAllShow(screens, database.db, shop.id, 30);
  expect(await findLosses(database.db, shop.id, ledger)).toEqual([]);
  const store = await openStoreOf(database.url, fleet.dataDir);
  expect(await findFileDamage(database.db, store, fleet.dataDir)).toEqual([]);
}, 240_000);
