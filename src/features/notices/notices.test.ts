import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { addComment, deleteComment, editComment } from '../work-orders/comments.js';
import { countUnread, listNotices } from './notices.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let other: TestShop;
let mechanic: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  other = await makeShop(database.db, 'other');
  await openOrders(database.db, shop.staff.manager, 2);
  mechanic = await server.clientOf(shop, 'mechanic');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const unread = (of = shop.staff.mechanic) => countUnread(database.db, shop.id, of.staff);
const say = async (text: string) => (await addComment(database.db, shop.staff.advisor, 1001, text)).result.comment;
const bellOf = (page: string) => /id="bell"[\s\S]*?<\/a>/.exec(page)?.[0] ?? '';

test('a mention is told to the person once, never to oneself, to another shop, or to somebody who is disabled', async () => {
  const comment = await say('@mechanic of first, look; so does @advisor of first, and @manager of other');
  expect(await unread()).toBe(1);
  expect(await unread(shop.staff.advisor)).toBe(0);
  expect(await countUnread(database.db, other.id, other.staff.manager.staff)).toBe(0);
  const edit = (text: string) => editComment(database.db, shop.staff.advisor, 1001, comment, text);
  await edit('@mechanic of first, look again');
  expect(await unread()).toBe(1);
  await edit('@mechanic of first and @manager of first');
  expect([await unread(), await unread(shop.staff.manager)]).toEqual([1, 1]);

  const row = () => database.db.updateTable('memberships').where('staff_id', '=', shop.staff.manager.staff);
  await row().set({ disabled_at: new Date() }).execute();
  await say('@manager of first?');
  expect(await unread(shop.staff.manager)).toBe(1);
  expect((await mechanic.get('/work-orders/1001')).text).not.toContain('<mark class="mention">@manager of first');
  await row().set({ disabled_at: null }).execute();
  expect((await mechanic.get('/work-orders/1001')).text).toContain('<mark class="mention">@manager of first</mark>');

  await deleteComment(database.db, shop.staff.manager, 1001, comment);
  expect([await unread(), await unread(shop.staff.manager)]).toEqual([0, 0]);
});

test('what is written about whoever is mentioned stays text', async () => {
  await say('@mechanic of first <b>now</b> & @nobody at all');
  const page = (await mechanic.get('/work-orders/1001')).text;
  expect(page).toContain('<mark class="mention">@mechanic of first</mark> &lt;b&gt;now&lt;/b&gt; &amp; @nobody at all');
  expect((await mechanic.get('/notices')).text).toContain('@mechanic of first</mark> &lt;b&gt;now&lt;/b&gt;');
});

test('the bell counts live, and one by one what is read', async () => {
  const before = await unread();
  const second = await server.clientOf(shop, 'mechanic');
  const colleague = await server.clientOf(shop, 'manager');
  const [screen, theirs] = [await TestSocket.open(second, 'bell'), await TestSocket.open(colleague, 'bell')];
  const comment = await say('@mechanic of first, the belt is here');
  await until(() => screen.messages.some(({ content }) => content.includes(`>${before + 1}</b>`)), 'the bell');
  expect(bellOf((await mechanic.get('/board')).text)).toContain(`>${before + 1}</b>`);
  expect(await mechanic.get('/notices/changes?since=-1', { htmx: true })).toMatchObject({ status: 200 });

  const list = (await mechanic.get('/notices')).text;
  const [, notice] = /action="\/notices\/(\d+)\/readings"[\s\S]*?the belt is here/.exec(list) ?? [];
  expect(await mechanic.post(`/notices/${notice}/readings`)).toMatchObject({
    ...{ status: 303, headers: { location: `/work-orders/1001#comment-${comment}` } },
  });
  await until(() => screen.messages.at(-1)?.content.includes(`>${before}</b>`) ?? false, 'the bell to count less');
  expect((await colleague.post(`/notices/${notice}/readings`)).status).toBe(404);

  const rows = await listNotices(database.db, shop.staff.mechanic as typeof shop.staff.mechanic & { staff: number }, null, 50);
  const latest = rows[0]?.id as number;
  await say('@mechanic of first, and one more');
  expect((await mechanic.post('/notices/readings', { upTo: latest })).status).toBe(303);
  expect(await unread()).toBe(1);
  expect(theirs.messages).toEqual([]);
  for (const socket of [screen, theirs]) socket.close();
});
