import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { upload } from '../../testing/upload.js';
import { explainRule, PRESETS } from './jurisdictions.js';

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

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const send = (bytes: Buffer | string, name = 'logo.png') => upload(manager, '/settings/paper/logo', {}, { field: 'logo', name, bytes });

test('what stands on the paper is saved and told with before and after', async () => {
  const form = { address: '1 Main St\nSpringfield', phone: '555 0100', email: 'desk@shop.test', registration: 'ARD 1234', paper: 'a4' };
  expect((await manager.post('/settings/paper', form)).status).toBe(303);
  const event = await database.db.selectFrom('events').select(['kind', 'data']).orderBy('version', 'desc').limit(1).executeTakeFirst();
  expect(event).toMatchObject({
    kind: 'paper.changed',
    data: { from: { paper: 'letter', phone: '' }, to: { paper: 'a4', phone: '555 0100' } },
  });
  expect((await manager.get('/settings/paper')).text).toContain('1 Main St\nSpringfield');
  const reply = await manager.post('/settings/paper', { ...form, email: 'nowhere', address: 'Elsewhere' });
  expect(reply.status).toBe(422);
  expect(reply.text).toContain('not an e-mail address');
  expect(reply.text).toContain('Elsewhere');
});

test('two managers who change the same long text are told; different texts both hold', async () => {
  const long = 'We thank you for your trust. '.repeat(20).trim();
  await manager.post('/settings/paper', { paper: 'a4', invoiceText: long, estimateText: 'Old' });
  const opened = (await manager.get('/settings/paper')).text;
  const original = Object.fromEntries(
    [...opened.matchAll(/name="(original\.\w+)"[^>]*>\n([^<]*)</g)].map(([, name, value]) => [name as string, value as string]),
  );
  expect(original['original.invoiceText']).toMatch(/^sha256 /);
  const mine = { ...original, paper: 'a4', invoiceText: long, estimateText: 'Old' };
  expect((await manager.post('/settings/paper', { ...mine, estimateText: 'New' })).status).toBe(303);
  expect((await manager.post('/settings/paper', { ...mine, invoiceText: `${long} A` })).status).toBe(303);
  const clash = await manager.post('/settings/paper', { ...mine, invoiceText: `${long} B` });
  expect(clash.status).toBe(409);
  expect(clash.text).toContain(`${long} A</q>`);
  expect(clash.text).toContain(`${long} B</textarea>`);
  const row = await database.db
    .selectFrom('billing_settings')
    .select(['estimate_text', 'invoice_text'])
    .where('shop_id', '=', shop.id)
    .executeTakeFirst();
  expect(row).toEqual({ estimate_text: 'New', invoice_text: `${long} A` });
});

test('a logo is a PNG or a JPEG by what is in it, whatever it is called, and everybody of the shop sees it', async () => {
  expect((await manager.get('/shop/logo')).status).toBe(204);
  for (const [bytes, sentence] of [
    ['<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'no PNG and no JPEG'],
    ['GIF89a', 'no PNG and no JPEG'],
    ['', 'no PNG and no JPEG'],
    [Buffer.concat([PNG, Buffer.alloc(500_001)]), 'larger than 500 kB'],
  ] as const) {
    const reply = await send(bytes as Buffer);
    expect(reply.status).toBe(422);
    expect(reply.text).toContain(sentence);
  }
  expect((await upload(manager, '/settings/paper/logo', {}, null)).text).toContain('Please choose a picture.');
  expect((await send(PNG, 'evil.html')).status).toBe(303);
  const mechanic = await server.clientOf(shop, 'mechanic');
  const reply = await mechanic.get('/shop/logo');
  expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'image/png', 'x-content-type-options': 'nosniff' } });
  expect((await mechanic.get('/shop/logo', { headers: { 'if-none-match': reply.headers.etag } })).status).toBe(304);
  const neighbor = await server.clientOf(await makeShop(database.db, 'neighbor'), 'manager');
  expect((await neighbor.get('/shop/logo')).status).toBe(204);
  expect((await manager.post('/settings/paper/logo/removals')).status).toBe(303);
  expect((await manager.get('/shop/logo')).status).toBe(204);
});

test.each([
  ['california', 'An invoice may never be above what was approved: anything more needs the customer’s consent first.'],
  [
    'florida',
    'An invoice may be at most $10.00 or 10 %, whichever is more, and never more than $50.00, above what was approved. Anything more needs the customer’s consent first.',
  ],
  [
    'washington',
    'An invoice may be at most 10 % above what was approved, both without sales tax. Anything more needs the customer’s consent first.',
  ],
  ['ontario', 'An invoice may be at most 10 % above what was approved. Anything more needs the customer’s consent first.'],
])('the rule of %s in plain words', (key, sentence) => {
  expect(explainRule(PRESETS[key] as (typeof PRESETS)[string], 'USD')).toBe(sentence);
});

test('a percentage with a cap, in plain words', () => {
  const rule = { threshold: 'percent' as const, ppm: 50_000, minCents: 0, capCents: 2500, beforeTax: false };
  expect(explainRule(rule, 'USD')).toContain('at most 5 %, and never more than $25.00, above what was approved');
});
