import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { cancelAppointment } from '../appointments/changing.js';
import { retry } from '../messages/acts.js';
import { recordConsent } from '../messages/consents.js';
import { createWorkOrder } from '../work-orders/create.js';
import { noteDue } from './services-due.js';
import { remind } from './task.js';

const DAY = 86_400_000;
let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number = 0;
let vehicle = 0;
let customer = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
/** A shop with a customer who was here, agreed to advertising, and whose vehicle is not in the shop. */
beforeEach(async () => {
  shop = await makeShop(database.db, `shop-${Date.now()}`);
  const email = 'dana@customer.test';
  ({ number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ email }))).result);
  const row = await sql<{ customer_id: number; vehicle_id: number }>`
    update work_orders set rank = null, handed_over_at = now() - interval '31 days' where shop_id = ${shop.id} and number = ${number}
    returning customer_id, vehicle_id`.execute(database.db);
  ({ customer_id: customer, vehicle_id: vehicle } = row.rows[0] as { customer_id: number; vehicle_id: number });
  await sql`update message_settings set remind_declined_days = 30 where shop_id = ${shop.id}`.execute(database.db);
  for (const occasion of ['declined', 'due'])
    await sql`insert into message_templates (shop_id, occasion, language, mode, subject, text, short_text)
      values (${shop.id}, ${occasion}, 'en', 'always', '{work}', '{work}: {link}', '{work}')`.execute(database.db);
  const words = { channel: 'mail' as const, address: email, topic: 'marketing' as const, isGranted: true };
  await change(database.db, shop.staff.advisor, {}, async (tx) => recordConsent(tx, { ...words, saidBy: 'staff', words: '', customer }));
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const run = () => remind(server.app.services, shop.id, 'America/Chicago');
const written = async () =>
  (
    await sql<{ occasion: string; text: string }>`select occasion, text from messages where shop_id = ${shop.id} order by id`.execute(
      database.db,
    )
  ).rows;
async function book(hours: number, state = 'confirmed'): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into appointments (shop_id, state, kind, starts_at, day, place, hundredths, name, email, vehicle, customer_id, booked_at)
    values (${shop.id}, ${state}, 'waiting', now() + make_interval(hours => ${hours}), current_date, 1, 100, 'Dana', 'dana@customer.test', 'Corolla',
      ${customer}, now() - interval '9 days') returning id`.execute(database.db);
  return rows[0]?.id as number;
}

describe('an appointment', () => {
  test('is reminded of once, by two processes at the same time, too', async () => {
    await book(20);
    await Promise.all([run(), run(), run()]);
    await run();
    expect(await written()).toMatchObject([{ occasion: 'reminder' }]);
  });

  test('that is far away, not confirmed, cancelled or booked only now is not', async () => {
    await book(30);
    await book(21, 'requested');
    const cancelled = await book(22);
    await change(database.db, shop.staff.advisor, {}, (tx) => cancelAppointment(tx, cancelled, ''));
    const late = await book(23);
    await sql`update appointments set booked_at = now() where shop_id = ${shop.id} and id = ${late}`.execute(database.db);
    await run();
    expect((await written()).map(({ occasion }) => occasion)).toEqual(['cancelled']);
  });
});

describe('declined work', () => {
  const decline = () => sql`update jobs set consent = 'declined', consent_at = now() where shop_id = ${shop.id}`.execute(database.db);

  test('is reminded of once, so many days after', async () => {
    await decline();
    await run();
    await run();
    expect(await written()).toMatchObject([{ occasion: 'declined', text: expect.stringContaining('It squeals') }]);
  });

  test('in a shop that wants to be asked waits for a yes', async () => {
    const { db } = database;
    await sql`update message_templates set mode = 'ask' where shop_id = ${shop.id}`.execute(db);
    await decline();
    await run();
    await run();
    const { id } = await db
      .selectFrom('messages')
      .select('id')
      .where('shop_id', '=', shop.id)
      .where('state', '=', 'by-hand')
      .executeTakeFirstOrThrow();
    await expect(retry(db, shop.staff.advisor, id)).rejects.toThrow('It does not wait');
    await sql`insert into message_channels (channel) values ('mail')`.execute(db);
    await retry(db, shop.staff.advisor, id);
    await sql`delete from message_channels`.execute(db);
    const told = db.selectFrom('events').select('data').where('shop_id', '=', shop.id).where('kind', '=', 'message.retried');
    expect((await told.executeTakeFirstOrThrow()).data).toMatchObject({ message: id, isFirst: true });
  });

  test.each([
    ['of who did not agree to advertising', () => sql`delete from message_consents where shop_id = ${shop.id}`.execute(database.db)],
    ['of whom an appointment is expected', () => book(200)],
    ['of a vehicle that is in the shop', () => createWorkOrder(database.db, shop.staff.advisor, newOrder({ customer, vehicle }))],
    ['in a shop that tells nobody', () => sql`update message_templates set mode = 'never' where shop_id = ${shop.id}`.execute(database.db)],
    ['that is younger', () => sql`update message_settings set remind_declined_days = 90 where shop_id = ${shop.id}`.execute(database.db)],
    [
      'in a shop that does not remind',
      () => sql`update message_settings set remind_declined_days = null where shop_id = ${shop.id}`.execute(database.db),
    ],
  ])('%s is not', async (_name, arrange) => {
    await decline();
    await arrange();
    await run();
    expect(await written()).toEqual([]);
  });
});

test('a service that is due by date or by distance is reminded of, and one that was done is not', async () => {
  const { db } = database;
  const day = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
  await noteDue(db, shop.staff.advisor, vehicle, { what: 'Inspection', on: day(10), tenths: null });
  await noteDue(db, shop.staff.advisor, vehicle, { what: 'Coolant', on: day(60), tenths: null });
  await noteDue(db, shop.staff.advisor, vehicle, { what: 'Oil', on: null, tenths: 500_000 });
  await noteDue(db, shop.staff.advisor, vehicle, { what: 'Belt', on: null, tenths: 900_000 });
  await sql`insert into meter_readings (shop_id, meter_id, work_order_id, moment, tenths, at)
    select w.shop_id, (select id from meters m where m.shop_id = w.shop_id and m.vehicle_id = w.vehicle_id order by position, id limit 1), w.id, 'in', 500010, now()
    from work_orders w where w.shop_id = ${shop.id}`.execute(db);
  await run();
  await run();
  expect((await written()).map(({ text }) => text.split(':')[0])).toEqual(['Inspection', 'Oil']);

  const advisor = await server.clientOf(shop, 'advisor');
  const at = `/vehicles/${vehicle}/services`;
  const [, coolant] = /services\/(\d+)\/endings"><button aria-label="Done: Coolant"/.exec((await advisor.get(at)).text) ?? [];
  expect((await advisor.post(`${at}/${coolant}/endings`)).status).toBe(303);
  expect((await advisor.get(at)).text).not.toContain('Coolant');
  expect((await advisor.post(at, { what: 'Filter' })).text).toContain('Please give a day, a distance, or both.');
  expect((await advisor.post(at, { what: 'Filter', distance: '90,000' })).status).toBe(303);
  expect((await advisor.get(at)).text).toContain('90,000');
});

/** Readings of other vehicles' visits, so many days ago. */
const readings = (read: [number, number][]) => sql`
  with visit as (
    insert into work_orders (shop_id, number, customer_id, vehicle_id, column_id, concern, created_at, column_since, handed_over_at)
    select w.shop_id, w.number + n, w.customer_id, w.vehicle_id, w.column_id, '', now(), now(), now()
    from work_orders w, generate_series(1, ${read.length}::int) n where w.shop_id = ${shop.id} returning shop_id, id, vehicle_id, number
  )
  insert into meter_readings (shop_id, meter_id, work_order_id, moment, tenths, at)
  select visit.shop_id, (select id from meters m where m.shop_id = visit.shop_id and m.vehicle_id = visit.vehicle_id order by position, id limit 1),
    visit.id, 'in', (one.value->>1)::int, now() - make_interval(days => (one.value->>0)::int)
  from visit join jsonb_array_elements(${JSON.stringify(read)}::jsonb) with ordinality one (value, n) on one.n = visit.number - ${number}::int`;

test.each<[string, [number, number][], number]>([
  ['read once shows what it showed', [[100, 5000]], 5000],
  [
    'is thought on from how it went',
    [
      [200, 1000],
      [100, 2000],
    ],
    3000,
  ],
  [
    'of two years ago, too, but not longer',
    [
      [900, 100],
      [200, 1000],
      [100, 2000],
    ],
    3000,
  ],
  [
    'read twice in a week says no more than that',
    [
      [104, 1000],
      [100, 2000],
    ],
    2000,
  ],
  [
    'that was put back goes neither on nor back',
    [
      [200, 9000],
      [100, 2000],
    ],
    2000,
  ],
])('an odometer %s', async (_name, read, tenths) => {
  await readings(read).execute(database.db);
  for (const due of [tenths - 1, tenths, tenths + 1])
    await noteDue(database.db, shop.staff.advisor, vehicle, { what: String(due), on: null, tenths: due });
  await run();
  expect((await written()).map(({ text }) => Number(text.split(':')[0]))).toEqual([tenths - 1, tenths]);
});

test('an odometer that was never read, no service is due by', async () => {
  await noteDue(database.db, shop.staff.advisor, vehicle, { what: 'Oil', on: null, tenths: 1 });
  await run();
  expect(await written()).toEqual([]);
});

describe('whoever may not be written to keeps nobody from their turn', () => {
  /** 250 that are due before the one who agreed, whose own is of the same day. */
  const crowd = async (email: string, phone = '') => {
    await sql`
      with people as (
        insert into customers (shop_id, name, email, phone)
        select ${shop.id}, 'Customer ' || n, ${email}, ${phone} from generate_series(1, 250) n returning id
      ), theirs as (
        insert into vehicles (shop_id, customer_id, description) select ${shop.id}, id, 'Van' from people returning id
      )
      insert into service_due (shop_id, vehicle_id, what, due_on, noted_at) select ${shop.id}, id, 'Oil', current_date, now() from theirs`.execute(
      database.db,
    );
    await noteDue(database.db, shop.staff.advisor, vehicle, { what: 'Brakes', on: new Date().toISOString().slice(0, 10), tenths: null });
  };
  const say = (topic: 'service' | 'marketing', isGranted: boolean) =>
    change(database.db, shop.staff.advisor, {}, async (tx) =>
      recordConsent(tx, { channel: 'mail', address: 'crowd@customer.test', topic, isGranted, saidBy: 'staff', words: '', customer: null }),
    );

  test.each<[string, string, () => Promise<unknown>]>([
    ['who never agreed', 'crowd@customer.test', async () => {}],
    ['who took it back', ' Crowd@Customer.test ', () => say('marketing', true).then(() => say('marketing', false))],
    ['who stopped all', 'crowd@customer.test', () => say('marketing', true).then(() => say('service', false))],
    ['who has no address', '', async () => {}],
    ['whose address is none', 'crowd@customer.test, other@customer.test', async () => {}],
  ])('%s', async (_name, email, arrange) => {
    await arrange();
    await crowd(email);
    await run();
    expect((await written()).map(({ text }) => text.split(':')[0])).toEqual(['Brakes']);
  });

  test('and of those who agreed all are reminded, 200 at a time', async () => {
    await say('marketing', true);
    await crowd('crowd@customer.test');
    await run();
    expect(await written()).toHaveLength(200);
    await run();
    expect(await written()).toHaveLength(251);
  });
});
