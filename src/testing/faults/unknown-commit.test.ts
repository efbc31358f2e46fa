import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from '../client.js';
import { type TestDatabase, testDatabase } from '../database.js';
import { textsOf } from '../faults.js';
import { startTestServer, type TestServer, until } from '../server.js';
import { makeShop, openOrders, type TestShop } from '../shop.js';
import { findDamage } from '../truth.js';
import { TcpProxy } from './tcp-proxy.js';

let database: TestDatabase;
let proxy: TcpProxy;
let server: TestServer;
let shop: TestShop;
let client: Client;

beforeEach(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 1);
  proxy = await TcpProxy.open(Number(new URL(database.url).port));
  server = await startTestServer(proxy.through(database.url));
  client = await server.clientOf(shop, 'mechanic');
});
afterEach(async () => {
  proxy.way = 'pass';
  await server.stop();
  await proxy.close();
  await database.close();
});

const COMMIT = 'commit\0';

test.each(['before', 'after'] as const)('a connection that is cut %s a commit: a form with an id is saved, once', async (when) => {
  const cut = proxy.cutAt(COMMIT, when);
  const form = { text: 'Once', requestId: 'sent-again' };
  const reply = await client.post('/work-orders/1001/comments', form);
  expect(reply.status, JSON.stringify(server.logged.filter((line) => line.err))).toBe(303);
  await cut;
  // The browser that did not hear of it sends it again.
  expect((await client.post('/work-orders/1001/comments', form)).status).toBe(303);
  expect(await textsOf(database)).toEqual(['Once']);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
});

test.each([
  ['before', []],
  ['after', ['Perhaps']],
] as const)('a connection that is cut %s a commit: without an id nothing is claimed that nobody knows', async (when, there) => {
  const cut = proxy.cutAt(COMMIT, when);
  const reply = await client.post('/work-orders/1001/comments', { text: 'Perhaps' });
  await cut;
  expect(reply.status).toBe(503);
  expect(reply.text).toContain('may be saved, or not');
  expect(reply.text).not.toContain('Nothing you typed was saved');
  const number = /tell your manager ([\w-]+)\./.exec(reply.text)?.[1];
  expect(server.logged.some((line) => line.number === number)).toBe(true);
  // What was cut before it arrived is rolled back by Postgres.
  expect(await textsOf(database)).toEqual(there);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
});

test('a connection that is cut after a commit, and nobody at the database afterwards: nothing is claimed that nobody knows', async () => {
  const cut = proxy.cutAt(COMMIT, 'after').then(() => {
    proxy.way = 'refuse';
    proxy.cut();
  });
  const reply = await client.post('/work-orders/1001/comments', { text: 'Perhaps', requestId: 'not-found-out' });
  await cut;
  expect(reply.status).toBe(503);
  expect(reply.text).toContain('may be saved, or not');
  proxy.way = 'pass';
  expect(await textsOf(database)).toEqual(['Perhaps']);
});

test('a connection that is cut while something is taken back: what is said is why it was', async () => {
  const form = { text: 'Once', requestId: 'sent-again' };
  expect((await client.post('/work-orders/1001/comments', form)).status).toBe(303);
  const cut = proxy.cutAt('rollback\0', 'after');
  // It was done already, so it was.
  expect((await client.post('/work-orders/1001/comments', form)).status).toBe(303);
  await cut;
  expect(await textsOf(database)).toEqual(['Once']);
});

test('a line to the database that goes dead: each request ends in a sentence, and the pool is whole afterwards', async () => {
  const { pool } = server.app.services;
  // Connections of the pool that are idle, and one in the middle of a statement.
  await Promise.all(Array.from({ length: 4 }, () => client.get('/board')));
  const [slow] = [pool.query('select pg_sleep(60)').catch((error: Error) => error.message)];
  await until(() => pool.idleCount < pool.totalCount, 'the statement');
  proxy.way = 'swallow';
  const replies = Promise.all(
    Array.from({ length: 3 }, (_, index) =>
      client.post('/work-orders/1001/comments', { text: `dead ${index}`, requestId: `dead-line-${index}` }),
    ),
  );
  // The process itself is alive all the while.
  expect((await client.get('/livez')).status).toBe(200);
  expect((await client.get('/readyz')).status).toBe(503);
  expect(await slow).toMatch(/timeout/);
  for (const reply of await replies) expect(reply.status).toBe(503);
  proxy.way = 'pass';
  await until(async () => (await client.get('/readyz')).status === 200, 'the database to be reached again');
  const again = await Promise.all(
    Array.from({ length: 12 }, (_, index) => client.post('/work-orders/1001/comments', { text: `whole ${index}` })),
  );
  expect(again.map((reply) => reply.status)).toEqual(Array(12).fill(303));
  await until(() => pool.waitingCount === 0 && pool.idleCount === pool.totalCount, 'every connection to be given back');
  expect(await findDamage(database.db, shop.id)).toEqual([]);
}, 60_000);
