import { afterAll, beforeAll, expect, test } from 'vitest';
import { InKeys } from '../src/features/messages/hook.js';
import { createWorkOrder } from '../src/features/work-orders/create.js';
import { type TestDatabase, testDatabase } from '../src/testing/database.js';
import { runScript } from '../src/testing/run-script.js';
import { startTestServer, type TestServer } from '../src/testing/server.js';
import { makeShop, newOrder, type TestShop } from '../src/testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let keys: InKeys;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  keys = new InKeys(server.app.services.config.sessionSecrets);
  shop = await makeShop(database.db, 'shop');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const MAIL =
  'From: Dana <dana@home.test>\r\nMessage-ID: <m1@home.test>\r\nSubject: Re: Ready\r\n\r\nCan I come at five?\r\n\r\n> Ready\r\n';
const address = () => `${server.url}/hooks/messages/${keys.token(shop.id)}`;
const hand = (mail: string, to = address(), secret = keys.secret(shop.id)) =>
  runScript('receive-mail', [to], { MESSAGES_SECRET: secret }, mail);

test('a mail that is piped into it lands on the work order of who wrote it, once', async () => {
  const { result } = await createWorkOrder(database.db, shop.staff.advisor, newOrder({ email: 'dana@home.test' }));
  expect(await hand(MAIL)).toEqual({ code: 0, out: '', err: '' });
  expect(await hand(MAIL)).toEqual({ code: 0, out: '', err: '' });
  const advisor = await server.clientOf(shop, 'advisor');
  const { text } = await advisor.get(`/work-orders/${result.number}`);
  expect(text.split('Can I come at five?')).toHaveLength(2);
  expect(text).not.toContain('&gt; Ready');
});

test('a mail is taken however long it is', async () => {
  expect(
    await hand(`From: eve@home.test\r\nReferences: ${'<a@b.test> '.repeat(9_000)}\r\n\r\n${'Very long. '.repeat(90_000)}`),
  ).toMatchObject({ code: 0 });
});

test('it says whether it is worth to come again', async () => {
  expect(await hand('', address())).toMatchObject({ code: 65 });
  expect(await hand(MAIL, address(), keys.secret(shop.id + 1))).toMatchObject({ code: 77 });
  expect(await hand(MAIL, `${server.url}/hooks/messages/1-unknown`)).toMatchObject({ code: 77 });
  expect(await hand(MAIL, 'http://127.0.0.1:1/hooks/messages/x')).toMatchObject({ code: 75 });
  expect(await runScript('receive-mail', [], {})).toMatchObject({ code: 1, err: expect.stringContaining('MESSAGES_SECRET=') });
});
