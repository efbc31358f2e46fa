import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, PASSWORD, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let client: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 1);
});
beforeEach(async () => {
  client = await server.clientOf(shop, 'mechanic');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const comment = (headers: Record<string, string | undefined>, as = client) =>
  as.post('/work-orders/1001/comments', { text: 'Hello' }, { headers: { origin: undefined, ...headers } });

describe('a form that another site makes a browser send', () => {
  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'http://evil.test' }],
    ['a page of a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'http://sub.localhost' }],
    ['nobody knows where, in a browser that could say', { 'sec-fetch-site': 'none' }],
    ['a site that lies about its origin, which browsers don’t let it', { 'sec-fetch-site': 'cross-site', origin: 'SELF' }],
    ['another site, over plain http', { origin: 'http://evil.test' }],
    ['another port', { origin: 'http://localhost:1' }],
    ['https', { origin: 'SECURE' }],
    ['an origin of “null”', { origin: 'null' }],
    ['an address that only begins like ours', { origin: 'SELF.evil.test' }],
    ['nowhere, but with the cookie', {}],
    ['a referrer only', { referer: 'SELF/board' }],
  ])('from %s is refused, and changes nothing', async (_name, headers) => {
    const before = await versionOf(database.db, shop.id);
    const secure = client.url.replace('http:', 'https:');
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('SELF', client.url).replace('SECURE', secure)]),
    );
    const reply = await comment(sent);
    expect(reply.status).toBe(403);
    expect(reply.text).toContain('came from another site');
    expect(await versionOf(database.db, shop.id)).toBe(before);
    expect((await client.post('/sign-out', {}, { headers: { origin: undefined, ...sent } })).status).toBe(403);
    expect((await client.get('/board')).status).toBe(200);
  });

  test.each(['text/plain', 'application/json', 'multipart/form-data; boundary=x'])('as %s is refused, too', async (type) => {
    const body = '{"text":"Hello"}';
    const foreign = await client.send('POST', '/work-orders/1001/comments', {
      body,
      headers: { origin: 'http://evil.test', 'content-type': type },
    });
    expect(foreign.status).toBe(403);
    const own = await client.send('POST', '/work-orders/1001/comments', { body, headers: { origin: client.url, 'content-type': type } });
    expect(own.status).toBe(422);
  });

  test('can’t sign anybody in as somebody else', async () => {
    const fields = { email: shop.email('manager'), password: PASSWORD };
    const reply = await server.client().post('/sign-in', fields, { headers: { origin: 'http://evil.test' } });
    expect(reply.status).toBe(403);
    expect(reply.headers['set-cookie']).toBeUndefined();
  });
});

describe('a form of our own', () => {
  test.each([
    ['a browser', { 'sec-fetch-site': 'same-origin', origin: 'SELF' }],
    ['a browser on plain http in the shop’s network', { origin: 'SELF' }],
  ])('from %s is taken', async (_name, headers) => {
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('SELF', client.url)]));
    expect((await comment(sent)).status).toBe(303);
  });

  test('from a program without a cookie is not refused for its origin, only for want of a session', async () => {
    expect((await comment({}, server.client())).status).toBe(401);
  });

  test('under the public address and under the address of the machine is taken, under others not', async () => {
    const known = await startTestServer(database.url, { PUBLIC_URL: 'http://shop.test' });
    const own = await known.clientOf(shop, 'mechanic');
    expect((await comment({ origin: 'http://shop.test' }, own)).status).toBe(303);
    expect((await comment({ origin: own.url }, own)).status).toBe(303);
    expect((await comment({ origin: 'https://shop.test' }, own)).status).toBe(403);
    await known.stop();
  });
});

test('whoever comes by a name that is not the shop’s is refused, and told the right one; health is answered under any', async () => {
  const known = await startTestServer(database.url, { PUBLIC_URL: 'https://shop.test:8443', TRUSTED_PROXIES: '127.0.0.1' });
  const stranger = known.client();
  const get = (path: string, host: string) => stranger.get(path, { headers: { host, 'x-forwarded-host': 'shop.test' } });
  for (const host of ['evil.test', 'shop.test.evil.test', 'EVIL.TEST:8443', 'not.shop.test', '127.0.0.1.evil.test', 'shop.test.'])
    for (const path of ['/sign-in', '/api/v1/board', '/tv/nothing', '/assets/nothing']) {
      const reply = await get(path, host);
      expect([host, path, reply.status, reply.text]).toEqual([
        host,
        path,
        421,
        'This is not the address of the shop. It is at https://shop.test:8443\n',
      ]);
    }
  for (const host of ['shop.test', 'Shop.Test:8443', 'localhost:3000', 'app:3000', '10.0.0.7:3000', '[::1]:3000'])
    expect((await get('/sign-in', host)).status, host).toBe(200);
  expect((await get('/readyz', 'evil.test')).status).toBe(200);
  await known.stop();
  expect((await server.client().get('/sign-in', { headers: { host: 'whatever.test' } })).status, 'nobody said what it is called').toBe(200);
});

describe('every answer', () => {
  const paths = ['/board', '/sign-in', '/nothing', '/livez', '/work-orders/1001', '/staff', '/tv/nothing'];

  test('forbids what is not our own, and being framed', async () => {
    for (const path of paths) {
      const { headers } = await client.get(path);
      const policy = String(headers['content-security-policy']).split(';');
      expect(policy, path).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "base-uri 'none'",
          "frame-ancestors 'none'",
          "object-src 'none'",
          "form-action 'self'",
        ]),
      );
      expect(String(headers['content-security-policy'])).not.toMatch(/unsafe|\*|data:|http:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('of a person is kept by no cache that others read', async () => {
    for (const path of ['/board', '/work-orders/1001', '/account', '/board/changes?since=0', '/work-orders', '/sign-in']) {
      const control = String((await client.get(path)).headers['cache-control']);
      expect(control, path).toMatch(/no-store/);
      expect(control, path).not.toMatch(/public/);
    }
    expect(String((await client.get('/board')).headers.vary)).toContain('HX-Request');
  });

  test('to a question of another site whether it may ask is no', async () => {
    const headers = { origin: 'http://evil.test', 'access-control-request-method': 'POST' };
    const reply = await client.send('OPTIONS', '/work-orders/1001/comments', { headers });
    expect(reply.status).toBe(405);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
