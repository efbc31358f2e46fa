import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  await sql`delete from fault_groups`.execute(database.db);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const kept = async () => {
  await server.app.services.faults.settled();
  const rows = await sql<{
    shop: number | null;
    kind: string;
    title: string;
    place: string;
    route: string;
    count: number;
    staff: number | null;
  }>`
    select g.shop_id as shop, g.kind, g.title, g.place, g.route, g.count, (select max(staff_id) from faults f where f.group_id = g.id) as staff
    from fault_groups g order by id`.execute(database.db);
  return rows.rows;
};
const send = (client: Client, body: unknown, type = 'application/json') =>
  client.send('POST', '/reports', {
    headers: { origin: client.url, 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const script = (more: object = {}) => ({
  ...{ type: 'script', page: `${server.url}/work-orders/1001`, name: 'TypeError', message: 'x is undefined for dana@example.com' },
  stack: `TypeError: x\n    at place (${server.url}/assets/0123456789ab/app.js:10:20)\n    at ${server.url}/assets/0123456789ab/app.js:30:1`,
  ...more,
});

describe('an error in a page', () => {
  test('is kept with who saw it, where the script was, and which page', async () => {
    const client = await server.clientOf(shop, 'advisor');
    expect((await send(client, script())).status).toBe(204);
    await send(client, script({ stack: `place@${server.url}/assets/ba9876543210/app.js:10:20` }));
    expect(await kept()).toEqual([
      {
        ...{ shop: shop.id, kind: 'browser', title: 'TypeError: x is undefined for …@…', place: 'place (/assets/app.js:10)' },
        ...{ route: '/work-orders/:number', count: 2, staff: shop.staff.advisor.staff },
      },
    ]);
  });

  test('of an extension, of another site, or of nothing we know is dropped', async () => {
    const client = server.client();
    const elsewhere = [
      script({ stack: 'TypeError: x\n    at y (chrome-extension://abc/x.js:1:1)' }),
      script({ stack: 'TypeError: x\n    at y (https://evil.test/assets/app.js:1:1)' }),
      script({ page: 'https://evil.test/board' }),
      script({ stack: `TypeError: x\n    at y (${server.url}/tv/a-key-that-opens-it:1:1)` }),
      ...[{ type: 'script' }, {}, [], [[]], null, 7, 'text', { type: 'csp-violation', body: {} }, { 'csp-report': {} }],
    ];
    for (const one of elsewhere) expect((await send(client, JSON.stringify(one))).status, JSON.stringify(one)).toBe(204);
    expect(await kept()).toEqual([]);
  });
});

describe('a report of the content security policy', () => {
  test('is kept as either form of it, without what was asked of the page', async () => {
    const client = server.client();
    const old = {
      ...{ 'document-uri': `${server.url}/c/abcdefghijklmnopqrstuvwxyz0123456789?q=secret`, 'effective-directive': 'script-src-elem' },
      // Of what stands in a page itself browsers say the page's address, which may be a key.
      ...{ 'blocked-uri': 'https://evil.test/secret.js', 'source-file': `${server.url}/tv/a-key-that-opens-it` },
    };
    expect((await send(client, { 'csp-report': old }, 'application/csp-report')).status).toBe(204);
    const body = { documentURL: `${server.url}/board`, effectiveDirective: 'style-src-attr', blockedURL: 'inline', lineNumber: 3 };
    const sourceFile = `${server.url}/assets/0123456789ab/app.js`;
    await send(client, [{ type: 'csp-violation', body: { ...body, sourceFile } }, { type: 'deprecation' }], 'application/reports+json');
    expect((await kept()).map(({ kind, title, place, route, shop: of }) => [kind, title, place, route, of])).toEqual([
      ['csp', 'CspViolation: script-src-elem stopped https://evil.test', '', '/c/:token', null],
      ['csp', 'CspViolation: style-src-attr stopped inline', '(script) (/assets/app.js:3)', '/board', null],
    ]);
    const { rows } = await sql<{ stack: string }>`select stack from faults where stack like '%a-key%' or message like '%a-key%'`.execute(
      database.db,
    );
    expect(rows).toEqual([]);
  });
});

test('every page says where to report, and its first script tells of errors in all of them', async () => {
  expect((await server.client().get('/sign-in')).headers['content-security-policy']).toContain('report-uri /reports');
  const { url } = server.app.services.assets;
  for (const name of ['app.js', 'tv.js', 'visit.js']) {
    const first = (await server.client().get(url(name))).text.slice(0, 1_000);
    expect(first, name).toContain("fetch('/reports'");
    expect(first, name).not.toMatch(/^[ \t]/m);
  }
});

test('there is room for five hundred kinds, and what is known goes on being counted', async () => {
  await sql`insert into fault_groups (kind, fingerprint, title, place, route, first_at, last_at, first_version, last_version, count)
    select 'csp', 'made up ' || n, '', '', '', now(), now(), '', '', 1 from generate_series(1, 499) n`.execute(database.db);
  const { faults } = server.app.services;
  for (const route of ['/one', '/two', '/one']) faults.record({ kind: 'csp', error: new Error('x'), route });
  expect((await kept()).slice(499)).toMatchObject([{ route: '/one', count: 2 }]);
});

// The last one: how many reports were made is counted in memory.
test('strangers can’t make it long: few a minute, small ones, a few at once', async () => {
  const client = server.client();
  const many = Array.from({ length: 500 }, (_, turn) => ({
    type: 'csp-violation',
    body: { documentURL: `${server.url}/board`, effectiveDirective: 'img-src', blockedURL: `https://${turn}.test` },
  }));
  expect((await send(client, many.slice(0, 200), 'application/reports+json')).status).toBe(204);
  const count = async () => (await kept()).reduce((sum, group) => sum + group.count, 0);
  expect(await count()).toBeLessThanOrEqual(20);
  for (let turn = 0; turn < 5; turn++) await send(client, many.slice(turn * 20, turn * 20 + 20));
  expect(await count()).toBeLessThanOrEqual(20);
  expect(await count()).toBeGreaterThan(0);
  expect((await send(client, many)).status).toBe(413);
  expect((await send(client, '{"broken"')).status).toBe(400);
  expect((await client.send('POST', '/reports', { headers: { 'sec-fetch-site': 'cross-site' }, body: '{}' })).status).toBe(403);
});
