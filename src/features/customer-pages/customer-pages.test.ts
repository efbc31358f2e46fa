import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { addCustomer } from '../customers/customers.js';
import { mergeCustomers } from '../customers/merges.js';
import { NO_FIELDS } from '../customers/rules.js';
import { createWorkOrder } from '../work-orders/create.js';
import { makeCustomerPageLink } from './links.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let customer: number;
let path: string;

const linkTo = async (of: number, staff = shop.staff.advisor) =>
  (await change(database.db, staff, {}, (tx) => makeCustomerPageLink(tx, of))).result;
/** Opens a link as a phone does. @returns the client with its cookie, and where it got to */
async function openLink(link: string): Promise<{ phone: Client; page: string; status: number }> {
  const phone = new Client(server.url);
  const reply = await phone.get(link);
  return { phone, page: String(reply.headers.location ?? ''), status: reply.status };
}
const customerOf = async (number: number, of = shop) =>
  (
    await database.db
      .selectFrom('work_orders')
      .select('customer_id')
      .where('shop_id', '=', of.id)
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
  ).customer_id;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  const { number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ plate: 'DANA 1' }))).result;
  customer = await customerOf(number);
  await createWorkOrder(
    database.db,
    shop.staff.advisor,
    newOrder({ customerName: 'Somebody Else', phone: '555 0000', vehicleDescription: 'Their van' }),
  );
  path = await linkTo(customer);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

describe('a link to one’s own page', () => {
  test('is exchanged for a cookie of that page alone, and shows what is theirs and nothing else', async () => {
    await database.db.updateTable('customers').set({ notes: 'Pays late' }).where('id', '=', customer).execute();
    await database.db.updateTable('work_orders').set({ internal_note: 'Difficult' }).where('customer_id', '=', customer).execute();
    const { phone, page } = await openLink(path);
    expect(page).toMatch(/^\/my\/page\/[\w-]{22}$/);
    const reply = await phone.get(page);
    expect(reply).toMatchObject({ status: 200, headers: { 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'private, no-store' } });
    expect(reply.text).toMatch(/Dana Whitfield[\s\S]*2019 Toyota Corolla[\s\S]*DANA 1/);
    expect(reply.text).not.toMatch(/Somebody Else|Their van|Pays late|Difficult|555 0142/);
    expect(reply.text).not.toContain(path);
    expect((await new Client(server.url).get(page)).status).toBe(404);
    const other = await openLink(await linkTo(await customerOf(1002)));
    expect((await other.phone.get(page)).status).toBe(404);
  });

  test('that is wrong, too old or revoked says the same as one that never was', async () => {
    const { phone, page } = await openLink(path);
    const before = (await phone.get('/my/page/aaaaaaaaaaaaaaaaaaaaaa')).text;
    const wrong = (await openLink(`/my/${'x'.repeat(43)}`)).status;
    await sql`update customer_pages set expires_at = now() where customer_id = ${customer}`.execute(database.db);
    const old = await phone.get(page);
    expect([wrong, old.status, (await openLink(path)).status]).toEqual([404, 404, 404]);
    expect(old.text).toBe(before);
    path = await linkTo(customer);
    const again = await openLink(path);
    const advisor = await server.clientOf(shop, 'advisor');
    expect((await advisor.post(`/customers/${customer}/pages/revocations`)).status).toBe(303);
    expect((await again.phone.get(again.page)).status).toBe(404);
    path = await linkTo(customer);
  });

  test('of a duplicate leads to the one that is kept; there is none for a duplicate any more', async () => {
    const twin = (await addCustomer(database.db, shop.staff.advisor, { ...NO_FIELDS, name: 'D. Whitfield' })).result.customer;
    const { phone, page } = await openLink(await linkTo(twin));
    expect((await phone.get(page)).text).toContain('D. Whitfield');
    await mergeCustomers(database.db, shop.staff.manager, twin, customer);
    expect((await phone.get(page)).text).toMatch(/Dana Whitfield[\s\S]*2019 Toyota Corolla/);
    await expect(linkTo(twin)).rejects.toThrow('not here');
  });
});

test('invoices are shown to whom they are for, and nobody else', async () => {
  const { phone, page } = await openLink(path);
  expect((await phone.get(`${page}/invoices/1001`)).status).toBe(404);
  await sql`update work_orders set document = 'invoice', invoiced_at = now(), invoice_number = number where shop_id = ${shop.id}`.execute(
    database.db,
  );
  expect(await phone.get(`${page}/invoices/1001`)).toMatchObject({ status: 200, text: expect.stringContaining('Toyota Corolla') });
  expect((await phone.get(`${page}/invoices/1002`)).status).toBe(404);
});

test('an appointment gets a link to change it, from the customer whose it is', async () => {
  const row = {
    shop_id: shop.id,
    state: 'confirmed' as const,
    kind: 'waiting' as const,
    name: 'Dana',
    vehicle: 'Corolla',
    booked_at: new Date(),
  };
  const at = new Date(Date.now() + 86_400_000);
  const add = async (of: number, place: number) =>
    (
      await database.db
        .insertInto('appointments')
        .values({ ...row, starts_at: at, day: at.toISOString().slice(0, 10), place, hundredths: 100, customer_id: of })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id;
  const [own, other] = [await add(customer, 1), await add(await customerOf(1002), 2)];
  const { phone, page } = await openLink(path);
  expect((await phone.get(page)).text).toContain(`/appointments/${own}/links`);
  expect(await phone.post(`${page}/appointments/${own}/links`)).toMatchObject({
    status: 303,
    headers: { location: expect.stringMatching(/^\/book\/a\/[\w-]{43}$/) },
  });
  expect((await phone.post(`${page}/appointments/${other}/links`)).status).toBe(404);
});

test('the desk makes a link, sees it again, and revokes it', async () => {
  const advisor = await server.clientOf(shop, 'advisor');
  const at = `/customers/${customer}`;
  expect((await advisor.post(`${at}/pages`)).status).toBe(303);
  const [, link] = /value="http[^"]*(\/my\/[\w-]{43})"/.exec((await advisor.get(`${at}/page`)).text) ?? [];
  expect((await openLink(link as string)).status).toBe(303);
  expect((await (await server.clientOf(shop, 'mechanic')).get(`${at}/page`)).status).toBe(403);
  const other = await makeShop(database.db, 'other');
  const stranger = await server.clientOf(other, 'manager');
  for (const reply of [
    await stranger.get(`${at}/page`),
    await stranger.post(`${at}/pages`),
    await stranger.post(`${at}/pages/revocations`),
  ])
    expect(reply.status).toBe(404);
});
