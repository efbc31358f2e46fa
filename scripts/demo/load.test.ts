import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LinkKeys } from '../../src/features/approvals/tokens.js';
import { readState, totalsOf } from '../../src/features/billing/state.js';
import { loadCards, toCard } from '../../src/features/board/cards.js';
import { listColumns } from '../../src/features/board/columns.js';
import { setUp } from '../../src/features/shops/setup.js';
import { isRightPassword } from '../../src/features/staff/passwords.js';
import { checkVin } from '../../src/features/vehicles/vin.js';
import { tell } from '../../src/features/work-orders/history.js';
import { verifyEvents } from '../../src/platform/database/verify-events.js';
import { openDiskStore } from '../../src/platform/files/disk.js';
import { openTemporaryFolder } from '../../src/platform/files/temporary.js';
import { openLog } from '../../src/platform/observe/log.js';
import { openPictures } from '../../src/platform/pictures/open.js';
import { type TestDatabase, testDatabase } from '../../src/testing/database.js';
import { startTestServer } from '../../src/testing/server.js';
import { findDamage } from '../../src/testing/truth.js';
import { Album } from './album.js';
import { findCustomerToken, loadDemo } from './load.js';
import type { Means } from './means.js';
import { PASSWORD, STAFF } from './people.js';

const WEDNESDAY = new Date('2026-03-11T15:20:00Z');
/** The last one: what was sent on it can still be answered. */
const SUNDAY_NIGHT = lastSundayNight();

function lastSundayNight(): Date {
  const night = new Date();
  night.setUTCHours(3, 16, 0, 0);
  while (night.getUTCDay() !== 1 || night > new Date()) night.setUTCDate(night.getUTCDate() - 1);
  return night;
}

let database: TestDatabase;
let shop: number;
let folder: string;
let means: Means;
let pictures: ReturnType<typeof openPictures>;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'demo-'));
  const files = openDiskStore(join(folder, 'files'), await openTemporaryFolder(join(folder, 'files', 'tmp')));
  const most = { maxPhotoBytes: 20_000_000, maxVideoBytes: 20_000_000, ffmpegPath: undefined };
  pictures = openPictures({ ...most, temporary: () => files.temporary(), log: openLog('silent') });
  const album = await Album.begin();
  means = { album: async () => album, files, pictures, tokenOf: new LinkKeys(['s'.repeat(32)]).token };
  await loadDemo(database.db, WEDNESDAY, means);
  shop = (await database.db.selectFrom('shops').select('id').executeTakeFirstOrThrow()).id;
}, 300_000);
afterAll(async () => {
  await database.close();
  await pictures.close();
  await (await means.album()).close();
  await rm(folder, { recursive: true, force: true });
});

/** A hash of everything that each table holds, but what differs from run to run: salted hashes, and what the program itself keeps. */
async function everything({ db }: TestDatabase): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
      and table_name not in ('migrations', 'sessions') order by 1`.execute(db);
  const all: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ hash: string }>`
      select coalesce(md5(string_agg(row::text, '' order by row::text)), '') as hash
      from (select to_jsonb(t) - '{password_hash,token_hash,handle,expires_at,stored_at}'::text[] as row from ${sql.table(name)} t) r`.execute(
      db,
    );
    all[name] = rows[0]?.hash ?? '';
  }
  return all;
}

/** Their events name a time of the calendar. */
const DATED = /^(appointment|special-days)\./;
/** Their events hold a hash of what was said or shown, in which there are times. */
const SEALED = ['consent.recorded', 'estimate.sent', 'hold.acknowledged'];

/** What happened, without when. */
async function story({ db }: TestDatabase): Promise<unknown[]> {
  const rows = await db
    .selectFrom('events')
    .select(['version', 'seq', 'actor_id', 'kind', 'work_order_id', 'data'])
    .orderBy('version')
    .orderBy('seq')
    .execute();
  return rows.map((row) => {
    if (DATED.test(row.kind)) return { ...row, data: { ...(row.data as object), at: '', first: '', last: '' } };
    if (row.kind === 'work-order.freed') return { ...row, data: null };
    return SEALED.includes(row.kind) ? { ...row, data: { ...(row.data as object), sha256: '' } } : row;
  });
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
      if (event.work_order_id) expect(tell(event.kind, event.data)).not.toMatch(/^[a-z-]+\.[a-z-]+$|undefined|NaN/);
    }
    expect(last <= WEDNESDAY).toBe(true);
    const days = new Set(events.map((event) => event.at.toISOString().slice(0, 10)));
    expect(days.size).toBeGreaterThan(35);
  });

  test('has sums that are those of its lines, on every order', async () => {
    const { rows: orders } = await sql<{ id: number; paid: number }>`
      select w.id, coalesce((select sum(p.cents) from payments p where p.work_order_id = w.id), 0)::bigint as paid from work_orders w`.execute(
      database.db,
    );
    for (const { id, paid } of orders) {
      const state = await readState(database.db, shop, id);
      const { subtotalCents, taxCents, totalCents } = totalsOf(state);
      expect({ subtotalCents, taxCents, totalCents, paidCents: paid }).toEqual({
        ...{ subtotalCents: state.subtotalCents, taxCents: state.taxCents, totalCents: state.totalCents, paidCents: state.paidCents },
      });
    }
  });

  test('charges what a person can check by hand', async () => {
    // A battery: 0.3 h at $148.00; cost $128.00 × 1.75; core $22.00; recycling $3.00.
    const { rows } = await sql<{ kind: string; quantity: number; price_cents: number }>`
      select l.kind, l.quantity, l.price_cents from lines l join jobs j on j.shop_id = l.shop_id and j.id = l.job_id
      where j.id = (
        select j.id from jobs j join work_orders w on w.shop_id = j.shop_id and w.id = j.work_order_id
        join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
        where j.name = 'Battery' and c.kind = 'person' order by j.id limit 1
      ) order by l.position`.execute(database.db);
    expect(rows.map(({ kind, quantity, price_cents }) => [kind, quantity, price_cents])).toEqual([
      ['labor', 30, 14_800],
      ['part', 100, 22_400],
      ['core', 100, 2_200],
      ['fee', 100, 300],
    ]);
    // Links: 0.9 h × $148.00 = $133.20; 2 × ($21.70 × 2.2 = $47.74) = $95.48; supplies $6.66; tax $8.35; together $243.69.
    const links = await sql<{ subtotal: number; tax: number; total: number }>`
      select w.subtotal_cents as subtotal, w.tax_cents as tax, w.total_cents as total from work_orders w
      join jobs j on j.shop_id = w.shop_id and j.work_order_id = w.id and j.consent = 'approved'
      join lines l on l.shop_id = j.shop_id and l.job_id = j.id
      join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
      where c.kind = 'person' and w.document = 'posted' and j.pay_type = 'customer'
      group by w.shop_id, w.id having count(*) = 2 and min(j.name) = 'Sway bar links, front' and max(j.name) = min(j.name)`.execute(
      database.db,
    );
    expect(links.rows.length).toBeGreaterThan(0);
    for (const row of links.rows) expect(row).toEqual({ subtotal: 23_534, tax: 835, total: 24_369 });
  });

  test('has posted nothing above what was authorized, and numbered its invoices without gaps', async () => {
    const { rows } = await sql<{ invoice: number; total: number; ceiling: number | null }>`
      select w.invoice_number as invoice, w.total_cents as total,
        (select a.authorized_cents from authorizations a where a.work_order_id = w.id order by a.id desc limit 1) as ceiling
      from work_orders w where w.document in ('invoice', 'posted') order by w.invoice_number`.execute(database.db);
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.map(({ invoice }) => invoice)).toEqual(rows.map((_, index) => 1001 + index));
    for (const { total, ceiling } of rows) expect(total).toBeLessThanOrEqual(ceiling ?? 0);
  });

  test('has companies that owe, some for long, and who is tax-exempt pays no tax', async () => {
    const { rows } = await sql<{ company: string; days: number; due: number }>`
      select c.company, max(extract(day from ${WEDNESDAY.toISOString()}::timestamptz - w.posted_at))::int as days,
        sum(w.total_cents - w.paid_cents)::bigint as due
      from work_orders w join customers c on c.shop_id = w.shop_id and c.id = coalesce(w.bill_to_id, w.customer_id)
      where w.document = 'posted' and w.total_cents > w.paid_cents group by c.company`.execute(database.db);
    expect(rows.length).toBeGreaterThanOrEqual(5);
    expect(rows.filter(({ days }) => days > 60).map(({ company }) => company)).toContain('Blackhawk Pallet & Crating');
    expect(rows.filter(({ days }) => days > 30).length).toBeGreaterThanOrEqual(2);
    const exempt = await sql<{ orders: number; tax: number }>`
      select count(*) as orders, sum(w.tax_cents)::bigint as tax from work_orders w
      join customers c on c.shop_id = w.shop_id and c.id = w.customer_id where c.tax_exempt and w.total_cents > 0`.execute(database.db);
    expect(exempt.rows[0]?.orders).toBeGreaterThan(5);
    expect(exempt.rows[0]?.tax).toBe(0);
  });

  test('has all kinds of orders, payments and visits to look at', async () => {
    const { rows } = await sql<Record<string, number>>`select
      (select count(*) from jobs where consent = 'revised') as revised, (select count(*) from jobs where brought_from_id is not null) as brought,
      (select count(distinct (work_order_id, choice)) from jobs where choice is not null) as choices,
      (select count(*) from jobs where consent = 'deferred') as deferred, (select count(*) from jobs where pay_type = 'comeback') as comebacks,
      (select count(*) from lines where kind = 'sublet') as sublets, (select count(*) from lines where kind = 'core') as cores,
      (select count(*) from lines where kind = 'discount') as discounts, (select count(*) from lines where legal_text <> '') as "legal texts",
      (select count(*) from payments where kind = 'deposit') as deposits, (select count(*) from payments where tendered_cents > cents) as change,
      (select count(*) from till_closes) as closes, (select count(*) from events where kind = 'invoice.unposted') as unposted,
      (select count(*) from former_owners) as sold, (select count(*) from canned_jobs) as canned,
      (select count(*) from work_orders where document = 'estimate' and total_cents > 0) as estimates,
      (select count(*) from work_orders where document = 'invoice' and total_cents > paid_cents) as unpaid,
      (select count(*) from (select vehicle_id from work_orders group by 1 having count(*) >= 3) v) as regulars`.execute(database.db);
    for (const [what, count] of Object.entries(rows[0] ?? {})) expect(count, what).toBeGreaterThan(0);
  });

  test('has inspections with findings and their pictures, and vehicles that wear from visit to visit', async () => {
    const { rows } = await sql<Record<string, number>>`select
      (select count(*) from inspections where finished_at is not null) as finished,
      (select count(*) from inspections i join work_orders w on w.id = i.work_order_id where w.rank is not null) as "on open orders",
      (select count(*) from inspections where finished_at is null) as "under way",
      (select count(distinct f.work_order_id) from findings f where f.color in ('yellow', 'red')
        and exists (select from media p where p.finding_id = f.id)) as "orders with pictures of findings",
      (select count(*) from findings f where f.job_id is not null) as proposed,
      (select count(distinct work_order_id) from media where is_arrival) as arrivals,
      (select count(*) from media) as media, (select count(*) from quality_checks where passed) as checks,
      (select count(*) from vehicles where type = '') as "without a type"`.execute(database.db);
    expect(rows[0]).toEqual({
      ...{ finished: 28, 'on open orders': 12, 'under way': 1, 'orders with pictures of findings': 12, proposed: 14, arrivals: 4 },
      ...{ media: 30, checks: 7, 'without a type': 0 },
    });
    const worn = await sql<{ visits: number; first: number; last: number }>`
      select count(*)::int as visits, (array_agg(x.pads order by x.at))[1] as first, (array_agg(x.pads order by x.at desc))[1] as last
      from (select w.vehicle_id, i.started_at as at, (f.measures #>> '{0,value}')::int as pads from findings f
        join inspections i on i.id = f.inspection_id join work_orders w on w.id = f.work_order_id
        where f.item = 'brake-pads-front' and f.color is not null) x
      group by x.vehicle_id having count(*) >= 2`.execute(database.db);
    expect(worn.rows.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...worn.rows.map(({ visits }) => visits))).toBeGreaterThanOrEqual(5);
    for (const { first, last } of worn.rows) expect(last).toBeLessThan(first);
  });

  test('has every file of every picture in its store, and one picture that is not what it says', async () => {
    const files = await database.db.selectFrom('media_files').select(['sha256', 'use']).execute();
    expect(new Set(files.map(({ use }) => use))).toEqual(new Set(['original', 'thumbnail', 'screen', 'customer']));
    for (const { sha256 } of files) expect(await means.files.has(sha256)).toBe(true);
    const { rows } = await sql<{ number: number; like: number }>`
      select w.number, o.number as like from media p join work_orders w on w.id = p.work_order_id
      join media l on l.id = p.looks_like_id join work_orders o on o.id = l.work_order_id`.execute(database.db);
    expect(rows).toEqual([{ number: 1344, like: 1322 }]);
  });

  test('has answers by link: in part, with a question; with a signature, which moved the card; and vehicles that are held', async () => {
    const { rows: answers } = await sql<{ number: number; kind: string; column: string; state: string; decisions: string[] }>`
      select w.number, a.signature ->> 'kind' as kind, k.name as column, w.customer_state as state,
        array(select d ->> 'decision' from jsonb_array_elements(a.decisions) d order by 1) as decisions
      from authorizations a join work_orders w on w.id = a.work_order_id join columns k on k.id = w.column_id
      where a.method = 'link' order by w.number`.execute(database.db);
    expect(answers).toEqual([
      { number: 1322, kind: 'typed', column: 'Estimates', state: 'asked', decisions: ['defer'] },
      { number: 1325, kind: 'drawn', column: 'In Progress', state: 'answered', decisions: ['approve', 'approve', 'approve', 'defer'] },
    ]);
    const moved = await sql<{ actor_id: number | null }>`
      select e.actor_id from events e join work_orders w on w.id = e.work_order_id where w.number = 1325 and e.kind = 'card.moved'`.execute(
      database.db,
    );
    expect(moved.rows).toEqual([{ actor_id: null }]);
    const { rows: questions } = await sql`select answer from questions`.execute(database.db);
    expect(questions).toEqual([{ answer: '' }]);
    const { rows: holds } = await sql<{ number: number; acknowledged: boolean; why: string | null }>`
      select w.number, h.acknowledged_at is not null as acknowledged, h.ended_why as why
      from holds h join work_orders w on w.id = h.work_order_id order by w.number`.execute(database.db);
    expect(holds).toEqual([
      { number: 1257, acknowledged: true, why: 'released' },
      { number: 1321, acknowledged: true, why: null },
      { number: 1331, acknowledged: false, why: null },
    ]);
  });

  test('has odometers that never run backwards, and VINs that are right', async () => {
    const { rows: readings } = await sql<{ meter_id: number; tenths: number }>`
      select r.meter_id, r.tenths from meter_readings r order by r.meter_id, r.work_order_id, r.moment`.execute(database.db);
    let last = { meter_id: 0, tenths: 0 };
    for (const reading of readings) {
      if (reading.meter_id === last.meter_id) expect(reading.tenths).toBeGreaterThanOrEqual(last.tenths);
      last = reading;
    }
    const vehicles = await database.db.selectFrom('vehicles').select(['vin', 'year', 'description']).where('vin', '<>', '').execute();
    expect(vehicles.length).toBeGreaterThan(100);
    for (const { vin, year, description } of vehicles) if ((year ?? 0) > 1980) expect(checkVin(vin), description).toBeNull();
  });

  test('lets in the three of the sign-in page, and nobody else', async () => {
    const people = await database.db.selectFrom('staff').select(['email', 'password_hash']).execute();
    for (const { email, password_hash } of people)
      expect(await isRightPassword(password_hash, PASSWORD), email).toBe(STAFF.some((person) => person.email === email && person.signsIn));
  });
});

test('has appointments: some came yesterday and today, one did not, one was cancelled, two are asked for, and two weeks are booked', async () => {
  const { rows } = await sql<{ state: string; count: number; days: number; ahead: number }>`
    select state, count(*)::int as count, count(distinct day)::int as days, count(*) filter (where starts_at > ${WEDNESDAY})::int as ahead
    from appointments group by state order by state`.execute(database.db);
  expect(rows).toEqual([
    { state: 'arrived', count: 9, days: 2, ahead: expect.any(Number) },
    { state: 'cancelled', count: 1, days: 1, ahead: 0 },
    { state: 'confirmed', count: 56, days: expect.any(Number), ahead: 56 },
    { state: 'no-show', count: 1, days: 1, ahead: 0 },
    { state: 'requested', count: 2, days: 2, ahead: 2 },
  ]);
  expect(rows[2]?.days).toBeGreaterThanOrEqual(11);
  const today = await sql<{ left: number }>`
    select count(*)::int as left from appointments where state = 'confirmed' and day = '2026-03-11'`.execute(database.db);
  expect(today.rows[0]?.left).toBeGreaterThanOrEqual(3);
});

test('has an outbox with a history, and an answer that waits', async () => {
  const { rows } = await sql<{
    state: string;
    count: number;
  }>`select state, count(*)::int as count from messages group by state order by state`.execute(database.db);
  expect(rows.map(({ state }) => state)).toEqual(['by-hand', 'failed', 'received', 'sent', 'waiting', 'withdrawn']);
  expect(rows.find(({ state }) => state === 'sent')?.count).toBeGreaterThan(20);
  const replies = sql<{ on: boolean }>`select work_order_id is not null as on from messages where direction = 'in' order by id`;
  expect((await replies.execute(database.db)).rows).toEqual([{ on: false }, { on: true }]);
});

test('loading it again, at another time, changes nothing', async () => {
  const before = await everything(database);
  expect(await loadDemo(database.db, SUNDAY_NIGHT, means)).toBe(false);
  expect(await everything(database)).toEqual(before);
});

test('another load at another time tells the same story, and its customer can open their link', async () => {
  const other = await testDatabase();
  try {
    const loads = await Promise.all([loadDemo(other.db, SUNDAY_NIGHT, means), loadDemo(other.db, SUNDAY_NIGHT, means)]);
    expect(loads.sort()).toEqual([false, true]);
    expect(await story(other)).toEqual(await story(database));
    expect(await findDamage(other.db, shop)).toEqual([]);
    await openLink(other);
  } finally {
    await other.close();
  }
}, 300_000);

/** As the customer's telephone does: the link, the page, a picture. */
async function openLink(at: TestDatabase): Promise<void> {
  const token = await findCustomerToken(at.db, means.tokenOf);
  const server = await startTestServer(at.url, { DATA_DIR: folder });
  try {
    const customer = server.client();
    const exchanged = await customer.get(`/c/${token}`);
    expect(exchanged.status).toBe(303);
    const page = await customer.get(exchanged.headers.location as string);
    expect(page.status).toBe(200);
    expect(page.text).toContain('2009 Honda Civic LX');
    // Three brakes to choose from, and two more jobs.
    expect(page.text.match(/data-job="\d+" data-consent="proposed"/g)).toHaveLength(5);
    const [picture] = /\/visit\/[^"]+\/thumbnail/.exec(page.text) ?? [];
    const answer = await customer.get(picture as string);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect((await server.client().get(picture as string)).status).toBe(404);
  } finally {
    await server.stop();
  }
}

test('another load at the same time makes the same rows, all of them', async () => {
  const other = await testDatabase();
  try {
    await loadDemo(other.db, WEDNESDAY, means);
    expect(await everything(other)).toEqual(await everything(database));
  } finally {
    await other.close();
  }
}, 300_000);

test('a real shop is left alone', async () => {
  const real = await testDatabase();
  try {
    await setUp(real.db, { shopName: 'Real', timeZone: 'UTC', name: 'Ana', email: 'ana@real.test', password: 'a long password' });
    const before = await everything(real);
    await expect(loadDemo(real.db, WEDNESDAY, means)).rejects.toThrow('This database holds a real shop, Real: the demo needs');
    expect(await everything(real)).toEqual(before);
  } finally {
    await real.close();
  }
});
