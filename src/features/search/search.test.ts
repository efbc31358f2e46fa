import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { addContact } from '../customers/contacts.js';
import { addCustomer } from '../customers/customers.js';
import { NO_FIELDS } from '../customers/rules.js';
import { NO_FIELDS as NO_VEHICLE } from '../vehicles/rules.js';
import { addVehicle } from '../vehicles/vehicles.js';
import { createWorkOrder } from '../work-orders/create.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let mechanic: Client;
/** Whitfield Plumbing with a truck, in the shop; Иван with nothing. */
let dana: number;
let truck: number;
let ivan: number;
let order: number;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  [dana, truck, order] = await fill(shop);
  const { db } = database;
  ivan = (await addCustomer(db, shop.staff.advisor, { ...NO_FIELDS, name: 'Иван Кузнецов', phone: '030 1234567' })).result.customer;
  await addCustomer(db, shop.staff.advisor, { ...NO_FIELDS, name: '王伟' });
  await addCustomer(db, shop.staff.advisor, { ...NO_FIELDS, name: 'Zoë Smith' });
  await fill(await makeShop(db, 'other'));
  advisor = await server.clientOf(shop, 'advisor');
  mechanic = await server.clientOf(shop, 'mechanic');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** The same in every shop, so that whatever is found of another one shows. */
async function fill({ staff }: TestShop): Promise<[customer: number, vehicle: number, order: number]> {
  const { db } = database;
  const fields = { ...NO_FIELDS, kind: 'company', name: 'Dana Whitfield', company: 'Rocket Plumbing', phone: '(312) 555-0142' };
  const { customer } = (await addCustomer(db, staff.advisor, fields)).result;
  await addContact(db, staff.advisor, customer, { name: 'Lee Quist', role: 'Fleet', phone: '+1 773.555.0199', email: '' });
  const given = {
    ...NO_VEHICLE,
    description: '2019 Ford F-150',
    plate: 'ABC 1234',
    vin: '1M8GDM9AXKP042788',
    unitNumber: 'T-17',
    serial: 'SN/99',
  };
  const { vehicle } = (await addVehicle(db, staff.advisor, customer, given)).result;
  const { number } = (await createWorkOrder(db, staff.advisor, newOrder({ vehicle }))).result;
  return [customer, vehicle, number];
}

/** What was found, as the marks that a script would read. */
async function found(client: Client, text: string): Promise<string[]> {
  const reply = await client.get(`/search?q=${encodeURIComponent(text)}`);
  expect(reply.status, text).toBe(200);
  return [...reply.text.matchAll(/data-(work-order|vehicle|customer)="(\d+)"/g)].map((match) => `${match[1]} ${match[2]}`);
}

describe('C5: one box finds', () => {
  test.each(['ABC 1234', 'abc1234', 'a-b-c 12.34', 'bc12', '1M8GDM9AXKP042788', 'kp042788', 'T-17', 't-17', 'sn/99'])(
    'the vehicle by %s',
    async (text) => {
      expect(await found(advisor, text)).toEqual(expect.arrayContaining([`vehicle ${truck}`, `work-order ${order}`]));
      expect(await found(mechanic, text)).toEqual(expect.arrayContaining([`vehicle ${truck}`, `work-order ${order}`]));
    },
  );

  test.each([
    ...['(312) 555-0142', '3125550142', '+1 (312) 555 0142', '001 312 555 0142', '555 0142', '5550142'],
    ...['7735550199', '(773) 555-0199', '+17735550199', 'Lee Quist', 'lee qist', 'quist'],
    ...['Dana Whitfield', 'whitfield', 'Whitfeild', 'whitfild', 'dana witfield', 'WHITFIELD', 'Dnaa', 'Wihtfield'],
    ...['Rocket Plumbing', 'rocket', 'Rokcet', 'Rocket Plumbling', 'plumbing rocket'],
  ])('the customer by %s', async (text) => {
    expect(await found(advisor, text)).toContain(`customer ${dana}`);
  });

  test.each(['Иван', 'иван', 'Кузнецов', 'Кузнецв', '+49 30 1234567', '0301234567'])(
    'whoever has another script or country, by %s',
    async (text) => {
      expect(await found(advisor, text)).toContain(`customer ${ivan}`);
    },
  );

  test('names with and without accents, and of two letters', async () => {
    expect(await found(advisor, 'zoe')).toHaveLength(1);
    expect(await found(advisor, 'Zoë')).toHaveLength(1);
    expect(await found(advisor, 'smtih')).toHaveLength(1);
    expect(await found(advisor, '王伟')).toHaveLength(1);
  });

  test.each(['1001', 'WO-1001', 'wo1001', '#1001'])('the work order by %s, first', async (text) => {
    expect((await found(advisor, text))[0]).toBe(`work-order ${order}`);
  });

  test('the work order by the number of its invoice, with and without its prefix', async () => {
    const { db } = database;
    await db.updateTable('work_orders').set({ invoice_number: 7007 }).where('shop_id', '=', shop.id).where('number', '=', order).execute();
    await db.updateTable('billing_settings').set({ invoice_prefix: 'RP/' }).where('shop_id', '=', shop.id).execute();
    for (const text of ['7007', 'INV-7007', 'rp/7007', 'RP 7007'])
      expect(await found(advisor, text), text).toEqual([`work-order ${order}`]);
    expect(await found(advisor, 'XY-7007')).toEqual([]);
  });

  test('nothing of another shop, and nothing that is not there', async () => {
    for (const text of ['ABC1234', 'whitfield', '5550142', '1001', 'rocket', 'T-17']) {
      const keys = (await found(advisor, text)).map((hit) => Number(hit.split(' ')[1]));
      for (const key of keys) expect([dana, truck, order, ivan], text).toContain(key);
    }
    expect(await found(advisor, 'zzzz')).toEqual([]);
    expect((await advisor.get('/search?q=zzzz')).text).toContain('Nothing like that is here.');
  });
});

describe('the search', () => {
  test('goes straight to the work order whose number was typed into the box', async () => {
    expect(await advisor.get('/search?go=1&q=1001')).toMatchObject({ status: 303, headers: { location: '/work-orders/1001' } });
    expect((await advisor.get('/search?go=1&q=whitfield')).status).toBe(200);
    expect((await advisor.get('/search?go=1&q=99999')).status).toBe(200);
    // What is asked while one types only shows.
    expect((await advisor.get('/search?go=1&q=1001', { htmx: true })).text).toMatch(/^<ul class="hits">/);
  });

  test('shows a mechanic no customers, and names only on work orders that are here', async () => {
    expect(await found(mechanic, 'whitfeild')).toEqual([`work-order ${order}`]);
    expect(await found(mechanic, 'Иван')).toEqual([]);
    expect(await found(mechanic, '0301234567')).toEqual([]);
    const { text } = await mechanic.get('/search?q=ABC1234');
    const vehicle = /<li data-vehicle.*?<\/li>/s.exec(text)?.[0];
    expect(vehicle).toContain('2019 Ford F-150');
    expect(vehicle).not.toMatch(/Dana|Rocket|555/);
  });

  test('takes whatever is typed', async () => {
    const odd = ['%', '%%%', '_', '\\', "'", '"; drop table', '$1', '(a+)+$', '<b>', '{{7*7}}', '\u202eabc', '🛻🛻', 'x'.repeat(100), '-'];
    for (const text of odd) expect((await advisor.get(`/search?q=${encodeURIComponent(text)}`)).status, text).toBe(200);
    expect(await found(advisor, '%%%')).toEqual([]);
    expect(await found(advisor, 'w%d')).toEqual([]);
    for (const query of ['q=a%00b', `q=${'x'.repeat(101)}`, 'q=a&q=b', 'q[a]=b'])
      expect([200, 422], query).toContain((await advisor.get(`/search?${query}`)).status);
  });

  test('is in the header of every page, and on the board without live results', async () => {
    expect((await advisor.get('/customers')).text).toContain('hx-get="/search"');
    const board = (await advisor.get('/board')).text;
    expect(board).toContain('action="/search"');
    expect(board).not.toContain('hx-get="/search"');
  });

  test('leaves out what was put together with another', async () => {
    const { db } = database;
    const { customer } = (await addCustomer(db, shop.staff.advisor, { ...NO_FIELDS, name: 'Quintessa Double' })).result;
    const mark = (into: number | null) => db.updateTable('customers').set({ merged_into_id: into }).where('id', '=', customer).execute();
    expect(await found(advisor, 'quintessa')).toEqual([`customer ${customer}`]);
    await mark(dana);
    expect(await found(advisor, 'quintessa')).toEqual([]);
    expect((await advisor.get('/work-orders/matches?find=quintessa')).text).not.toContain('Quintessa');
  });

  test('and the form for a new work order find the same', async () => {
    for (const text of ['kp042788', 'abc1234', '7735550199', 'whitfeild', 't-17'])
      expect((await advisor.get(`/work-orders/matches?find=${encodeURIComponent(text)}`)).text, text).toContain(
        `name="vehicle" value="${truck}"`,
      );
    expect((await advisor.get('/work-orders/matches?find=%D0%98%D0%B2%D0%B0%D0%BD')).text).toContain(`name="customer" value="${ivan}"`);
  });
});
