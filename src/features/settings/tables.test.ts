import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { findCannedJob, listCannedJobs } from './canned-jobs.js';

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

describe('price matrices', () => {
  const bands = {
    'band.0.from': '0',
    'band.0.factor': '3',
    'band.2.from': '50',
    'band.2.factor': '2.25',
    'band.1.from': '',
    'band.1.factor': '',
  };

  test('keep their bands in order, show what comes of them, and leave empty rows out', async () => {
    expect((await manager.post('/settings/prices', { name: 'Parts', kind: 'part', basis: 'multiplier', ...bands })).status).toBe(303);
    const row = await database.db
      .selectFrom('price_matrices')
      .select(['bands', 'is_default'])
      .where('name', '=', 'Parts')
      .executeTakeFirst();
    expect(row).toEqual({
      bands: [
        { from: 0, ppm: 3_000_000 },
        { from: 5000, ppm: 2_250_000 },
      ],
      is_default: true,
    });
    const { text } = await manager.get('/settings/prices');
    // domain.md d7: $4 × 3 = $12.
    expect(text).toMatch(/4\.00<\/td><td class="money">12\.00/);
    expect(text).toMatch(/49\.99<\/td><td class="money">149\.97/);
    expect(text).toMatch(/50\.00<\/td><td class="money">112\.50/);
  });

  test('count by margin, too', async () => {
    const form = { name: 'Tires', kind: 'tire', basis: 'margin', 'band.0.from': '0', 'band.0.factor': '50 %' };
    expect((await manager.post('/settings/prices', form)).status).toBe(303);
    // domain.md d7: $4 at 50 % margin = $8.
    expect((await manager.get('/settings/prices')).text).toMatch(/4\.00<\/td><td class="money">8\.00/);
  });

  test.each([
    [{ 'band.0.from': '1', 'band.0.factor': '2' }, 'first band must start at 0'],
    [{}, 'at least one band'],
    [{ 'band.0.from': '0', 'band.0.factor': 'lots' }, 'class="error"'],
    [{ 'band.0.from': '0', 'band.0.factor': '2', 'band.1.from': '0', 'band.1.factor': '3' }, 'above the one before'],
    [{ 'band.0.from': '0', 'band.0.factor': '101' }, 'at most'],
  ])('refuse %j', async (rows, sentence) => {
    await expectRefused(
      '/settings/prices',
      { name: 'Wrong', kind: 'part', basis: 'multiplier', ...(rows as Record<string, string>) },
      sentence,
    );
  });

  test('refuse a margin of 100 % and bands that are not there', async () => {
    const form = { name: 'Wrong', kind: 'part', basis: 'margin', 'band.0.from': '0' };
    await expectRefused('/settings/prices', { ...form, 'band.0.factor': '100' }, 'at most');
    await expectRefused('/settings/prices', { ...form, 'band.0.factor': '10', 'band.99.from': '5' }, 'no field');
  });
});

describe('canned jobs', () => {
  const lines = {
    ...{ 'line.0.kind': 'labor', 'line.0.description': 'Replace front pads', 'line.0.quantity': '1.2' },
    ...{ 'line.1.kind': 'part', 'line.1.description': 'Pads', 'line.1.number': 'BP-1', 'line.1.cost': '31.40', 'line.1.price': '' },
    ...{ 'line.5.kind': 'fee', 'line.5.description': 'Waste', 'line.5.price': '3.50' },
  };

  test('keep their lines as they are added to an order', async () => {
    expect((await manager.post('/settings/canned-jobs', { name: 'Front brakes', concern: 'Squeals', ...lines })).status).toBe(303);
    const [job] = await listCannedJobs(database.db, shop.id);
    expect(job).toMatchObject({
      name: 'Front brakes',
      concern: 'Squeals',
      lines: [
        { kind: 'labor', description: 'Replace front pads', partNumber: '', quantity: 120, priceCents: null, costCents: 0 },
        { kind: 'part', description: 'Pads', partNumber: 'BP-1', quantity: 100, priceCents: null, costCents: 3140 },
        { kind: 'fee', description: 'Waste', partNumber: '', quantity: 100, priceCents: 350, costCents: 0 },
      ],
    });
    expect((await manager.get('/settings/canned-jobs')).text).toContain('value="31.40"');
    expect(await findCannedJob(database.db, (await makeShop(database.db, 'neighbor')).id, job?.id ?? 0)).toBeNull();
  });

  test('refuse a line without a description, and a fee without a price', async () => {
    await expectRefused('/settings/canned-jobs', { name: 'A', 'line.0.kind': 'labor', 'line.0.quantity': '1' }, 'Line 1: The description');
    const fee = { 'line.3.kind': 'fee', 'line.3.description': 'Waste' };
    const reply = await expectRefused('/settings/canned-jobs', { name: 'A', ...fee }, 'Line 4: The price is missing');
    expect(reply.text).toContain('value="Waste"');
  });
});
