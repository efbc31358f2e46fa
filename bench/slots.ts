import pg from 'pg';
import { readAvailability, slotsIn } from '../src/features/appointments/availability.js';
import { openDatabase } from '../src/platform/database/pool.js';
import { query } from './support/database.js';
import type { Ground } from './support/ground.js';
import { inTurns, quantile } from './support/numbers.js';
import { atMost, type Figure } from './support/report.js';

const TURNS = 200;
const DAYS = 60;
const WISH = { hundredths: 100, isWaiting: false };

/** Free slots of 60 days in a shop that is open every day and has two vehicles in every slot, beside the bare statement. */
export async function measureSlots(ground: Ground): Promise<Figure[]> {
  const url = await ground.databases.copy('bench_pristine', 'bench_slots');
  await fill(url);
  const { db, close } = openDatabase(url, 1, () => {});
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const [shop] = (await query(url, 'select id from shops')).map((row) => Number(row.id)) as [number];
    let statements = 0;
    const counted = db.withPlugin({
      transformQuery: ({ node }) => {
        statements++;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const own = async () => {
      const start = performance.now();
      const now = new Date();
      const free = slotsIn(await readAvailability(counted, shop, now), WISH, now).length;
      if (free < DAYS * 16) throw new Error(`Only ${free} slots are free.`);
      return performance.now() - start;
    };
    const bare = async () => {
      const start = performance.now();
      await client.query(BARE, [shop]);
      return performance.now() - start;
    };
    for (let turn = 0; turn < 20; turn++) await Promise.all([own(), bare()]);
    statements = 0;
    const [ours, theirs] = await inTurns(TURNS, own, bare);
    const [value, beside] = [quantile(ours), quantile(theirs)];
    return [
      { ...atMost(`free slots of ${DAYS} days`, value, 'ms', 30), bare: beside, ratio: value / beside },
      { measure: `free slots of ${DAYS} days, p95`, value: quantile(ours, 0.95), unit: 'ms' },
      atMost(`statements for the free slots of ${DAYS} days`, statements / TURNS, '', 1),
    ];
  } finally {
    await client.end();
    await close();
  }
}

/** What is booked of these days, by slot: the least that anybody must read. */
const BARE = `
  select day, starts_at, sum(hundredths) as hundredths, count(*) as arrivals, count(*) filter (where kind = 'waiting') as waiters
  from appointments where shop_id = $1 and day between current_date and current_date + ${DAYS} and ended_at is null group by day, starts_at`;

/** Two vehicles in each slot of half an hour from 8 to 17, on each day: more than 2,000 appointments. */
async function fill(url: string): Promise<void> {
  await query(url, 'delete from opening_hours');
  await query(
    url,
    `insert into opening_hours (shop_id, weekday, opens, closes) select id, day, '08:00', '17:00' from shops, generate_series(1, 7) day`,
  );
  await query(url, `update booking_settings set is_online = true, days_ahead = ${DAYS}, arrivals_per_slot = 3, notice_minutes = 0`);
  await query(url, 'update bays set vehicles_per_day = 50');
  await query(
    url,
    `insert into technician_hours (shop_id, staff_id, weekday, hundredths)
     select m.shop_id, m.staff_id, day, 800 from memberships m, generate_series(1, 7) day`,
  );
  await query(
    url,
    `insert into appointments (shop_id, state, kind, starts_at, day, place, hundredths, name, vehicle, booked_at)
     select s.id, 'confirmed', (array['drop-off', 'waiting'])[place], (day + slot * interval '30 minutes') at time zone s.time_zone, day, place, 100,
       'Customer ' || slot, 'Vehicle ' || slot, now()
     from shops s, generate_series(current_date - 1, current_date + ${DAYS + 1}, interval '1 day') day, generate_series(16, 33) slot, generate_series(1, 2) place`,
  );
  await query(url, 'vacuum analyze');
}
