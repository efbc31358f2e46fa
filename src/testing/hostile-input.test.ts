import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startInspection } from '../features/inspections/inspections.js';
import type { Client, Fields } from './client.js';
import { type TestDatabase, testDatabase } from './database.js';
import { addPhotos } from './media.js';
import { startTestServer, type TestServer } from './server.js';
import { makeShop, openOrders, type TestShop } from './shop.js';
import { findDamage, versionOf } from './truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  const [number] = await openOrders(database.db, shop.staff.advisor, 2);
  await addPhotos(server.app.services, shop.staff.mechanic, number as number, [1, 2]);
  await startInspection(database.db, shop.staff.mechanic, number as number, { starter: 'car' });
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  await server.stop();
  await database.close();
});

const ORDER = { customerName: 'Dana', vehicleDescription: 'Van' };
const EDIT = { customerName: 'Dana', vehicleDescription: 'Van' };
const COLUMN = { name: 'Bay', meaning: 'active', color: 'teal', limit: '' };

const MATRIX = { name: 'Parts', basis: 'multiplier', 'band.0.from': '0', 'band.0.factor': '2' };
const SUPPLIES = { base: 'both', share: '1', flat: '1', cap: '1', suppliesName: 'Rags' };
const LAW = { name: 'Ours', threshold: 'percent', share: '1', least: '1', cap: '1' };
const NUMBERS = { nextWorkOrder: '9000', nextInvoice: '9000', currency: 'EUR', advisorDiscount: '1', managerDiscount: '1' };

const BOOKING = { concern: 'x', vehicle: 'Van', slot: '2030-12-02T09:00-06:00', kind: 'drop-off', name: 'Dana', phone: '555 0142' };

/** Every form that takes text, and the fields that do. */
const TEXTS: [path: string, fields: Record<string, string>, texts: string[]][] = [
  ['/work-orders', ORDER, ['concern', 'company', 'phone', 'email', 'plate', 'find', 'customerName', 'vehicleDescription', 'promised']],
  ['/work-orders/1001/edits', EDIT, ['concern', 'company', 'phone', 'email', 'plate', 'customerName', 'vehicleDescription', 'promised']],
  ['/work-orders/1001/comments', { text: 'x' }, ['text', 'requestId']],
  ['/work-orders/1001/moves', { column: '1' }, ['reason', 'requestId', 'step', 'column', 'after']],
  ['/work-orders/1001/blocks', { reason: 'parts' }, ['note', 'reason']],
  ['/work-orders/1001/labels', { label: '1', on: 'yes' }, ['label', 'on']],
  ['/work-orders/1001/assignments', {}, ['mechanic', 'advisor']],
  ['/work-orders/1001/returns', {}, ['reason']],
  ['/work-orders/1001/media', {}, ['job', 'finding', 'arrival', 'requestId']],
  ['/work-orders/1001/media/1/edits', { caption: 'Pads' }, ['caption', 'place', 'arrival', 'original.caption']],
  ['/work-orders/1001/media/1/releases', { shown: 'yes' }, ['shown']],
  ['/work-orders/1001/media/1/shifts', { direction: 'later' }, ['direction']],
  ['/work-orders/1001/media/1/drawings', { place: '5' }, ['marks', 'shape', 'place', 'at.x', 'at.y', 'requestId']],
  ['/work-orders/1001/inspections', { template: '1' }, ['template', 'requestId']],
  ['/work-orders/1001/inspections/1/items/horn', { color: 'red' }, ['color', 'note', 'reason', 'phrase', 'go', 'original.note']],
  ['/work-orders/1001/inspections/1/items/brake-pads-front', { color: 'red' }, ['measure.0', 'measure.1']],
  ['/settings/inspections', { name: 'Brakes' }, ['name', 'vehicleType', 'from', 'requestId']],
  ['/settings/inspections/1/edits', { name: 'Brakes' }, ['name', 'vehicleType']],
  ['/settings/inspections/1/sections', { name: 'Brakes' }, ['name']],
  ['/settings/inspections/1/items', { section: 'brakes', name: 'Pads' }, ['section', 'name']],
  [
    '/settings/inspections/1/items/horn/edits',
    { name: 'Horn' },
    ['name', 'note', 'photo', 'unit', 'positions', 'yellow', 'red', 'phrases'],
  ],
  ['/settings/columns', COLUMN, ['name', 'meaning', 'color', 'limit']],
  ['/settings/labels', { name: 'Rush', color: 'red' }, ['name', 'color']],
  ['/settings/api-tokens', { name: 'Books', 'scope.read': 'on', days: '30' }, ['name', 'days', 'scope.read']],
  ['/settings/tv', { name: 'Hall', variant: 'floor' }, ['name', 'variant']],
  ['/settings/webhooks', { name: 'Books', url: 'https://books.invalid/', everything: 'on' }, ['name', 'url', 'everything']],
  ['/customers', { name: 'Dana' }, ['name', 'company', 'phone', 'email', 'kind', 'taxCertificate', 'laborRate']],
  ['/customers/1/edits', { name: 'Dana' }, ['name', 'phone', 'email', 'priceMatrix']],
  ['/customers/1/contacts', { name: 'Lee' }, ['name', 'role', 'phone', 'email']],
  ['/customers/1/vehicles', { description: 'Van' }, ['description', 'plate', 'vin', 'year', 'make', 'serial', 'kind']],
  ['/vehicles/1/edits', { description: 'Van' }, ['plate', 'vin', 'engine', 'unitNumber']],
  ['/vehicles/1/meters', { name: 'PTO', unit: 'h' }, ['name', 'unit']],
  ['/vehicles/1/transfers', { from: '1', name: 'Eve' }, ['from', 'to', 'name', 'phone']],
  ['/staff', { name: 'Ana', email: 'ana@shop.test', role: 'mechanic' }, ['name', 'email', 'role']],
  ['/settings/rates', { name: 'Diesel', perHour: '1' }, ['name', 'perHour', 'requestId']],
  ['/settings/fees', { name: 'Tires', amount: '1' }, ['name', 'amount', 'legalText', 'eachOf']],
  ['/settings/taxes', { name: 'State', percent: '1', 'category.part': 'on' }, ['name', 'percent', 'category.part']],
  ['/settings/prices', { ...MATRIX, kind: 'part' }, ['name', 'kind', 'basis', 'band.0.from', 'band.0.factor', 'band.5.from']],
  [
    '/settings/canned-jobs',
    { name: 'Oil' },
    ['name', 'concern', 'cause', 'correction', 'line.0.description', 'line.3.price', 'line.0.number'],
  ],
  ['/settings/taxes/supplies/changes', SUPPLIES, ['base', 'share', 'flat', 'cap', 'suppliesName']],
  ['/settings/law', LAW, ['name', 'threshold', 'share', 'least', 'cap', 'suppliesText', 'estimateText', 'invoiceText']],
  ['/settings/paper', { paper: 'a4' }, ['address', 'phone', 'email', 'website', 'registration', 'estimateText', 'paper']],
  ['/settings/visits', { linkDays: '5', estimateDays: '5' }, ['linkDays', 'estimateDays', 'approvedColumn', 'consentText', 'greeting']],
  ['/settings/numbering', NUMBERS, ['nextWorkOrder', 'nextInvoice', 'invoicePrefix', 'currency', 'advisorDiscount', 'managerDiscount']],
  ['/settings/export', { what: 'customers' }, ['what']],
  ['/settings/retention', { accessDays: '90', faultDays: '30', deliveryDays: '30' }, ['accessDays', 'faultDays', 'deliveryDays']],
  ['/book', BOOKING, ['concern', 'vehicle', 'plate', 'slot', 'kind', 'services', 'name', 'phone', 'email', 'website', 'requestId']],
  ['/account/password', { current: 'x', password: 'a long password' }, ['password']],
];

async function expectUnchanged(send: () => Promise<{ status: number; text: string }>, statuses: number[], what: string) {
  const before = await versionOf(database.db, shop.id);
  const reply = await send();
  expect(statuses, `${what}: ${reply.text.slice(0, 300)}`).toContain(reply.status);
  expect(await versionOf(database.db, shop.id), what).toBe(before);
  return reply;
}

describe.each(TEXTS)('the form %s', (path, fields, texts) => {
  test.each([
    ['a NUL', 'a\0b'],
    ['more than fits', 'x'.repeat(6001)],
  ])('takes no text with %s', async (name, value) => {
    for (const field of texts) {
      if (field === 'password' && value.includes('\0')) continue;
      await expectUnchanged(() => manager.post(path, { ...fields, [field]: value }), [422], `${field} with ${name}`);
    }
  });

  test('takes no field twice', async () => {
    for (const field of texts) {
      const twice: Fields = [...Object.entries({ ...fields, [field]: 'one' }), [field, 'two']];
      await expectUnchanged(() => manager.post(path, twice), [422], field);
      await expectUnchanged(() => manager.post(path, twice, { htmx: true }), [422], field);
    }
  });

  test('knows no nested fields and no prototype', async () => {
    const field = texts[0] as string;
    for (const name of [
      `${field}[]`,
      `${field}[a]`,
      '__proto__[isAdmin]',
      'constructor[prototype][isAdmin]',
      'toString',
      'hasOwnProperty',
    ]) {
      await expectUnchanged(() => manager.post(path, { ...fields, [name]: 'x' }), [422], name);
    }
    // Fields of this name are dropped by the parser: they are as good as not sent.
    await expectUnchanged(() => manager.post(path, { ...fields, [field]: 'a\0b', ['__proto__']: 'x' }), [422], '__proto__');
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });
});

describe('numbers', () => {
  const odd = [
    '0',
    '-1',
    '1.5',
    '1e3',
    '0x3e9',
    '2147483648',
    '9007199254740993',
    '99999999999999999999',
    'NaN',
    'Infinity',
    '1001;drop table shops',
    "1001' or '1'='1",
    '1001%00',
    '%2e%2e',
    '１００１',
    '{}',
  ];

  test('that are none lead nowhere', async () => {
    for (const number of odd) {
      for (const path of [`/work-orders/${encodeURIComponent(number)}`, `/work-orders/${encodeURIComponent(number)}/changes?since=0`]) {
        expect((await manager.get(path)).status, path).toBe(404);
      }
      await expectUnchanged(() => manager.post(`/work-orders/${encodeURIComponent(number)}/comments`, { text: 'x' }), [404], number);
      await expectUnchanged(() => manager.post(`/staff/${encodeURIComponent(number)}/disablements`), [404], number);
    }
  });

  test('that are none are not moved to', async () => {
    for (const number of odd) {
      await expectUnchanged(() => manager.post('/work-orders/1001/moves', { column: number, after: '' }), [404, 422], `column ${number}`);
      await expectUnchanged(() => manager.post('/board/undos', { move: number }), [409, 422], `undo ${number}`);
    }
  });

  test('of versions that never were bring the whole board, or a sentence', async () => {
    for (const since of ['-1', '-99999', '999999999', '']) {
      const reply = await manager.get(`/board/changes?since=${since}`);
      expect(reply.status, since).toBe(200);
      expect(reply.text).toContain('data-card="1001"');
    }
    for (const since of ['abc', '1e999', '1.5', '1&since=2', '9007199254740993', '%00', '1;select', '[]']) {
      const reply = await manager.get(`/board/changes?since=${since}`);
      expect([400, 422], `${since}: ${reply.text}`).toContain(reply.status);
    }
  });

  test('of a limit are from 1 to 999', async () => {
    for (const limit of ['0', '-5', '1000', '1e9', 'many', '1.5']) {
      await expectUnchanged(() => manager.post('/settings/columns', { ...COLUMN, limit }), [422], limit);
    }
  });
});

test('filters and searches that nobody would type change nothing and break nothing', async () => {
  const odd = ['%', '_', '\\', "'", '"', ';--', '$1', '(a+)+$', 'x'.repeat(3000), '\u202eabc', '%00', '<b>', '{{7*7}}'];
  for (const text of odd) {
    const quoted = encodeURIComponent(text);
    expect((await manager.get(`/board?text=${quoted}&mechanic=${quoted}&label=${quoted}&late=${quoted}&sort=${quoted}`)).status, text).toBe(
      200,
    );
    expect([200, 422], text).toContain((await manager.get(`/work-orders/matches?find=${quoted}`)).status);
    expect([200, 422], text).toContain((await manager.get(`/work-orders?text=${quoted}&find=${quoted}&before=${quoted}`)).status);
    expect((await manager.get(`/sign-in?next=${quoted}`)).status, text).toBe(303);
    for (const wish of [
      `concern=${quoted}&vehicle=${quoted}&plate=${quoted}`,
      `services=${quoted}&slot=${quoted}&kind=${quoted}&from=${quoted}`,
    ])
      expect([200, 303], text).toContain((await manager.get(`/book?${wish}&step=time`)).status);
  }
  expect((await manager.get('/work-orders/matches?find=%25%25%25')).text).not.toContain('Dana');
  expect((await manager.get('/work-orders/matches?find=dana')).text).toContain('Dana');
  expect((await manager.get('/work-orders/matches?find=a&find=b')).status).toBe(422);
});

describe('times', () => {
  test.each([
    '0000-00-00T00:00',
    '2026-02-30T10:00',
    '9999-12-31T23:59',
    '1969-12-31T23:59',
    '+275760-09-13T00:00',
    '-000001-01-01T00:00',
    '2026-11-23',
    'tomorrow',
  ])('%s is not promised', async (promised) => {
    await expectUnchanged(() => manager.post('/work-orders', { ...ORDER, promised }), [422], promised);
    await expectUnchanged(() => manager.post('/work-orders/1001/edits', { ...EDIT, promised }), [422], promised);
  });
});

describe('bodies', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const send = (body: string | Buffer, headers: Record<string, string>) =>
    manager.send('POST', '/work-orders/1001/comments', { body, headers: { origin: manager.url, ...form, ...headers } });

  test.each([
    ['a megabyte', () => send(`text=${'x'.repeat(1_000_000)}`, {}), [413]],
    ['100,000 fields', () => send('a=1&'.repeat(100_000), {}), [413]],
    ['500 fields', () => send(Array.from({ length: 500 }, (_, index) => `f${index}=1`).join('&'), {}), [413]],
    ['a bomb in gzip', () => send(gzipSync(`text=${'x'.repeat(10_000_000)}`), { 'content-encoding': 'gzip' }), [413, 415]],
    ['an encoding nobody knows', () => send('text=x', { 'content-encoding': 'zebra' }), [415]],
    ['a character set nobody knows', () => send('text=x', { 'content-type': `${form['content-type']}; charset=zebra` }), [415]],
    ['JSON, 10,000 deep', () => send('['.repeat(10_000), { 'content-type': 'application/json' }), [422]],
    ['nothing', () => send('', {}), [422]],
    ['percent signs without a meaning', () => send('text=%E0%A4%A&%', {}), [422]],
  ])('with %s change nothing', async (name, sent, statuses) => {
    await expectUnchanged(sent, statuses, name);
  });

  test('of text that was cut in the middle of a sign are kept as far as they can be', async () => {
    const reply = await send('text=%E0%A4%A', {});
    expect(reply.status).toBe(303);
  });
});

describe('addresses', () => {
  test.each([
    '/%E0%A4%A',
    '/work-orders/%E0%A4%A',
    '/tv/%ff',
    '/invitations/%',
    '/assets/%E0%A4%A/app.css',
    '/%00',
    '/board%00',
    '/work-orders/1001%2f..%2f1002',
  ])('%s can’t be read, or lead nowhere', async (path) => {
    expect([400, 404]).toContain((await manager.get(path)).status);
  });

  test.each([
    ...[
      '/assets/../package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/..%5c..%5cpackage.json',
      '/assets//etc/passwd',
    ],
    ...[
      '/assets/%252e%252e/package.json',
      '/assets/',
      '/assets',
      '/public/css/app/00-tokens.css',
      '/../../etc/passwd',
      '/.git/config',
      '/.env',
      '/package.json',
      '/debug',
    ],
    ...[
      '/data/secrets/session-secret',
      '/src/main.ts',
      '/dist/src/main.js.map',
      '/assets/app.css',
      '/views/board/board.eta',
      '/migrations/0001_foundation.sql',
      '/..;/board',
      '/BOARD',
      '/Board/changes',
    ],
  ])('%s is not here', async (path) => {
    const reply = await manager.get(path);
    expect(reply.status).toBe(404);
    expect(reply.text).not.toMatch(/root:|"dependencies"|\[core\]|create table|data-card/);
  });

  test('of 20,000 characters, and headers of as many, are refused', async () => {
    expect([414, 431]).toContain((await manager.get(`/board?text=${'x'.repeat(20_000)}`)).status);
    expect((await manager.get('/board', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431);
    expect([303, 431]).toContain((await server.client().get('/board', { headers: { cookie: `sid=${'x'.repeat(8000)}` } })).status);
  });
});

test.each([
  ['both lengths', 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
  ['a folded header', 'GET /livez HTTP/1.1\r\nHost: x\r\nX-A: b\r\n\tc\r\n\r\n'],
  ['no host', 'GET /livez HTTP/1.1\r\n\r\n'],
  ['a bare line feed in a header', 'GET /livez HTTP/1.1\r\nHost: x\r\nX-A: a\nX-B: b\r\n\r\n'],
  ['a length that is none', 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n'],
  ['chunks that lie', 'POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n'],
  ['CONNECT', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n'],
  ['noise', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
])('a request with %s is refused, and its connection closed', async (_name, request) => {
  const answer = await raw(request);
  expect(answer).toMatch(/^(HTTP\/1\.1 (400|403|404|405|408) |$)/);
  expect((await manager.get('/livez')).status).toBe(200);
});

test('an absolute address with another host leads to no other place', async () => {
  const answer = await raw('GET http://evil.test/board HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n');
  const location = /\r\nlocation: (.*)\r\n/i.exec(answer)?.[1] ?? '/';
  expect(new URL(location, server.url).origin).toBe(server.url);
});

/** Sends bytes as they are. @returns everything that came back until the other side closed */
function raw(request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    socket.end(Buffer.from(request, 'latin1'));
  });
}
