import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, PASSWORD, type TestShop } from '../../testing/shop.js';
import { hashPassword } from './passwords.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url, { TRUSTED_PROXIES: '127.0.0.1, ::1' });
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const isIn = async (client: Client) => (await client.get('/board')).status === 200;
const browser = (cookies: Iterable<[string, string]>) => {
  const client = server.client();
  for (const [name, value] of cookies) client.cookies.set(name, value);
  return client;
};
const hash = (password: string) => hashPassword(password);

describe('a session', () => {
  test('gets a new id at sign-in, and the old one is dead', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const before = browser(client.cookies);
    expect(await isIn(before)).toBe(true);
    await client.signIn(shop.email('manager'));
    expect(client.cookies.get('sid')).not.toBe(before.cookies.get('sid'));
    expect([await isIn(client), await isIn(before)]).toEqual([true, false]);
  });

  test.each(['s:chosen-by-an-attacker.abc', 'chosen', 's%3Achosen.%E0%A4%A', '', 'x'.repeat(4000), '"; DROP TABLE session; --', '\u00ff'])(
    'is never one that somebody else has chosen: %s',
    async (chosen) => {
      const client = browser([['sid', chosen]]);
      expect((await client.get('/board')).status).toBe(303);
      await client.signIn(shop.email('mechanic'));
      expect(client.cookies.get('sid')).not.toBe(chosen);
      expect(await isIn(client)).toBe(true);
    },
  );

  test('ends with sign-out, which no link can do', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const copy = browser(client.cookies);
    expect((await client.get('/sign-out')).status).toBe(405);
    expect(await isIn(client)).toBe(true);
    expect(await client.post('/sign-out')).toMatchObject({ status: 303, headers: { location: '/sign-in' } });
    expect([await isIn(client), await isIn(copy)]).toEqual([false, false]);
  });

  test('that has expired is refused, though its row is still there', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    await sql`update session set expire = now() - interval '1 minute' where sess -> 'passport' ->> 'user' = ${String(shop.staff.mechanic.staff)}`.execute(
      database.db,
    );
    expect(await isIn(client)).toBe(false);
  });

  test('ends after 30 days, however busy it was', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const longAgo = Date.now() - 31 * 24 * 60 * 60 * 1000;
    await sql`update session set sess = jsonb_set(sess::jsonb, '{signedInAt}', ${String(longAgo)}::jsonb)::json
      where sess -> 'passport' ->> 'user' = ${String(shop.staff.mechanic.staff)}`.execute(database.db);
    expect(await isIn(client)).toBe(false);
  });

  test('sees a new role at the next request', async () => {
    const [manager, advisor] = [await server.clientOf(shop, 'manager'), await server.clientOf(shop, 'advisor')];
    expect((await advisor.get('/staff')).status).toBe(403);
    const { staff } = shop.staff.advisor;
    expect((await manager.post(`/staff/${staff}/roles`, { role: 'manager' })).status).toBe(303);
    expect((await advisor.get('/staff')).status).toBe(200);
    expect((await advisor.post(`/staff/${shop.staff.manager.staff}/roles`, { role: 'mechanic' })).status).toBe(303);
    expect((await manager.get('/staff')).status).toBe(403);
  });

  test('is in a cookie that scripts and other sites can’t use; under https only https', async () => {
    const reply = await server.client().signIn(shop.email('mechanic'));
    for (const line of reply.headers['set-cookie'] ?? []) expect(line).toMatch(/; HttpOnly; SameSite=Lax$/);
    const https = await startTestServer(database.url, { PUBLIC_URL: 'https://shop.test', TRUSTED_PROXIES: '127.0.0.1,::1' });
    const headers = { origin: 'https://shop.test', host: 'shop.test', 'x-forwarded-proto': 'https' };
    const secure = await https.client().post('/sign-in', { email: shop.email('mechanic'), password: PASSWORD }, { headers });
    expect(secure.status).toBe(303);
    const names = (secure.headers['set-cookie'] ?? []).map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['__Host-sid', 'device']);
    for (const line of secure.headers['set-cookie'] ?? []) expect(line).toContain('; Secure');
    expect(secure.headers['strict-transport-security']).toContain('max-age=31536000');
    await https.stop();
  });
});

describe('a password', () => {
  test('that is changed ends every other session, and works at once', async () => {
    const [here, there] = [await server.clientOf(shop, 'mechanic'), await server.clientOf(shop, 'mechanic')];
    const wrong = await here.post('/account/password', { current: 'not my password', password: 'a new long password' });
    expect(wrong.status).toBe(422);
    expect([await isIn(here), await isIn(there)]).toEqual([true, true]);
    expect((await here.post('/account/password', { current: PASSWORD, password: 'a new long password' })).status).toBe(303);
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
    expect((await server.client().signIn(shop.email('mechanic'))).status).toBe(422);
    expect((await server.client().signIn(shop.email('mechanic'), 'a new long password')).status).toBe(303);
  });

  test.each([
    ['spaces at both ends', '  two spaces  ', 'two spaces'],
    ['emoji', '🔧🚗🔧🚗🔧🚗🔧🚗🔧🚗', '🔧🚗🔧🚗🔧🚗🔧🚗🔧🚙'],
    ['an accent of its own', 'café au lait', 'cafe\u0301 au lait'],
    ['64 characters', 'x'.repeat(64), 'x'.repeat(63)],
    ['a NUL', 'before\0after it', 'before'],
    ['1,024 bytes', 'y'.repeat(1024), 'y'.repeat(1023)],
  ])('with %s is used exactly as typed', async (_name, password, other) => {
    await database.db
      .updateTable('staff')
      .set({ password_hash: await hash(password) })
      .where('id', '=', shop.staff.mechanic.staff)
      .execute();
    expect((await server.client().signIn(shop.email('mechanic'), other)).status).toBe(422);
    expect((await server.client().signIn(shop.email('mechanic'), password)).status).toBe(303);
  });

  test.each([
    ['short', 'at least 10 characters'],
    ['z'.repeat(1025), 'too long'],
  ])('can’t be changed to one that is too short or too long', async (password, sentence) => {
    const client = await server.clientOf(shop, 'mechanic');
    const reply = await client.post('/account/password', { current: PASSWORD, password });
    expect(reply.status).toBe(422);
    expect(reply.text).toContain(sentence);
    expect(reply.text).not.toContain(password);
  });

  test('of a megabyte is refused before anybody hashes it', async () => {
    expect((await server.client().signIn(shop.email('mechanic'), 'x'.repeat(1_000_000))).status).toBe(413);
    expect((await server.client().signIn(shop.email('mechanic'), 'x'.repeat(6000))).status).toBe(422);
  });
});

describe('guessing passwords', () => {
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const guess = (client: Client, address: string, password: string) =>
    client.post('/sign-in', { email: shop.email('manager'), password }, from(address));

  test('slows the guesser down, and nobody else', async () => {
    const owner = server.client();
    expect((await guess(owner, '203.0.113.1', PASSWORD)).status).toBe(303);
    owner.cookies.delete('sid');
    const thief = server.client();
    for (let count = 0; count < 6; count++) expect((await guess(thief, '203.0.113.1', `wrong ${count}`)).status).toBe(422);
    const refused = await guess(thief, '203.0.113.1', PASSWORD);
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('Too many wrong passwords');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await guess(owner, '203.0.113.1', PASSWORD)).status).toBe(303);
    expect((await guess(server.client(), '198.51.100.7', PASSWORD)).status).toBe(303);
    expect(server.logged.filter((line) => line.security === 'sign-in refused').length).toBeGreaterThanOrEqual(6);
    expect(JSON.stringify(server.logged)).not.toMatch(/wrong \d|test-shop-floor/);
  });

  test('in parallel counts every try', async () => {
    const thief = server.client();
    const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => guess(thief, '203.0.113.2', `wrong ${index}`)));
    expect(replies.filter((reply) => reply.status === 422)).toHaveLength(6);
    expect(replies.filter((reply) => reply.status === 429)).toHaveLength(14);
  });

  test('with a device cookie of somebody else, or a made up one, helps nobody', async () => {
    const other = server.client();
    await other.signIn(shop.email('mechanic'));
    const device = other.cookies.get('device') as string;
    for (const cookie of [device, 'nonce.mark', `${device}x`]) {
      const thief = browser([['device', cookie]]);
      const statuses = [];
      for (let count = 0; count < 7; count++) statuses.push((await guess(thief, `203.0.113.${cookie.length}`, 'wrong')).status);
      expect(statuses.at(-1)).toBe(429);
    }
  });

  test('under addresses that the guesser makes up does not help, unless a proxy vouches for them', async () => {
    const open = await startTestServer(database.url);
    const thief = open.client();
    const statuses = [];
    for (let count = 0; count < 8; count++) statuses.push((await guess(thief, `203.0.114.${count}`, 'wrong')).status);
    expect(statuses.slice(-2)).toEqual([429, 429]);
    await open.stop();
  });

  test('tells nobody who works here', async () => {
    const answer = async (email: string) => {
      const reply = await server.client().post('/sign-in', { email, password: 'wrong password' }, from('192.0.2.1'));
      return [reply.status, reply.text.replaceAll(email, 'EMAIL')];
    };
    await database.db
      .updateTable('memberships')
      .set({ disabled_at: new Date() })
      .where('staff_id', '=', shop.staff.advisor.staff)
      .execute();
    const unknown = await answer('nobody@shop.test');
    expect(unknown[0]).toBe(422);
    expect(await answer(shop.email('mechanic'))).toEqual(unknown);
    expect(await answer(shop.email('advisor'))).toEqual(unknown);
    expect(await answer(shop.email('mechanic').toUpperCase())).toEqual(unknown);
  });

  test('signs in however the address is written', async () => {
    expect((await server.client().signIn(` ${shop.email('mechanic').toUpperCase()} `)).status).toBe(303);
  });
});

test.each([
  '//evil.test',
  '/\\evil.test',
  'https:evil.test',
  'javascript:alert(1)',
  '/\r\nSet-Cookie: a=b',
  '/%0d%0aSet-Cookie:a=b',
  '/board?text=x',
])('after signing in with next=%j one is still here', async (next) => {
  const client = server.client();
  const page = await client.get(`/sign-in?next=${encodeURIComponent(next)}`);
  expect(page.status).toBe(200);
  const reply = await client.post('/sign-in', { email: shop.email('mechanic'), password: PASSWORD, next });
  expect(reply.status).toBe(303);
  expect(new URL(String(reply.headers.location), server.url).origin).toBe(server.url);
  expect((reply.headers['set-cookie'] ?? []).map((line) => line.split('=')[0]).sort()).toEqual(['device', 'sid']);
});
