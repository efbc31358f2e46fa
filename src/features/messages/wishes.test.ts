import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { mayWrite } from './consents.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let at: string;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  advisor = await server.clientOf(shop, 'advisor');
  const dana = { shop_id: shop.id, name: 'Dana', phone: '(815) 555-0142', email: 'Dana@example.test' };
  const { id } = await database.db.insertInto('customers').values(dana).returning('id').executeTakeFirstOrThrow();
  at = `/customers/${id}`;
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

test('how they want to be written to is kept; what is none is told; two people who change different things both have their way', async () => {
  const wrong = await advisor.post(`${at}/messages`, { language: 'German!', timeZone: 'Mars/Base', channel: 'sms' });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toMatch(/Please write it as en[\s\S]*Please choose one of the list/);
  const was = { 'original.language': '', 'original.timeZone': '', 'original.channel': '' };
  expect((await advisor.post(`${at}/messages`, { ...was, language: 'de', timeZone: '', channel: '' })).status).toBe(303);
  expect((await advisor.post(`${at}/messages`, { ...was, language: '', timeZone: 'Europe/Vienna', channel: 'sms' })).status).toBe(303);
  const row = database.db.selectFrom('customers').select(['language', 'time_zone', 'preferred_channel']).where('shop_id', '=', shop.id);
  expect(await row.executeTakeFirst()).toEqual({ language: 'de', time_zone: 'Europe/Vienna', preferred_channel: 'sms' });
  expect((await advisor.post(`${at}/messages`, { ...was, language: 'fr', timeZone: '', channel: '' })).status).toBe(409);
});

test('what they say is on record with their words, and the last word counts', async () => {
  const say = (answer: string) =>
    advisor.post(`${at}/consents`, { channel: 'sms', topic: 'service', answer, words: `${answer}, on the phone` });
  const may = () => mayWrite(database.db, shop.id, 'sms', '+18155550142', 'service');
  expect(await may()).toBe(false);
  expect((await say('yes')).status).toBe(303);
  expect(await may()).toBe(true);
  await say('no');
  expect(await may()).toBe(false);
  const page = (await advisor.get(`${at}/messages`)).text;
  expect(page).toMatch(/No<\/strong> to text messages[\s\S]*no, on the phone[\s\S]*Yes<\/strong> to text messages/);
  expect((await advisor.post(`${at}/consents`, { channel: 'sms', topic: 'service', answer: 'yes', words: '' })).status).toBe(422);
});
