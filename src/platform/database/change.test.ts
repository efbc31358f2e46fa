import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addColumn, type ColumnInput } from '../../features/board/columns.js';
import { moveCard } from '../../features/board/moves.js';
import { setUp } from '../../features/shops/setup.js';
import { addComment } from '../../features/work-orders/comments.js';
import { createWorkOrder } from '../../features/work-orders/create.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, newOrder, openOrders, type TestShop } from '../../testing/shop.js';
import { findDamage, versionOf } from '../../testing/truth.js';
import { Conflict, NotFound } from '../errors.js';
import { change } from './change.js';
import { canonicalJson } from './events.js';

let database: TestDatabase;
let shop: TestShop;
const db = () => database.db;
const version = () => versionOf(db(), shop.id);
const actor = () => shop.staff.manager;

beforeAll(async () => {
  database = await testDatabase(20);
  shop = await makeShop(db());
});
afterAll(() => database.close());

const LABEL = { name: 'Rush', color: 'red' };
const insertLabel = (name: string) =>
  change(db(), actor(), {}, async (tx) => {
    await tx.db
      .insertInto('labels')
      .values({ shop_id: tx.shop, ...LABEL, name })
      .execute();
    tx.record('label.added', null, { name });
  });
const labels = async () => (await db().selectFrom('labels').select('name').execute()).map((row) => row.name);

describe('a change', () => {
  test('bumps the version by one, however much it records, and keeps the chain whole', async () => {
    const before = await version();
    const changed = await change(db(), actor(), {}, async (tx) => {
      for (const place of [1, 2, 3])
        tx.record('test.happened', null, { place, nested: { b: 1, a: [1, 'x'] }, text: 'Ωмёд "\\ 👩‍🔧', nothing: null });
      return 'done';
    });
    expect(changed).toEqual({ version: before + 1, result: 'done', repeated: false });
    const events = await db()
      .selectFrom('events')
      .select(['seq', 'actor_id'])
      .where('version', '=', changed.version)
      .orderBy('seq')
      .execute();
    expect(events).toEqual([1, 2, 3].map((seq) => ({ seq, actor_id: actor().staff })));
    expect(await findDamage(db(), shop.id)).toEqual([]);
  });

  test('that records nothing leaves no trace, not even what it wrote', async () => {
    const before = await version();
    const { version: told } = await change(db(), actor(), {}, async (tx) => {
      await tx.db
        .insertInto('labels')
        .values({ shop_id: tx.shop, ...LABEL, name: 'Silent' })
        .execute();
    });
    expect([told, await version()]).toEqual([before, before]);
    expect(await labels()).not.toContain('Silent');
  });

  test('that fails leaves nothing, and the next one has its version', async () => {
    const before = await version();
    const failing = change(db(), actor(), {}, async (tx) => {
      await tx.db
        .insertInto('labels')
        .values({ shop_id: tx.shop, ...LABEL, name: 'Lost' })
        .execute();
      tx.record('label.added', null, { name: 'Lost' });
      throw new Error('the power went');
    });
    await expect(failing).rejects.toThrow('the power went');
    expect(await version()).toBe(before);
    await insertLabel('Kept');
    expect(await version()).toBe(before + 1);
    expect(await labels()).toEqual(['Kept']);
    expect(await findDamage(db(), shop.id)).toEqual([]);
  });

  test('that the database refuses leaves nothing: here its event can’t be stored', async () => {
    await sql`create function refuse_marked() returns trigger language plpgsql as $$
      begin if new.data ->> 'name' = 'Marked' then raise 'disk on fire'; end if; return new; end $$`.execute(db());
    await sql`create trigger refuse_marked before insert on events for each row execute function refuse_marked()`.execute(db());
    const before = await version();
    await expect(insertLabel('Marked')).rejects.toThrow('disk on fire');
    expect(await version()).toBe(before);
    expect(await labels()).not.toContain('Marked');
    await sql`drop trigger refuse_marked on events`.execute(db());
  });

  test('stands in one order with all others: 40 at once get 40 versions', async () => {
    const before = await version();
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, index) => change(db(), actor(), {}, async (tx) => tx.record('test.happened', null, { index }))),
    );
    expect(made.map((one) => one.version).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => before + 1 + index));
    expect(await findDamage(db(), shop.id)).toEqual([]);
  });

  test('is tried again when the database chooses it to break a deadlock', async () => {
    let attempts = 0;
    await change(db(), actor(), {}, async (tx) => {
      tx.record('test.happened', null, {});
      if (++attempts < 3) await sql`do $$ begin raise exception using errcode = '40P01'; end $$`.execute(tx.db);
    });
    expect(attempts).toBe(3);
  });

  test('in one shop does not wait for another shop', async () => {
    const other = await makeShop(db(), 'other');
    const waited = await change(db(), actor(), {}, async (tx) => {
      tx.record('test.happened', null, {});
      return (await change(db(), other.staff.manager, {}, async (inner) => inner.record('test.happened', null, {}))).version;
    });
    expect(waited.result).toBe(await versionOf(db(), other.id));
  });

  test('in a shop that is not there fails', async () => {
    await expect(change(db(), { shop: 999_999, staff: null }, {}, async (tx) => tx.record('x', null, {}))).rejects.toThrow(
      'There is no shop',
    );
  });
});

describe('a form that is sent again', () => {
  const requestId = () => crypto.randomUUID();

  test('20 times at once has one effect, and everybody is told the same', async () => {
    const id = requestId();
    const made = await Promise.all(Array.from({ length: 20 }, () => createWorkOrder(db(), shop.staff.advisor, newOrder(), id)));
    expect(new Set(made.map((one) => one.result.number)).size).toBe(1);
    expect(new Set(made.map((one) => one.version)).size).toBe(1);
    expect(made.filter((one) => !one.repeated)).toHaveLength(1);
    expect(await db().selectFrom('work_orders').select('number').execute()).toHaveLength(1);
    expect(await findDamage(db(), shop.id)).toEqual([]);
  });

  test('later, has no second effect either', async () => {
    const [number] = await openOrders(db(), shop.staff.advisor, 1);
    const move = { column: shop.columns[1]?.id ?? 0, after: null, reason: '' };
    const id = requestId();
    const first = await moveCard(db(), shop.staff.mechanic, number as number, move, id);
    await moveCard(db(), shop.staff.mechanic, number as number, { ...move, column: shop.columns[2]?.id ?? 0 });
    expect(await moveCard(db(), shop.staff.mechanic, number as number, move, id)).toEqual({ ...first, repeated: true, placed: null });
    await addComment(db(), shop.staff.mechanic, number as number, 'Once', id);
    await addComment(db(), shop.staff.mechanic, number as number, 'Once', id);
    expect(await db().selectFrom('comments').select('text').execute()).toEqual([{ text: 'Once' }]);
    const column: ColumnInput = { name: 'Alignment', meaning: 'active', color: 'teal', limit: null };
    await Promise.all([addColumn(db(), actor(), column, id), addColumn(db(), actor(), column, id)]);
    expect(await db().selectFrom('columns').select('id').where('name', '=', 'Alignment').execute()).toHaveLength(1);
    expect(await findDamage(db(), shop.id)).toEqual([]);
  });

  test('that was refused can be sent again', async () => {
    const [number] = await openOrders(db(), shop.staff.advisor, 1);
    const id = requestId();
    await expect(moveCard(db(), shop.staff.mechanic, number as number, { column: 999_999, after: null, reason: '' }, id)).rejects.toThrow(
      NotFound,
    );
    expect(
      (await moveCard(db(), shop.staff.mechanic, number as number, { column: shop.columns[1]?.id ?? 0, after: null, reason: '' }, id))
        .repeated,
    ).toBe(false);
  });

  test('by somebody else is refused, and tells nothing', async () => {
    const id = requestId();
    await createWorkOrder(db(), shop.staff.advisor, newOrder(), id);
    await expect(createWorkOrder(db(), shop.staff.manager, newOrder(), id)).rejects.toThrow(Conflict);
  });
});

describe('what happened', () => {
  test.each([
    'update events set data = $${}$$',
    'delete from events',
    'truncate events',
    'update shops set version = version where false; delete from events where version = 1',
  ])('can’t be changed by “%s”', async (statement) => {
    await expect(sql.raw(statement).execute(db())).rejects.toThrow('events are never changed or removed');
  });

  test('shows it when somebody with the keys of the database changes it all the same', async () => {
    await sql`alter table events disable trigger events_are_final`.execute(db());
    await sql`update events set actor_id = 999 where shop_id = ${shop.id} and version = 2 and seq = 1`.execute(db());
    expect(await findDamage(db(), shop.id)).toEqual(['the chain breaks at 2.1']);
    await sql`update events set actor_id = ${actor().staff} where shop_id = ${shop.id} and version = 2 and seq = 1`.execute(db());
    await sql`alter table events enable trigger events_are_final`.execute(db());
    expect(await findDamage(db(), shop.id)).toEqual([]);
  });

  test('has one canonical form, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true, no: undefined })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson({ a: true, b: [1, { c: 'x', d: null }] })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect([canonicalJson(undefined), canonicalJson(null), canonicalJson('"')]).toEqual(['null', 'null', '"\\""']);
  });
});

test('20 work orders opened at once get 20 numbers in a row', async () => {
  const before = (
    await db().selectFrom('shops').select('next_work_order_number as next').where('id', '=', shop.id).executeTakeFirstOrThrow()
  ).next;
  const made = await Promise.all(Array.from({ length: 20 }, () => createWorkOrder(db(), shop.staff.advisor, newOrder())));
  expect(made.map((one) => one.result.number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => before + index));
  expect(await findDamage(db(), shop.id)).toEqual([]);
});

test('two who set up the first shop at the same moment make one shop', async () => {
  const empty = await testDatabase();
  const input = { shopName: 'North Side', timeZone: 'America/Chicago', name: 'Rosa', password: 'a long enough password' };
  const tries = await Promise.allSettled(['a', 'b', 'c'].map((name) => setUp(empty.db, { ...input, email: `${name}@shop.test` })));
  expect(tries.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  for (const one of tries) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(NotFound);
  expect(await empty.db.selectFrom('shops').select('version').execute()).toEqual([{ version: 1 }]);
  expect(await empty.db.selectFrom('staff').select('id').execute()).toHaveLength(1);
  expect(await findDamage(empty.db, 1)).toEqual([]);
  await empty.close();
});
