import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { loadTerms } from '../billing/terms.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const PAGES = ['rates', 'prices', 'taxes', 'fees', 'canned-jobs', 'law', 'paper', 'numbering'];

async function idOf(table: 'labor_rates' | 'tax_rates' | 'fees' | 'price_matrices' | 'canned_jobs', name: string): Promise<number> {
  return (
    await database.db.selectFrom(table).select('id').where('shop_id', '=', shop.id).where('name', '=', name).executeTakeFirstOrThrow()
  ).id;
}

async function lastEvent() {
  const { kind, data } = await database.db
    .selectFrom('events')
    .select(['kind', 'data'])
    .where('shop_id', '=', shop.id)
    .orderBy('version', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return { kind, data };
}

/** Sends a form that must be refused, and finds the sentence on the page. */
async function expectRefused(path: string, fields: Record<string, string>, sentence: string | RegExp, status = 422) {
  const before = await lastEvent();
  const reply = await manager.post(path, fields);
  expect(reply.status, reply.text.slice(0, 400)).toBe(status);
  expect(reply.text).toMatch(sentence);
  expect(await lastEvent()).toEqual(before);
  return reply;
}

test('every page of the settings opens, also for a shop that has set nothing yet', async () => {
  for (const page of PAGES) {
    const reply = await manager.get(`/settings/${page}`);
    expect(reply.status, `${page}: ${reply.text.slice(0, 300)}`).toBe(200);
    expect(reply.text).toContain(`href="/settings/${page}" aria-current="page"`);
  }
});

describe('labor rates', () => {
  test('are added, changed and told with before and after', async () => {
    expect((await manager.post('/settings/rates', { name: 'Diesel', perHour: '$120' })).status).toBe(303);
    const id = await idOf('labor_rates', 'Diesel');
    expect(await lastEvent()).toEqual({ kind: 'labor-rate.added', data: { id, name: 'Diesel', perHour: '120.00' } });
    expect((await manager.post(`/settings/rates/${id}`, { name: 'Diesel', perHour: '2*62.5' })).status).toBe(303);
    expect(await lastEvent()).toEqual({
      kind: 'labor-rate.changed',
      data: { id, name: 'Diesel', from: { perHour: '120.00' }, to: { perHour: '125.00' } },
    });
    expect((await manager.get('/settings/rates')).text).toContain('125.00 an hour');
  });

  test('have one that is used when nothing else is chosen; it can’t be archived, another one can be put in its place', async () => {
    const [shopRate, diesel] = [await idOf('labor_rates', 'Shop rate'), await idOf('labor_rates', 'Diesel')];
    await expectRefused(`/settings/rates/${shopRate}/removals`, {}, 'Use another one by default first', 409);
    expect((await manager.post(`/settings/rates/${diesel}/defaults`, { on: 'yes' })).status).toBe(303);
    expect(await lastEvent()).toMatchObject({ kind: 'labor-rate.default-changed', data: { from: 'Shop rate', to: 'Diesel' } });
    expect((await manager.post(`/settings/rates/${shopRate}/removals`)).status).toBe(303);
    expect((await manager.get('/settings/rates')).text).toContain('Archived (1)');
    expect((await manager.post(`/settings/rates/${shopRate}/restorations`)).status).toBe(303);
  });

  test('are refused with a sentence at the field, what was typed still there', async () => {
    const reply = await expectRefused('/settings/rates', { name: 'diesel', perHour: '99' }, 'There is a labor rate “Diesel” already');
    expect(reply.text).toContain('value="99"');
    for (const [perHour, sentence] of [
      ['', 'is missing'],
      ['-5', 'negative'],
      ['1e400', /class="error"/],
      ['NaN', /class="error"/],
      ['12.345', 'two decimals'],
      ['99999999', 'at most'],
    ] as const)
      await expectRefused('/settings/rates', { name: 'Other', perHour }, sentence);
  });

  test('of one form that was sent twice are added once', async () => {
    const form = { name: 'Twice', perHour: '80', requestId: 'twice-sent-form' };
    expect((await manager.post('/settings/rates', form)).status).toBe(303);
    expect((await manager.post('/settings/rates', form)).status).toBe(303);
    expect((await database.db.selectFrom('labor_rates').select('id').where('name', '=', 'Twice').execute()).length).toBe(1);
  });
});

describe('two managers at once', () => {
  test('who change different fields both have their way', async () => {
    await manager.post('/settings/fees', { name: 'Tire fee', amount: '1.00' });
    const id = await idOf('fees', 'Tire fee');
    const original = { 'original.name': 'Tire fee', 'original.amount': '1.00', 'original.legalText': '', 'original.eachOf': '' };
    expect((await manager.post(`/settings/fees/${id}`, { ...original, name: 'Tire fee', amount: '1.75' })).status).toBe(303);
    const later = { ...original, name: 'California tire fee', amount: '1.00', eachOf: 'tire' };
    expect((await manager.post(`/settings/fees/${id}`, later)).status).toBe(303);
    expect(await database.db.selectFrom('fees').select(['name', 'cents', 'each_of']).where('id', '=', id).execute()).toEqual([
      { name: 'California tire fee', cents: 175, each_of: 'tire' },
    ]);
  });

  test('who change the same field are shown both values; saving again keeps mine', async () => {
    const id = await idOf('fees', 'California tire fee');
    const stale = { 'original.amount': '1.00', 'original.name': 'California tire fee', 'original.eachOf': 'tire', eachOf: 'tire' };
    const reply = await expectRefused(`/settings/fees/${id}`, { ...stale, name: 'California tire fee', amount: '2.00' }, /1\.75<\/q>/, 409);
    expect(reply.text).toContain('value="2.00"');
    const next = /name="original\.amount"[^>]*>\n([^<]*)</.exec(reply.text)?.[1];
    expect(next).toBe('1.75');
    const again = { ...stale, 'original.amount': '1.75', name: 'California tire fee', amount: '2.00' };
    expect((await manager.post(`/settings/fees/${id}`, again)).status).toBe(303);
    expect(await lastEvent()).toMatchObject({ data: { from: { amount: '1.75' }, to: { amount: '2.00' } } });
  });

  test('are told of a whole table that changed', async () => {
    await manager.post('/settings/prices', { name: 'Both', kind: 'part', basis: 'multiplier', 'band.0.from': '0', 'band.0.factor': '2' });
    const id = await idOf('price_matrices', 'Both');
    const original = { 'original.name': 'Both', 'original.basis': 'multiplier', 'original.bands': 'from 0.00: 200 %' };
    const form = { name: 'Both', basis: 'multiplier', 'band.0.from': '0' };
    expect((await manager.post(`/settings/prices/${id}`, { ...original, ...form, 'band.0.factor': '2.5' })).status).toBe(303);
    const reply = await expectRefused(
      `/settings/prices/${id}`,
      { ...original, ...form, 'band.0.factor': '3' },
      'somebody changed the bands to',
      409,
    );
    expect(reply.text).toContain('from 0.00: 250 %');
    await manager.post(`/settings/prices/${id}/removals`);
  });
});

describe('taxes and supplies', () => {
  const rate = { name: 'State', percent: '7.25', 'category.part': 'on', 'category.tire': 'on' };

  test('a rate is taken on what is ticked', async () => {
    expect((await manager.post('/settings/taxes', rate)).status).toBe(303);
    const row = await database.db.selectFrom('tax_rates').select(['ppm', 'categories']).where('name', '=', 'State').executeTakeFirst();
    expect(row).toEqual({ ppm: 72_500, categories: ['part', 'tire'] });
    await expectRefused('/settings/taxes', { name: 'None', percent: '1' }, 'at least one thing');
    await expectRefused('/settings/taxes', { ...rate, name: 'More', percent: '101' }, 'at most 100 %');
  });

  test('supplies have a base, a share and a cap, and are off where the law forbids them', async () => {
    const form = { base: 'both', share: '5', flat: '', cap: '35', suppliesName: 'Shop supplies' };
    expect((await manager.post('/settings/taxes/supplies/changes', form)).status).toBe(303);
    expect(await lastEvent()).toMatchObject({ kind: 'supplies.changed', data: { to: { base: 'both', share: '5 %', cap: '35.00' } } });
    await openOrders(database.db, shop.staff.advisor, 1);
    const { customer_id } = await database.db.selectFrom('work_orders').select('customer_id').executeTakeFirstOrThrow();
    expect((await loadTerms(database.db, shop.id, customer_id)).supplies).toMatchObject({ base: 'both', ppm: 50_000, capCents: 3500 });
    await manager.post('/settings/law/presets', { preset: 'california' });
    expect((await manager.get('/settings/taxes')).text).toContain('does not allow a general charge for supplies');
    expect((await loadTerms(database.db, shop.id, customer_id)).supplies.base).toBe('none');
    await manager.post('/settings/law/presets', { preset: 'florida' });
    expect((await manager.get('/settings/taxes')).text).toContain('costs and profits to the motor vehicle repair facility');
  });

  test('prices can include the tax, and one price can stand for a job', async () => {
    expect((await manager.post('/settings/taxes/terms/changes', { pricesIncludeTax: 'on' })).status).toBe(303);
    expect(await lastEvent()).toMatchObject({
      kind: 'tax-terms.changed',
      data: { from: { pricesIncludeTax: '' }, to: { pricesIncludeTax: 'on' } },
    });
    expect((await manager.post('/settings/taxes/terms/changes', {})).status).toBe(303);
  });
});

describe('the law', () => {
  test('is one rule, in plain words, from a place or one’s own', async () => {
    await manager.post('/settings/law/presets', { preset: 'none' });
    await manager.post('/settings/law/presets', { preset: 'florida' });
    const { text } = await manager.get('/settings/law');
    expect(text).toContain(
      'An invoice may be at most $10.00 or 10 %, whichever is more, and never more than $50.00, above what was approved.',
    );
    expect(await lastEvent()).toMatchObject({ kind: 'jurisdiction.changed', data: { to: { name: 'Florida', cap: '50.00' } } });
    const own = { name: 'Ours', threshold: 'percent', share: '5', least: '', cap: '', suppliesAllowed: 'on', beforeTax: 'on' };
    expect((await manager.post('/settings/law', own)).status).toBe(303);
    expect((await manager.get('/settings/law')).text).toContain('at most 5 % above what was approved, both without sales tax.');
    const rows = await database.db
      .selectFrom('jurisdictions')
      .select('name')
      .where('shop_id', '=', shop.id)
      .where('is_active', '=', true)
      .execute();
    expect(rows).toEqual([{ name: 'Ours' }]);
    await expectRefused('/settings/law/presets', { preset: 'atlantis' }, 'choose a place');
    await expectRefused('/settings/law', { ...own, threshold: 'all' }, 'how far');
  });
});

describe('numbers and limits', () => {
  const form = { invoicePrefix: 'A-', currency: 'usd', advisorDiscount: '5', managerDiscount: '100', workNeedsConsent: 'on' };

  test('numbers only go up, and what is left alone follows the orders that were opened meanwhile', async () => {
    const sent = { ...form, nextWorkOrder: '5000', nextInvoice: '1001' };
    expect((await manager.post('/settings/numbering', sent)).status).toBe(303);
    expect((await openOrders(database.db, shop.staff.advisor, 1))[0]).toBe(5000);
    await expectRefused('/settings/numbering', { ...sent, nextWorkOrder: '5000', 'original.nextWorkOrder': '4999' }, '5001 is the lowest');
    const stale = { ...sent, 'original.nextWorkOrder': '5000', advisorDiscount: '7.5' };
    expect((await manager.post('/settings/numbering', stale)).status).toBe(303);
    expect((await openOrders(database.db, shop.staff.advisor, 1))[0]).toBe(5001);
    for (const nextInvoice of ['0', '-1', '1.5', '1e9', '１００２', '99999999999'])
      await expectRefused('/settings/numbering', { ...sent, nextWorkOrder: '6000', nextInvoice }, 'whole number');
  });

  test('take no currency without cents and no limit above 100 %', async () => {
    const sent = { ...form, nextWorkOrder: '7000', nextInvoice: '1001' };
    await expectRefused('/settings/numbering', { ...sent, currency: 'JPY' }, 'two decimals');
    await expectRefused('/settings/numbering', { ...sent, advisorDiscount: '101' }, 'at most 100 %');
  });
});

test('a setting that changes never changes an order that has its lines (M3)', async () => {
  const [number] = await openOrders(database.db, shop.staff.advisor, 1);
  const order = await database.db
    .selectFrom('work_orders')
    .select(['id', 'customer_id'])
    .where('shop_id', '=', shop.id)
    .where('number', '=', number as number)
    .executeTakeFirstOrThrow();
  const terms = JSON.stringify(await loadTerms(database.db, shop.id, order.customer_id));
  await database.db.updateTable('work_orders').set({ terms, total_cents: 5425 }).where('id', '=', order.id).execute();
  const job = await database.db
    .insertInto('jobs')
    .values({ shop_id: shop.id, work_order_id: order.id, position: 0, name: 'Brakes' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`insert into lines (shop_id, work_order_id, job_id, position, kind, description, price_cents, taxes, labor_rate_id)
    values (${shop.id}, ${order.id}, ${job.id}, 0, 'labor', 'Pads', 5000, '[{"id": 1, "name": "State", "ppm": 85000}]', ${await idOf('labor_rates', 'Diesel')})`.execute(
    database.db,
  );
  const state = async () => [
    (await sql`select * from lines where work_order_id = ${order.id}`.execute(database.db)).rows,
    (await sql`select terms, subtotal_cents, tax_cents, total_cents from work_orders where id = ${order.id}`.execute(database.db)).rows,
  ];
  const before = await state();
  const diesel = await idOf('labor_rates', 'Diesel');
  const changes: [string, Record<string, string>][] = [
    [`/settings/rates/${diesel}`, { name: 'Diesel', perHour: '300' }],
    [`/settings/taxes/${await idOf('tax_rates', 'State')}`, { name: 'State', percent: '20', 'category.labor': 'on' }],
    [`/settings/taxes/${await idOf('tax_rates', 'State')}/removals`, {}],
    [`/settings/fees/${await idOf('fees', 'California tire fee')}/removals`, {}],
    ['/settings/taxes/supplies/changes', { base: 'labor', share: '50', flat: '1', cap: '', suppliesName: 'Rags' }],
    ['/settings/taxes/terms/changes', { lumpSum: 'on' }],
    ['/settings/law/presets', { preset: 'ohio' }],
  ];
  for (const [path, fields] of changes) expect((await manager.post(path, fields)).status, path).toBe(303);
  expect(await state()).toEqual(before);
});
