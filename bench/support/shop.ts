import { sql } from 'kysely';
import { setUp } from '../../src/features/shops/setup.js';
import { type Database, openDatabase } from '../../src/platform/database/pool.js';
import { randomness } from './numbers.js';
import { COLORS, CONCERNS, FIRST_NAMES, LABELS, LAST_NAMES, MAKES, MODELS } from './words.js';

export const MANAGER = { email: 'manager@bench.test', password: 'a password for the bench' };
export const CARDS = 200;
/** Of the columns Estimates, In Progress, Waiting on Parts, Completed: cards leave the last one only with a reason. */
const COLUMNS = 4;

/** A shop with 200 cards on its board, evenly over the columns, that read like a shop's. Numbers start at 1001. */
export async function makeShop(url: string): Promise<void> {
  const { db, close } = openDatabase(url, 2, () => {});
  try {
    const names = { shopName: 'Bench Street Garage', timeZone: 'America/Chicago', name: 'Alex Morgan' };
    const { shop } = await setUp(db, { ...names, ...MANAGER });
    // The cards of this shop have no jobs.
    await db.updateTable('billing_settings').set({ work_needs_consent: false }).where('shop_id', '=', shop).execute();
    const people = await insertStaff(db, shop);
    await insertLabels(db, shop);
    await insertCards(db, shop, people);
    await insertExtras(db, shop);
    await sql`update shops set next_work_order_number = ${1001 + CARDS} where id = ${shop}`.execute(db);
    await sql`vacuum analyze`.execute(db);
  } finally {
    await close();
  }
}

/** Adds work orders that were opened, moved and handed over over the years, with their events. */
export async function addFinished(url: string, count: number): Promise<void> {
  const { db, close } = openDatabase(url, 1, () => {});
  try {
    await sql`set statement_timeout = 0`.execute(db);
    // Only a loader may do this: foreign keys are right by construction, and checking 200,000 of them takes minutes.
    await sql`set session_replication_role = replica`.execute(db);
    await insertFinished(db, count);
    await sql`update shops set next_work_order_number = next_work_order_number + ${count}, version = version + ${3 * count}`.execute(db);
    await sql`vacuum analyze`.execute(db);
  } finally {
    await close();
  }
}

async function insertStaff(db: Database, shop: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with people as (
      insert into staff (email, name) select 'mechanic' || n || '@bench.test', (${FIRST_NAMES}::text[])[n] || ' ' || (${LAST_NAMES}::text[])[n]
      from generate_series(1, 8) n returning id
    )
    insert into memberships (shop_id, staff_id, role) select ${shop}, id, 'mechanic' from people returning staff_id as id`.execute(db);
  return rows.map((row) => row.id);
}

async function insertLabels(db: Database, shop: number): Promise<void> {
  await sql`insert into labels (shop_id, name, color)
    select ${shop}, name, color from unnest(${LABELS}::text[], ${COLORS}::text[]) as l (name, color)`.execute(db);
}

/** Customer, vehicle and work order share their id, as each table starts empty. */
async function insertCards(db: Database, shop: number, people: number[]): Promise<void> {
  const random = randomness(7);
  const one = <Item>(list: Item[]) => list[Math.floor(random() * list.length)] as Item;
  const cards = Array.from({ length: CARDS }, (_, index) => ({
    n: index + 1,
    customer: `${one(FIRST_NAMES)} ${one(LAST_NAMES)}`,
    phone: `555 0${100 + index}`,
    vehicle: `${1998 + Math.floor(random() * 27)} ${one(MAKES)} ${one(MODELS)}`,
    plate: `${String.fromCharCode(...Array.from({ length: 3 }, () => 65 + Math.floor(random() * 26)))} ${1000 + Math.floor(random() * 9000)}`,
    concern: one(CONCERNS),
    mechanic: random() < 0.85 ? one(people) : null,
    promised: random() < 0.9 ? Math.floor((random() - 0.15) * 72 * 60) : null,
    since: Math.floor(random() * 5 * 24 * 60),
    blocked: random() < 0.12 ? one(['parts', 'approval', 'sublet', 'tool']) : null,
  }));
  const given = sql`jsonb_to_recordset(${JSON.stringify(cards)}::jsonb) as c (n bigint, customer text, phone text, vehicle text, plate text,
    concern text, mechanic bigint, promised int, since int, blocked text)`;
  await sql`insert into customers (shop_id, name, phone) select ${shop}, customer, phone from ${given} order by n`.execute(db);
  await sql`insert into vehicles (shop_id, customer_id, description, plate) select ${shop}, n, vehicle, plate from ${given} order by n`.execute(
    db,
  );
  await sql`
    insert into work_orders (shop_id, number, customer_id, vehicle_id, concern, mechanic_id, promised_at, column_id, rank, column_since,
      blocked_reason, blocked_note, blocked_since)
    select ${shop}, 1000 + n, n, n, concern, mechanic, now() + promised * interval '1 minute',
      (select id from columns where shop_id = ${shop} and position = n % ${COLUMNS}), n * 65536, now() - since * interval '1 minute',
      blocked, case when blocked is null then '' else 'since this morning' end, case when blocked is null then null else now() - interval '3 hours' end
    from ${given} order by n`.execute(db);
}

/** Every third card has labels, every second one comments. */
async function insertExtras(db: Database, shop: number): Promise<void> {
  await sql`insert into work_order_labels (shop_id, work_order_id, label_id)
    select ${shop}, w.id, l.id from work_orders w join labels l on (w.id + l.id * 7) % 9 < 2 where w.id % 3 < 2`.execute(db);
  await sql`insert into comments (shop_id, work_order_id, author_id, text)
    select ${shop}, w.id, (select min(staff_id) from memberships), 'Called the customer, will call back.'
    from work_orders w, generate_series(1, 3) n where w.id % 2 = 0 and n <= 1 + w.id % 3`.execute(db);
}

async function insertFinished(db: Database, count: number): Promise<void> {
  await sql`
    insert into work_orders (shop_id, number, customer_id, vehicle_id, concern, mechanic_id, column_id, rank, column_since, handed_over_at, created_at)
    select s.id, s.next_work_order_number + n, 1 + n % ${CARDS}, 1 + n % ${CARDS}, 'Finished work ' || n, null,
      (select id from columns where shop_id = s.id and meaning = 'done'), null, at, at, at - interval '2 days'
    from shops s, generate_series(0, ${count - 1}) n, lateral (select now() - (${count} - n) * interval '10 minutes' as at) t`.execute(db);
  await sql`
    insert into events (shop_id, version, seq, at, actor_id, kind, work_order_id, data, hash)
    select s.id, s.version + 3 * (w.number - s.next_work_order_number) + step, 1, w.created_at + step * interval '8 hours', null,
      (array['work-order.created', 'card.moved', 'work-order.handed-over'])[step], w.id, jsonb_build_object('number', w.number), sha256('bench')
    from shops s join work_orders w on w.shop_id = s.id, generate_series(1, 3) step
    where w.handed_over_at is not null`.execute(db);
}
