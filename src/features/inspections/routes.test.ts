import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, newOrder, openOrders, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { versionOf } from '../../testing/truth.js';
import { createWorkOrder } from '../work-orders/create.js';
import { saveItem } from './findings.js';
import { listFindings, startInspection } from './inspections.js';
import { listTemplates } from './templates.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let mechanic: Client;
let number: number;
let inspection: number;
let here: string;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  mechanic = await server.clientOf(shop, 'mechanic');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  [number] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
  inspection = await start(number);
  here = `/work-orders/${number}/inspections/${inspection}`;
});

async function start(order: number): Promise<number> {
  const car = (await listTemplates(database.db, shop.id)).find(({ vehicleType }) => vehicleType === 'car');
  const chosen = car ? { template: car.id } : { starter: 'car' as const };
  return (await startInspection(database.db, shop.staff.mechanic, order, chosen)).result.inspection;
}
const itemOf = async (key: string) => (await listFindings(database.db, shop.id, inspection)).find(({ item }) => item === key);

describe('starting', () => {
  test('offers what fits the vehicle first', async () => {
    const { vehicle_id: id } = await database.db
      .selectFrom('work_orders')
      .select('vehicle_id')
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    await database.db.updateTable('vehicles').set({ type: 'trailer' }).where('id', '=', id).execute();
    const page = (await mechanic.get(`/work-orders/${number}/inspections/new`)).text;
    expect(page).toContain('For a trailer');
    expect(page.indexOf('Trailer inspection')).toBeLessThan(page.indexOf('Bicycle check'));
    expect(page).toContain('started: go on');
  });

  test('leads to the first item, and a second time to the same inspection', async () => {
    const [other] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
    const bicycle = (await listTemplates(database.db, shop.id)).find(({ vehicleType }) => vehicleType === 'bicycle')?.id as number;
    const send = () => mechanic.post(`/work-orders/${other}/inspections`, { template: bicycle, requestId: 'start-it-once' });
    const [first, second] = [await send(), await send()];
    expect(first).toMatchObject({ status: 303 });
    expect(first.headers.location).toMatch(/\/inspections\/\d+\?item=frame$/);
    expect(second.headers.location).toBe(first.headers.location);
    for (const body of [{}, { template: bicycle, starter: 'car' }, { template: 0 }, { starter: 'boat' }] as Record<
      string,
      string | number
    >[])
      expect((await mechanic.post(`/work-orders/${other}/inspections`, body)).status, JSON.stringify(body)).toBe(422);
  });
});

describe('an item', () => {
  test('that is good leads on; where something is found one stays', async () => {
    const tap = (item: string, body: Record<string, string>) => mechanic.post(`${here}/items/${item}`, body);
    expect((await tap('warning-lights', { color: 'green' })).headers.location).toBe(`${here}?item=horn`);
    expect((await tap('horn', { color: 'red' })).headers.location).toBe(`${here}?item=horn`);
    expect((await tap('horn', { go: 'next' })).headers.location).toBe(`${here}?item=exterior-lights`);
    expect((await tap('horn', { go: 'previous' })).headers.location).toBe(`${here}?item=warning-lights`);
    expect((await tap('horn', { go: 'all' })).headers.location).toBe(here);
    expect((await tap('leaks', { color: 'na' })).headers.location).toBe(here);
    const again = await mechanic.get(`/work-orders/${number}/inspections/${inspection}`);
    expect(again.text).toContain('23 not done');
  });

  test('takes figures with a comma or a point, and colors itself', async () => {
    const save = (body: Record<string, string>) => mechanic.post(`${here}/items/brake-pads-front`, body);
    await save({ 'measure.0': '4,8', 'measure.1': '2.9' });
    expect(await itemOf('brake-pads-front')).toMatchObject({
      ...{ color: 'red', reason: 'required' },
      measures: [
        { position: 'LF', value: 480 },
        { position: 'RF', value: 290 },
      ],
    });
    const before = await versionOf(database.db, shop.id);
    const refused = await save({ 'measure.0': 'thick', 'measure.1': '2.9', note: 'Typed note' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Please write a number like 3.5.');
    expect(refused.text).toContain('value="thick"');
    expect(refused.text).toContain('Typed note');
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('gets a ready-made sentence behind what was typed', async () => {
    await mechanic.post(`${here}/items/brake-pads-front`, { note: 'Left side.', phrase: '2' });
    expect((await itemOf('brake-pads-front'))?.note).toBe('Left side. Metal to metal.');
    expect((await mechanic.post(`${here}/items/brake-pads-front`, { phrase: '9' })).status).toBe(422);
  });

  test('answers a script with what follows from what was saved, and leaves the fields alone', async () => {
    const reply = await mechanic.post(`${here}/items/brake-pads-front`, { 'measure.0': '2', note: '' }, { htmx: true });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('hx-target="#inspection-state"');
    expect(reply.text).not.toContain('id="note"');
    const on = await mechanic.post(`${here}/items/horn`, { color: 'green' }, { htmx: true });
    expect(on.text).toContain('hx-target="#inspection"');
    expect(on.text).toContain('Exterior lights');
  });

  test('changed by two at once: the last one stands, is told, and the history has both', async () => {
    await mechanic.post(`${here}/items/horn`, { note: 'Silent', 'original.note': '' });
    const advisor = await server.clientOf(shop, 'advisor');
    const late = await advisor.post(`${here}/items/horn`, { note: 'Weak', 'original.note': '', go: 'next' });
    expect(late.headers.location).toBe(`${here}?item=horn`);
    expect((await advisor.get(`${here}?item=horn`)).text).toContain('Meanwhile mechanic of first had written “Silent”');
    await mechanic.post(`${here}/items/horn`, { color: 'yellow', 'original.color': '' });
    const other = await advisor.post(`${here}/items/horn`, { color: 'red', 'original.color': '' }, { htmx: true });
    expect(other.text).toContain('Meanwhile mechanic of first had said yellow.');
    const page = (await mechanic.get(`/work-orders/${number}`)).text;
    expect(page).toContain('inspected “Horn”: “Silent”');
    expect(page).toContain('inspected “Horn”: “Weak”, was “Silent”');
  });

  test.each([
    ['a color nobody knows', { color: 'blue' }],
    ['a NUL', { note: 'a\0b' }],
    ['a note without end', { note: 'x'.repeat(2001) }],
    ['a figure without end', { 'measure.0': '1'.repeat(41) }],
    ['a position too many', { 'measure.10': '1' }],
    ['a sum', { 'measure.0': '1+1' }],
    ['a reason nobody knows', { reason: 'because' }],
    ['a field of its own', { released: 'yes' }],
  ])('refuses %s', async (_, body) => {
    const before = await versionOf(database.db, shop.id);
    expect((await mechanic.post(`${here}/items/brake-pads-front`, body as Record<string, string>)).status).toBe(422);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('of another order, another inspection or another shop is not here', async () => {
    const [other] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
    const theirs = await start(other);
    const finding = (await listFindings(database.db, shop.id, theirs))[0]?.id as number;
    await saveItem(database.db, shop.staff.mechanic, other, theirs, 'horn', { color: 'red' });
    const manager = await server.clientOf(shop, 'manager');
    const before = await versionOf(database.db, shop.id);
    for (const path of [`/work-orders/${number}/inspections/${theirs}`, `/work-orders/${number}/findings/${finding}`])
      expect((await manager.get(path)).status, path).toBe(404);
    for (const [path, body] of [
      [`inspections/${theirs}/items/horn`, { color: 'green' }],
      [`inspections/${theirs}/finishes`, {}],
      [`inspections/${theirs}/releases`, { on: 'yes' }],
      [`inspections/${inspection}/items/no-such-item`, { color: 'green' }],
      [`inspections/${inspection}/items/horn/carries`, { finding }],
      [`findings/${finding}/jobs`, {}],
      [`findings/${finding}/releases`, { on: 'no' }],
    ] as [string, Record<string, string | number>][])
      expect((await manager.post(`/work-orders/${number}/${path}`, body)).status, path).toBe(404);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });
});

test('what was missing is said before it is finished, and everything of a finished one is closed', async () => {
  const refused = await mechanic.post(`${here}/finishes`);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Something is missing at 26 items: Warning lights, Horn, Exterior lights and 23 more.');
  for (const { item } of await listFindings(database.db, shop.id, inspection))
    await mechanic.post(`${here}/items/${item}`, { color: 'green' });
  await mechanic.post(`${here}/items/brake-pads-rear`, { color: 'red', note: 'No photo of it' });
  expect((await mechanic.post(`${here}/finishes`)).text).toContain('1 item: Rear brake pads or shoes.');
  await mechanic.post(`${here}/items/brake-pads-rear`, { color: 'na' });
  expect((await mechanic.post(`${here}/finishes`)).status).toBe(303);
  expect((await mechanic.post(`${here}/items/horn`, { color: 'red' })).status).toBe(409);
  expect((await mechanic.get(`${here}?item=horn`)).text).toContain('This inspection is finished.');
  expect((await mechanic.post(`${here}/releases`, { on: 'yes' })).status).toBe(403);
  const advisor = await server.clientOf(shop, 'advisor');
  expect((await advisor.post(`${here}/releases`, { on: 'yes' })).status).toBe(303);
  expect((await mechanic.post(`${here}/reopenings`)).status).toBe(303);
  expect((await advisor.get(here)).text).not.toContain('the customer sees it');
});

test('the last visit is offered with its odometer, and wear is drawn over the visits', async () => {
  const { vehicle_id: vehicle } = await database.db
    .selectFrom('work_orders')
    .select('vehicle_id')
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  const meter = await database.db.selectFrom('meters').select('id').where('vehicle_id', '=', vehicle).executeTakeFirstOrThrow();
  const visit = async (order: number, of: number, tenths: number, LF: number) => {
    const { id } = await database.db.selectFrom('work_orders').select('id').where('number', '=', order).executeTakeFirstOrThrow();
    const reading = { shop_id: shop.id, meter_id: meter.id, work_order_id: id, moment: 'in' as const, tenths, at: new Date() };
    await database.db.insertInto('meter_readings').values(reading).execute();
    await saveItem(database.db, shop.staff.mechanic, order, of, 'brake-pads-front', { measures: [{ position: 'LF', value: LF }] });
  };
  await visit(number, inspection, 800_000, 900);
  const later = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ vehicle }))).result.number;
  const second = await start(later);
  const address = `/work-orders/${later}/inspections/${second}?item=brake-pads-front`;
  const offered = (await mechanic.get(address)).text;
  expect(offered).toContain(`WO-${number}`);
  expect(offered).toContain('80,000 mi');
  expect(offered).toContain('LF 9 mm');
  expect(offered).not.toContain('<polyline');
  await visit(later, second, 900_000, 700);
  const drawn = (await mechanic.get(address)).text;
  expect(drawn).toContain('<polyline');
  expect(drawn).toContain('LF: 0.2 mm less in 1,000 mi');
  expect(drawn).not.toMatch(/<svg[^>]*style=|<(line|circle|text|polyline)[^>]*style=/);
  // The owner of today does not see whose visit it was.
  await database.db
    .updateTable('work_orders')
    .set({ customer_id: await anotherCustomer() })
    .where('number', '=', number)
    .execute();
  expect((await mechanic.get(address)).text).not.toContain(`WO-${number}<`);
});

async function anotherCustomer(): Promise<number> {
  const [order] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
  return (await database.db.selectFrom('work_orders').select('customer_id').where('number', '=', order).executeTakeFirstOrThrow())
    .customer_id;
}

test('what a mechanic taps is pushed to whoever has the order open, the same to the desk and to the floor', async () => {
  const sockets = await Promise.all(
    (['advisor', 'mechanic'] as const).map(async (role) => {
      return TestSocket.open(await server.clientOf(shop, role), `work-order:${number}`);
    }),
  );
  await mechanic.post(`${here}/items/horn`, { color: 'red', note: 'Silent as a fish' });
  for (const socket of sockets) {
    await until(() => socket.messages.some((message) => JSON.stringify(message).includes('Silent as a fish')), 'the push of a finding');
    socket.close();
  }
});
