import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bookOne } from '../../testing/appointment-samples.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { listQueries } from '../../testing/queries.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { addCustomer } from '../customers/customers.js';
import { NO_FIELDS } from '../customers/rules.js';
import { createWorkOrder } from '../work-orders/create.js';
import { getWorkOrder } from '../work-orders/details.js';
import { markNoShows } from './no-shows.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let mechanic: Client;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
  advisor = await server.clientOf(shop, 'advisor');
  mechanic = await server.clientOf(shop, 'mechanic');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  await sql`update appointments set state = 'cancelled', ended_at = now() where state in ('requested', 'confirmed')`.execute(database.db);
});

const book = (more: Parameters<typeof bookOne>[2] = {}) => bookOne(database.db, shop.staff.advisor, more);
const read = (id: number) =>
  database.db
    .selectFrom('appointments')
    .select(['state', 'starts_at', 'name', 'place', 'work_order_id', 'customer_id', 'vehicle_id', 'technician_id', 'sequence'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const at = async (id: number) => (await read(id)).starts_at.toISOString();
const DAY = '/calendar?view=day&date=2030-12-03';

describe('the calendar', () => {
  test('of a month with 600 appointments is read in three queries, the session included, and is at most 100 kB', async () => {
    await sql`
      insert into appointments (shop_id, state, kind, starts_at, day, place, hundredths, concern, name, phone, vehicle, booked_at, confirmed_at)
      select ${shop.id}, (array['confirmed', 'requested'])[1 + n % 2], (array['waiting', 'drop-off', 'after-hours', 'ride'])[1 + n % 4],
        '2031-01-01 14:00Z'::timestamptz + make_interval(days => n % 31, mins => n / 31 * 30), '2031-01-01'::date + n % 31, n, 100,
        'It squeals when it is cold and shakes when it is warm', 'Somebody with a long name ' || n, '555 0100', '2019 Toyota Corolla Touring Sports ' || n, now(), now()
      from generate_series(1, 600) n`.execute(database.db);
    const warm = await advisor.get('/calendar?view=month&date=2031-01-15');
    let page = warm;
    const asked = await listQueries(async () => {
      page = await advisor.get('/calendar?view=month&date=2031-01-15');
    });
    expect(page.status).toBe(200);
    expect(page.bytes.length).toBeLessThanOrEqual(100_000);
    expect(page.text.match(/data-appointment="/g)?.length).toBe(31 * 3);
    expect(page.text).toContain('17 more');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length, asked.join('\n\n')).toBeLessThanOrEqual(3);
  });

  test('says state, kind, load and who has room in words, in each view, for everybody of the shop', async () => {
    const id = await book({ technician: shop.staff.mechanic.staff, kind: 'waiting' });
    await sql`update appointments set state = 'requested', confirmed_at = null where id = ${id}`.execute(database.db);
    for (const view of ['day', 'week', 'month']) {
      const { text, status } = await mechanic.get(`/calendar?view=${view}&date=2030-12-03`);
      expect(status).toBe(200);
      expect(text).toContain(`data-appointment="${id}"`);
      expect(text).toContain(`href="/appointments/${id}"`);
      expect(text).toContain('Requested');
      expect(text).toContain('Waits');
      expect(text).toContain('1 of 16 h');
    }
    const day = (await mechanic.get(`${DAY}&by=bay`)).text;
    expect(day).toContain('No bay yet');
    expect(day).not.toContain('data-may-change>');
    expect((await advisor.get(DAY)).text).toContain('data-may-change>');
    // What nobody can read as a day or a view is this week.
    expect((await advisor.get('/calendar?view=year&date=2030-02-31')).status).toBe(200);
  });

  test('shows closed days, and says on empty ones what to do', async () => {
    const { text } = await advisor.get('/calendar?view=day&date=2030-12-07');
    expect(text).toContain('<strong>Closed</strong>');
    expect((await advisor.get('/calendar?view=day&date=2030-12-06')).text).toContain('Nothing is booked for this day');
  });

  test('is pushed to every screen that has the day open, and to no other shop', async () => {
    const id = await book();
    const room = 'calendar:week:2030-12-02';
    const [one, two] = [await TestSocket.open(advisor, room), await TestSocket.open(mechanic, room)];
    await expect(TestSocket.open(advisor, 'calendar:week:2030-12-03')).rejects.toThrow('refused');
    expect((await advisor.post(`/appointments/${id}/moves`, { slot: '2030-12-04T10:00-06:00' })).status).toBe(303);
    const shows = (socket: TestSocket) =>
      /data-at="2030-12-04T10:00-06:00"[^>]*><article[^>]*data-appointment="(\d+)"/.exec(socket.messages.at(-1)?.content ?? '')?.[1];
    for (const socket of [one, two]) await until(() => shows(socket) === String(id), 'the moved appointment');
    const since = one.messages.at(-1)?.version ?? 0;
    const changes = '/calendar/week/2030-12-02/changes?since=';
    expect((await mechanic.get(`${changes}${since}`)).status).toBe(204);
    expect((await mechanic.get(`${changes}${since - 1}`)).text).toContain(`data-appointment="${id}"`);
    for (const socket of [one, two]) socket.close();
  });
});

describe('an appointment', () => {
  test('is moved by form and by what was carried, with the sentence at it when the time is not good', async () => {
    const id = await book();
    const closed = { slot: '2030-12-07T10:00-06:00' };
    const refused = await advisor.post(`/appointments/${id}/moves`, closed, { htmx: true, headers: { 'hx-source': 'div#calendar' } });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(`hx-target="#appointment-${id}"`);
    expect(refused.text).toContain('The shop is closed that day.');
    expect(refused.text).toContain(`/appointments/${id}/moves/new?at=2030-12-07T10%3A00-06%3A00`);
    const form = await advisor.post(`/appointments/${id}/moves`, closed);
    expect(form.text).toContain('Move it all the same');
    expect(await at(id)).toBe('2030-12-03T15:00:00.000Z');
    await advisor.post(`/appointments/${id}/moves`, { ...closed, anyway: 'on', technician: shop.staff.mechanic.staff });
    expect(await at(id)).toBe('2030-12-07T16:00:00.000Z');
    await advisor.post(`/appointments/${id}/moves`, { time: '2030-12-05T11:10', kind: 'ride' });
    expect(await at(id)).toBe('2030-12-05T17:10:00.000Z');
    expect(await read(id)).toMatchObject({ technician_id: shop.staff.mechanic.staff });
    expect((await advisor.post(`/appointments/${id}/moves`, { technician: 999_999 })).status).toBe(422);
    expect((await mechanic.post(`/appointments/${id}/moves`, closed)).status).toBe(403);
  });

  test('offers the free times of a day', async () => {
    const soon = new Date(Date.now() + 8 * 86_400_000);
    while ([0, 6].includes(soon.getUTCDay())) soon.setUTCDate(soon.getUTCDate() + 1);
    const day = soon.toISOString().slice(0, 10);
    const id = await book({ slot: `${day}T15:00Z` });
    const { text } = await advisor.get(`/appointments/${id}/moves/new?date=${day}`);
    const [slot] = /\d{4}-\d\d-\d\dT10:00-0\d:00/.exec(text) ?? [];
    expect(slot).toContain(day);
    expect((await advisor.post(`/appointments/${id}/moves`, { slot: slot ?? '' })).status).toBe(303);
    expect(await at(id)).toBe(new Date(slot ?? '').toISOString());
  });

  test('is confirmed, changed field by field, and cancelled with a reason; its history tells all of it', async () => {
    const id = await book();
    await sql`update appointments set state = 'requested', confirmed_at = null where id = ${id}`.execute(database.db);
    const path = `/appointments/${id}`;
    await advisor.post(`${path}/confirmations`);
    expect((await read(id)).state).toBe('confirmed');
    const was = {
      'original.name': 'Dana Whitfield',
      'original.phone': '555 0142',
      'original.vehicle': '2019 Toyota Corolla',
      'original.hours': '1',
    };
    const mine = { name: 'Dana Whitfield', phone: '555 0142', vehicle: '2019 Toyota Corolla', hours: '1', concern: 'It squeals', ...was };
    expect((await advisor.post(`${path}/edits`, { ...mine, name: 'Dana Miller' })).status).toBe(303);
    const clash = await advisor.post(`${path}/edits`, { ...mine, name: 'Dana Smith' });
    expect(clash.status).toBe(409);
    expect(clash.text).toContain('Dana Miller');
    expect((await advisor.post(`${path}/edits`, { ...mine, phone: '555 0199' })).status).toBe(303);
    expect((await read(id)).name).toBe('Dana Miller');
    await advisor.post(`${path}/cancellations`, { reason: 'Sold it' });
    expect((await read(id)).state).toBe('cancelled');
    const { text } = await mechanic.get(path);
    for (const said of [
      'booked it for Dec 3, 9:00 AM',
      'confirmed it',
      'changed name from “Dana Whitfield” to “Dana Miller”',
      'cancelled it: Sold it',
    ])
      expect(text).toContain(said);
    expect((await advisor.post(`${path}/check-ins`)).status).toBe(409);
  });

  test('of another shop is not found', async () => {
    const id = await book();
    const other = await makeShop(database.db, 'elsewhere');
    const client = await server.clientOf(other, 'manager');
    expect((await client.get(`/appointments/${id}`)).status).toBe(404);
    for (const change of ['moves', 'confirmations', 'cancellations', 'check-ins'])
      expect((await client.post(`/appointments/${id}/${change}`)).status).toBe(404);
    expect((await client.get(DAY)).text).not.toContain(`data-appointment="${id}"`);
    const mine = await book();
    const stranger = (await addCustomer(database.db, other.staff.manager, { ...NO_FIELDS, name: 'Stranger' })).result.customer;
    expect((await advisor.post(`/appointments/${mine}/links`, { who: `customer:${stranger}` })).status).toBe(404);
  });
});

describe('what one should know first', () => {
  test('is said before booking: the vehicle is booked or in the shop, did not come before, the day is full, the work takes longer', async () => {
    const { number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ plate: 'WRN 100', phone: '555 0188 77' })))
      .result;
    const order = await database.db
      .selectFrom('work_orders')
      .select(['vehicle_id', 'customer_id'])
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    const known = { known: order.vehicle_id, customer: order.customer_id };
    const missed = await book({ ...known, slot: '2026-01-05T09:00-06:00' });
    await sql`update appointments set state = 'no-show', ended_at = now() where id = ${missed}`.execute(database.db);
    const first = await book({ ...known, slot: '2030-12-04T09:00-06:00' });
    for (let count = 0; count < 4; count++) await book({ slot: '2030-12-03T09:00-06:00' });
    const fields = { vehicle: order.vehicle_id, time: '2030-12-03T09:00', kind: 'waiting' };
    const refused = await advisor.post('/appointments', fields);
    expect(refused.status).toBe(422);
    for (const said of [
      ...[
        `This vehicle is in the shop now: WO-${number}.`,
        'This vehicle is booked already: Dec 4, 9:00 AM.',
        'did not come once, on Jan 5, 2026',
      ],
      ...['The bays are full that day', '4 customers come at that time already', 'Book it all the same'],
    ])
      expect(refused.text).toContain(said);
    const late = await advisor.post('/appointments', { name: 'Eve', description: 'Van', time: '2030-12-05T16:30', kind: 'waiting' });
    expect(late.text).toContain('It can’t be done the same day: the work takes 1 h, and the shop closes 30 minutes later.');
    const booked = await advisor.post('/appointments', { ...fields, anyway: 'on' });
    expect(booked.status).toBe(303);
    const page = await advisor.get(booked.headers.location as string);
    expect(page.text).toContain(`href="/appointments/${first}"`);
    expect(page.text).toContain('Dana Whitfield');
    expect((await advisor.post('/appointments', { time: '2030-12-05T10:00', kind: 'waiting' })).text).toContain('Who comes?');
  });
});

describe('check-in', () => {
  test('makes one work order with everything carried over, however often it is asked for', async () => {
    const { rows } = await sql<{
      id: number;
    }>`insert into canned_jobs (shop_id, name) values (${shop.id}, 'Oil change') returning id`.execute(database.db);
    const id = await book({ services: [rows[0]?.id as number], technician: shop.staff.mechanic.staff, plate: 'CHK 1', kind: 'waiting' });
    expect((await advisor.post(`/appointments/${id}/check-ins`, { odometer: 'a lot' })).text).toContain('That is not a reading');
    const [first, second] = await Promise.all(
      [1, 2].map(() => advisor.post(`/appointments/${id}/check-ins`, { odometer: '84,512', who: 'new' })),
    );
    expect(first?.headers.location).toMatch(/^\/work-orders\/\d+#work-order-media$/);
    expect(second?.headers.location).toBe(first?.headers.location);
    const number = Number(/\d+/.exec(first?.headers.location ?? '')?.[0]);
    const order = await getWorkOrder(database.db, shop.id, number);
    expect(order).toMatchObject({
      concern: 'It squeals',
      customer: { name: 'Dana Whitfield', phone: '555 0142' },
      vehicle: { description: '2019 Toyota Corolla', plate: 'CHK 1' },
    });
    expect(order.jobs.map(({ name }) => name)).toEqual(['It squeals', 'Oil change']);
    expect(order.mechanic?.id).toBe(shop.staff.mechanic.staff);
    const page = (await advisor.get(`/work-orders/${number}`)).text;
    expect(page).toContain('84,512');
    expect(page).toContain('checked it in: the appointment of Dec 3, 9:00 AM (Waits)');
    expect(await read(id)).toMatchObject({ state: 'arrived' });
    expect((await mechanic.get(DAY)).text).toContain(`WO-${number}`);
    expect((await advisor.post(`/appointments/${id}/moves`, { time: '2030-12-05T11:10' })).status).toBe(409);
  });

  test('finds who it is by phone and plate, and makes nobody twice', async () => {
    const { number } = (
      await createWorkOrder(database.db, shop.staff.advisor, newOrder({ customerName: 'Kim Known', phone: '555 123 4567', plate: 'KNW 1' }))
    ).result;
    const order = await database.db
      .selectFrom('work_orders')
      .select(['vehicle_id', 'customer_id'])
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    const id = await book({ name: 'Kim', phone: '(555) 123-4567', plate: 'knw-1' });
    const { text } = await advisor.get(`/appointments/${id}`);
    expect(text).toContain(`<option value="vehicle:${order.vehicle_id}" selected>`);
    await advisor.post(`/appointments/${id}/check-ins`, { who: `vehicle:${order.vehicle_id}` });
    expect(await read(id)).toMatchObject({ state: 'arrived', ...order });
  });
});

describe('nobody came', () => {
  test('is noted after the shop’s time, once, by two processes at the same moment; whoever comes after all is checked in', async () => {
    const past = await book({ slot: new Date(Date.now() - 3 * 3_600_000).toISOString() });
    const waits = await book({ slot: new Date(Date.now() - 3_600_000).toISOString() });
    await Promise.all([markNoShows(database.db), markNoShows(database.db)]);
    expect([(await read(past)).state, (await read(waits)).state]).toEqual(['no-show', 'confirmed']);
    const events = await database.db.selectFrom('events').select('data').where('kind', '=', 'appointment.no-show').execute();
    expect(events.filter(({ data }) => (data as { appointment: number }).appointment === past)).toHaveLength(1);
    expect((await advisor.get(`/appointments/${past}`)).text).toContain('Came after all');
    expect((await advisor.post(`/appointments/${past}/check-ins`)).status).toBe(303);
    expect((await read(past)).state).toBe('arrived');
  });

  test('can have another time', async () => {
    const id = await book({ slot: new Date(Date.now() - 3 * 3_600_000).toISOString() });
    await markNoShows(database.db);
    expect((await advisor.post(`/appointments/${id}/moves`, { time: '2030-12-05T10:00' })).status).toBe(303);
    expect(await read(id)).toMatchObject({ state: 'confirmed' });
  });
});
