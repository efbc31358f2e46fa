import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { createWorkOrder } from '../work-orders/create.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const open = async (concern: string) =>
  (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ concern, plate: 'KLM 4821' }))).result.number;

test('a mechanic prints a work order on one sheet, with a code for the phone', async () => {
  const number = await open('It squeals <loudly> when cold');
  const reply = await (await server.clientOf(shop, 'mechanic')).get(`/work-orders/${number}/print`);
  expect(reply.status).toBe(200);
  expect(reply.text.match(/class="sheet"/g)).toHaveLength(1);
  for (const part of ['It squeals &lt;loudly&gt; when cold', 'Dana Whitfield', 'KLM 4821', `class="number">${number}<`, '<svg']) {
    expect(reply.text).toContain(part);
  }
  expect(reply.text).not.toMatch(/\sstyle=|undefined|\[object/);
});

test('a long concern goes on on numbered sheets that know how many they are', async () => {
  const number = await open('The pedal shakes when it is cold. '.repeat(147));
  const { text } = await (await server.clientOf(shop, 'advisor')).get(`/work-orders/${number}/print`);
  const total = text.match(/class="sheet"/g)?.length ?? 0;
  expect(total).toBeGreaterThan(1);
  for (let page = 1; page <= total; page++) expect(text).toContain(`page ${page} of ${total} of WO-${number}`);
  const said = text.match(/<p class="text[^>]*>[\s\S]*?<\/p>/g)?.join('') ?? '';
  expect(said.match(/pedal/g)).toHaveLength(147);
});

test('another shop’s work order is not found, and nobody prints without signing in', async () => {
  const number = await open('');
  const other = await makeShop(database.db, 'second');
  expect((await (await server.clientOf(other, 'manager')).get(`/work-orders/${number}/print`)).status).toBe(404);
  const reply = await server.client().get(`/work-orders/${number}/print`);
  expect(reply.status).toBe(303);
  expect(reply.headers.location).toContain('/sign-in');
});
