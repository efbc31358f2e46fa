import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { block } from '../work-orders/blocks.js';
import { createWorkOrder } from '../work-orders/create.js';
import { readToday } from './today.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let other: TestShop;
let advisor: Client;

const HOUR = 3_600_000;
const soon = (hours: number) => new Date(Date.now() + hours * HOUR);
const open = async (more: Parameters<typeof newOrder>[0], of = shop) =>
  (await createWorkOrder(database.db, of.staff.advisor, newOrder(more))).result.number;
/** The numbers in a section of the page. */
const numbersIn = (page: string, section: string) => {
  const [, inside = ''] = new RegExp(`id="today-${section}"([\\s\\S]*?)</section>`).exec(page) ?? [];
  return [...inside.matchAll(/href="\/work-orders\/(\d+)">\d+</g)].map(([, number]) => Number(number));
};

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  other = await makeShop(database.db, 'other');
  advisor = await server.clientOf(shop, 'advisor');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

test('an empty morning says so, section by section', async () => {
  const page = (await advisor.get('/today')).text;
  for (const sentence of ['Nobody is booked for today.', 'No promise is broken.', 'Nothing is blocked.', 'Every reply is answered.'])
    expect(page).toContain(sentence);
});

test('what needs somebody is there, live, and only that of one’s own shop', async () => {
  const socket = await TestSocket.open(advisor, 'today');
  const late = await open({ promisedAt: soon(-1), mechanic: shop.staff.mechanic.staff });
  await open({ promisedAt: soon(-1), customerName: 'Foreign' }, other);
  const blocked = await open({ promisedAt: soon(200) });
  await block(database.db, shop.staff.advisor, blocked, { reason: 'parts', note: 'The belt' });
  await until(() => socket.messages.some(({ content }) => content.includes('The belt')), 'the push');
  const asked = await open({});
  await sql`update work_orders set customer_state = 'sent', customer_state_at = now() - interval '3 hours' where number = ${asked} and shop_id = ${shop.id}`.execute(
    database.db,
  );
  await database.db
    .insertInto('messages')
    .values({
      ...{ shop_id: shop.id, direction: 'in', channel: 'sms', state: 'received', address: '+15550142', name: 'Dana', text: 'On my way' },
      ...{ due_at: new Date(), written_at: new Date() },
    })
    .execute();
  const page = (await advisor.get('/today')).text;
  expect(numbersIn(page, 'late')).toEqual([late]);
  expect(numbersIn(page, 'blocked')).toEqual([blocked]);
  expect(numbersIn(page, 'asked')).toEqual([asked]);
  expect(page).toContain('On my way');
  expect(page).not.toContain('Foreign');
  socket.close();

  const mechanic = (await (await server.clientOf(shop, 'mechanic')).get('/today')).text;
  expect(numbersIn(mechanic, 'late')).toEqual([late]);
  expect(numbersIn(mechanic, 'blocked')).toEqual([]);
  expect(mechanic).not.toMatch(/On my way|tel:|Waiting for approval/);
});

test('of whom comes today the page says when, and whether they are here', async () => {
  const { rows } = await sql<{ day: string }>`select (now() at time zone 'America/Chicago')::date::text as day`.execute(database.db);
  const add = (name: string, hour: string, place: number, more: object = {}) =>
    database.db
      .insertInto('appointments')
      .values({
        ...{ shop_id: shop.id, state: 'confirmed', kind: 'waiting', day: rows[0]?.day as string, place, hundredths: 100, name },
        starts_at: sql<Date>`${`${rows[0]?.day} ${hour}`}::timestamp at time zone 'America/Chicago'`,
        ...{ vehicle: 'Van', booked_at: new Date(), ...more },
      })
      .execute();
  await add('Second', '10:00', 1);
  await add('First', '08:00', 1);
  await add('Gone', '09:00', 1, { state: 'cancelled', ended_at: new Date() });
  await add('Later', '10:00', 2, { state: 'requested', day: '2099-12-01', starts_at: new Date('2099-12-01T15:00Z') });
  await add('Settled', '10:00', 3, { day: '2099-12-01', starts_at: new Date('2099-12-01T15:00Z') });
  const { arrivals, requests } = await readToday(database.db, shop.id, null);
  expect(requests.map(({ name }) => name)).toEqual(['Later']);
  expect(arrivals.map(({ name }) => name)).toEqual(['First', 'Second']);
  expect((await readToday(database.db, shop.id, shop.staff.mechanic.staff)).arrivals).toEqual([]);
  expect((await readToday(database.db, other.id, null)).arrivals).toEqual([]);
  expect((await advisor.get('/today')).text).toMatch(/8:00 AM[\s\S]*First[\s\S]*10:00 AM[\s\S]*Second/);
});

test('of what is more than can be shown it says where the rest is: requests in the calendar, replies among the messages, cars on the board', async () => {
  const crowded = await makeShop(database.db, 'crowded');
  const { db } = database;
  await sql`insert into appointments (shop_id, state, kind, starts_at, day, place, hundredths, name, vehicle, booked_at)
    select ${crowded.id}, 'requested', 'waiting', at, at::date, 1, 100, 'Asks ' || n, 'Van', now()
    from (select n, '2099-01-01 18:00Z'::timestamptz + make_interval(days => n) as at from generate_series(1, 33) n) of_day`.execute(db);
  await sql`insert into messages (shop_id, direction, channel, state, address, text, due_at, written_at)
    select ${crowded.id}, 'in', 'sms', 'received', '+15550142', 'Reply ' || n, now(), now() from generate_series(1, 31) n`.execute(db);
  const number = await open({ promisedAt: soon(-1) }, crowded);
  await sql`insert into work_orders (shop_id, number, customer_id, vehicle_id, column_id, rank, concern, created_at, column_since, promised_at)
    select shop_id, number + n, customer_id, vehicle_id, column_id, rank + n * 1000, '', created_at, column_since, promised_at
    from work_orders, generate_series(1, 30) n where shop_id = ${crowded.id} and number = ${number}`.execute(db);
  const page = (await (await server.clientOf(crowded, 'advisor')).get('/today')).text;
  const rest = [...page.matchAll(/and (\d+) more <a href="([^"]+)">([^<]+)</g)].map(([, ...found]) => found.join(' | '));
  expect(rest.sort()).toEqual([
    '1 | /board | on the board',
    '1 | /messages?view=replies | among the messages',
    '3 | /calendar?view=month&amp;date=2099-02-01 | in the calendar',
  ]);
});

test('takes four queries, with five hundred work orders as with five', async () => {
  const number = await open({});
  await sql`insert into work_orders (shop_id, number, customer_id, vehicle_id, column_id, rank, concern, created_at, column_since, promised_at)
    select shop_id, number + 1000 + n, customer_id, vehicle_id, column_id, rank + n * 1000, '', created_at, column_since, now() + make_interval(hours => n)
    from work_orders, generate_series(1, 500) n where shop_id = ${shop.id} and number = ${number}`.execute(database.db);
  let queries = 0;
  const counted = database.db.withPlugin({
    transformQuery: ({ node }) => {
      queries++;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const { late, danger } = await readToday(counted, shop.id, null);
  expect([late.length, danger.length, queries]).toEqual([1, 0, 4]);
  expect((await advisor.get('/today')).status).toBe(200);
});
