import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';

/** Everything else belongs to one shop. `shops` itself is what the others point to; a person can work in several shops. */
const WITHOUT_SHOP = [
  'access_log',
  'backups',
  'fault_groups',
  'faults',
  'message_channels',
  'migrations',
  'process_samples',
  'processes',
  'recovery_codes',
  'second_factors',
  'session',
  'shops',
  'staff',
  'throttle',
  'timing_names',
  'timings',
  'timings_by_hour',
];

interface Rule {
  table: string;
  name: string;
  columns: string[];
}

let database: TestDatabase;
let ofShops: string[];

beforeAll(async () => {
  database = await testDatabase();
  ofShops = (await read<{ table: string }>(TABLES_OF_SHOPS)).map((row) => row.table);
});
afterAll(() => database.close());

async function read<Row>(query: RawBuilder<unknown>): Promise<Row[]> {
  return (await query.execute(database.db)).rows as Row[];
}

const TABLES = sql`
  select relname as table from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`;

const TABLES_OF_SHOPS = sql`
  select c.relname as table from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id' and a.attnotnull
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`;

/** Primary keys, unique constraints and unique indexes are all unique indexes in the catalog; `included` ones do not count. */
const UNIQUE = sql`
  select t.relname as table, i.relname as name, array(
    select coalesce(a.attname::text, 'an expression') from unnest(x.indkey::int2[]) with ordinality k (attnum, place)
    left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum and k.attnum > 0
    where k.place <= x.indnkeyatts
  ) as columns
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where t.relnamespace = 'public'::regnamespace and x.indisunique order by 1, 2`;

const PRIMARY = sql`
  select t.relname as table, c.conname as name, array(
    select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = t.oid and a.attnum = k
  ) as columns
  from pg_constraint c join pg_class t on t.oid = c.conrelid
  where t.relnamespace = 'public'::regnamespace and c.contype = 'p' order by 1`;

/** For each foreign key, the column of the other table that `shop_id` points to, or null when it takes no part. */
const FOREIGN = sql`
  select t.relname as table, c.conname as name, f.relname as to, (
    select fa.attname::text from unnest(c.conkey, c.confkey) k (own, other)
    join pg_attribute a on a.attrelid = t.oid and a.attnum = k.own and a.attname = 'shop_id'
    join pg_attribute fa on fa.attrelid = f.oid and fa.attnum = k.other
  ) as shop
  from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class f on f.oid = c.confrelid
  where t.relnamespace = 'public'::regnamespace and c.contype = 'f' order by 1, 2`;

describe('no row can point into another shop', () => {
  test('the tables that belong to no shop are these, and no other', async () => {
    const all = (await read<{ table: string }>(TABLES)).map((row) => row.table);
    expect(all.filter((table) => !ofShops.includes(table))).toEqual(WITHOUT_SHOP);
    expect(ofShops.length).toBeGreaterThan(10);
  });

  test('shop_id comes first in the primary key of every table of a shop', async () => {
    const keys = new Map((await read<Rule>(PRIMARY)).map((rule) => [rule.table, rule.columns]));
    for (const table of ofShops) expect(keys.get(table)?.[0], table).toBe('shop_id');
  });

  test('shop_id is in everything that must be unique', async () => {
    const rules = (await read<Rule>(UNIQUE)).filter((rule) => ofShops.includes(rule.table));
    expect(rules.length).toBeGreaterThanOrEqual(ofShops.length);
    // Names a shop in an address, before anybody knows which it is.
    const across = ['booking_settings_slug_key'];
    expect(rules.filter((rule) => !rule.columns.includes('shop_id')).map(({ name }) => name)).toEqual(across);
  });

  test('shop_id is in every foreign key, and points to the shop of the other row', async () => {
    const keys = await read<{ table: string; name: string; to: string; shop: string | null }>(FOREIGN);
    expect(keys.length).toBeGreaterThan(ofShops.length);
    const wrong = keys.filter((key) => {
      if (!ofShops.includes(key.table)) return ofShops.includes(key.to);
      if (ofShops.includes(key.to)) return key.shop !== 'shop_id';
      // Of the tables without a shop, a person and the shop itself may be pointed to.
      return key.to === 'shops' ? key.shop !== 'id' : key.to !== 'staff';
    });
    expect(wrong).toEqual([]);
  });

  test('every table of a shop is tied to its shop, itself or through another table', async () => {
    const keys = await read<{ table: string; shop: string | null }>(FOREIGN);
    for (const table of ofShops)
      expect(
        keys.some((key) => key.table === table && key.shop !== null),
        table,
      ).toBe(true);
  });
});

test('the rules see what breaks them', async () => {
  const broken = await testDatabase();
  try {
    await sql`create table bad (shop_id bigint not null, id bigint primary key, label_id bigint unique)`.execute(broken.db);
    await sql`create unique index bad_expression on bad (lower(id::text))`.execute(broken.db);
    await sql`create table worse (shop_id bigint not null references bad (id), note text)`.execute(broken.db);
    const unique = (await UNIQUE.execute(broken.db)).rows as Rule[];
    expect(unique.filter((rule) => rule.table === 'bad').map((rule) => rule.columns)).toEqual([['an expression'], ['label_id'], ['id']]);
    const foreign = (await FOREIGN.execute(broken.db)).rows as { table: string; to: string; shop: string }[];
    expect(foreign.find((key) => key.table === 'worse')).toMatchObject({ to: 'bad', shop: 'id' });
    expect(((await PRIMARY.execute(broken.db)).rows as Rule[]).find((rule) => rule.table === 'worse')).toBeUndefined();
  } finally {
    await broken.close();
  }
});
