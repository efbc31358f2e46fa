import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { listShops, verifyEvents } from './verify-events.js';

let database: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** A shop of its own with more than two pages of events, and how many those are. */
async function shopWithEvents(prefix: string): Promise<number> {
  shop = await makeShop(database.db, prefix);
  await openOrders(database.db, shop.staff.advisor, 4);
  const { count } = await database.db
    .selectFrom('events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();
  return count;
}

/** Does what only somebody with the database's own password can: change what is never changed. */
async function tamper(statement: string): Promise<void> {
  await database.db.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection);
    await sql.raw(statement.replaceAll('$shop', String(shop.id))).execute(connection);
    await sql`set session_replication_role = default`.execute(connection);
  });
}

const verify = () => verifyEvents(database.db, shop.id, 3);

test('a shop that nobody tampered with is found as it was written, page by page', async () => {
  const count = await shopWithEvents('honest');
  expect(await verify()).toEqual({ shop: shop.id, name: 'honest', events: count, wrong: null });
  expect(await verifyEvents(database.db, shop.id, count)).toMatchObject({ events: count, wrong: null });
  expect(await verifyEvents(database.db, shop.id)).toMatchObject({ events: count, wrong: null });
});

test.each([
  [
    'text',
    `update events set data = data || '{"number": 4711}' where shop_id = $shop and version = 3 and seq = 3`,
    'event 3.3 (work-order.created',
  ],
  ['person', 'update events set actor_id = null where shop_id = $shop and version = 3 and seq = 1', 'event 3.1 ('],
  ['time', `update events set at = at + interval '1 second' where shop_id = $shop and version = 2 and seq = 1`, 'event 2.1 ('],
  [
    'kind',
    `update events set kind = 'work-order.edited' where shop_id = $shop and version = 3 and seq = 3`,
    'event 3.3 (work-order.edited',
  ],
  ['hash', `update events set hash = sha256('x') where shop_id = $shop and version = 2 and seq = 2`, 'event 2.2 ('],
  ['a middle', 'delete from events where shop_id = $shop and version = 2 and seq = 2', 'missing between 2.1 and 2.3'],
  ['a whole version', 'delete from events where shop_id = $shop and version = 3', 'missing between 2.3 and 4.1'],
  ['the first', 'delete from events where shop_id = $shop and version = 1 and seq = 1', 'missing between 0.0 and 1.2'],
  ['the end', 'delete from events where shop_id = $shop and version >= 4', 'version 4 and what came after it is missing, up to 5'],
  ['all', 'delete from events where shop_id = $shop', 'version 1 and what came after it is missing, up to 5'],
  ['the note of the end', `update shops set event_hash = sha256('x') where id = $shop`, 'own note of its last event'],
])('it is told that %s was tampered with, and where', async (what, statement, told) => {
  await shopWithEvents(what);
  await tamper(statement);
  expect((await verify()).wrong).toContain(told);
});

test('without the database’s own means an event can be neither changed nor removed', async () => {
  await shopWithEvents('guarded');
  const { db } = database;
  await expect(db.updateTable('events').set({ kind: 'x' }).where('shop_id', '=', shop.id).execute()).rejects.toThrow('never changed');
  await expect(db.deleteFrom('events').where('shop_id', '=', shop.id).execute()).rejects.toThrow('never changed');
  await expect(sql`truncate events`.execute(db)).rejects.toThrow('never changed');
  expect((await verify()).wrong).toBeNull();
});

test('every shop of the database is listed', async () => {
  await shopWithEvents('listed');
  expect(await listShops(database.db)).toContainEqual({ id: shop.id, name: 'listed' });
});
