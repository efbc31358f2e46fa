import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { findDamage, versionOf } from '../../testing/truth.js';
import { createWorkOrder } from '../work-orders/create.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let other: TestShop;
let advisor: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  other = await makeShop(database.db, 'other');
  advisor = await server.clientOf(shop, 'advisor');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  await server.stop();
  await database.close();
});

/** Adds a customer over HTTP. @returns the path of its page */
async function add(fields: Record<string, string>): Promise<string> {
  const reply = await advisor.post('/customers', fields);
  expect(reply.status, reply.text.slice(0, 2000)).toBe(303);
  return String(reply.headers.location);
}

const read = (path: string) =>
  database.db
    .selectFrom('customers')
    .select([
      'name',
      'company',
      'kind',
      'phone',
      'notes',
      'po_required',
      'on_account',
      'tax_exempt',
      'tax_certificate',
      'bill_to_id',
      'address',
    ])
    .where('id', '=', Number(path.split('/').at(-1)))
    .executeTakeFirstOrThrow();

async function expectRefused(path: string, fields: Record<string, string>, sentence: RegExp, status = 422) {
  const before = await versionOf(database.db, shop.id);
  const reply = await advisor.post(path, fields);
  expect(reply.status, reply.text.slice(0, 500)).toBe(status);
  expect(reply.text).toMatch(sentence);
  expect(await versionOf(database.db, shop.id)).toBe(before);
  return reply;
}

describe('C1: staff add a customer', () => {
  test('with no more than a name', async () => {
    const path = await add({ name: 'Maria Quispe' });
    expect(await read(path)).toMatchObject({ name: 'Maria Quispe', kind: 'person' });
    const page = await advisor.get(path);
    expect(page).toMatchObject({ status: 200 });
    for (const text of ['Maria Quispe is here.', 'Their vehicles will be here', 'Their visits will be here'])
      expect(page.text).toContain(text);
  });

  test('and the same form sent twice adds one', async () => {
    const fields = { name: 'Once Only', requestId: 'the-form-of-once' };
    expect(await add(fields)).toBe(await add(fields));
    const rows = await database.db.selectFrom('customers').select('id').where('name', '=', 'Once Only').execute();
    expect(rows).toHaveLength(1);
  });

  test('without a name it is asked for, and what was typed is still there', async () => {
    const { text } = await expectRefused('/customers', { name: ' ', phone: '555 0177', notes: 'Rings twice' }, /The name is missing/);
    expect(text).toContain('555 0177');
    expect(text).toContain('Rings twice');
  });

  test('whatever the name is', async () => {
    for (const name of ['עומר שריף', '‮evil', '🛻 Émile Ødegård', "O'Brien <b>", 'x'.repeat(200)]) {
      const path = await add({ name });
      expect((await read(path)).name).toBe(name);
      const { status, text } = await advisor.get(path);
      expect(status).toBe(200);
      expect(text).not.toContain('<b>');
    }
    await expectRefused('/customers', { name: 'a\0b' }, /can’t be saved/);
    await expectRefused('/customers', { name: 'x'.repeat(201) }, /at most 200/);
  });
});

describe('C2: a company', () => {
  test('has contacts, somebody who pays, and its terms', async () => {
    const path = await add({
      ...{ kind: 'company', name: 'Dana', company: 'Rocket Plumbing', phone: '312 555 0142', address: '1 Main St\nChicago' },
      ...{ poRequired: 'on', onAccount: 'on', taxExempt: 'on', taxCertificate: 'E-99', notes: 'Keys in the box' },
    });
    expect(await read(path)).toMatchObject({
      kind: 'company',
      po_required: true,
      on_account: true,
      tax_exempt: true,
      tax_certificate: 'E-99',
    });
    for (const [name, phone] of [
      ['Lee', '773 555 0101'],
      ['Kim', '773 555 0102'],
    ] as const)
      expect((await advisor.post(`${path}/contacts`, { name, role: 'Fleet', phone, email: '' })).status).toBe(303);
    const payer = await add({ kind: 'company', name: 'Head', company: 'Rocket Holding' });
    expect((await advisor.post(`${path}/payers`, { payer: payer.split('/').at(-1) as string })).status).toBe(303);
    const { text } = await advisor.get(path);
    for (const part of [
      'Rocket Plumbing (Dana)',
      'Lee',
      'Kim',
      '773 555 0102',
      'Rocket Holding',
      'on account',
      'a number is required',
      'certificate E-99',
      'Keys in the box',
      '1 Main St',
    ])
      expect(text).toContain(part);
    expect((await advisor.get(payer)).text).toContain('Pays for');
    await expectRefused(`${payer}/payers`, { payer: path.split('/').at(-1) as string }, /Somebody else pays for that customer/);
    await expectRefused(`${path}/payers`, { payer: path.split('/').at(-1) as string }, /pays for themselves/);
    expect((await advisor.post(`${path}/payers`, { payer: '' })).status).toBe(303);
    expect((await read(path)).bill_to_id).toBeNull();
  });

  test('is not tax-exempt without a certificate, nor a company without a name', async () => {
    await expectRefused('/customers', { name: 'Dana', taxExempt: 'on' }, /Without the number of the certificate/);
    await expectRefused('/customers', { name: 'Dana', kind: 'company' }, /What is the company called/);
    const path = await add({ name: 'Dana' });
    await expectRefused(`${path}/edits`, { name: 'Dana', 'original.name': 'Dana', taxExempt: 'on' }, /Without the number/);
  });

  test('contacts are changed and removed, and a stale form loses nothing', async () => {
    const path = await add({ name: 'Keeper' });
    await advisor.post(`${path}/contacts`, { name: 'Lee', requestId: 'lee-is-added' });
    await advisor.post(`${path}/contacts`, { name: 'Lee', requestId: 'lee-is-added' });
    const rows = await database.db.selectFrom('contacts').select('id').where('name', '=', 'Lee').where('phone', '=', '').execute();
    expect(rows).toHaveLength(1);
    const at = `${path}/contacts/${rows[0]?.id}`;
    expect((await advisor.post(at, { name: 'Lee Quist', 'original.name': 'Lee' })).status).toBe(303);
    const { text } = await expectRefused(at, { name: 'Lee Chen', 'original.name': 'Lee' }, /Somebody else changed/, 409);
    expect(text).toContain('Lee Chen');
    expect(text).toContain('Lee Quist');
    expect((await advisor.post(`${at}/removals`)).status).toBe(303);
    expect((await advisor.post(`${at}/removals`)).status).toBe(404);
  });
});

describe('two people who edit one customer', () => {
  test('and change different fields both have their way', async () => {
    const path = await add({ name: 'Dana', phone: '1' });
    const form = { name: 'Dana', phone: '1', 'original.name': 'Dana', 'original.phone': '1' };
    expect((await advisor.post(`${path}/edits`, { ...form, phone: '555 0001' })).status).toBe(303);
    expect((await advisor.post(`${path}/edits`, { ...form, notes: 'Nice' })).status).toBe(303);
    expect(await read(path)).toMatchObject({ name: 'Dana', phone: '555 0001', notes: 'Nice' });
  });

  test('and change the same one are shown both values', async () => {
    const path = await add({ name: 'Dana', phone: '1' });
    const form = { name: 'Dana', 'original.name': 'Dana', 'original.phone': '1' };
    expect((await advisor.post(`${path}/edits`, { ...form, phone: '555 0001' })).status).toBe(303);
    const { text } = await expectRefused(`${path}/edits`, { ...form, phone: '555 0002', onAccount: 'on' }, /meanwhile somebody wrote/, 409);
    expect(text).toContain('555 0001');
    expect(text).toMatch(/name="phone"[^>]*value="555 0002"/);
    expect(text).toMatch(/name="onAccount" checked/);
    // Saving again takes mine.
    expect((await advisor.post(`${path}/edits`, { ...form, phone: '555 0002', 'original.phone': '555 0001' })).status).toBe(303);
    expect((await read(path)).phone).toBe('555 0002');
  });

  test('10,000 characters of any script fit, and no more', async () => {
    const path = await add({ name: 'Dana' });
    const notes = '字'.repeat(10_000);
    expect((await advisor.post(`${path}/edits`, { name: 'Dana', 'original.name': 'Dana', notes })).status).toBe(303);
    const again = { name: 'Dana', 'original.name': 'Dana', notes: `${notes}!`, 'original.notes': notes };
    await expectRefused(`${path}/edits`, again, /at most 10000/);
    expect((await advisor.post(`${path}/edits`, { ...again, notes: 'short' })).status).toBe(303);
    expect((await read(path)).notes).toBe('short');
  });

  test('a new name is told of the open work orders', async () => {
    const { number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ customerName: 'Before' }))).result;
    const { customer_id: id } = await database.db
      .selectFrom('work_orders')
      .select('customer_id')
      .where('shop_id', '=', shop.id)
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    await advisor.post(`/customers/${id}/edits`, {
      name: 'After',
      'original.name': 'Before',
      phone: '555 0142',
      'original.phone': '555 0142',
    });
    expect((await advisor.get('/board')).text).toContain('After');
    const event = await database.db
      .selectFrom('events')
      .select(['kind', 'data', 'work_order_id'])
      .orderBy('version', 'desc')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({
      kind: 'work-order.edited',
      data: { number, from: { customerName: 'Before' }, to: { customerName: 'After' } },
    });
  });
});

test('nothing of another shop can be chosen or changed', async () => {
  const { db } = database;
  const path = await add({ name: 'Mine' });
  const { id: theirs } = await db
    .insertInto('customers')
    .values({ shop_id: other.id, name: 'Theirs' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: rate } = await db.selectFrom('labor_rates').select('id').where('shop_id', '=', other.id).executeTakeFirstOrThrow();
  for (const [to, fields] of [
    [`/customers/${theirs}/edits`, { name: 'Stolen' }],
    [`/customers/${theirs}/contacts`, { name: 'Stolen' }],
    [`/customers/${theirs}/vehicles`, { description: 'Stolen' }],
    [`${path}/payers`, { payer: String(theirs) }],
    [`${path}/edits`, { name: 'Mine', 'original.name': 'Mine', laborRate: String(rate) }],
  ] as const)
    await expectRefused(to, fields, /not here/, 404);
  expect((await advisor.get(`/customers/${theirs}`)).status).toBe(404);
  expect((await (await server.clientOf(shop, 'manager')).post(`${path}/merges`, { into: String(theirs) })).status).toBe(404);
  expect((await advisor.get('/customers')).text).not.toContain('Theirs');
});

test('the list goes by name, a page at a time, and each comes once', async () => {
  const { db } = database;
  const names = Array.from({ length: 120 }, (_, index) => `List ${String(index % 40).padStart(3, '0')}`);
  await db
    .insertInto('customers')
    .values(names.map((name) => ({ shop_id: shop.id, name })))
    .execute();
  const seen: string[] = [];
  for (let path: string | undefined = '/customers'; path; ) {
    const { text } = await advisor.get(path);
    seen.push(...[...text.matchAll(/<th scope="row" dir="auto"><a href="\/customers\/(\d+)"/g)].map((match) => match[1] as string));
    path = /href="(\/customers\?after=\d+)"/.exec(text)?.[1];
  }
  const all = await db.selectFrom('customers').select('id').where('shop_id', '=', shop.id).where('merged_into_id', 'is', null).execute();
  expect(seen).toHaveLength(all.length);
  expect(new Set(seen).size).toBe(all.length);
  expect((await advisor.get('/customers?find=lst+003')).text).toContain('List 003');
  expect((await advisor.get('/customers?after=zebra&find=')).status).toBe(200);
});

test('what they owe, and their visits with what is due', async () => {
  const { db } = database;
  // A shop of its own: rows are written past the functions that keep the record whole.
  const shop = await makeShop(db, 'written by hand');
  const advisor = await server.clientOf(shop, 'advisor');
  const { number } = (await createWorkOrder(db, shop.staff.advisor, newOrder({ customerName: 'Debtor', phone: '' }))).result;
  const order = db.updateTable('work_orders').where('shop_id', '=', shop.id).where('number', '=', number);
  await order.set({ document: 'invoice', invoice_number: 5001, total_cents: 123_456, paid_cents: 23_456 }).execute();
  const { customer_id: id } = await db
    .selectFrom('work_orders')
    .select('customer_id')
    .where('number', '=', number)
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();
  expect((await advisor.get(`/customers/${id}`)).text).toMatch(/Invoice 5001.*\$1,234\.56.*\$1,000\.00/s);
  expect((await advisor.get(`/customers/${id}`)).text).not.toContain('is open on');
  await db
    .insertInto('estimate_revisions')
    .values({
      shop_id: shop.id,
      work_order_id: (
        await db
          .selectFrom('work_orders')
          .select('id')
          .where('number', '=', number)
          .where('shop_id', '=', shop.id)
          .executeTakeFirstOrThrow()
      ).id,
      number: 1,
      at: new Date(),
      why: 'posted',
      content: '{}',
      total_cents: 0,
      sha256: Buffer.alloc(32),
    })
    .execute();
  const revision = await db
    .selectFrom('estimate_revisions')
    .select(['id', 'work_order_id'])
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('authorizations')
    .values({
      ...{ shop_id: shop.id, work_order_id: revision.work_order_id, revision_id: revision.id, method: 'phone', given_by: 'Debtor' },
      ...{
        taken_by: shop.staff.advisor.staff,
        at: new Date(),
        decisions: '[]',
        authorized_cents: 123_456,
        authorized_before_tax_cents: 123_456,
      },
    })
    .execute();
  await order.set({ document: 'posted', posted_at: new Date() }).execute();
  expect((await advisor.get(`/customers/${id}`)).text).toMatch(/\$1,000\.00<\/strong> is open on one invoice/);
});
