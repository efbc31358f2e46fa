import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listShops } from '../../platform/database/verify-events.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { addContact } from '../customers/contacts.js';
import { addCustomer } from '../customers/customers.js';
import { mergeCustomers } from '../customers/merges.js';
import { NO_FIELDS } from '../customers/rules.js';
import { addLabel } from '../labels/labels.js';
import { transferVehicle } from '../vehicles/transfers.js';
import { addComment } from '../work-orders/comments.js';
import { listDue, readChainCheck, verifyTask } from './chain.js';
import { tidy } from './retention.js';
import { boundsOf, KINDS } from './rules.js';
import { tellEvent } from './telling.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;
const NOBODY = { customer: null, vehicle: null, staff: null, column: null };

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  const { advisor, mechanic, manager: boss } = shop.staff;
  await openOrders(database.db, advisor, 60);
  await addComment(database.db, mechanic, 1001, 'Nobody else reads this');
  await addLabel(database.db, boss, { name: '=Rush', color: 'red' });
  await addCustomer(database.db, advisor, { ...NO_FIELDS, name: 'Rosa Parks' });
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** The lines of a page as text. */
const linesOf = (html: string) =>
  [...html.matchAll(/<li><time[^>]*>[^<]*<\/time><p dir="auto">(.*?)<\/p><\/li>/g)].map(([, line]) =>
    (line as string)
      .replace(/<[^>]+>/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );

describe('the log', () => {
  test('tells each event in words, the newest first, a page at a time, each once', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/activity';
    for (let turn = 0; path && turn < 10; turn++) {
      const { status, text } = await manager.get(path);
      expect(status).toBe(200);
      seen.push(...linesOf(text));
      path = /href="(\/activity\?[^"]*before=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    const { rows } = await sql<{ count: number }>`select count(*) from events where shop_id = ${shop.id}`.execute(database.db);
    expect(seen.length).toBe(rows[0]?.count);
    expect(seen[0]).toBe('advisor of first added the customer Rosa Parks Open');
    expect(seen[1]).toBe('manager of first added the label =Rush');
    expect(seen[2]).toBe('mechanic of first commented #1001');
    expect(seen.at(-1)).toContain('made the shop “first”');
    expect(seen.filter((line) => line.includes('opened it in Estimates')).length).toBe(60);
    expect(seen.join()).not.toMatch(/undefined|\[object|Nobody else reads/);
  });

  test('is filtered by person, work order, kind and day, and by all of them at once', async () => {
    const find = async (query: string) => linesOf((await manager.get(`/activity?${query}`)).text);
    const { mechanic } = shop.staff;
    expect(await find(`person=${mechanic.staff}`)).toEqual(['mechanic of first commented #1001']);
    expect((await find('order=1002')).length).toBe(1);
    expect(await find('kind=customers')).toContain('advisor of first added the customer Rosa Parks Open');
    expect((await find('kind=board')).every((line) => !line.includes('opened it'))).toBe(true);
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format(new Date());
    expect((await find(`from=${today}&to=${today}`)).length).toBeGreaterThan(40);
    expect(await find('to=2020-01-01')).toEqual([]);
    expect(await find('from=2090-01-01')).toEqual([]);
    expect(await find(`person=${mechanic.staff}&order=1001&kind=orders&from=${today}&to=${today}`)).toHaveLength(1);
    expect(await find(`person=${mechanic.staff}&order=1002`)).toEqual([]);
    // What can't be read is not asked for.
    for (const odd of ['person=x', 'before=abc', 'from=2020-99-99', 'kind=nothing', 'order=%00', 'to=9999-12-31', 'from=0000-01-01'])
      expect((await manager.get(`/activity?${odd}`)).status, odd).toBe(200);
  });

  test('is filtered by customer and by vehicle: what happened to them, also as the duplicate that they were, and to their work orders', async () => {
    const { db } = database;
    const { advisor } = shop.staff;
    const find = async (query: string) => linesOf((await manager.get(`/activity?${query}`)).text);
    const order = async (number: number) =>
      db
        .selectFrom('work_orders')
        .select(['customer_id as customer', 'vehicle_id as vehicle'])
        .where('number', '=', number)
        .executeTakeFirstOrThrow();
    const { customer, vehicle } = await order(1003);
    const { result: anna } = await addCustomer(db, advisor, { ...NO_FIELDS, name: 'Anna Zwick' });
    const { result: other } = await addCustomer(db, advisor, { ...NO_FIELDS, name: 'Anna Zwicke' });
    await addContact(db, advisor, other.customer, { name: 'Her brother', role: '', phone: '', email: '' });
    expect(await find(`about=customer-${anna.customer}`)).toHaveLength(1);
    expect(await find(`about=customer-${other.customer}`)).toHaveLength(2);
    await mergeCustomers(db, advisor, other.customer, anna.customer);
    await transferVehicle(db, advisor, vehicle, { from: customer, to: anna.customer, name: '', phone: '', dropNotes: false });
    const hers = await find(`about=customer-${anna.customer}`);
    expect(hers).toHaveLength(5);
    expect(hers[0]).toContain('wrote the vehicle');
    expect(hers[1]).toContain('put a duplicate together');
    const its = await find(`about=vehicle-${vehicle}`);
    expect(its).toContain(hers[0]);
    expect(its.some((line) => line.includes('#1003'))).toBe(true);
    expect(its.some((line) => /#10(?!03)/.test(line))).toBe(false);
    expect((await find(`about=customer-${customer}`)).some((line) => line.includes('#1003'))).toBe(true);
    expect(await find(`about=customer-${anna.customer}&kind=board`)).toEqual([]);
    expect(await find(`about=customer-${customer}&order=1004`)).toEqual([]);
    // Found by what was typed: the only one at once, of several which one is meant.
    const one = await manager.get('/activity?find=Rosa+Parks&kind=customers');
    expect(one.headers.location).toMatch(/^\/activity\?about=customer-\d+&kind=customers$/);
    expect(linesOf((await manager.get(String(one.headers.location))).text)).toEqual([
      'advisor of first added the customer Rosa Parks Open',
    ]);
    await addCustomer(db, advisor, { ...NO_FIELDS, name: 'Anna Zwick', phone: '312 555 0142' });
    const several = (await manager.get('/activity?find=Anna+Zwick')).text;
    expect(several).toContain('Which one is meant?');
    expect(several).toContain(`/activity?about=customer-${anna.customer}`);
    expect((await manager.get('/activity?find=Nobody+Ever')).text).toContain('No customer and no vehicle fits');
    expect((await manager.get(`/customers/${anna.customer}`)).text).toContain(`href="/activity?about=customer-${anna.customer}"`);
    expect((await (await server.clientOf(shop, 'advisor')).get(`/customers/${anna.customer}`)).text).not.toContain('/activity');
    const file = await manager.post('/activity/exports', { about: `vehicle-${vehicle}` });
    expect(parse(file.text, { bom: true, columns: true })).toHaveLength(its.length);
  });

  test('is taken out as a file, what is filtered or all, and that is noted', async () => {
    const all = await manager.post('/activity/exports');
    expect(all.headers['content-disposition']).toMatch(/^attachment; filename="activity-\d{4}-\d\d-\d\d\.csv"$/);
    const rows = parse(all.text, { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.length).toBeGreaterThan(60);
    expect(rows[0]).toMatchObject({
      Who: 'manager of first',
      What: 'took out the activity log as a file',
      Kind: 'data.exported',
      Number: '1',
    });
    expect(rows.find(({ Kind }) => Kind === 'card.moved' || Kind === 'work-order.created')?.['Work order']).toMatch(/^10\d\d$/);
    expect(
      rows.every(({ Hash, Time }) => /^[0-9a-f]{64}$/.test(Hash ?? '') && /^\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d\d:\d\d$/.test(Time ?? '')),
    ).toBe(true);
    const some = await manager.post('/activity/exports', { order: '1001', kind: 'orders' });
    expect(parse(some.text, { bom: true, columns: true })).toHaveLength(2);
  });

  test('shows nothing of another shop, neither events nor names', async () => {
    const other = await makeShop(database.db, 'other');
    const stranger = await server.clientOf(other, 'manager');
    const { text } = await stranger.get('/activity');
    expect(text).not.toMatch(/Rosa|first/);
    const { rows } = await sql<{ about: string }>`
      select 'customer-' || customer_id as about from work_orders where shop_id = ${shop.id} union select 'vehicle-' || id from vehicles where shop_id = ${shop.id}`.execute(
      database.db,
    );
    const things = rows.slice(0, 5).map(({ about }) => `/activity?about=${about}`);
    expect(things.length).toBeGreaterThan(1);
    expect((await stranger.get('/activity?find=Rosa')).text).toContain('No customer and no vehicle fits');
    for (const path of ['/activity?order=1001', `/activity?person=${shop.staff.mechanic.staff}`, ...things])
      expect(linesOf((await stranger.get(path)).text).filter((line) => !/other/.test(line))).toEqual([]);
    expect((await stranger.post('/activity/exports')).text).not.toMatch(/Rosa|of first/);
  });
});

describe('words', () => {
  test('every kind that is recorded in a shop of the tests has a sentence of its own', async () => {
    const { rows } = await sql<{ kind: string; data: object }>`select distinct on (kind) kind, data from events`.execute(database.db);
    for (const { kind, data } of rows) expect(tellEvent(kind, data, NOBODY), kind).not.toContain(kind);
  });

  test('any kind with any data is told, never breaks, and shows no object', () => {
    const known = [
      'customer.merged',
      'vehicle.changed',
      'work-order.assigned',
      'till.closed',
      'labor-rate.default-changed',
      'staff.invited',
      'webhook.added',
    ];
    const kinds = fc.oneof(fc.constantFrom(...known), fc.stringMatching(/^[a-z-]{1,12}\.[a-z-]{1,12}$/));
    fc.assert(
      fc.property(kinds, fc.dictionary(fc.constantFrom('from', 'to', 'name', 'what', 'column'), fc.jsonValue()), (kind, data) => {
        const told = tellEvent(kind, data, NOBODY);
        expect(told.length).toBeGreaterThan(0);
      }),
    );
    expect(tellEvent('labor-rate.changed', { name: 'Shop rate', from: { perHour: '1' }, to: { perHour: '2' } }, NOBODY)).toBe(
      'changed the labor rate Shop rate: per hour from “1” to “2”',
    );
    expect(tellEvent('something-new.happened', {}, NOBODY)).toBe('the something new: happened');
  });

  test('a kind belongs to one group, and days are those of the shop, also when clocks change', () => {
    const nouns = Object.values(KINDS).flatMap((kind) => kind.nouns);
    expect(new Set(nouns).size).toBe(nouns.length);
    const { since, until: end } = boundsOf({ from: '2026-03-08', to: '2026-03-08' }, 'America/Chicago');
    expect([since?.toISOString(), end?.toISOString()]).toEqual(['2026-03-08T06:00:00.000Z', '2026-03-09T05:00:00.000Z']);
  });
});

describe('the chain', () => {
  test('is verified for each shop at night and when a manager asks, and the page says so', async () => {
    expect((await manager.get('/activity')).text).toContain('has not been verified yet');
    expect((await manager.post('/activity/verifications')).status).toBe(303);
    await until(async () => (await readChainCheck(database.db, shop.id)) !== null, 'the verification');
    const { text } = await manager.get('/activity');
    expect(text).toMatch(/Verified <time>[^<]+<\/time>: \d+ events are as they were written/);
    const services = server.app.services;
    await verifyTask.run({}, services, { isLast: true });
    for (const { id } of await listShops(database.db)) expect(await readChainCheck(database.db, id)).toMatchObject({ wrong: null });
    const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    expect(await listDue(database.db, new Date())).toEqual([]);
    expect((await listDue(database.db, later(27))).length).toBeGreaterThan(1);
    const night = new Date('2031-05-06T04:30:00Z');
    for (const [hoursBefore, isDue] of [
      [13, true],
      [11, false],
    ] as const) {
      const at = new Date(night.getTime() - hoursBefore * 3_600_000);
      await database.db.updateTable('chain_checks').set({ at }).execute();
      expect((await listDue(database.db, night)).length > 0).toBe(isDue);
    }
  });

  test('that was tampered with is said on the page, in the log and as a fault of that shop', async () => {
    const { db } = database;
    await sql`alter table events disable trigger events_are_final`.execute(db);
    await sql`update events set data = data || '{"name": "x"}' where shop_id = ${shop.id} and kind = 'label.added'`.execute(db);
    await sql`alter table events enable trigger events_are_final`.execute(db);
    await verifyTask.run({ shop: shop.id }, server.app.services, { isLast: true });
    await server.app.services.faults.settled();
    const { text } = await manager.get('/activity');
    expect(text).toContain('The record was tampered with:');
    expect(text).toContain('label.added');
    expect(server.logged.find((line) => line.security === 'chain broken')).toMatchObject({ level: 50, shop: shop.id });
    const fault = await db.selectFrom('fault_groups').select(['shop_id', 'title']).where('route', '=', 'verify-events').executeTakeFirst();
    expect(fault).toMatchObject({ shop_id: shop.id, title: expect.stringContaining('chain of events is broken') });
  });
});

describe('sign-ins and refusals', () => {
  const texts = async (query = '') => linesOf((await manager.get(`/activity/access${query}`)).text);

  test('are noted, refusals that are alike in one line, and nothing that was typed', async () => {
    await sql`truncate access_log`.execute(database.db);
    const client = server.client();
    for (let turn = 0; turn < 3; turn++) await client.signIn(shop.email('mechanic'), `wrong-${turn}`);
    await client.signIn('stranger@nowhere.test', 'my-bank-password');
    await client.signInAs(shop, 'mechanic');
    await client.get('/staff');
    await client.get('/staff');
    await until(async () => (await texts('?kind=not+allowed')).some((line) => line.includes('2 times')), 'the refusals');
    await client.post('/sign-out');
    const lines = await texts();
    expect(lines.length).toBe(5);
    expect(lines[0]).toContain('mechanic of first signed out from 127.0.0.1');
    expect(lines[1]).toContain('mechanic of first was not allowed, 2 times: GET /staff');
    expect(lines[2]).toContain('mechanic of first signed in');
    expect(lines[3]).toContain('Somebody unknown typed a wrong password');
    expect(lines[4]).toContain('mechanic of first typed a wrong password, 3 times');
    const rows = JSON.stringify(await database.db.selectFrom('access_log').selectAll().execute());
    expect(rows).not.toMatch(/wrong-|my-bank|stranger@|mechanic@/);
    expect(await texts(`?person=${shop.staff.mechanic.staff}&kind=signed-in`)).toHaveLength(1);
    expect(await texts('?to=2020-01-01')).toEqual([]);
    const file = await manager.post('/activity/access/exports', { kind: 'not allowed' });
    expect(file.headers['content-disposition']).toMatch(/^attachment; filename="sign-ins-\d{4}-\d\d-\d\d\.csv"$/);
    const saved = parse(file.text, { bom: true, columns: true }) as Record<string, string>[];
    expect(saved).toMatchObject([{ Who: 'mechanic of first', What: 'Not allowed', Times: '2', Detail: 'GET /staff', From: '127.0.0.1' }]);
  });

  test('of people of another shop are not shown', async () => {
    const third = await makeShop(database.db, 'third');
    await server.clientOf(third, 'advisor');
    await server.client().signIn(third.email('advisor'), 'wrong');
    expect((await texts()).join()).not.toContain('third');
  });

  test('go when they are too old, by the setting of the shop; events never do', async () => {
    const { db } = database;
    const events = () => sql<{ count: number }>`select count(*) from events`.execute(db).then(({ rows }) => rows[0]?.count);
    const original = { 'original.accessDays': '180', 'original.faultDays': '90', 'original.deliveryDays': '30', deliveryDays: '30' };
    expect((await manager.post('/settings/retention', { accessDays: '29', faultDays: '7', ...original })).status).toBe(422);
    expect((await manager.post('/settings/retention', { accessDays: '30', faultDays: '7', ...original })).status).toBe(303);
    await sql`truncate access_log`.execute(db);
    const { staff } = shop.staff.mechanic;
    for (const [of, days] of [
      [shop.id, 29],
      [shop.id, 31],
      [null, 31],
      [null, 181],
    ])
      await sql`insert into access_log (kind, slot, last_at, shop_id, staff_id, address, detail)
        values ('signed-in', now() - make_interval(days => ${days}), now() - make_interval(days => ${days}), ${of}, ${staff}, '', '')`.execute(
        db,
      );
    const group = (days: number) =>
      sql`insert into fault_groups (shop_id, kind, fingerprint, title, place, route, first_at, last_at, first_version, last_version, count)
      values (${shop.id}, 'server', ${`f${days}`}, '', '', ${`/${days}`}, now(), now() - make_interval(days => ${days}), '', '', 1)`.execute(
        db,
      );
    for (const days of [6, 8]) await group(days);
    const before = await events();
    for (let turn = 0; turn < 2; turn++) await tidy(db);
    expect(await events()).toBe(before);
    const left = await sql<{ of: number | null; days: number }>`
      select shop_id as of, extract(day from now() - last_at)::int as days from access_log order by id`.execute(db);
    expect(left.rows).toEqual([
      { of: shop.id, days: 29 },
      { of: null, days: 31 },
    ]);
    const faults = await sql<{ route: string }>`select route from fault_groups where title = ''`.execute(db);
    expect(faults.rows).toEqual([{ route: '/6' }]);
  });
});
