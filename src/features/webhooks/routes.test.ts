import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { type Receiver, startReceiver } from '../../testing/receiver.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;
let receiver: Receiver;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url, { WEBHOOKS_PRIVATE_NETWORKS: '127.0.0.1' });
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 1);
  manager = await server.clientOf(shop, 'manager');
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await server.stop();
  await database.close();
});

const secretIn = (text: string) => /value="(whsec_[^"]+)"/.exec(text)?.[1]?.replaceAll('&#x2F;', '/').replaceAll('&#61;', '=') ?? '';
const arrived = async (count: number) => until(() => receiver.received.length >= count, `${count} messages`, 30);

test('from a form to a message: signed with what was shown once, soon after it happened', async () => {
  expect((await manager.get('/settings/webhooks')).text).toContain('No webhooks yet');
  const fields = { name: 'Books', url: `${receiver.url}/books`, 'kind.comment.added': 'on', 'kind.card.moved': 'on' };
  const added = await manager.post('/settings/webhooks', fields);
  expect(added.status).toBe(200);
  const secret = secretIn(added.text);
  const [{ id }] = (await database.db.selectFrom('webhooks').select('id').execute()) as [{ id: number }];
  const here = `/settings/webhooks/${id}`;
  expect((await manager.get(here)).text).not.toContain('whsec_');

  await manager.post('/work-orders/1001/comments', { text: 'Costs $4,711' });
  await arrived(1);
  const verify = (index: number, by: string) =>
    new Webhook(by).verify(receiver.received[index]?.body ?? '', receiver.received[index]?.headers as Record<string, string>);
  expect(verify(0, secret)).toMatchObject({ type: 'comment.added', data: { work_order: 1001, actor: { id: shop.staff.manager.staff } } });
  expect(receiver.received[0]?.body).not.toContain('4,711');

  // A new secret: for a day both sign.
  const renewed = secretIn((await manager.post(`${here}/secrets`)).text);
  expect(renewed).not.toBe(secret);
  await manager.post(`${here}/pings`);
  await arrived(2);
  expect([verify(1, secret), verify(1, renewed)]).toMatchObject([{ type: 'webhook.ping' }, { type: 'webhook.ping' }]);
  await database.db.updateTable('webhooks').set({ previous_until: new Date() }).execute();
  await manager.post(`${here}/pings`);
  await arrived(3);
  expect(() => verify(2, secret)).toThrow();
  expect(verify(2, renewed)).toMatchObject({ type: 'webhook.ping', data: { version: 0 } });

  const page = await manager.get(here);
  expect(page.text).toContain('Arrived');
  expect(page.text).toContain('answer 200');
  const again = /deliveries\/\d+\/redeliveries/.exec(page.text)?.[0];
  expect((await manager.post(`${here}/${again}`)).status).toBe(303);
  await arrived(4);
  expect(receiver.received[3]?.headers['webhook-id']).toBe(receiver.received[2]?.headers['webhook-id']);
}, 60_000);

test('what somebody else’s program answers is text', async () => {
  const attack = '<img src=x onerror=alert(1)>"\'</td><script>alert(1)</script>';
  receiver.answer((_, response) => response.writeHead(500).end(`${attack}\0\u202e`));
  const added = await manager.post('/settings/webhooks', { name: attack, url: `${receiver.url}/?x=${attack}`, everything: 'on' });
  const here = /action="(\/settings\/webhooks\/\d+)\/pings"/.exec(added.text)?.[1] ?? '';
  await manager.post(`${here}/pings`);
  await until(async () => /500[\s\S]*&lt;img src=x/.test((await manager.get(here)).text), 'the answer', 30);
  for (const page of [added.text, (await manager.get(here)).text, (await manager.get('/settings/webhooks')).text]) {
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toMatch(/<img src=x|<script>alert/);
  }
  await manager.post(`${here}/removals`);
  receiver.answer(200);
}, 60_000);

describe('a form', () => {
  test.each([
    ...[
      'https://10.0.0.1/',
      'https://127.0.0.2/',
      'https://[::1]/',
      'https://169.254.169.254/',
      'file:///etc/passwd',
      'https://u:p@example.com/',
      'x',
    ],
  ])('with the address %s is shown again with what was typed', async (url) => {
    const before = await versionOf(database.db, shop.id);
    const reply = await manager.post('/settings/webhooks', { name: 'Evil', url, 'kind.card.moved': 'on', fullData: 'on' });
    expect(reply.status).toBe(422);
    expect(reply.text).toContain('id="url-error"');
    expect(reply.text).toMatch(/id="kind-card\.moved" name="kind\.card\.moved" checked/);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('without a kind, or with one that is none, is refused', async () => {
    const fields = { name: 'Books', url: 'https://example.com/' };
    expect((await manager.post('/settings/webhooks', fields)).text).toContain('at least one kind');
    expect((await manager.post('/settings/webhooks', { ...fields, 'kind.card.eaten': 'on' })).status).toBe(422);
  });

  test('changes, switches and removes', async () => {
    const added = await manager.post('/settings/webhooks', { name: 'Suppliers', url: 'https://example.com/a', everything: 'on' });
    const here = /action="(\/settings\/webhooks\/\d+)\/pings"/.exec(added.text)?.[1] ?? '';
    expect((await manager.post(`${here}/switches`, { on: 'no' })).status).toBe(303);
    expect((await manager.post(`${here}/pings`)).status).toBe(409);
    expect((await manager.post(`${here}/edits`, { name: 'Parts', url: 'https://example.com/b', 'kind.part.imported': 'on' })).status).toBe(
      303,
    );
    const shown = (await manager.get(here)).text;
    expect(shown).toContain('https://example.com/b');
    expect(shown).toContain('Off, since');
    expect((await manager.post(`${here}/switches`, { on: 'yes' })).status).toBe(303);
    expect((await manager.post(`${here}/removals`)).status).toBe(303);
    expect((await manager.get(here)).status).toBe(404);
    const kinds = await database.db
      .selectFrom('events')
      .select('kind')
      .where('kind', 'like', 'webhook.%')
      .orderBy('version', 'desc')
      .limit(5)
      .execute();
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'webhook.removed',
      'webhook.switched-on',
      'webhook.changed',
      'webhook.switched-off',
      'webhook.added',
    ]);
  });
});
