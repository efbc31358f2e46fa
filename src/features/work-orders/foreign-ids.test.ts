import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { findDamage, versionOf } from '../../testing/truth.js';
import { addLabel } from '../labels/labels.js';
import { addComment } from './comments.js';

let database: TestDatabase;
let server: TestServer;
let mine: TestShop;
let theirs: TestShop;
let manager: Client;
let turns = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  const { db } = database;
  [mine, theirs] = [await makeShop(db, `mine${++turns}`), await makeShop(db, `theirs${turns}`)];
  await openOrders(db, mine.staff.advisor, 2);
  await openOrders(db, theirs.staff.advisor, 3);
  await addComment(db, theirs.staff.advisor, 1001, 'Theirs');
  await addComment(db, mine.staff.manager, 1002, 'Mine, at the second');
  await addLabel(db, theirs.staff.manager, { name: 'Theirs', color: 'red' });
  manager = await server.clientOf(mine, 'manager');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const { id } = {
  id: async (table: 'customers' | 'vehicles' | 'comments' | 'labels', shop: TestShop) =>
    (await database.db.selectFrom(table).select('id').where('shop_id', '=', shop.id).orderBy('id').executeTakeFirstOrThrow()).id,
};

/** Sends it, and expects that neither shop has changed. */
async function refused(path: string, fields: Record<string, string | number>, status: number): Promise<void> {
  const versions = () => Promise.all([versionOf(database.db, mine.id), versionOf(database.db, theirs.id)]);
  const before = await versions();
  const reply = await manager.post(path, fields);
  expect(reply.status, `${path} ${JSON.stringify(fields)}`).toBe(status);
  expect(reply.text).not.toMatch(/theirs\d|Theirs/);
  expect(await versions()).toEqual(before);
}

describe('an id of another shop in a form', () => {
  test('is not found, wherever it stands', async () => {
    const order = { customerName: 'Eve', vehicleDescription: 'Van' };
    await refused('/work-orders', { ...order, customer: await id('customers', theirs) }, 404);
    await refused('/work-orders', { ...order, vehicle: await id('vehicles', theirs) }, 404);
    await refused('/work-orders', { ...order, mechanic: theirs.staff.mechanic.staff }, 422);
    await refused('/work-orders/1001/assignments', { mechanic: theirs.staff.mechanic.staff, advisor: '' }, 422);
    await refused('/work-orders/1001/assignments', { mechanic: '', advisor: theirs.staff.advisor.staff }, 422);
    await refused('/work-orders/1001/labels', { label: await id('labels', theirs), on: 'yes' }, 404);
    await refused('/work-orders/1001/moves', { column: theirs.columns[1]?.id ?? 0, after: '' }, 404);
    await refused(`/settings/columns/${theirs.columns[0]?.id}/removals`, {}, 404);
    await refused(`/staff/${theirs.staff.mechanic.staff}/disablements`, {}, 404);
  });

  test('as the card to follow is as good as a card that is gone', async () => {
    // 1003 is a number of theirs only.
    const reply = await manager.post('/work-orders/1001/moves', { column: mine.columns[1]?.id ?? 0, after: 1003 });
    expect(reply.status).toBe(303);
    expect(await findDamage(database.db, mine.id)).toEqual([]);
  });
});

test('a comment of another work order is not found, nor one of another shop', async () => {
  for (const comment of [await id('comments', mine), await id('comments', theirs), 999_999]) {
    await refused(`/work-orders/1001/comments/${comment}/edits`, { text: 'Changed' }, 404);
    await refused(`/work-orders/1001/comments/${comment}/removals`, {}, 404);
  }
  const own = await id('comments', mine);
  expect((await manager.post(`/work-orders/1002/comments/${own}/edits`, { text: 'Changed' })).status).toBe(303);
});

test('somebody who does not work here any more gets no work', async () => {
  const { staff } = mine.staff.mechanic;
  await manager.post(`/staff/${staff}/disablements`);
  await refused('/work-orders', { customerName: 'Eve', vehicleDescription: 'Van', mechanic: staff }, 422);
  await refused('/work-orders/1001/assignments', { mechanic: staff, advisor: '' }, 422);
});

describe('comments', () => {
  test('are changed by their author, and removed by their author or a manager', async () => {
    const comment = await id('comments', mine);
    const advisor = await server.clientOf(mine, 'advisor');
    const at = `/work-orders/1002/comments/${comment}`;
    expect((await advisor.post(`${at}/edits`, { text: 'No' })).status).toBe(403);
    expect((await advisor.post(`${at}/removals`)).status).toBe(403);
    await addComment(database.db, mine.staff.advisor, 1002, 'By the advisor');
    const other = await database.db
      .selectFrom('comments')
      .select('id')
      .where('text', '=', 'By the advisor')
      .where('shop_id', '=', mine.id)
      .executeTakeFirstOrThrow();
    expect((await manager.post(`/work-orders/1002/comments/${other.id}/edits`, { text: 'No' })).status).toBe(403);
    expect((await manager.post(`/work-orders/1002/comments/${other.id}/removals`)).status).toBe(303);
  });
});

describe('two people who edit the same work order', () => {
  const original = {
    'original.customerName': 'Dana Whitfield',
    'original.vehicleDescription': 'Vehicle 1',
    'original.concern': 'It squeals',
    'original.phone': '555 0142',
  };
  const form = { customerName: 'Dana Whitfield', vehicleDescription: 'Vehicle 1', concern: 'It squeals', phone: '555 0142', ...original };
  const now = () =>
    database.db
      .selectFrom('work_orders as w')
      .innerJoin('customers as c', (join) => join.onRef('c.shop_id', '=', 'w.shop_id').onRef('c.id', '=', 'w.customer_id'))
      .select(['w.concern', 'c.phone'])
      .where('w.shop_id', '=', mine.id)
      .where('w.number', '=', 1001)
      .executeTakeFirstOrThrow();

  test('in different fields both have their way', async () => {
    const advisor = await server.clientOf(mine, 'advisor');
    expect((await advisor.post('/work-orders/1001/edits', { ...form, concern: 'It squeals loudly' })).status).toBe(303);
    expect((await manager.post('/work-orders/1001/edits', { ...form, phone: '555 0199' })).status).toBe(303);
    expect(await now()).toEqual({ concern: 'It squeals loudly', phone: '555 0199' });
  });

  test('in the same field see both, and saving again decides it', async () => {
    const advisor = await server.clientOf(mine, 'advisor');
    await advisor.post('/work-orders/1001/edits', { ...form, concern: 'Theirs: squeals' });
    const conflict = await manager.post('/work-orders/1001/edits', { ...form, concern: 'Mine: rattles', phone: '555 0199' });
    expect(conflict.status).toBe(409);
    expect(conflict.text).toContain('Theirs: squeals');
    expect(conflict.text).toContain('Mine: rattles');
    expect(conflict.text).toContain('555 0199');
    expect(await now()).toEqual({ concern: 'Theirs: squeals', phone: '555 0142' });
    const again = await manager.post('/work-orders/1001/edits', {
      ...form,
      concern: 'Mine: rattles',
      phone: '555 0199',
      'original.concern': 'Theirs: squeals',
    });
    expect(again.status).toBe(303);
    expect(await now()).toEqual({ concern: 'Mine: rattles', phone: '555 0199' });
  });

  test('at the very same moment lose nothing: one is saved, the other is shown both', async () => {
    const advisor = await server.clientOf(mine, 'advisor');
    const replies = await Promise.all(
      [advisor, manager].map((client, index) => client.post('/work-orders/1001/edits', { ...form, concern: `Version ${index}` })),
    );
    expect(replies.map((reply) => reply.status).sort()).toEqual([303, 409]);
  });

  test('a new name of a customer is on every card of that customer, on every screen', async () => {
    const customer = await id('customers', mine);
    const opened = await manager.post('/work-orders', { customer, vehicleDescription: 'Second car' });
    const before = await versionOf(database.db, mine.id);
    await manager.post('/work-orders/1001/edits', { ...form, customerName: 'Dana Brandt' });
    const { text } = await manager.get(`/board/changes?since=${before}`);
    const number = /\d+/.exec(String(opened.headers.location))?.[0];
    for (const one of ['1001', number]) expect(text, `card ${one}`).toMatch(new RegExp(`data-card="${one}"[^]*?Dana Brandt`));
    expect(await findDamage(database.db, mine.id)).toEqual([]);
  });
});
