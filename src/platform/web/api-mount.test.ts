import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../../testing/api.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';
import { sweepRequestsTask } from './api-requests.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: ApiClient;
let number: number;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  [number] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
  manager = await ApiClient.signIn(server.client(), shop, 'manager');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const comment = (text: string, headers: Record<string, string> = {}) =>
  manager.send('post', `/work-orders/${number}/comments`, { body: { text }, headers });
const comments = async () => (await manager.get(`/work-orders/${number}/comments`)).json.items.map(({ text }: { text: string }) => text);

describe('an Idempotency-Key', () => {
  test('makes twenty requests at once have one effect and one answer', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => comment('Once', { 'idempotency-key': 'key-1' })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await comments()).toEqual(['Once']);
  });

  test('gives the same answer when the process died after the change and before its answer was kept', async () => {
    const first = await comment('Once', { 'idempotency-key': 'key-1' });
    await database.db.updateTable('api_requests').set({ status: null, answer: null }).where('shop_id', '=', shop.id).execute();
    const second = await comment('Once', { 'idempotency-key': '"key-1"' });
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(await comments()).toEqual(['Once']);
  });

  test('never stands for another request: another body, another address, another order of fields is the same', async () => {
    const label = (body: object) => manager.send('post', '/labels', { body, headers: { 'idempotency-key': 'key-1' } });
    expect((await label({ name: 'Rush', color: 'red' })).status).toBe(201);
    const before = await versionOf(database.db, shop.id);
    expect((await label({ color: 'red', name: 'Rush' })).status).toBe(201);
    for (const other of [await label({ name: 'Rush', color: 'blue' }), await comment('Once', { 'idempotency-key': 'key-1' })])
      expect(other).toMatchObject({ status: 422, json: { detail: expect.stringContaining('Idempotency-Key') } });
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('of somebody else is another one', async () => {
    const advisor = await ApiClient.signIn(server.client(), shop, 'advisor');
    await comment('Mine', { 'idempotency-key': 'key-1' });
    const body = { text: 'Theirs' };
    expect((await advisor.send('post', `/work-orders/${number}/comments`, { body, headers: { 'idempotency-key': 'key-1' } })).status).toBe(
      201,
    );
    expect(await comments()).toEqual(['Mine', 'Theirs']);
  });

  test('does not keep what was refused: it may be tried again', async () => {
    await database.db
      .updateTable('columns')
      .set({ position: null })
      .where('shop_id', '=', shop.id)
      .where('name', '=', 'Completed')
      .execute();
    const column = shop.columns[3]?.id as number;
    const move = () => manager.send('post', `/work-orders/${number}/moves`, { body: { column }, headers: { 'idempotency-key': 'key-1' } });
    expect((await move()).status).toBe(404);
    await database.db.updateTable('columns').set({ position: 3 }).where('shop_id', '=', shop.id).where('id', '=', column).execute();
    expect((await move()).json).toMatchObject({ moved: true });
    expect((await move()).json).toMatchObject({ moved: true });
  });

  test('is forgotten after two days, and not before; taken anew for something else, that happens', async () => {
    const age = (hours: number) =>
      database.db
        .updateTable('api_requests')
        .set({ created_at: new Date(Date.now() - hours * 3_600_000) })
        .where('shop_id', '=', shop.id)
        .execute();
    const sweep = () => sweepRequestsTask.run({}, server.app.services, { isLast: false });
    await comment('Once', { 'idempotency-key': 'key-1' });
    await age(47);
    await sweep();
    expect((await comment('Twice', { 'idempotency-key': 'key-1' })).status).toBe(422);
    await age(49);
    await sweep();
    expect((await comment('Twice', { 'idempotency-key': 'key-1' })).status).toBe(201);
    expect(await comments()).toEqual(['Once', 'Twice']);
  });

  test.each(['', 'with a blank', 'x'.repeat(201)])('“%s” is none', async (key) => {
    expect((await comment('Once', { 'idempotency-key': key })).status).toBe(400);
    expect(await comments()).toEqual([]);
  });
});

describe('If-Match', () => {
  const label = async () => (await manager.send('post', '/labels', { body: { name: 'Rush', color: 'red' } })).json.id as number;
  const put = (id: number, name: string, etag: string) =>
    manager.send('put', `/labels/${id}`, { body: { name, color: 'blue' }, headers: { 'if-match': etag } });

  test('lets exactly one of twenty writers through that have read the same', async () => {
    const id = await label();
    const etag = (await manager.get(`/labels/${id}`)).headers.etag as string;
    const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => put(id, `Name ${index}`, etag)));
    const through = replies.filter(({ status }) => status === 200);
    expect(through.length).toBe(1);
    expect(replies.filter(({ status }) => status === 412).length).toBe(19);
    expect((await manager.get(`/labels/${id}`)).json).toEqual(through[0]?.json);
  });

  test('is the ETag of the answer to a change, too, also when a proxy made it weak', async () => {
    const id = await label();
    const first = (await manager.get(`/labels/${id}`)).headers.etag as string;
    const changed = await put(id, 'Urgent', `W/${first}`);
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(first);
    expect((await manager.get(`/labels/${id}`)).headers.etag).toBe(changed.headers.etag);
    expect((await put(id, 'Very urgent', `"other", ${changed.headers.etag}`)).status).toBe(200);
    expect((await put(id, 'Most urgent', '*')).status).toBe(200);
    expect((await put(id, 'Too late', changed.headers.etag as string)).status).toBe(412);
  });

  test('of what is gone is not found; where it can’t be compared it is refused', async () => {
    expect((await put(999_999, 'Urgent', '*')).status).toBe(404);
    expect(await comment('Once', { 'if-match': '*' })).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('If-Match') },
    });
  });
});

test('the board has not changed for who knows its ETag, until it has', async () => {
  const { etag } = (await manager.get('/board')).headers;
  expect(await manager.get('/board', { 'if-none-match': etag as string })).toMatchObject({ status: 304, text: '' });
  await manager.send('post', `/work-orders/${number}/moves`, { body: { column: shop.columns[1]?.id } });
  const after = await manager.get('/board', { 'if-none-match': etag as string });
  expect(after.status).toBe(200);
  expect(after.json.columns[1].cards.map(({ work_order }: { work_order: number }) => work_order)).toEqual([number]);
});

test('a list comes in pages, each where the one before ended, whatever is added or deleted meanwhile', async () => {
  for (let turn = 1; turn <= 5; turn++) await comment(`Comment ${turn}`);
  const page = (after: string | null) => manager.get(`/work-orders/${number}/comments?limit=2${after ? `&after=${after}` : ''}`);
  const first = (await page(null)).json;
  await manager.send('delete', `/work-orders/${number}/comments/${first.items[1].id}`);
  await comment('Comment 6');
  const texts: string[] = [];
  for (let next = first.next; next !== null; ) {
    const { json } = await page(next);
    texts.push(...json.items.map(({ text }: { text: string }) => text));
    next = json.next;
  }
  expect(texts).toEqual(['Comment 3', 'Comment 4', 'Comment 5', 'Comment 6']);
  for (const after of ['x', 'bnVsbA', 'eyJhIjoxfQ', '!']) expect((await page(after)).status, after).toBe(422);
});

test('a refusal of the noun names the field', async () => {
  await manager.send('post', '/labels', { body: { name: 'Rush', color: 'red' } });
  expect(await manager.send('post', '/labels', { body: { name: 'RUSH', color: 'red' } })).toMatchObject({
    status: 422,
    headers: { 'content-type': 'application/problem+json' },
    json: {
      ...{ type: 'about:blank', title: 'Unprocessable Entity', status: 422, instance: '/api/v1/labels' },
      errors: [{ field: 'name', message: 'There is a label “Rush” already.' }],
    },
  });
});

test('a fault has a number, which stands in the log, and says nothing of what is inside', async () => {
  await database.db.schema.alterTable('labels').renameTo('labels_away').execute();
  const reply = await manager.get('/labels').finally(() => database.db.schema.alterTable('labels_away').renameTo('labels').execute());
  expect(reply).toMatchObject({ status: 500, json: { status: 500, number: expect.stringMatching(/^E-[0-9A-Z]{6}$/) } });
  expect(reply.text).not.toMatch(/labels_away|relation|select|\.ts|\.js/);
  expect(server.logged.some((line) => line.number === reply.json.number)).toBe(true);
});

test('each token has so many requests in a minute, and is told how many are left', async () => {
  const limited = await startTestServer(database.url, { API_REQUESTS_PER_MINUTE: '3' });
  try {
    const client = await ApiClient.signIn(limited.client(), shop, 'advisor');
    const replies = [];
    for (let turn = 0; turn < 4; turn++) replies.push(await client.get('/labels'));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(replies.map(({ headers }) => headers.ratelimit)).toEqual(
      [2, 1, 0, 0].map((left) => expect.stringMatching(`^"minute";r=${left};t=\\d+$`)),
    );
    expect(replies[0]?.headers['ratelimit-policy']).toBe('"minute";q=3;w=60');
    expect(Number(replies[3]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(replies[3]?.json).toMatchObject({ status: 429, title: 'Too Many Requests' });
    // Another sign-in of the same person has a count of its own.
    expect((await (await ApiClient.signIn(limited.client(), shop, 'advisor')).get('/labels')).status).toBe(200);
  } finally {
    await limited.stop();
  }
});
