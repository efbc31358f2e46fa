import { connect, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCustomer } from '../features/customers/customers.js';
import { NO_FIELDS } from '../features/customers/rules.js';
import { makeTvLink } from '../features/tv/links.js';
import type { Client } from './client.js';
import { type TestDatabase, testDatabase } from './database.js';
import { startTestServer, type TestServer, until } from './server.js';
import { makeShop, openOrders, PASSWORD, type TestShop } from './shop.js';
import { TestSocket, tryToOpen } from './socket.js';
import { versionOf } from './truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 1);
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

test('the link of a TV opens its screen and nothing else, in whatever place it is sent', async () => {
  const token = await makeTvLink(database.db, shop.staff.manager, { name: 'Hall', variant: 'floor' });
  expect((await server.client().get(`/tv/${token}`)).status).toBe(200);
  const thief = server.client();
  thief.cookies.set('sid', token);
  const before = await versionOf(database.db, shop.id);
  const headers = { authorization: `Bearer ${token}` };
  for (const path of ['/board', '/work-orders/1001', '/staff', `/invitations/${token}`, `/c/${token}`, `/board?token=${token}`])
    expect([303, 404], path).toContain((await thief.get(path, { headers })).status);
  expect((await thief.get('/api/v1/board', { headers })).status).toBe(401);
  for (const path of [`/tv/${token}`, `/tv/${token}/changes`]) expect((await thief.post(path, {}, { headers })).status).toBe(405);
  expect((await thief.post('/work-orders/1001/takes', {}, { headers })).status).toBe(401);
  expect(await tryToOpen(thief, 'board', { origin: thief.url, cookie: thief.cookie })).toBe(403);
  expect(await versionOf(database.db, shop.id)).toBe(before);
});

describe('a cookie', () => {
  const sid = (client: Client) => client.cookies.get('sid') as string;
  const ask = async (cookie: string) => (await server.client().get('/board', { headers: { cookie } })).status;

  test('that comes twice is one of the two, or nobody; never a fault, never somebody else', async () => {
    const made = 's%3Amade-up.bm90IGEgc2lnbmF0dXJl';
    for (const cookie of [`sid=${made}; sid=${sid(manager)}`, `sid=${sid(manager)}; sid=${made}`, `sid=; sid=${sid(manager)}`])
      expect([200, 303], cookie).toContain(await ask(cookie));
    expect(await ask(`sid=${made}; sid=${made}`)).toBe(303);
  });

  test('under a name that only looks like ours opens nothing', async () => {
    for (const name of ['SID', '__Host-sid', '__Secure-sid', ' sid2', 'sid[]', '$sid', 'connect.sid'])
      expect(await ask(`${name}=${sid(manager)}`), name).toBe(303);
  });

  test('of 20,000 characters is refused before anybody looks at it', async () => {
    expect(await ask(`sid=${'x'.repeat(20_000)}`)).toBe(431);
  });
});

test('after signing out the browser is told to forget the pages, and going back asks to sign in', async () => {
  const client = await server.clientOf(shop, 'mechanic');
  expect((await client.get('/board')).headers['cache-control']).toContain('no-store');
  expect((await client.post('/sign-out')).headers['clear-site-data']).toBe('"cache"');
  expect((await client.get('/board')).headers.location).toMatch(/^\/sign-in/);
});

test('a try is counted though the sign-in itself broke', async () => {
  const email = 'nobody-else@count.test';
  await sql`alter table staff rename to staff_away`.execute(database.db);
  try {
    expect((await server.client().post('/sign-in', { email, password: PASSWORD })).status).toBe(500);
  } finally {
    await sql`alter table staff_away rename to staff`.execute(database.db);
  }
  const { rows } = await sql<{ points: number }>`select points from throttle where key like ${`person:${email}|%`}`.execute(database.db);
  expect(rows).toEqual([{ points: 1 }]);
});

test.each([
  'javascript:alert(1)//',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>1</script>',
  'vbscript:x',
  '//evil.test',
])('what is no address of a website, %j, is never a link', async (website) => {
  const kept = () =>
    database.db.selectFrom('billing_settings').select(['website', 'phone']).where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
  const original = Object.fromEntries(Object.entries(await kept()).map(([name, value]) => [`original.${name}`, value]));
  expect((await manager.post('/settings/paper', { website, phone: website, email: '', paper: 'a4', ...original })).status).toBe(303);
  expect((await kept()).website.replace(/\s/g, '')).toBe(website.replace(/\s/g, ''));
  for (const path of ['/work-orders/1001/print/estimate', '/settings/paper', '/work-orders/1001', '/customers/1']) {
    const { text } = await manager.get(path);
    expect(text, path).not.toMatch(/(href|src|action)="\s*(java\s*script|data|vbscript):/i);
    expect(text, path).not.toContain('href="//evil.test');
  }
});

test('signs that mean something to LIKE and to regular expressions mean themselves', async () => {
  for (const name of ['Percent % Motors', 'Under_score Motors', 'Back\\slash Motors'])
    await addCustomer(database.db, shop.staff.advisor, { ...NO_FIELDS, name });
  for (const [text, found] of [
    ['%%%%', []],
    ['____', []],
    ['Under_score', ['Under_score']],
    ['Percent %', ['Percent %']],
    ['Back\\slash', ['Back\\slash']],
    ['(a+)+$'.repeat(5), []],
    ['.*.*.*', []],
    ["' or 1=1 --", []],
  ] as const) {
    const reply = await manager.get(`/search?q=${encodeURIComponent(text)}`);
    expect(reply.status).toBe(200);
    const shown = ['Percent %', 'Under_score', 'Back\\slash'].filter(
      (name) => reply.text.includes(`>${name}`) || reply.text.includes(`${name} Motors`),
    );
    expect(shown, text).toEqual(found);
  }
  expect(server.logged.filter((line) => line.msg === 'fault' && String(line.route).includes('search'))).toEqual([]);
});

test('one session opens as many screens as anybody needs, and not as many as fill the memory', async () => {
  const client = await server.clientOf(shop, 'advisor');
  const screens: TestSocket[] = [];
  for (let count = 0; count < 300; count += 50)
    screens.push(...(await Promise.all(Array.from({ length: 50 }, () => TestSocket.open(client, 'board')))));
  const headers = { origin: client.url, cookie: client.cookie };
  expect(await tryToOpen(client, 'board', headers)).toBe(429);
  (await TestSocket.open(manager, 'board')).close();
  for (const screen of screens) screen.close();
  await until(async () => {
    const again = await tryToOpen(client, 'board', headers);
    if (typeof again !== 'number') again.terminate();
    return typeof again !== 'number';
  }, 'there is room again');
}, 60_000);

test('hundreds of requests that never end their headers hold nobody up, and are cut off', async () => {
  const { hostname, port } = new URL(server.url);
  const slow: Socket[] = [];
  let closed = 0;
  for (let count = 0; count < 300; count++) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {}).on('close', () => closed++);
    socket.write(`GET /board HTTP/1.1\r\nHost: ${hostname}\r\nX-Slow-${count}: `);
    slow.push(socket);
  }
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('x');
  }, 1_000);
  try {
    for (let count = 0; count < 10; count++) expect((await manager.get('/board')).status).toBe(200);
    expect((await manager.post('/work-orders/1001/comments', { text: 'Meanwhile' })).status).toBe(303);
    await until(() => closed === slow.length, 'all of them are cut off', 60);
  } finally {
    clearInterval(drip);
    for (const socket of slow) socket.destroy();
  }
}, 90_000);
