import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { type Message, TestSocket } from '../../testing/socket.js';
import { createWorkOrder } from '../work-orders/create.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let mechanic: Client;
let number: number;
let turn = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turn}`);
  // Sent here, as far as messages know; nothing is: no job of these tests is due.
  await sql`insert into message_channels values ('mail') on conflict do nothing`.execute(database.db);
  const set = { day_begins: '00:00', day_ends: '24:00', undo_seconds: 600 };
  await database.db.updateTable('message_settings').set(set).where('shop_id', '=', shop.id).execute();
  [advisor, mechanic] = [await server.clientOf(shop, 'advisor'), await server.clientOf(shop, 'mechanic')];
  const order = newOrder({ customerName: 'Łukasz <b>', email: 'dana@home.test', phone: '815 555 0142' });
  number = (await createWorkOrder(database.db, shop.staff.advisor, order)).result.number;
});

const messages = () =>
  database.db
    .selectFrom('messages')
    .select(['id', 'state', 'channel', 'subject', 'text', 'occasion', 'waits_for', 'hold_until', 'done_at', 'assigned_to'])
    .where('shop_id', '=', shop.id)
    .orderBy('id')
    .execute();
const write = (more = {}) =>
  advisor.post(`/work-orders/${number}/messages`, { channel: 'mail', subject: 'Hello', text: 'It is ready: {link}', ...more });
const update = (set: Record<string, unknown>) => database.db.updateTable('messages').set(set).where('shop_id', '=', shop.id).execute();
const receive = async () => {
  const at = new Date();
  const row = {
    direction: 'in' as const,
    channel: 'sms' as const,
    state: 'received' as const,
    address: '+18155550142',
    text: 'When?',
    due_at: at,
  };
  return (
    await database.db
      .insertInto('messages')
      .values({ shop_id: shop.id, ...row, written_at: at })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id;
};

describe('writing to a customer', () => {
  test('shows the words of the occasion, sends what was written with the customer’s link, once, and can be taken back', async () => {
    const form = await advisor.get(`/work-orders/${number}/messages/new?occasion=ready`);
    expect(form.text).toContain('Your 2019 Toyota Corolla is ready');
    expect(form.text).toContain('{link}');
    expect(form.text).toContain('Łukasz &lt;b&gt;');
    for (let turn = 0; turn < 2; turn++) expect((await write({ requestId: 'request-1' })).status).toBe(303);
    const [message, ...others] = await messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      state: 'waiting',
      waits_for: 'undo',
      text: expect.stringMatching(/^It is ready: http:\/\/\S+\/c\/[\w-]{43}$/),
    });
    expect((await advisor.get(message?.text.split(': ')[1]?.slice(server.url.length) ?? '')).status).toBe(303);
    const order = await advisor.get(`/work-orders/${number}`);
    expect(order.text).toContain('Take back');
    expect(order.text).toContain('wrote a mail to the customer');
    expect((await mechanic.get(`/work-orders/${number}`)).text).not.toContain('work-order-messages');
    expect(await advisor.post(`/messages/${message?.id}/withdrawals`, { at: 'order' })).toMatchObject({
      headers: { location: `/work-orders/${number}` },
    });
    expect(await messages()).toMatchObject([{ state: 'withdrawn' }]);
    expect((await advisor.get(`/messages`)).text).toContain('Taken back');
  });

  test('what was only proposed goes as any other message when somebody says so: it can be taken back, and by night it waits', async () => {
    await write();
    await update({ state: 'by-hand', waits_for: null, due_at: new Date(Date.now() - 86_400_000), time_zone: 'UTC' });
    const id = (await messages())[0]?.id;
    const before = Date.now();
    expect((await advisor.post(`/messages/${id}/retries`, { at: 'by-hand' })).headers.location).toBe('/messages?view=by-hand');
    const due = async () =>
      (await database.db.selectFrom('messages').select('due_at').where('shop_id', '=', shop.id).executeTakeFirstOrThrow()).due_at;
    expect(await messages()).toMatchObject([{ state: 'waiting', waits_for: 'undo' }]);
    expect(Number(await due())).toBeGreaterThanOrEqual(before + 600_000);
    const { rows } = await sql<{ run_at: Date }>`
      select run_at from graphile_worker.jobs where key = ${`messages ${shop.id} mail`}`.execute(database.db);
    expect(rows).toEqual([{ run_at: await due() }]);
    const page = await advisor.get('/messages?view=by-hand');
    expect(page.text).toMatch(/It goes out in (600|59\d) seconds/);
    expect(page.text).toContain(`action="/messages/${id}/withdrawals"`);
    await advisor.post(`/messages/${id}/withdrawals`);
    expect(await messages()).toMatchObject([{ state: 'withdrawn' }]);

    const hour = new Date().getUTCHours();
    const day = hour < 12 ? { day_begins: '13:00', day_ends: '14:00' } : { day_begins: '01:00', day_ends: '02:00' };
    await database.db.updateTable('message_settings').set(day).where('shop_id', '=', shop.id).execute();
    await update({ state: 'by-hand', ended_at: null });
    await advisor.post(`/messages/${id}/retries`);
    expect(await messages()).toMatchObject([{ state: 'waiting', waits_for: 'night' }]);
    // Of what was written to go at once, or came with a backup, nobody knows the night.
    await update({ state: 'by-hand', time_zone: '' });
    await advisor.post(`/messages/${id}/retries`);
    expect(await messages()).toMatchObject([{ state: 'waiting', waits_for: 'undo' }]);
  });

  test('by text message wants their yes; what is wrong is said beside what was typed', async () => {
    await sql`insert into message_channels values ('sms') on conflict do nothing`.execute(database.db);
    const refused = await write({ channel: 'sms', text: 'typed text' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('They have not agreed');
    expect(refused.text).toContain('typed text');
    expect((await write({ channel: 'sms', text: 'typed text', agreed: 'on' })).status).toBe(303);
    expect((await write({ channel: 'sms', text: 'again' })).status).toBe(303);
    expect((await messages()).map(({ channel }) => channel)).toEqual(['sms', 'sms']);
    expect((await write({ text: '' })).text).toContain('The text is missing.');
    await sql`delete from message_channels where channel = 'sms'`.execute(database.db);
  });

  test('where nothing sends it, is shown to be sent by hand, and marked then', async () => {
    await sql`delete from message_channels`.execute(database.db);
    await write({ text: 'Ready & waiting' });
    const list = await advisor.get('/messages?view=by-hand');
    expect(list.text).toContain('mailto:dana@home.test?subject=Hello&amp;body=Ready%20%26%20waiting');
    const [message] = await messages();
    await advisor.post(`/messages/${message?.id}/markings`, { at: 'by-hand' });
    expect(await messages()).toMatchObject([{ state: 'sent' }]);
    expect((await advisor.get('/messages?view=by-hand')).text).toContain('Nothing is to be sent by hand');
  });
});

describe('the list', () => {
  test('says above all what is wrong with a provider, since when and for how many', async () => {
    for (const text of ['one', 'two', 'three']) await write({ text });
    const [first] = await messages();
    await update({ due_at: new Date(), waits_for: null });
    const trouble = {
      waits_for: 'retry',
      trouble: 'Connection refused.',
      failing_since: new Date(),
      hold_until: new Date(Date.now() + 60_000),
    };
    await database.db
      .updateTable('messages')
      .set({ ...trouble, waits_for: 'retry' })
      .where('id', '=', first?.id ?? 0)
      .execute();
    const { text } = await advisor.get('/messages?view=waiting');
    expect(text).toMatch(/Mail has not gone out since \d+:\d\d [AP]M: connection refused\.<\/strong> 3 wait; they go out in order\./);
    expect((await advisor.post(`/messages/${first?.id}/retries`, { at: 'waiting' })).headers.location).toBe('/messages?view=waiting');
    expect((await advisor.get('/messages')).text).not.toContain('has not gone out');
  });

  test('goes on page by page, and shows nothing of another shop', async () => {
    const at = new Date();
    const rows = Array.from({ length: 70 }, (_, index) => ({
      ...{
        shop_id: shop.id,
        direction: 'out' as const,
        channel: 'mail' as const,
        state: 'sent' as const,
        address: 'a@b.test',
        text: `text ${index}.`,
      },
      ...{ due_at: at, written_at: at, ended_at: at },
    }));
    await database.db.insertInto('messages').values(rows).execute();
    const seen: string[] = [];
    for (let path: string | undefined = '/messages?view=sent'; path; ) {
      const { text }: { text: string } = await advisor.get(path);
      seen.push(...[...text.matchAll(/<summary dir="auto">(text \d+\.)/g)].map(([, words]) => words as string));
      path = /href="([^"]+before=\d+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).toEqual(rows.map(({ text }) => text).reverse());
    const other = await makeShop(database.db, `other${turn}`);
    expect((await (await server.clientOf(other, 'manager')).get('/messages')).text).toContain('will be here');
    expect((await mechanic.get('/messages')).status).toBe(403);
  });

  test('has replies, which are given to somebody, who is told, and are marked as done', async () => {
    const id = await receive();
    expect((await advisor.get('/messages?view=replies')).text).toContain('Not answered yet');
    await advisor.post(`/messages/${id}/assignments`, { at: 'replies', staff: shop.staff.manager.staff });
    expect(await messages()).toMatchObject([{ assigned_to: shop.staff.manager.staff }]);
    const notices = await database.db
      .selectFrom('notices')
      .select(['staff_id', 'kind', 'message_id'])
      .where('shop_id', '=', shop.id)
      .execute();
    expect(notices).toEqual([{ staff_id: shop.staff.manager.staff, kind: 'assigned', message_id: id }]);
    expect((await advisor.post(`/messages/${id}/assignments`, { staff: 999_999 })).status).toBe(422);
    await advisor.post(`/messages/${id}/answers`, { done: 'yes' });
    expect((await messages())[0]?.done_at).not.toBeNull();
    expect((await advisor.get('/messages?view=replies')).text).toContain('No reply waits');
    await advisor.post(`/messages/${id}/answers`, { done: 'no' });
    expect((await messages())[0]?.done_at).toBeNull();
  });
});

describe('a list that is open', () => {
  test('shows what comes and what becomes of it, to the desk of its shop alone', async () => {
    const other = await server.clientOf(await makeShop(database.db, `elsewhere${turn}`), 'manager');
    const [all, replies, foreign] = [
      await TestSocket.open(advisor, 'messages:all'),
      await TestSocket.open(advisor, 'messages:replies'),
      await TestSocket.open(other, 'messages:all'),
    ];
    for (const room of ['messages:none', 'messages:toString', 'messages:', 'messages:all:more'])
      await expect(TestSocket.open(advisor, room), room).rejects.toThrow('refused');
    await expect(TestSocket.open(mechanic, 'messages:all')).rejects.toThrow('refused');

    await write({ subject: 'Is it ready?' });
    await until(() => all.messages.at(-1)?.content.includes('Is it ready?') ?? false, 'what was written');
    const id = await receive();
    await advisor.post(`/messages/${id}/assignments`, { staff: shop.staff.manager.staff });
    await until(() => replies.messages.at(-1)?.content.includes(`id="message-${id}"`) ?? false, 'the reply');
    expect(replies.messages.at(-1)?.content).not.toContain('Is it ready?');
    await advisor.post(`/messages/${id}/answers`, { done: 'yes' });
    await until(() => replies.messages.at(-1)?.content.includes('No reply waits') ?? false, 'that it is done');

    const { version } = replies.messages.at(-1) as Message;
    expect((await advisor.get(`/messages/replies/changes?since=${version}`)).status).toBe(204);
    expect((await advisor.get(`/messages/all/changes?since=${version - 1}`)).text).toContain('Is it ready?');
    expect((await advisor.get('/messages/none/changes')).status).toBe(404);
    expect((await mechanic.get('/messages/all/changes')).status).toBe(403);
    // What has nothing to do with messages is not read anew for them.
    const seen = all.messages.length;
    await createWorkOrder(database.db, shop.staff.advisor, newOrder({}));
    await advisor.post(`/messages/${id}/answers`, { done: 'no' });
    await until(() => all.messages.length > seen, 'that it is not done');
    expect(all.messages.length).toBe(seen + 1);
    expect(foreign.messages).toEqual([]);
    for (const socket of [all, replies, foreign]) socket.close();
  });
});

describe('a card that comes to a column', () => {
  const move = (client: Client, column: number, htmx = true) =>
    client.post(`/work-orders/${number}/moves`, { column: shop.columns[column]?.id ?? 0, after: '' }, { htmx });
  const template = (mode: 'never' | 'ask' | 'always', column: number) =>
    database.db
      .insertInto('message_templates')
      .values({
        ...{ shop_id: shop.id, occasion: 'stage', column_id: shop.columns[column]?.id ?? 0, language: 'en', mode },
        ...{ subject: 'At {stage}', text: '{vehicle} is at {stage}: {link}', short_text: '{stage}' },
      })
      .execute();

  test('of which the customer hears only if somebody says so: the question, and what would be said', async () => {
    expect((await move(advisor, 1)).text).not.toContain('Tell the customer?');
    const { text } = await move(advisor, 3);
    expect(text).toContain(`href="/work-orders/${number}/messages/new?occasion=ready"`);
    expect(text).toContain('Tell the customer?');
    expect(await messages()).toEqual([]);
    // Without scripts it stands on the page after the move.
    await template('ask', 2);
    await move(await server.clientOf(shop, 'manager'), 2, false);
    const manager = await server.clientOf(shop, 'manager');
    await manager.post(`/work-orders/${number}/moves`, { column: shop.columns[2]?.id ?? 0, after: '', reason: 'Not yet' });
    expect((await manager.get('/board')).text).toContain('occasion=stage');
    expect((await advisor.get(`/work-orders/${number}/messages/new?occasion=stage`)).text).toContain('is at Waiting on Parts');
  });

  test('of which they always hear: it is said so, and can be taken back', async () => {
    await template('always', 2);
    const { text } = await move(advisor, 2);
    const [message, ...others] = await messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      subject: 'At Waiting on Parts',
      text: expect.stringMatching(/^2019 Toyota Corolla is at Waiting on Parts: http/),
    });
    expect(text).toContain(`action="/messages/${message?.id}/withdrawals"`);
    await move(mechanic, 1);
    const { text: floor } = await move(mechanic, 2);
    expect(await messages()).toHaveLength(2);
    expect(floor).not.toContain('/withdrawals');
  });
});
