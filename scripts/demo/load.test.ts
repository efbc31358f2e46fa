import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCards, toCard } from '../../src/features/board/cards.js';
import { listColumns } from '../../src/features/board/columns.js';
import { setUp } from '../../src/features/shops/setup.js';
import { isRightPassword } from '../../src/features/staff/passwords.js';
import { tell } from '../../src/features/work-orders/history.js';
import { verifyEvents } from '../../src/platform/database/verify-events.js';
import { type TestDatabase, testDatabase } from '../../src/testing/database.js';
import { findDamage } from '../../src/testing/truth.js';
import { loadDemo } from './load.js';
import { PASSWORD, STAFF } from './people.js';

const WEDNESDAY = new Date('2026-03-11T15:20:00Z');
const SUNDAY_NIGHT = new Date('2026-11-23T03:16:00Z');

let database: TestDatabase;
let shop: number;

beforeAll(async () => {
  database = await testDatabase();
  await loadDemo(database.db, WEDNESDAY);
  shop = (await database.db.selectFrom('shops').select('id').executeTakeFirstOrThrow()).id;
}, 120_000);
afterAll(() => database.close());

const TABLES = ['shops', 'staff', 'memberships', 'invitations', 'columns', 'customers', 'vehicles', 'work_orders', 'labels'] as const;
const MORE_TABLES = ['work_order_labels', 'comments', 'tv_links', 'events'] as const;

/** Everything the database holds, but what differs from run to run: the salted hashes. */
async function everything({ db }: TestDatabase): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of [...TABLES, ...MORE_TABLES])
    all[table] = (
      await sql`select to_jsonb(t) - '{password_hash,token_hash}'::text[] as row from ${sql.table(table)} t order by 1`.execute(db)
    ).rows;
  return all;
}

/** What happened, without when. */
async function story({ db }: TestDatabase): Promise<unknown[]> {
  const rows = await db
    .selectFrom('events')
    .select(['version', 'seq', 'actor_id', 'kind', 'work_order_id', 'data'])
    .orderBy('version')
    .orderBy('seq')
    .execute();
  return rows.map((row) => (row.kind === 'work-order.freed' ? { ...row, data: null } : row));
}

describe('the demo shop', () => {
  test('has 45 open and 300 finished work orders', async () => {
    const { rows } = await sql<{ name: string; open: number; gone: number }>`
      select k.name, count(w.rank)::int as open, count(w.handed_over_at)::int as gone
      from columns k join work_orders w on w.shop_id = k.shop_id and w.column_id = k.id group by k.name, k.position order by k.position`.execute(
      database.db,
    );
    expect(rows).toEqual([
      { name: 'Estimates', open: 12, gone: 0 },
      { name: 'In Progress', open: 15, gone: 0 },
      { name: 'Waiting on Parts', open: 7, gone: 0 },
      { name: 'Completed', open: 11, gone: 300 },
    ]);
  });

  test('is as sound as a shop that grew day by day', async () => {
    expect(await findDamage(database.db, shop)).toEqual([]);
    expect((await verifyEvents(database.db, shop)).wrong).toBeNull();
  });

  test('has all kinds of cards to look at', async () => {
    const columns = await listColumns(database.db, shop);
    const rows = await loadCards(database.db, shop);
    const cards = rows.map((row) => toCard(row, columns.find((one) => one.id === row.column_id) as never, WEDNESDAY, 'America/Chicago'));
    const count = (is: (card: (typeof cards)[number]) => unknown) => cards.filter(is).length;
    expect(count((card) => card.promise?.state === 'late')).toBeGreaterThanOrEqual(4);
    expect(count((card) => card.promise?.state === 'soon')).toBeGreaterThanOrEqual(4);
    expect(count((card) => !card.promise)).toBeGreaterThanOrEqual(3);
    expect(count((card) => card.blocked)).toBeGreaterThanOrEqual(8);
    expect(count((card) => !card.mechanic)).toBeGreaterThanOrEqual(2);
    expect(count((card) => card.comments > 0)).toBeGreaterThanOrEqual(25);
    expect(count((card) => card.labels.length > 0)).toBeGreaterThanOrEqual(12);
    expect(count((card) => card.customer.length > 40)).toBeGreaterThanOrEqual(1);
    for (const vehicle of ['John Deere', 'school bus', 'forklift', 'Honda Civic'])
      expect(
        count((card) => card.vehicle.includes(vehicle)),
        vehicle,
      ).toBeGreaterThanOrEqual(1);
  });

  test('has a history of which each event is a sentence, and none is before the one in front of it', async () => {
    const events = await database.db
      .selectFrom('events')
      .select(['at', 'kind', 'data', 'work_order_id'])
      .orderBy('version')
      .orderBy('seq')
      .execute();
    let last = new Date(0);
    for (const event of events) {
      expect(event.at >= last).toBe(true);
      last = event.at;
      if (event.work_order_id) expect(tell(event.kind, event.data)).not.toMatch(/\.|undefined|NaN/);
    }
    expect(last <= WEDNESDAY).toBe(true);
    const days = new Set(events.map((event) => event.at.toISOString().slice(0, 10)));
    expect(days.size).toBeGreaterThan(35);
  });

  test('lets in the three of the sign-in page, and nobody else', async () => {
    const people = await database.db.selectFrom('staff').select(['email', 'password_hash']).execute();
    for (const { email, password_hash } of people)
      expect(await isRightPassword(password_hash, PASSWORD), email).toBe(STAFF.some((person) => person.email === email && person.signsIn));
  });
});

test('loading it again, at another time, changes nothing', async () => {
  const before = await everything(database);
  expect(await loadDemo(database.db, SUNDAY_NIGHT)).toBe(false);
  expect(await everything(database)).toEqual(before);
});

test('another load at another time tells the same story', async () => {
  const other = await testDatabase();
  try {
    const loads = await Promise.all([loadDemo(other.db, SUNDAY_NIGHT), loadDemo(other.db, SUNDAY_NIGHT)]);
    expect(loads.sort()).toEqual([false, true]);
    expect(await story(other)).toEqual(await story(database));
    expect(await findDamage(other.db, shop)).toEqual([]);
  } finally {
    await other.close();
  }
}, 120_000);

test('a real shop is left alone', async () => {
  const real = await testDatabase();
  try {
    await setUp(real.db, { shopName: 'Real', timeZone: 'UTC', name: 'Ana', email: 'ana@real.test', password: 'a long password' });
    const before = await everything(real);
    await expect(loadDemo(real.db, WEDNESDAY)).rejects.toThrow('This database holds a real shop, Real: the demo needs');
    expect(await everything(real)).toEqual(before);
  } finally {
    await real.close();
  }
});
