import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 1);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const answered = (on = server) => on.logged.filter((line) => line.msg === 'answered');

/** Waits for the line of the request that was just made: it is written when the answer is out. */
async function lastLine(ask: () => Promise<unknown>, on = server): Promise<Record<string, unknown>> {
  const before = answered(on).length;
  await ask();
  await until(() => answered(on).length > before, 'the line');
  return answered(on).at(-1) as Record<string, unknown>;
}

test('each request has one line: route, not path, and who it was', async () => {
  const client = await server.clientOf(shop, 'advisor');
  const { staff } = shop.staff.advisor;
  const line = await lastLine(() => client.get('/work-orders/1001?find=secret-thing'));
  expect(line).toMatchObject({ level: 30, method: 'GET', route: '/work-orders/:number', status: 200, staff, shop: shop.id });
  expect(line.ms).toBeGreaterThan(0);
  expect(line.request).toMatch(/^[0-9a-f]{8}-\w+$/);
  expect(await lastLine(() => client.get('/work-orders/4711'))).toMatchObject({ route: '/work-orders/:number', status: 404 });
  expect(await lastLine(() => server.client().get('/api/v1/board'))).toMatchObject({ route: '/api/v1/board', status: 401 });
  expect(await lastLine(() => client.get('/no/such/page'))).toMatchObject({ route: '(none)', status: 404 });
  expect(await lastLine(() => client.get('/livez'))).toMatchObject({ route: '/livez', status: 200 });
  const stranger = await lastLine(() => server.client().get('/c/a-token-that-is-long-enough-to-be-one'));
  expect(stranger).toMatchObject({ route: '/c/:token' });
  expect(stranger).not.toHaveProperty('staff');
  expect(JSON.stringify(server.logged)).not.toMatch(/secret-thing|a-token-that/);
});

test('lines can’t be forged by what a request brings', async () => {
  const client = server.client();
  const before = server.logged.length;
  const forged = '%0a%7b%22level%22:60,%22msg%22:%22forged%22%7d';
  await lastLine(() => client.get(`/${forged}?x=${forged}`, { headers: { 'user-agent': '{"level":60}', 'x-request-id': '{"level":60}' } }));
  await lastLine(() => client.send('PROPFIND', `/sign-in?${forged}`));
  const lines = server.logged.slice(before);
  expect(lines.every((line) => Number(line.level) < 60 && line.msg !== 'forged')).toBe(true);
  expect(lines.at(-1)).toMatchObject({ method: 'OTHER' });
});

test('the id of a request is taken from a trusted proxy only', async () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { 'x-request-id': id };
  expect((await lastLine(() => server.client().get('/livez', { headers }))).request).not.toBe(id);
  const behind = await startTestServer(database.url, { TRUSTED_PROXIES: '127.0.0.1' });
  try {
    expect((await lastLine(() => behind.client().get('/livez', { headers }), behind)).request).toBe(id);
    const bad = { 'x-request-id': 'short' };
    expect((await lastLine(() => behind.client().get('/livez', { headers: bad }), behind)).request).toMatch(/^[0-9a-f]{8}-/);
  } finally {
    await behind.stop();
  }
});
