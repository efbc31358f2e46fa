import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { API_ROOT } from '../../platform/web/api.js';
import { ApiClient } from '../../testing/api.js';
import { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { addJob } from '../jobs/jobs.js';
import { addLine } from '../jobs/lines.js';
import { addComment } from '../work-orders/comments.js';

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

const signIn = (role: 'mechanic' | 'advisor' | 'manager' = 'manager', at = server) => ApiClient.signIn(at.client(), shop, role);
const version = async () =>
  (await database.db.selectFrom('shops').select('version').where('id', '=', shop.id).executeTakeFirstOrThrow()).version;
const waiting = () => server.app.api.waiting.shops();

test('a reader that goes on from where it was gets every event once, in order', async () => {
  const manager = await signIn();
  const read: [version: number, seq: number][] = [];
  let since = 0;
  for (const comments of [3, 0, 2]) {
    const [number] = await openOrders(database.db, shop.staff.advisor, 1);
    for (let turn = 0; turn < comments; turn++) await addComment(database.db, shop.staff.mechanic, number as number, `Comment ${turn}`);
    const { json } = await manager.get(`/events?since=${since}`);
    read.push(...json.items.map((event: { version: number; seq: number }) => [event.version, event.seq]));
    since = json.version;
    expect(json.more).toBe(false);
  }
  const rows = await database.db
    .selectFrom('events')
    .select(['version', 'seq'])
    .where('shop_id', '=', shop.id)
    .orderBy('version')
    .orderBy('seq')
    .execute();
  expect(read).toEqual(rows.map((row) => [row.version, row.seq]));
  expect(since).toBe(await version());
  expect((await manager.get(`/events?since=${since}`)).json).toEqual({ items: [], version: since, more: false });
});

test('says what happened, who did it, when on the shop’s clock, and to which work order', async () => {
  const [number] = await openOrders(database.db, shop.staff.advisor, 1);
  const since = await version();
  await addComment(database.db, shop.staff.mechanic, number as number, 'A text that may be deleted');
  const { json, text } = await (await signIn()).get(`/events?since=${since}`);
  expect(json.items).toEqual([
    {
      ...{ version: since + 1, seq: 1, kind: 'comment.added', work_order: number },
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[56]:00$/),
      actor: { id: shop.staff.mechanic.staff, name: `mechanic of shop${shops}` },
      details: { number, comment: expect.any(Number) },
    },
  ]);
  expect(text).not.toContain('may be deleted');
});

test('leaves out what the role does not see on the pages', async () => {
  const [number] = await openOrders(database.db, shop.staff.advisor, 1);
  const since = await version();
  const { job } = (await addJob(database.db, shop.staff.advisor, number as number, { name: 'Brakes', concern: '' })).result;
  const fields = { description: 'Pads', quantity: '1', price: '98765.43' };
  await addLine(database.db, shop.staff.advisor, number as number, { job, kind: 'part', coreCents: null, fee: null, fields });
  const manager = await server.clientOf(shop, 'manager');
  await manager.post('/settings/api-tokens', { name: 'Bookkeeping', 'scope.read': 'on', days: '' });
  const kinds = async (role: 'mechanic' | 'advisor' | 'manager') => {
    const { json, text } = await (await signIn(role)).get(`/events?since=${since}`);
    return { kinds: json.items.map(({ kind }: { kind: string }) => kind), hasPrice: text.includes('9876543'), version: json.version };
  };
  const reached = await version();
  const all = await kinds('manager');
  expect(all).toMatchObject({ hasPrice: true, version: reached });
  expect(all.kinds).toEqual(expect.arrayContaining(['job.added', 'line.added', 'api-token.made']));
  expect(await kinds('advisor')).toEqual({
    kinds: all.kinds.filter((kind: string) => kind !== 'api-token.made'),
    hasPrice: true,
    version: reached,
  });
  expect(await kinds('mechanic')).toEqual({
    kinds: all.kinds.filter((kind: string) => kind !== 'api-token.made'),
    hasPrice: false,
    version: reached,
  });
});

test('gives only the kinds that are asked for, and the version that was looked at', async () => {
  const [number] = await openOrders(database.db, shop.staff.advisor, 1);
  await addComment(database.db, shop.staff.mechanic, number as number, 'A comment');
  await addJob(database.db, shop.staff.advisor, number as number, { name: 'Brakes', concern: '' });
  const manager = await signIn();
  const kinds = async (query: string) => (await manager.get(`/events?${query}`)).json.items.map(({ kind }: { kind: string }) => kind);
  expect(await kinds('kind=comment.added')).toEqual(['comment.added']);
  const both = (await kinds('')).filter((kind: string) => ['comment.added', 'work-order.created'].includes(kind));
  expect(both).toHaveLength(2);
  expect(await kinds('kind=comment.added&kind=work-order.created')).toEqual(both);
  expect(await kinds('kind=comment.added,work-order.created')).toEqual(both);
  expect((await manager.get('/events?kind=till.closed')).json).toEqual({ items: [], version: await version(), more: false });
  const refused = await manager.get('/events?kind=comment.added,comment.aded');
  expect([refused.status, refused.json.detail]).toEqual([422, 'There is no kind of event “comment.aded”.']);
});

describe('with “wait”', () => {
  test('it answers when something happens, in this process or another', async () => {
    const second = await startTestServer(database.url);
    try {
      const manager = await signIn('manager', second);
      const [number] = await openOrders(database.db, shop.staff.advisor, 1);
      const since = await version();
      let answered = false;
      const reply = manager.get(`/events?since=${since}&wait=50`).finally(() => {
        answered = true;
      });
      await until(() => second.app.api.waiting.shops().includes(shop.id), 'the request to wait');
      expect(answered).toBe(false);
      await server.clientOf(shop, 'mechanic').then((client) => client.post(`/work-orders/${number}/comments`, { text: 'There you are' }));
      expect((await reply).json.items.map(({ kind }: { kind: string }) => kind)).toEqual(['comment.added']);
      expect(second.app.api.waiting.shops()).toEqual([]);
    } finally {
      await second.stop();
    }
  });

  test('it goes on waiting when what happened is nothing for this role', async () => {
    const mechanic = await signIn('mechanic');
    const [number] = await openOrders(database.db, shop.staff.advisor, 1);
    const reply = mechanic.get(`/events?since=${await version()}&wait=50`);
    await until(() => waiting().includes(shop.id), 'the request to wait');
    const manager = await server.clientOf(shop, 'manager');
    await manager.post('/settings/api-tokens', { name: 'Bookkeeping', 'scope.read': 'on', days: '' });
    await addComment(database.db, shop.staff.advisor, number as number, 'For everybody');
    const { json } = await reply;
    expect(json.items.map(({ kind }: { kind: string }) => kind)).toEqual(['comment.added']);
    expect(json.version).toBe(await version());
  });

  test('it answers with nothing when the time is up', async () => {
    const since = await version();
    const { status, json } = await (await signIn()).get(`/events?since=${since}&wait=1`);
    expect([status, json]).toEqual([200, { items: [], version: since, more: false }]);
    expect(waiting()).toEqual([]);
  });

  test('it tells nothing to a token that has ended meanwhile', async () => {
    const manager = await signIn();
    const [number] = await openOrders(database.db, shop.staff.advisor, 1);
    const reply = manager.get(`/events?since=${await version()}&wait=50`);
    await until(() => waiting().includes(shop.id), 'the request to wait');
    await database.db
      .updateTable('api_sign_ins')
      .set({ ended_at: new Date(), ended_why: 'ended' })
      .where('shop_id', '=', shop.id)
      .execute();
    await addComment(database.db, shop.staff.advisor, number as number, 'Not for you');
    expect(await reply).toMatchObject({ status: 401, json: { status: 401 } });
  });

  test('nobody is waited for who has gone', async () => {
    const manager = await signIn();
    const gone = new AbortController();
    const asked = fetch(`${server.url}${API_ROOT}/events?since=${await version()}&wait=50`, {
      headers: { authorization: `Bearer ${manager.token}` },
      signal: gone.signal,
    }).catch((error: Error) => error.name);
    await until(() => waiting().includes(shop.id), 'the request to wait');
    gone.abort();
    expect(await asked).toBe('AbortError');
    await until(() => !waiting().includes(shop.id), 'the waiting to end');
  });

  test('a server that stops answers first', async () => {
    const second = await startTestServer(database.url);
    // Not one of its own clients: those are ended first.
    const client = new Client(second.url);
    const manager = await ApiClient.signIn(client, shop, 'manager');
    const since = await version();
    const reply = manager.get(`/events?since=${since}&wait=50`);
    await until(() => second.app.api.waiting.shops().includes(shop.id), 'the request to wait');
    const stopped = second.stop();
    expect((await reply).json).toEqual({ items: [], version: since, more: false });
    await stopped;
    client.close();
  });
});
