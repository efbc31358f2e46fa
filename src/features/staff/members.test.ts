import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { findDamage, versionOf } from '../../testing/truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url, { PUBLIC_URL: 'http://shop.test' });
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const NEW_PASSWORD = 'a new long password';
const tokenIn = (html: string) => /\/invitations\/([\w-]{43})/.exec(html)?.[1] as string;
const invite = async (email: string, role = 'mechanic') => manager.post('/staff', { name: 'Ana Reyes', email, role });

test('the last manager stays one, whoever tries', async () => {
  const { staff } = shop.staff.manager;
  const before = await versionOf(database.db, shop.id);
  for (const [path, fields] of [
    [`/staff/${staff}/roles`, { role: 'mechanic' }],
    [`/staff/${staff}/disablements`, {}],
  ] as const) {
    const reply = await manager.post(path, fields);
    expect(reply.status).toBe(409);
    expect(reply.text).toContain('This is the last manager.');
  }
  // One who was invited but has no password yet could not run the shop.
  await invite('waiting@shop.test', 'manager');
  expect((await manager.post(`/staff/${staff}/disablements`)).status).toBe(409);
  expect(await versionOf(database.db, shop.id)).toBe(before + 1);
});

test('two managers who disable each other at the same moment leave one', async () => {
  await manager.post(`/staff/${shop.staff.advisor.staff}/roles`, { role: 'manager' });
  const other = await server.clientOf(shop, 'advisor');
  const replies = await Promise.all([
    manager.post(`/staff/${shop.staff.advisor.staff}/disablements`),
    other.post(`/staff/${shop.staff.manager.staff}/disablements`),
  ]);
  const left = await database.db
    .selectFrom('memberships')
    .select('staff_id')
    .where('shop_id', '=', shop.id)
    .where('role', '=', 'manager')
    .where('disabled_at', 'is', null)
    .execute();
  expect(left).toHaveLength(1);
  expect(replies.map((reply) => reply.status)).toContain(303);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
});

test('an invitation works once, leads to the configured address, and stands nowhere in the database', async () => {
  const reply = await manager.post(
    '/staff',
    { name: 'Ana', email: 'ana@shop.test', role: 'advisor' },
    { headers: { 'x-forwarded-host': 'evil.test' } },
  );
  expect(reply.status).toBe(200);
  expect(reply.text).toContain('http://shop.test/invitations/');
  expect(reply.text).not.toContain('evil.test');
  const token = tokenIn(reply.text);
  const { rows } = await sql<{
    all: string;
  }>`select (select string_agg(i::text, '') from invitations i) || (select string_agg(e::text, '') from events e) as all`.execute(
    database.db,
  );
  expect(rows[0]?.all).not.toContain(token);
  expect(JSON.stringify(server.logged)).not.toContain(token);

  const ana = server.client();
  expect((await ana.get(`/invitations/${token}`)).status).toBe(200);
  expect((await ana.post(`/invitations/${token}`, { password: 'short' })).status).toBe(422);
  expect((await ana.post(`/invitations/${token}`, { password: NEW_PASSWORD })).headers.location).toBe('/board');
  expect((await ana.get('/board')).status).toBe(200);
  for (const answer of [
    await ana.get(`/invitations/${token}`),
    await server.client().post(`/invitations/${token}`, { password: NEW_PASSWORD }),
  ]) {
    expect(answer.status).toBe(404);
  }
});

test('of two who follow the same link at once, one gets in', async () => {
  const token = tokenIn((await invite('twice@shop.test')).text);
  const replies = await Promise.all(
    [1, 2, 3].map((turn) => server.client().post(`/invitations/${token}`, { password: `${NEW_PASSWORD} ${turn}` })),
  );
  expect(replies.map((reply) => reply.status).sort()).toEqual([303, 404, 404]);
});

test('a newer link, a week, or a wrong letter ends an invitation', async () => {
  const token = tokenIn((await invite('late@shop.test')).text);
  const { id } = await database.db.selectFrom('staff').select('id').where('email', '=', 'late@shop.test').executeTakeFirstOrThrow();
  const newer = tokenIn((await manager.post(`/staff/${id}/links`)).text);
  expect((await server.client().get(`/invitations/${token}`)).status).toBe(404);
  expect((await server.client().get(`/invitations/${newer}`)).status).toBe(200);
  for (const wrong of [
    `${newer.slice(0, -1)}!`,
    newer.slice(1),
    newer.toLowerCase(),
    `${newer}/..`,
    '..%2f..',
    encodeURIComponent(`' or true --`),
  ]) {
    expect((await server.client().get(`/invitations/${wrong}`)).status, wrong).toBe(404);
  }
  await sql`update invitations set expires_at = now() - interval '1 second'`.execute(database.db);
  expect((await server.client().get(`/invitations/${newer}`)).status).toBe(404);
});

test('a disabled person can’t come back by a link that was lying about', async () => {
  const token = tokenIn((await invite('gone@shop.test')).text);
  const { id } = await database.db.selectFrom('staff').select('id').where('email', '=', 'gone@shop.test').executeTakeFirstOrThrow();
  await manager.post(`/staff/${id}/disablements`);
  const gone = server.client();
  await gone.post(`/invitations/${token}`, { password: NEW_PASSWORD });
  expect((await gone.get('/board')).status).toBe(303);
});

test('a manager of one shop can’t take over an account that another shop knows', async () => {
  const other = await makeShop(database.db, `neighbour${shops}`);
  const joined = await manager.post('/staff', { name: 'Borrowed', email: other.email('manager'), role: 'mechanic' });
  expect(joined.status).toBe(303);
  expect((await manager.post(`/staff/${other.staff.manager.staff}/links`)).status).toBe(409);
  expect((await invite(other.email('manager'))).status).toBe(409);
});

test('nor one that waits there for its first password: only the shop that knew the person first gives out the link', async () => {
  const other = await makeShop(database.db, `waiting${shops}`);
  const boss = await server.clientOf(other, 'manager');
  await boss.post('/staff', { name: 'New there', email: 'waits@shop.test', role: 'manager' });
  const joined = await invite('waits@shop.test');
  expect(joined.status).toBe(303);
  const { id } = await database.db.selectFrom('staff').select('id').where('email', '=', 'waits@shop.test').executeTakeFirstOrThrow();
  expect((await manager.post(`/staff/${id}/links`)).status).toBe(409);
  expect(tokenIn((await boss.post(`/staff/${id}/links`)).text)).toBeTruthy();
});

test('nobody joins by mass: two invitations for one address make one person', async () => {
  const replies = await Promise.all([invite('same@shop.test'), invite('Same@Shop.test')]);
  expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409]);
  expect(
    await database.db
      .selectFrom('staff')
      .select('id')
      .where((eb) => eb(eb.fn('lower', ['email']), '=', 'same@shop.test'))
      .execute(),
  ).toHaveLength(1);
});
