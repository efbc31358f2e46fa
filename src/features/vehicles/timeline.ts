import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { showAge, showDate } from '../../platform/time.js';
import { showMoney } from '../billing/amounts.js';
import { showReading } from '../jobs/readings.js';

const PAGE = 20;

interface JobRow {
  id: number;
  name: string;
  concern: string;
  correction: string;
  /** What its lines say, for when nothing else does. */
  lines: string;
  progress: string;
  consent: string;
  reason: string;
  at: string | null;
  mechanic: string | null;
  /** Number of the visit at which it was brought back. */
  taken: number | null;
}

interface Row {
  id: number;
  number: number;
  created_at: Date;
  handed_over_at: Date | null;
  concern: string;
  total_cents: number;
  former: boolean;
  mechanic: string | null;
  jobs: JobRow[];
  readings: { name: string; unit: string; moment: 'in' | 'out'; tenths: number }[];
}

/** One visit as a timeline shows it. Of a former owner's only what was done, when, and what the meters showed. */
export interface Visit {
  number: number;
  iso: string;
  date: string;
  inTheShop: boolean;
  former: boolean;
  /** In the customer's words; empty for a former owner's visit. */
  concern: string;
  meters: string[];
  done: { name: string; correction: string }[];
  open: string[];
  /** What was not done then. */
  left: { name: string; word: 'Declined' | 'Put off'; reason: string; age: string; taken: number | null }[];
  people: string[];
  /** Null for whoever may not see prices, and of a former owner's visit. */
  total: string | null;
  totalCents: number | null;
  readings: Row['readings'];
}

/**
 * All visits of a vehicle, the newest first, a page at a time.
 * @param before id of the last one seen; null for the first page
 * @param prices whether they may be seen
 * @param most of the page
 */
export async function listVisits(
  db: Database,
  viewer: { shop: number; timeZone: string },
  vehicle: { id: number; owner: number; currency: string },
  before: number | null,
  prices: boolean,
  most = PAGE,
): Promise<{ visits: Visit[]; next: number | null }> {
  const { rows } = await sql<Row>`
    select w.id, w.number, w.created_at, w.handed_over_at, w.concern, w.total_cents, w.customer_id <> ${vehicle.owner} as former, a.name as mechanic,
      coalesce((
        select jsonb_agg(jsonb_build_object('id', j.id, 'name', j.name, 'concern', j.concern, 'correction', j.correction, 'lines', coalesce((
            select string_agg(l.description, ', ' order by l.position) from lines l
            where l.shop_id = j.shop_id and l.job_id = j.id and l.kind in ('labor', 'part', 'tire', 'sublet')), ''), 'progress', j.progress, 'consent', j.consent,
          'reason', j.consent_reason, 'at', j.consent_at, 'mechanic', s.name, 'taken', (
            select o.number from jobs b join work_orders o on o.shop_id = b.shop_id and o.id = b.work_order_id
            where b.shop_id = j.shop_id and b.brought_from_id = j.id order by b.id desc limit 1)) order by j.position)
        from jobs j left join staff s on s.id = j.mechanic_id
        where j.shop_id = w.shop_id and j.work_order_id = w.id and j.picked), '[]') as jobs,
      coalesce((
        select jsonb_agg(jsonb_build_object('name', m.name, 'unit', m.unit, 'moment', r.moment, 'tenths', r.tenths) order by m.position, m.id, r.moment)
        from meter_readings r join meters m on m.shop_id = r.shop_id and m.id = r.meter_id
        where r.shop_id = w.shop_id and r.work_order_id = w.id), '[]') as readings
    from work_orders w left join staff a on a.id = w.mechanic_id
    where w.shop_id = ${viewer.shop} and w.vehicle_id = ${vehicle.id} and w.id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by w.id desc limit ${most + 1}`.execute(db);
  const shown = rows.slice(0, most);
  const now = new Date();
  const visits = shown.map((row) => toVisit(row, viewer.timeZone, now, prices ? vehicle.currency : null));
  return { visits, next: rows.length > most ? (shown.at(-1)?.id ?? null) : null };
}

function toVisit(row: Row, timeZone: string, now: Date, currency: string | null): Visit {
  const left = row.jobs.filter((job) => job.consent === 'declined' || job.consent === 'deferred');
  const agreed = row.jobs.filter((job) => !left.includes(job));
  // A job that is named by the customer's own words is named by its correction alone.
  const nameOf = (job: JobRow) => (row.former && isQuoted(job.name, [row.concern, job.concern]) ? '' : job.name);
  const people = new Set([row.mechanic, ...row.jobs.map((job) => job.mechanic)].filter((name) => name !== null));
  return {
    ...{ number: row.number, iso: row.created_at.toISOString(), date: showDate(row.created_at, timeZone) },
    ...{ inTheShop: row.handed_over_at === null, former: row.former, concern: row.former ? '' : row.concern },
    meters: showMeters(row.readings),
    done: agreed
      .filter((job) => job.progress === 'complete')
      .map((job) => ({ name: nameOf(job) || (job.correction || job.lines ? '' : UNNAMED), correction: job.correction || job.lines })),
    open: agreed.filter((job) => job.progress !== 'complete').map((job) => nameOf(job) || UNNAMED),
    left: left.map((job) => ({
      ...{ name: nameOf(job) || UNNAMED, word: job.consent === 'declined' ? 'Declined' : 'Put off', taken: job.taken },
      // Why somebody said no is theirs.
      ...{ reason: row.former ? '' : job.reason, age: showAge(job.at ? new Date(job.at) : row.created_at, now) },
    })),
    people: [...people],
    total: currency === null || row.former ? null : showMoney(row.total_cents, currency),
    totalCents: currency === null || row.former ? null : row.total_cents,
    readings: row.readings,
  };
}

const UNNAMED = 'What the vehicle came for';

/** Whether a name is the beginning of something that the customer said. */
export function isQuoted(name: string, said: string[]): boolean {
  const words = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').replace(/…$/, '').trim();
  return said.some((text) => words(text) !== '' && words(text).startsWith(words(name)));
}

/** `Odometer 84,512 mi in, 84,520 mi out` */
function showMeters(readings: Row['readings']): string[] {
  const names = [...new Set(readings.map((reading) => reading.name))];
  return names.map((name) => {
    const own = readings.filter((reading) => reading.name === name);
    return `${name} ${own.map((reading) => `${showReading(reading.tenths)} ${reading.unit} ${reading.moment}`).join(', ')}`;
  });
}
