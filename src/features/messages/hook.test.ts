import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { createWorkOrder } from '../work-orders/create.js';
import { mayWrite, recordConsent } from './consents.js';
import { InKeys } from './hook.js';

let database: TestDatabase;
let server: TestServer;
let keys: InKeys;
let shop: TestShop;
let turn = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  keys = new InKeys(server.app.services.config.sessionSecrets);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turn}`);
});

const open = async (more = {}) =>
  (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ phone: '(815) 555-0142', email: 'Dana@home.test', ...more }))).result;
const sent = async (workOrder: number, outsideId: string) => {
  const at = new Date();
  const row = {
    direction: 'out' as const,
    channel: 'mail' as const,
    state: 'sent' as const,
    address: 'x@y.test',
    text: 'Ready',
    due_at: at,
    written_at: at,
  };
  const whose = { shop_id: shop.id, work_order_id: workOrder, outside_id: outsideId, written_by: shop.staff.manager.staff };
  return (
    await database.db
      .insertInto('messages')
      .values({ ...row, ...whose })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id;
};
const hand = (
  data: object,
  { secret = keys.secret(shop.id), token = keys.token(shop.id), type = 'message.received', at = new Date() } = {},
) => {
  const body = JSON.stringify({ type, data: { channel: 'sms', id: randomUUID(), from: '+1 815 555 0142', text: 'Can I come?', ...data } });
  const id = randomUUID();
  const signature = new Webhook(secret).sign(id, at, body);
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': signature };
  return server.client().send('POST', `/hooks/messages/${token}`, { body, headers: { 'content-type': 'application/json', ...headers } });
};
const received = async () =>
  (
    await sql<{ id: number; number: number | null; text: string; name: string; direction: string; answers: number | null; done: boolean }>`
      select m.id, w.number, m.text, m.name, m.direction, m.answers_id as answers, m.done_at is not null as done
      from messages m left join work_orders w on w.shop_id = m.shop_id and w.id = m.work_order_id
      where m.shop_id = ${shop.id} and (m.direction = 'in' or m.occasion = 'stop') order by m.id`.execute(database.db)
  ).rows;
const idOf = async (number: number) =>
  (
    await database.db
      .selectFrom('work_orders')
      .select('id')
      .where('shop_id', '=', shop.id)
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
  ).id;

test('a reply lands on the work order that it answers, and who wrote is told; else on the newest open one of whoever has the address', async () => {
  const [first, second] = [await open(), await open({ customerName: 'Dana Whitfield' })];
  const message = await sent(await idOf(first.number), '<abc@shop.test>');
  expect(await hand({ channel: 'mail', from: 'somebody@else.test', in_reply_to: '<x@y> <abc@shop.test>' })).toMatchObject({ status: 200 });
  expect(await hand({})).toMatchObject({ status: 200 });
  expect(await hand({ channel: 'mail', from: 'DANA@home.test' })).toMatchObject({ status: 200 });
  expect(await hand({ from: '+49 30 1234567', in_reply_to: ['<unknown@shop.test>'] })).toMatchObject({ status: 200 });
  expect(await received()).toMatchObject([
    { number: first.number, answers: message },
    { number: second.number, answers: null, name: 'Dana Whitfield' },
    { number: second.number },
    { number: null },
  ]);
  const notices = await database.db
    .selectFrom('notices')
    .select(['staff_id', 'kind'])
    .where('shop_id', '=', shop.id)
    .orderBy('id')
    .execute();
  expect(notices[0]).toEqual({ staff_id: shop.staff.manager.staff, kind: 'message' });
  const advisor = await server.clientOf(shop, 'advisor');
  const page = await advisor.get(`/work-orders/${first.number}`);
  expect(page.text).toContain('Can I come?');
  expect(page.text).toContain('Mark as done');
});

test('it is taken once, also when it comes twice at the same moment', async () => {
  await open();
  const replies = await Promise.all([1, 2, 3].map(() => hand({ id: 'SM43' })));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
  expect(await received()).toHaveLength(1);
});

test('a yes is for a person, and so is what may be about the appointment; after STOP nothing is offered to be sent by hand', async () => {
  const { number } = await open();
  const byHand = { direction: 'out', channel: 'sms', state: 'by-hand', address: '8155550142', text: 'It is ready' } as const;
  const times = { shop_id: shop.id, due_at: new Date(), written_at: new Date(), work_order_id: await idOf(number) };
  const { id } = await database.db
    .insertInto('messages')
    .values({ ...byHand, ...times })
    .returning('id')
    .executeTakeFirstOrThrow();
  await hand({ id: 'SM50', text: 'Yes' });
  await hand({ id: 'SM51', text: 'Cancel.' });
  await hand({ id: 'SM52', text: 'STOP' });
  const replies = (await received()).filter(({ direction }) => direction === 'in');
  expect(replies.map(({ text, done }) => [text, done])).toEqual([
    ['Yes', false],
    ['Cancel.', false],
    ['STOP', true],
  ]);
  const state = database.db.selectFrom('messages').select('state').where('shop_id', '=', shop.id).where('id', '=', id);
  expect(await state.executeTakeFirst()).toEqual({ state: 'withdrawn' });
});

test('nothing is taken that is not signed for this shop, now, or can’t be read', async () => {
  const other = await makeShop(database.db, `other${turn}`);
  expect((await hand({}, { secret: keys.secret(other.id) })).status).toBe(401);
  expect((await hand({}, { at: new Date(Date.now() - 600_000) })).status).toBe(401);
  expect((await hand({}, { token: `${shop.id}-${'x'.repeat(32)}` })).status).toBe(404);
  expect((await hand({}, { token: keys.token(other.id) })).status).toBe(401);
  expect((await hand({ from: '' })).status).toBe(422);
  expect((await hand({ from: 7 })).text).toContain('data.from');
  expect((await hand({}, { type: 'message.sent' })).status).toBe(422);
  expect(await received()).toEqual([]);
  // Whatever stands in it, it is text.
  expect((await hand({ text: 'a\0b <script>\ud800', name: '\0' })).status).toBe(200);
  const advisor = await server.clientOf(shop, 'advisor');
  expect((await advisor.get('/messages')).text).toContain('ab &lt;script&gt;\ufffd');
});

test('STOP ends it for that number however it is written, START begins it again, and each is confirmed', async () => {
  const { number } = await open();
  await sql`insert into message_channels values ('sms') on conflict do nothing`.execute(database.db);
  const yes = { channel: 'sms', topic: 'service', isGranted: true, saidBy: 'staff', words: 'yes', customer: null } as const;
  await change(database.db, shop.staff.advisor, {}, (tx) => recordConsent(tx, { ...yes, address: '(815) 555-0142' }));
  const may = () => mayWrite(database.db, shop.id, 'sms', '815 555 0142', 'service');
  expect(await may()).toBe(true);
  await hand({ text: ' Stop. ' });
  expect(await may()).toBe(false);
  expect(await received()).toMatchObject([
    { direction: 'in', number, done: true },
    { direction: 'out', number, text: expect.stringContaining('no more messages') },
  ]);
  await hand({ text: 'START' });
  expect(await may()).toBe(true);
  await hand({ text: 'Stop by tomorrow?' });
  expect(await may()).toBe(true);
  await sql`delete from message_channels`.execute(database.db);
});

test('STOP of a number with its country ends it for the customer who is written without, and what waits to be sent by hand is gone', async () => {
  const { number } = await open({ phone: '06 12 34 56 78', customerName: 'Zoé Martin' });
  const say = { channel: 'sms', topic: 'service', isGranted: true, saidBy: 'staff', words: 'oui', customer: null } as const;
  await change(database.db, shop.staff.advisor, {}, (tx) => recordConsent(tx, { ...say, address: '06 12 34 56 78' }));
  const may = () => mayWrite(database.db, shop.id, 'sms', '06 12 34 56 78', 'service');
  expect(await may()).toBe(true);
  const at = new Date();
  const byHand = { direction: 'out', channel: 'sms', state: 'by-hand', address: '0612345678', text: 'Prête' } as const;
  await database.db
    .insertInto('messages')
    .values({ ...byHand, shop_id: shop.id, due_at: at, written_at: at })
    .execute();
  expect(await hand({ from: '+33612345678', text: 'STOP' })).toMatchObject({ status: 200 });
  expect(await may()).toBe(false);
  expect(await received()).toMatchObject([{ direction: 'in', number, name: 'Zoé Martin', done: true }]);
  const ours = database.db.selectFrom('messages').select('state').where('shop_id', '=', shop.id).where('direction', '=', 'out');
  expect(await ours.execute()).toEqual([{ state: 'withdrawn' }]);
  const advisor = await server.clientOf(shop, 'advisor');
  expect((await advisor.get(`/work-orders/${number}/messages/new?channel=sms`)).text).toContain('They want no more messages there.');
  await hand({ from: '+33612345678', text: 'START' });
  expect(await may()).toBe(true);
});

test('STOP from another mailbox ends it also for the one that the message went to, and so does START begin it', async () => {
  await sent(await idOf((await open()).number), '<went@shop.test>');
  const may = (address: string) => mayWrite(database.db, shop.id, 'mail', address, 'service');
  const answer = { channel: 'mail', from: 'dana@work.test', in_reply_to: '<went@shop.test>' };
  await hand({ ...answer, text: 'Stop' });
  expect([await may('x@y.test'), await may('dana@work.test'), await may('dana@home.test')]).toEqual([false, false, true]);
  await hand({ ...answer, text: 'Start' });
  expect([await may('x@y.test'), await may('dana@work.test')]).toEqual([true, true]);
});
