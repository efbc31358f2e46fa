import { request } from 'node:http';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';
import { upload } from '../../testing/upload.js';
import { SETS } from './sets.js';

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

async function take(what: string, client = manager): Promise<string> {
  const reply = await client.post('/settings/export', { what });
  expect(reply.status, what).toBe(200);
  return reply.text;
}

const rowsOf = (file: string) => parse(file, { bom: true, columns: true }) as Record<string, string>[];

/** Cells as a spreadsheet meets them: none may be a formula. */
function expectSafe(file: string): void {
  for (const row of parse(file, { bom: true }) as string[][])
    for (const cell of row) if (!/^-?\d+(\.\d+)?$/.test(cell)) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
}

describe('every file', () => {
  test('can be taken out, is told of, and is what it says it is', async () => {
    await openOrders(database.db, shop.staff.advisor, 2);
    for (const what of Object.keys(SETS)) {
      const before = await versionOf(database.db, shop.id);
      const reply = await manager.post('/settings/export', { what });
      expect(reply.status, what).toBe(200);
      expect(reply.headers['content-type']).toContain('text/csv; charset=utf-8');
      expect(reply.headers['content-disposition']).toMatch(new RegExp(`^attachment; filename="${what}-\\d{4}-\\d\\d-\\d\\d\\.csv"$`));
      expect(reply.text.startsWith('\uFEFF'), what).toBe(true);
      expect(reply.text.endsWith('\r\n')).toBe(true);
      const event = await database.db
        .selectFrom('events')
        .select(['kind', 'data'])
        .where('version', '=', before + 1)
        .executeTakeFirst();
      expect(event).toEqual({ kind: 'data.exported', data: { what } });
    }
    expect((await manager.post('/settings/export', { what: 'staff' })).status).toBe(422);
  });

  test('holds nothing of another shop', async () => {
    const other = await makeShop(database.db, 'other');
    const stranger = await server.clientOf(other, 'manager');
    for (const what of Object.keys(SETS)) expect(rowsOf(await take(what, stranger)), what).toEqual([]);
  });

  test('has times on the shop’s clock with their offset, and amounts as decimals beside their currency', async () => {
    await database.db
      .updateTable('work_orders')
      .set({ created_at: new Date('2026-07-01T17:00:00Z'), total_cents: 123_405, paid_cents: -5 })
      .where('number', '=', 1001)
      .execute();
    const [order] = rowsOf(await take('work-orders'));
    expect(order).toMatchObject({
      'Work order': '1001',
      'Created at': '2026-07-01T12:00:00-05:00',
      Total: '1234.05',
      Paid: '-0.05',
      Currency: 'USD',
    });
  });
});

test('text that a spreadsheet would run is made harmless; numbers stay numbers', async () => {
  const evil = ['=1+1', '+1', '-2+3', '@SUM(A1)', '\t=1', '=cmd|"/c calc"!A1', "'=1", '"=1"', 'a\r\nb', 'plain', '=\u202Etxt'];
  for (const name of evil) {
    await sql`insert into customers (shop_id, name, notes, address) values (${shop.id}, ${name}, ${name}, ${`x,"${name}"`})`.execute(
      database.db,
    );
  }
  const file = await take('customers');
  expectSafe(file);
  const names = rowsOf(file).map((row) => row.Name);
  expect(names).toContain("'=1+1");
  expect(names).toContain("''=1");
  expect(names).toContain('a\r\nb');
  await sql`update work_orders set paid_cents = -500 where number = 1002 and shop_id = ${shop.id}`.execute(database.db);
  expect(rowsOf(await take('work-orders')).at(-1)?.Paid).toBe('-5.00');
});

test('a large table comes in pages, each row once', async () => {
  await sql`insert into parts (shop_id, number, cost_cents) select ${shop.id}, 'P-' || n, n from generate_series(1, 3500) n`.execute(
    database.db,
  );
  const rows = rowsOf(await take('parts'));
  expect(rows).toHaveLength(3500);
  expect(new Set(rows.map((row) => row['Part number'])).size).toBe(3500);
  expect(rows[99]).toMatchObject({ Cost: '1.00', Price: '' });
});

test('a reader that goes away in the middle is no fault, and leaves no connection behind', async () => {
  await sql`insert into customers (shop_id, name, notes) select ${shop.id}, 'C' || n, repeat('x', 2000) from generate_series(1, 8000) n`.execute(
    database.db,
  );
  for (let turn = 0; turn < 8; turn++) {
    const { hostname, port } = new URL(manager.url);
    const body = 'what=customers';
    const headers = {
      cookie: manager.cookie,
      origin: manager.url,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
    };
    await new Promise<void>((resolve, reject) => {
      const sent = request({ hostname, port, path: '/settings/export', method: 'POST', headers }, (reply) => {
        reply.once('data', () => {
          reply.destroy();
          resolve();
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
  expect(rowsOf(await take('customers')).length).toBeGreaterThan(8000);
  await until(() => server.app.services.pool.waitingCount === 0, 'the pool');
});

test('what was exported and read in by another shop is the same', async () => {
  const word = fc
    .string({ unit: fc.constantFrom(...'abZ ,;"\'=+-@|\n\tüß東🚗\u202E'.split(''), '🚗'), minLength: 1, maxLength: 12 })
    .map((value) => value.trim().replace(/\r\n?/g, '\n'))
    .filter((value) => value !== '' && value.isWellFormed());
  const person = fc.record({
    name: word,
    company: fc.option(word, { nil: '' }),
    notes: fc.option(word, { nil: '' }),
    address: fc.option(word, { nil: '' }),
  });
  const part = fc.record({
    ...{ number: word, maker: fc.option(word, { nil: '' }), description: fc.option(word, { nil: '' }) },
    ...{ cost_cents: fc.nat(1e9), price_cents: fc.option(fc.nat(1e9)) },
  });
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 8 }),
      fc.array(part, { minLength: 1, maxLength: 8 }),
      async (people, parts) => {
        const [from, to] = [await makeShop(database.db, `from${++turn}`), await makeShop(database.db, `to${turn}`)];
        const [giver, taker] = [await server.clientOf(from, 'manager'), await server.clientOf(to, 'manager')];
        for (const [index, { name, company, notes, address }] of people.entries()) {
          await sql`insert into customers (shop_id, name, company, kind, notes, address, phone)
          values (${from.id}, ${name}, ${company}, ${company ? 'company' : 'person'}, ${notes}, ${address}, ${`+1 555 ${1000 + index}`})`.execute(
            database.db,
          );
          await sql`with v as (insert into vehicles (shop_id, customer_id, description, plate, notes)
            select ${from.id}, max(id), ${name}, ${`P${index}`}, ${notes} from customers where shop_id = ${from.id} returning id)
          insert into meters (shop_id, vehicle_id, name, unit) select ${from.id}, id, 'Odometer', 'km' from v`.execute(database.db);
        }
        for (const one of parts)
          await sql`insert into parts (shop_id, number, maker, description, cost_cents, price_cents)
          values (${from.id}, ${one.number}, ${one.maker}, ${one.description}, ${one.cost_cents}, ${one.price_cents}) on conflict do nothing`.execute(
            database.db,
          );
        for (const what of ['customers', 'vehicles', 'parts']) {
          const file = await take(what, giver);
          expectSafe(file);
          const sent = await upload(taker, '/settings/import', { kind: what }, { field: 'file', name: `${what}.csv`, bytes: file });
          expect(sent.status, sent.text.slice(0, 300)).toBe(303);
          const run = await taker.post(`${sent.headers.location}/runs`);
          expect(run.status, `${what}: ${/<tbody>[\s\S]*?<\/tbody>/.exec(run.text)?.[0]}`).toBe(303);
        }
        expect(await contentOf(to)).toEqual(await contentOf(from));
      },
    ),
    { numRuns: 12 },
  );
}, 60_000);

/** All that a file carries, without ids; parts whose numbers differ in capitals alone are one. */
async function contentOf({ id }: TestShop) {
  const read = async (query: ReturnType<typeof sql>) => (await query.execute(database.db)).rows;
  return [
    await read(sql`select name, company, kind, phone, notes, address from customers where shop_id = ${id} order by phone`),
    await read(sql`select v.description, v.plate, v.notes, v.kind, c.phone, m.unit from vehicles v
      join customers c on c.shop_id = v.shop_id and c.id = v.customer_id join meters m on m.shop_id = v.shop_id and m.vehicle_id = v.id
      where v.shop_id = ${id} order by v.plate`),
    await read(sql`select distinct on (lower(number), lower(maker)) lower(number) as number, lower(maker) as maker, description, cost_cents, price_cents
      from parts where shop_id = ${id} order by lower(number), lower(maker), id`),
  ];
}
