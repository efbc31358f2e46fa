import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { findDamage } from '../../testing/truth.js';

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

test('a fault says its number, which is in the log, and nothing of how the program is made', async () => {
  const client = await server.clientOf(shop, 'mechanic');
  await sql`create function break_comment() returns trigger language plpgsql as $$ begin raise 'secret detail of the database'; end $$`.execute(
    database.db,
  );
  await sql`create trigger break_comment before insert on comments for each row execute function break_comment()`.execute(database.db);
  for (const htmx of [false, true]) {
    const reply = await client.post('/work-orders/1001/comments', { text: 'What I typed' }, { htmx });
    expect(reply.status).toBe(500);
    const [number] = /E-[0-9A-Z]{6}/.exec(reply.text) ?? [];
    expect(number).toBeDefined();
    expect(reply.text).not.toMatch(/secret detail|\.ts|\.js:\d|node_modules|at \w+ \(|insert into|postgres|pg_|kysely|express/i);
    const line = server.logged.find((one) => one.number === number);
    expect(line).toMatchObject({ msg: 'fault', method: 'POST', path: '/work-orders/1001/comments' });
    expect(JSON.stringify(line)).toContain('secret detail of the database');
    expect(JSON.stringify(line)).not.toContain('What I typed');
  }
  await sql`drop trigger break_comment on comments`.execute(database.db);
  expect((await client.post('/work-orders/1001/comments', { text: 'What I typed' })).status).toBe(303);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
});

test('what people can act on is a sentence, without a number, in a page and in a notice', async () => {
  const client = await server.clientOf(shop, 'mechanic');
  const cases: [string, number, string][] = [
    ['/nothing/here', 404, 'There is no such page.'],
    ['/work-orders/4711', 404, 'That work order is not here.'],
    ['/staff', 403, 'Your role does not allow that.'],
    ['/sign-out', 405, 'That address does not work this way.'],
    ['/work-orders/%E0%A4%A', 400, 'can’t be read'],
  ];
  for (const [path, status, sentence] of cases) {
    const [whole, notice] = [await client.get(path), await client.get(path, { htmx: true })];
    expect([whole.status, notice.status], path).toEqual([status, status]);
    for (const { text } of [whole, notice]) {
      expect(text, path).toContain(sentence);
      expect(text).not.toMatch(/E-[0-9A-Z]{6}|at \w+ \(|node_modules/);
    }
    expect(whole.text).toContain('<!doctype html>');
    expect(notice.text).not.toContain('<html');
    expect(notice.headers['hx-retarget']).toBe('#notices');
  }
});

test('health answers without a session, and tells nothing', async () => {
  expect(await server.client().get('/livez')).toMatchObject({ status: 200, text: 'alive\n' });
  expect(await server.client().get('/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
  expect((await server.client().get('/livez')).headers['set-cookie']).toBeUndefined();
});
