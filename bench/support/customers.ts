import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/platform/database/pool.js';
import { FIRST_NAMES, MAKES, MODELS } from './words.js';

const BEGINNINGS = [
  'Al',
  'Bar',
  'Cas',
  'Del',
  'Ek',
  'Fer',
  'Gro',
  'Hal',
  'Iv',
  'John',
  'Kuz',
  'Lind',
  'Mac',
  'Nor',
  'Ol',
  'Pem',
  'Quis',
  'Rag',
];
const MIDDLES = ['', 'a', 'ber', 'd', 'en', 'er', 'i', 'ing', 'lo', 'man', 'net', 'o', 'ri', 's', 'ten', 'va'];
const ENDINGS = [
  'berg',
  'dal',
  'ez',
  'field',
  'ford',
  'ham',
  'ini',
  'kova',
  'ley',
  'moto',
  'ov',
  'pe',
  'quist',
  'sen',
  'son',
  'ton',
  'well',
  'wood',
];
const TRADES = ['Plumbing', 'Logistics', 'Landscaping', 'Catering', 'Electric', 'Roofing', 'Rentals', 'Farms', 'Movers', 'Dental'];

/** Of so many work orders the shop has three customers and three vehicles for every ten. */
const EACH = 0.3;

/**
 * Adds work orders of the past with customers and vehicles of their own: names from 5,000 surnames, every fifth one a company, phones of
 * two area codes, plates and VINs.
 */
export async function addCustomers(url: string, orders: number): Promise<void> {
  const { db, close } = openDatabase(url, 1, () => {});
  try {
    await sql`set statement_timeout = 0`.execute(db);
    // Only a loader may do this: foreign keys are right by construction, and checking them takes minutes.
    await sql`set session_replication_role = replica`.execute(db);
    await sql`select setseed(0.25)`.execute(db);
    await insertCustomers(db, Math.round(orders * EACH));
    await insertOrders(db, orders);
    await sql`update shops set next_work_order_number = next_work_order_number + ${orders}`.execute(db);
    await sql`vacuum analyze`.execute(db);
  } finally {
    await close();
  }
}

async function insertCustomers(db: Database, count: number): Promise<void> {
  const one = (list: string[]) => sql`(${list}::text[])[1 + floor(random() * ${list.length})::int]`;
  await sql`
    insert into customers (shop_id, name, company, kind, phone)
    select s.id, ${one(FIRST_NAMES)} || ' ' || surname, case when n % 5 = 0 then surname || ' ' || ${one(TRADES)} else '' end,
      case when n % 5 = 0 then 'company' else 'person' end,
      '(' || (array['312', '773'])[1 + n % 2] || ') ' || lpad(floor(random() * 1000)::text, 3, '0') || '-' || lpad(floor(random() * 10000)::text, 4, '0')
    from shops s, generate_series(1, ${count}::int) n,
      lateral (select n as place, ${one(BEGINNINGS)} || ${one(MIDDLES)} || ${one(ENDINGS)} as surname) names`.execute(db);
  await sql`
    insert into vehicles (shop_id, customer_id, description, plate, vin)
    select c.shop_id, c.id, ${one(MAKES)} || ' ' || ${one(MODELS)},
      chr(65 + (random() * 25)::int) || chr(65 + (random() * 25)::int) || chr(65 + (random() * 25)::int) || ' ' || lpad(floor(random() * 10000)::text, 4, '0'),
      '1HGCM' || upper(substr(md5(random()::text || c.id), 1, 12))
    from customers c where c.id > (select max(customer_id) from vehicles)`.execute(db);
}

async function insertOrders(db: Database, count: number): Promise<void> {
  await sql`
    with every as (select array_agg(id order by id) as ids, count(*)::int as count from vehicles where vin <> '')
    insert into work_orders (shop_id, number, customer_id, vehicle_id, concern, column_id, rank, column_since, handed_over_at, created_at)
    select s.id, s.next_work_order_number + n, v.customer_id, v.id, 'Work of the past ' || n,
      (select id from columns where shop_id = s.id and meaning = 'done'), null, at, at, at - interval '2 days'
    from shops s cross join every cross join generate_series(0, ${count - 1}::int) n
    cross join lateral (select now() - (${count}::int - n) * interval '10 minutes' as at) t
    join vehicles v on v.id = every.ids[1 + n % every.count]`.execute(db);
}
