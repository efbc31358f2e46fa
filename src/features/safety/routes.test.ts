import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { Phone, send } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, approve, moneyOf, openEmpty } from '../../testing/money.js';
import { addBrakesTemplate, answer, findRed } from '../../testing/safety.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';
import { makeInvoice, postInvoice } from '../billing/documents.js';
import { listOpenHolds } from './holds.js';

const ATTACK = `<img src=x onerror=alert(1)>"'><script>alert(1)</script>{{7*7}}<%= 7*7 %> ضمان`;

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let template: number;
let [advisor, manager, mechanic]: Client[] = [];
let number: number;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  template = await addBrakesTemplate(database.db, shop, ATTACK.slice(0, 60));
  [advisor, manager, mechanic] = await Promise.all(
    (['advisor', 'manager', 'mechanic'] as const).map((role) => server.clientOf(shop, role)),
  );
});
beforeEach(async () => {
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
  const { job } = await findRed(database.db, shop, number, template);
  await answer(database.db, shop.staff.advisor, number, 'decline', job);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const at = (path: string) => `/work-orders/${number}/${path}`;
const ids = async () => (await listOpenHolds(database.db, shop.id, number)).map(({ id }) => id).join();
const known = async (more: Record<string, string> = {}) => ({ holds: await ids(), givenBy: 'Dana', how: 'phone', note: '', ...more });

describe('the forms', () => {
  test('what was typed stays, beside a sentence', async () => {
    const noHow = await (advisor as Client).post(at('acknowledgements'), await known({ how: '', givenBy: '', note: 'What she said' }));
    expect(noHow.status).toBe(422);
    for (const text of ['Please choose how.', 'The name is missing.', 'What she said']) expect(noHow.text).toContain(text);
    await (advisor as Client).post(at('acknowledgements'), await known());
    const noNote = await (manager as Client).post(at('releases'), { holds: await ids(), note: ' ' });
    expect(noNote.status).toBe(422);
    expect(noNote.text).toContain('How it leaves is missing.');
    const noWhy = await (manager as Client).post(at('quality-checks'), { passed: 'no' });
    expect(noWhy.status).toBe(422);
    expect(noWhy.text).toContain('Please say what is not right.');
  });

  test('what can’t be is refused with a sentence, and changes nothing', async () => {
    const before = await versionOf(database.db, shop.id);
    const holds = [
      '',
      '0',
      '-1',
      '1,',
      ',1',
      '1;drop table holds',
      '1 or 1=1',
      '9'.repeat(30),
      '1,'.repeat(200),
      '１',
      'null',
      '[]',
      '1e9',
      '\u0000',
    ];
    for (const value of holds) {
      for (const path of ['acknowledgements', 'releases']) {
        const fields = path === 'releases' ? { holds: value, note: 'Towed' } : await known({ holds: value });
        expect([409, 422], `${path} ${value}`).toContain((await (manager as Client).post(at(path), fields)).status);
      }
    }
    for (const more of [{ how: 'link' }, { how: 'pigeon' }, { givenBy: 'x'.repeat(201) }, { note: 'x'.repeat(1001) }, { note: '\u0000' }])
      expect(
        (await (manager as Client).post(at('acknowledgements'), await known(more as never))).status,
        JSON.stringify(more).slice(0, 40),
      ).toBe(422);
    for (const passed of ['', 'maybe', 'YES']) expect((await (manager as Client).post(at('quality-checks'), { passed })).status).toBe(422);
    const twice: [string, string][] = [
      ['holds', await ids()],
      ['holds', await ids()],
      ['note', 'x'],
    ];
    expect((await (manager as Client).post(at('releases'), twice)).status).toBe(422);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('a mechanic checks work, and neither acknowledges nor releases', async () => {
    for (const path of ['acknowledgements', 'releases']) {
      expect((await (mechanic as Client).get(at(`${path}/new`))).status).toBe(403);
      expect((await (mechanic as Client).post(at(path), await known())).status).toBe(403);
    }
    expect((await (mechanic as Client).post(at('quality-checks'), { passed: 'yes' })).status).toBe(303);
  });

  test('a plain form leads back to the work order, htmx gets its sheet', async () => {
    expect(await (advisor as Client).post(at('acknowledgements'), await known())).toMatchObject({
      status: 303,
      headers: { location: `/work-orders/${number}` },
    });
    const reply = await (manager as Client).post(at('releases'), { holds: await ids(), note: 'Towed' }, { htmx: true });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('Released though unsafe');
    expect((await (manager as Client).get(at('releases/new'))).text).toContain('Nothing holds this vehicle.');
  });

  test('what people typed is text on every page', async () => {
    const pages = ['acknowledgements/new', 'releases/new', 'quality-checks/new'];
    const see = async () => Promise.all([...pages.map(at), `/work-orders/${number}`].map((path) => (manager as Client).get(path)));
    const before = await see();
    await (advisor as Client).post(at('acknowledgements'), await known({ givenBy: ATTACK, note: ATTACK }));
    const between = await see();
    await (manager as Client).post(at('releases'), { holds: await ids(), note: ATTACK });
    await (advisor as Client).post(at('quality-checks'), { passed: 'no', note: ATTACK });
    for (const { text } of [...before, ...between, ...(await see())]) {
      expect(text).not.toMatch(/<img src=x|<script>alert/);
      expect(text).not.toContain('49 ضمان');
    }
    expect((await (manager as Client).get(`/work-orders/${number}`)).text).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});

describe('live', () => {
  test('desk and floor are told; the floor gets no way to what it may not do, and no price', async () => {
    const page = await (mechanic as Client).get(`/work-orders/${number}`);
    const since = Number(/data-version="(\d+)"/.exec(page.text)?.[1]);
    expect(page.text).toContain('Held: this vehicle is not safe to drive');
    expect(page.text).not.toContain('acknowledgements/new');
    await (advisor as Client).post(at('acknowledgements'), await known());
    const told = await (mechanic as Client).get(`/work-orders/${number}/changes?since=${since}`);
    expect(told.text).toContain('hx-target="#work-order-safety"');
    expect(told.text).toContain('a second person releases it');
    expect(told.text).not.toMatch(/releases\/new|100\.00/);
    expect((await (advisor as Client).get(`/work-orders/${number}/changes?since=${since}`)).text).toContain('releases/new');
  });
});

describe('by the customer’s link', () => {
  test('they sign that they know, also when the rest is posted already; then somebody else than the finder releases', async () => {
    const { db } = database;
    const wash = await addJob(db, shop.staff.advisor, number, { name: 'Wash', lines: [{ cents: 2_000 }] });
    await approve(db, shop.staff.advisor, number, wash);
    await send(db, shop.staff.advisor, number);
    await db.updateTable('customers').set({ on_account: true }).where('shop_id', '=', shop.id).execute();
    const { total_cents: total } = await moneyOf(db, shop.id, number);
    await makeInvoice(db, shop.staff.advisor, number, total);
    await postInvoice(db, shop.staff.advisor, number, total);
    const phone = await Phone.open(db, shop.staff.advisor, number, server.client());
    expect((await phone.get()).text).toContain('Not safe to drive');
    const fields = { holds: await ids(), name: 'Dana Whitfield', strokes: '[[10,10,200,40]]', agreed: 'on' };
    expect((await phone.client.post(`${phone.base}/acknowledgements`, fields)).status).toBe(303);
    expect(await listOpenHolds(db, shop.id, number)).toMatchObject([{ acknowledged: true, takenBy: null }]);
    expect((await phone.get()).text).not.toContain('Sign that I know');
    const row = await db
      .selectFrom('holds')
      .select(['signature', 'acknowledged_by'])
      .where('shop_id', '=', shop.id)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ acknowledged_by: 'Dana Whitfield', signature: { kind: 'drawn', strokes: [[10, 10, 200, 40]] } });
    expect((await (advisor as Client).post(at('releases'), { holds: await ids(), note: 'Towed' })).status).toBe(303);
    expect(await listOpenHolds(db, shop.id, number)).toEqual([]);
    expect((await moneyOf(db, shop.id, number)).total_cents).toBe(total);
  });
});
