import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyEvents } from '../../../platform/database/verify-events.js';
import { type TestDatabase, testDatabase } from '../../../testing/database.js';
import { startTestServer, type TestServer } from '../../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../../testing/shop.js';
import { type Elsewhere, elsewhere, type Files, readShop, rowsOf, takeShop } from '../../../testing/shop-archives.js';
import { unzip } from '../../../testing/unzip.js';
import { makeWholeShop } from '../../../testing/whole-shop.js';
import type { BroughtIn } from './bring-in.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let good: Buffer;
let files: Files;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  await makeShop(database.db, 'before');
  shop = await makeWholeShop(server.app.services, 'first');
  good = await takeShop(database, server.app.services.files, shop.id);
  files = unzip(good);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const tablesOf = (of: Files) => [...of.keys()].flatMap((path) => /^json\/(\w+)\.jsonl$/.exec(path)?.[1] ?? []);

/** The tables of an archive but for what must differ: the shop's number and head, where it was, and that it came. */
function content(of: Files, imports: number): Record<string, unknown[]> {
  const tables = Object.fromEntries(tablesOf(of).map((table) => [table, rowsOf(of, table) as unknown[]]));
  const { shop_origins: _, shops, ...rest } = tables;
  const { id: __, version: ___, event_hash: ____, ...head } = (shops as Record<string, unknown>[])[0] as Record<string, unknown>;
  return { ...rest, shops: [head], events: imports > 0 ? (rest.events?.slice(0, -imports) ?? []) : (rest.events ?? []) };
}

test('a shop that was carried to an empty installation, and from there to a third, is the same shop', async () => {
  const [second, third] = [await elsewhere(), await elsewhere()];
  try {
    const there = await readShop(good, second);
    expect(there).toMatchObject({ name: 'first', files: rowsOf(files, 'files').length, events: rowsOf(files, 'events').length });
    const again = unzip(await takeShop(second.database, second.store, there.shop));
    expect(content(again, 1)).toEqual(content(files, 0));
    expect([...again].filter(([path]) => path.startsWith('files/'))).toEqual([...files].filter(([path]) => path.startsWith('files/')));
    expect(rowsOf(again, 'events').at(-1)).toMatchObject({
      ...{ kind: 'shop.imported', actor_id: null },
      data: { from: shop.id, hash: rowsOf(files, 'shops')[0]?.event_hash?.toString().slice(2) },
    });
    const once = await readShop(await takeShop(second.database, second.store, there.shop), third);
    const last = unzip(await takeShop(third.database, third.store, once.shop));
    expect(content(last, 2)).toEqual(content(files, 0));
    expect(rowsOf(last, 'shop_origins')).toHaveLength(2);
    // Whichever archive of it comes, by whichever way it came: the shop is known, and is there twice only when that is wished.
    await expect(readShop(good, third)).rejects.toThrow(`its shop is here already, as number ${once.shop}, first (add --again`);
    const shops = () => third.database.db.selectFrom('shops').select('id').execute();
    expect(await shops()).toHaveLength(1);
    await readShop(good, third, true);
    expect(await shops()).toHaveLength(2);
    expect(await verifyEvents(third.database.db, once.shop)).toMatchObject({ wrong: null });
  } finally {
    await second.database.close();
    await third.database.close();
  }
}, 120_000);

describe('in an installation with other shops', () => {
  let second: Elsewhere;
  let there: TestServer;
  let brought: BroughtIn;
  let other: TestShop;

  beforeAll(async () => {
    second = await elsewhere();
    there = await startTestServer(second.database.url);
    other = await makeShop(second.database.db, 'other');
    await openOrders(second.database.db, other.staff.advisor, 3);
    const known = await makeShop(second.database.db, 'known');
    await second.database.db
      .updateTable('staff')
      .set({ email: 'MANAGER@first.test' })
      .where('id', '=', known.staff.manager.staff)
      .execute();
    await second.database.db.deleteFrom('memberships').where('staff_id', '=', known.staff.manager.staff).execute();
    brought = await readShop(good, { ...second, store: there.app.services.files });
  });
  afterAll(async () => {
    expect(there.logged.filter((line) => line.number)).toEqual([]);
    await there.stop();
    await second.database.close();
  });

  test('people are told by their e-mail address; rows name the same people; the chain is as it was written', async () => {
    const { db } = second.database;
    expect(brought.people.map(({ email, active }) => [email.toLowerCase(), active]).sort()).toEqual([
      ['advisor@first.test', false],
      ['manager@first.test', true],
      ['mechanic@first.test', false],
    ]);
    const again = unzip(await takeShop(second.database, there.app.services.files, brought.shop));
    const emails = (of: Files) => new Map(rowsOf(of, 'staff').map(({ id, email }) => [id, String(email).toLowerCase()]));
    const [before, after] = [emails(files), emails(again)];
    for (const [table, column] of [
      ['comments', 'author_id'],
      ['payments', 'taken_by'],
      ['media', 'added_by'],
      ['events', 'actor_id'],
      ['memberships', 'staff_id'],
    ] as const) {
      const people = (of: Files, names: Map<unknown, string>) =>
        rowsOf(of, table).map((row) => (row[column] === null ? null : names.get(row[column])));
      const now = people(again, after);
      expect(table === 'events' ? now.slice(0, -1) : table === 'memberships' ? now.sort() : now, table).toEqual(
        table === 'memberships' ? people(files, before).sort() : people(files, before),
      );
    }
    expect(await verifyEvents(db, brought.shop)).toMatchObject({ wrong: null, events: brought.events + 1 });
    expect(await verifyEvents(db, other.id)).toMatchObject({ wrong: null });
    // Whoever changes what came is found out, here as there.
    await second.database.pool.query('alter table events disable trigger events_are_final');
    const tell = (start: string) => {
      const { id } = brought.people.find(({ email }) => email.startsWith(start)) as { id: number };
      return db
        .updateTable('events')
        .set({ actor_id: id })
        .where('shop_id', '=', brought.shop)
        .where('kind', '=', 'comment.added')
        .execute();
    };
    await tell('advisor');
    expect((await verifyEvents(db, brought.shop)).wrong).toContain('comment.added');
    await tell('mechanic');
    await second.database.pool.query('alter table events enable trigger events_are_final');
    expect(await verifyEvents(db, brought.shop)).toMatchObject({ wrong: null });
  });

  test('the shop works on: its board, its pictures, its record, new work', async () => {
    const manager = there.client();
    expect((await manager.signIn('manager@first.test')).status).toBe(303);
    expect((await manager.get('/board')).text).toContain('Vehicle 2');
    expect((await manager.get('/work-orders/1002')).status).toBe(200);
    const { db } = second.database;
    const photo = await db.selectFrom('media').select('id').where('shop_id', '=', brought.shop).limit(1).executeTakeFirstOrThrow();
    expect((await manager.get(`/work-orders/1002/media/${photo.id}/files/thumbnail`)).status).toBe(200);
    expect((await manager.post('/work-orders', { customerName: 'New', vehicleDescription: 'Van' })).status).toBe(303);
    expect((await manager.post('/work-orders/1002/comments', { text: 'From here on' })).status).toBe(303);
    // The pack of evidence holds the bytes that each hash was made of, there and here.
    const pack = unzip((await manager.get('/work-orders/1002/evidence')).bytes);
    const record = JSON.parse((pack.get('record.json') as Buffer).toString()) as { history: { path: string | null; hash: string }[] };
    const proved = record.history.filter(({ path }) => path);
    expect(proved.length).toBeGreaterThan(5);
    for (const { path, hash } of proved)
      expect(
        createHash('sha256')
          .update(pack.get(path as string) as Buffer)
          .digest('hex'),
        path as string,
      ).toBe(hash);
    expect(await verifyEvents(db, brought.shop)).toMatchObject({ wrong: null });
  });
});
