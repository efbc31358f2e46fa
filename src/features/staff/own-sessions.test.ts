import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, PASSWORD, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const CHROME = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const isIn = async (client: Client) => (await client.get('/board')).status === 200;
const signedIn = async (agent: string, role: 'mechanic' | 'manager' = 'mechanic') => {
  const client = server.client();
  await client.post('/sign-in', { email: shop.email(role), password: PASSWORD }, { headers: { 'user-agent': agent } });
  return client;
};
const marksOn = async (client: Client) =>
  [...(await client.get('/account')).text.matchAll(/\/account\/sessions\/([0-9a-f]{64})\/endings/g)].map(([, mark]) => mark as string);
const addProgram = (staff: number, agent: string) =>
  database.db
    .insertInto('api_sign_ins')
    .values({ shop_id: shop.id, staff_id: staff, agent, expires_at: new Date(Date.now() + 1e9) })
    .returning('id')
    .executeTakeFirstOrThrow();
const hasEnded = async (id: number) => {
  const row = await database.db
    .selectFrom('api_sign_ins')
    .select('ended_why')
    .where('shop_id', '=', shop.id)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.ended_why;
};

test('one sees where one is signed in, in words, and never the id that opens it', async () => {
  const here = await signedIn('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
  const there = await signedIn(CHROME);
  await signedIn('<img src=x onerror=alert(1)>');
  await addProgram(shop.staff.mechanic.staff, 'parts-sync/2.1');
  await addProgram(shop.staff.advisor.staff, 'not-mine/1');
  const { text } = await here.get('/account');
  for (const device of ['Firefox on Linux', 'Chrome on Windows', 'A browser that does not say which', 'parts-sync'])
    expect(text).toContain(`<strong dir="auto">${device}</strong>`);
  expect(text).not.toContain('not-mine');
  expect(text.match(/· this one/g)).toHaveLength(1);
  expect(await marksOn(here)).toHaveLength(3);
  const sid = decodeURIComponent(there.cookies.get('sid') as string)
    .slice(2)
    .split('.')[0] as string;
  expect(text).not.toContain(sid);
});

test('one ends one of them, and it is out at the next request; its sockets close', async () => {
  const [here, there] = [await signedIn('here/1'), await signedIn(CHROME)];
  const socket = await TestSocket.open(there, 'board');
  const program = await addProgram(shop.staff.mechanic.staff, 'parts-sync/2.1');
  expect(await marksOn(here)).toHaveLength(2);
  for (const mark of await marksOn(here)) expect((await here.post(`/account/sessions/${mark}/endings`)).status).toBe(303);
  expect([await isIn(here), await isIn(there), await hasEnded(program.id)]).toEqual([true, false, 'ended']);
  await until(() => socket.closed !== undefined, 'the socket of the ended session closes', 10);
  expect(socket.closed?.code).toBe(4401);
  const [mark] = ['a'.repeat(64)];
  expect((await here.post(`/account/sessions/${mark}/endings`)).status).toBe(404);
});

test('one ends all others, and stays', async () => {
  const [here, ...others] = [await signedIn('here/1'), await signedIn(CHROME), await signedIn('there/1')] as [Client, ...Client[]];
  const program = await addProgram(shop.staff.mechanic.staff, 'parts-sync/2.1');
  const elsewhere = await server.clientOf(shop, 'advisor');
  await here.post('/account/session-endings');
  expect((await here.get('/account')).text).toContain('Everywhere else you are signed out.');
  expect(await Promise.all([here, ...others, elsewhere].map(isIn))).toEqual([true, false, false, true]);
  expect(await hasEnded(program.id)).toBe('ended');
  const events = await database.db
    .selectFrom('events')
    .select(['kind', 'data'])
    .where('shop_id', '=', shop.id)
    .where('kind', '=', 'staff.sessions-ended')
    .execute();
  expect(events.map(({ data }) => data)).toEqual([{ staff: shop.staff.mechanic.staff, ended: 3 }]);
});

test('nobody ends somebody else’s, whatever mark they send', async () => {
  const [victim, thief] = [await signedIn(CHROME), await server.clientOf(shop, 'advisor')];
  await signedIn('second/1');
  for (const mark of await marksOn(victim)) expect((await thief.post(`/account/sessions/${mark}/endings`)).status).toBe(404);
  for (const mark of ['x', "' or 1=1 --", 'A'.repeat(64), '..', 'a'.repeat(65)])
    expect((await thief.post(`/account/sessions/${encodeURIComponent(mark)}/endings`)).status).toBe(404);
  expect(await isIn(victim)).toBe(true);
});

test('a manager ends all of a member’s, in this shop and no other', async () => {
  const other = await makeShop(database.db, `other${shops}`);
  await database.db
    .insertInto('memberships')
    .values({ shop_id: other.id, staff_id: shop.staff.mechanic.staff, role: 'mechanic' })
    .execute();
  const [client, manager] = [await signedIn(CHROME), await server.clientOf(shop, 'manager')];
  const program = await addProgram(shop.staff.mechanic.staff, 'parts-sync/2.1');
  const path = `/staff/${shop.staff.mechanic.staff}/session-endings`;
  expect((await (await server.clientOf(other, 'manager')).post(path)).status).toBe(303);
  expect((await (await server.clientOf(shop, 'advisor')).post(path)).status).toBe(403);
  expect([await isIn(client), await hasEnded(program.id)]).toEqual([true, null]);
  expect((await manager.post(path)).status).toBe(303);
  expect([await isIn(client), await hasEnded(program.id), await isIn(manager)]).toEqual([false, 'ended', true]);
  expect((await manager.post('/staff/999999/session-endings')).status).toBe(404);
});

test('a new password, and being disabled, end programs too', async () => {
  const client = await signedIn(CHROME);
  const [one, manager] = [await addProgram(shop.staff.mechanic.staff, 'sync/1'), await server.clientOf(shop, 'manager')];
  await client.post('/account/password', { current: PASSWORD, password: 'a new long password' });
  expect(await hasEnded(one.id)).toBe('password');
  const two = await addProgram(shop.staff.mechanic.staff, 'sync/1');
  await manager.post(`/staff/${shop.staff.mechanic.staff}/disablements`);
  expect(await hasEnded(two.id)).toBe('disabled');
});
