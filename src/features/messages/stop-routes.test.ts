import { afterAll, beforeAll, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { hasStopped, mayWrite, recordConsent } from './consents.js';
import { writeMessage } from './outbox.js';
import { StopLinks } from './unsubscribing.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

test('one click in a mail ends what advertises, and nothing else; to look at the page changes nothing', async () => {
  const { sessionSecrets } = server.app.services.config;
  const address = 'dana@home.test';
  const { result } = await change(database.db, shop.staff.advisor, {}, async (tx) => {
    const yes = { channel: 'mail', topic: 'marketing', isGranted: true, saidBy: 'staff', words: 'yes', customer: null } as const;
    await recordConsent(tx, { ...yes, address });
    const to = { customer: null, name: 'Dana', mail: address, phone: '', language: '', timeZone: '' };
    return writeMessage(tx, { occasion: 'due', onceKey: 'due/1', to, values: {}, evenIfAsked: true });
  });
  const path = (new StopLinks(sessionSecrets, server.url).make(shop.id, result as number) as string).slice(server.url.length);
  const may = () => mayWrite(database.db, shop.id, 'mail', address, 'marketing');
  expect((await server.client().get(path)).text).toContain(address);
  expect(await may()).toBe(true);
  expect((await server.client().get(`${path.slice(0, -1)}x`)).status).toBe(404);
  expect((await server.client().post(path, { 'List-Unsubscribe': 'No' })).status).toBe(422);
  expect(await may()).toBe(true);
  // As a mail program does it: from nowhere, with no cookie (RFC 8058, 3.2).
  const headers = { origin: undefined };
  const reply = await server.client().post(path, { 'List-Unsubscribe': 'One-Click' }, { headers });
  expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('sends no more') });
  await server.client().post(path, { 'List-Unsubscribe': 'One-Click' }, { headers });
  expect(await may()).toBe(false);
  expect(await hasStopped(database.db, shop.id, 'mail', address, 'service')).toBe(false);
  const said = await database.db.selectFrom('message_consents').select(['said_by', 'words']).where('shop_id', '=', shop.id).execute();
  expect(said).toHaveLength(2);
  expect(said[1]).toMatchObject({ said_by: 'link', words: expect.stringContaining('No more') });
});
