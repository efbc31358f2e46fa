import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { type Counted, quantileOf } from '../../platform/observe/histogram.js';
import type { TimedKind } from '../../platform/observe/timings.js';
import type { Spark } from './spark.js';
import { layOut } from './spark.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far back one looks, and what one point of a chart stands for. Minutes are kept for two days, hours for ninety. */
export const SPANS = {
  hour: { name: 'Last hour', reach: HOUR, step: 5 * MINUTE },
  day: { name: 'Last day', reach: DAY, step: HOUR },
  week: { name: 'Last week', reach: 7 * DAY, step: 6 * HOUR },
  quarter: { name: 'Last 90 days', reach: 90 * DAY, step: 2 * DAY },
} as const;
export type Span = keyof typeof SPANS;

/** What a small chart shows over time. */
export const CHARTS = {
  p50: { name: 'p50: half of them', of: (slot: Bins & { count: number }) => quantileOf(slot, 0.5) },
  p95: { name: 'p95: 95 of 100', of: (slot: Bins & { count: number }) => quantileOf(slot, 0.95) },
  p99: { name: 'p99: 99 of 100', of: (slot: Bins & { count: number }) => quantileOf(slot, 0.99) },
  count: { name: 'How often', of: ({ count }: { count: number }) => count },
} as const;
export type Chart = keyof typeof CHARTS;

/** How long one route or statement took; times in milliseconds. */
export interface Times {
  name: string;
  count: number;
  sum: number;
  p50: number;
  p95: number;
  p99: number;
  most: number;
  /** Of the chart, over time; null where it was not asked for. */
  points: (number | null)[];
  spark: Spark;
  all: Bins;
}

type Bins = Pick<Counted, 'bins' | 'counts' | 'mostMs'>;

interface Row {
  name: string;
  slot: number;
  count: number;
  sum: number;
  most: number;
  bins: number[];
  counts: number[];
}

/** @returns each name that was timed in the span, of all processes together, in no order */
export async function readTimes(db: Database, kind: TimedKind, span: Span, now: Date, chart: Chart = 'p95'): Promise<Times[]> {
  const { reach, step } = SPANS[span];
  const since = new Date(now.getTime() - reach);
  const { rows } = await sql<Row>`
    with edge as (
      select greatest(${since}::timestamptz, case when ${reach > HOUR} then coalesce(max(at) + interval '1 hour', ${since}) else ${since} end) as at
      from timings_by_hour
    ), given as (
      select at, name_id, count, sum_ms, most_ms, bins, counts from timings_by_hour
      where at >= date_trunc('hour', ${since}::timestamptz, 'UTC') and at < (select at from edge)
      union all
      select at, name_id, count, sum_ms, most_ms, bins, counts::bigint[] from timings where at >= (select at from edge)
    ), slots as (
      select g.*, greatest(0, floor(extract(epoch from g.at - ${since}::timestamptz) * 1000 / ${step}))::int as slot from given g
      join timing_names n on n.id = g.name_id and n.kind = ${kind}
    ), sums as (
      select name_id, slot, sum(count) as count, sum(sum_ms) as sum, max(most_ms) as most from slots group by 1, 2
    ), bins as (
      select name_id, slot, array_agg(bin) as bins, array_agg(n) as counts from (
        select name_id, slot, bin, sum(n)::int as n from slots, unnest(bins, counts) b (bin, n) group by 1, 2, 3
      ) each group by 1, 2
    )
    select n.name, s.slot, s.count::int as count, s.sum, s.most, b.bins::int[] as bins, b.counts
    from sums s join bins b using (name_id, slot) join timing_names n on n.id = s.name_id order by n.name, s.slot`.execute(db);
  return [...byName(rows)].map(([name, slots]) => toTimes(name, slots, Math.ceil(reach / step), chart));
}

/** How long pages took, of all routes together: what somebody looked at, without files. @param times of routes */
export function speedOf(times: Times[]): { count: number; p50: number; p95: number } {
  const pages = times.filter(({ name }) => /^GET \/(?!assets|livez|readyz|metrics)/.test(name)).map(({ all }) => all);
  const together = {
    ...{ bins: pages.flatMap(({ bins }) => bins), counts: pages.flatMap(({ counts }) => counts) },
    mostMs: Math.max(0, ...pages.map(({ mostMs }) => mostMs)),
  };
  const count = together.counts.reduce((sum, n) => sum + n, 0);
  return { count, p50: quantileOf(together, 0.5), p95: quantileOf(together, 0.95) };
}

function byName(rows: Row[]): Map<string, Row[]> {
  const names = new Map<string, Row[]>();
  for (const row of rows) names.set(row.name, [...(names.get(row.name) ?? []), row]);
  return names;
}

function toTimes(name: string, slots: Row[], length: number, chart: Chart): Times {
  const counts = new Map<number, number>();
  for (const slot of slots)
    for (const [index, bin] of slot.bins.entries()) counts.set(bin, (counts.get(bin) ?? 0) + (slot.counts[index] as number));
  const most = Math.max(...slots.map((slot) => slot.most));
  const all = { bins: [...counts.keys()], counts: [...counts.values()], mostMs: most };
  const points = Array.from({ length }, (_, index) => {
    const slot = slots.find((one) => Math.min(one.slot, length - 1) === index);
    return slot ? CHARTS[chart].of({ ...slot, mostMs: slot.most }) : null;
  });
  const total = (pick: (slot: Row) => number) => slots.reduce((sum, slot) => sum + pick(slot), 0);
  return {
    ...{ name, count: total((slot) => slot.count), sum: total((slot) => slot.sum), most, points, spark: layOut(points), all },
    ...{ p50: quantileOf(all, 0.5), p95: quantileOf(all, 0.95), p99: quantileOf(all, 0.99) },
  };
}

/** How the program itself was, over time: one chart for each. */
export interface Gauge {
  name: string;
  unit: 'ms' | 'bytes' | '';
  now: number | null;
  /** Of what there should be enough of it counts how little there was. */
  least: number | null;
  points: (number | null)[];
  spark: Spark;
}

const GAUGES = [
  ['loop', 'How late the program is (event loop)', 'ms'],
  ['sockets', 'Screens connected', ''],
  ['used', 'Database connections in use', ''],
  ['waiting', 'Requests that wait for the database', ''],
  ['jobs', 'Work in the background that waits', ''],
  ['memory', 'Memory', 'bytes'],
  ['database', 'Size of the database', 'bytes'],
  ['free', 'Room on the disk', 'bytes'],
] as const;

/**
 * Of all processes together: what adds up is added up, of the rest the worst. Added up are those of the same minute, or, of older times, of the
 * same hour; one that has ended by then does not count, for the one that was started in its place does.
 */
export async function readGauges(db: Database, span: Span, now: Date): Promise<Gauge[]> {
  const { reach, step } = SPANS[span];
  const since = new Date(now.getTime() - reach);
  const together = reach > DAY ? 'hour' : 'minute';
  const { rows } = await sql<Record<(typeof GAUGES)[number][0], number | null> & { slot: number }>`
    with each as (
      select s.process_id, date_trunc(${together}, s.at, 'UTC') as at,
        max(loop_p99) as loop, max(sockets) as sockets, max(pool_total - pool_idle) as used, max(pool_waiting) as waiting, max(jobs_waiting) as jobs,
        max(memory_bytes) as memory, max(database_bytes) as database, min(disk_free_bytes) as free
      from process_samples s join processes p on p.id = s.process_id
      where s.at >= ${since} and (p.stopped_at is null or s.at < date_trunc(${together}, p.stopped_at, 'UTC')) group by 1, 2
    ), sums as (
      select at, max(loop) as loop, sum(sockets) as sockets, sum(used) as used, sum(waiting) as waiting, max(jobs) as jobs, sum(memory) as memory,
        max(database) as database, min(free) as free
      from each group by 1
    )
    select greatest(0, floor(extract(epoch from at - ${since}::timestamptz) * 1000 / ${step}))::int as slot,
      max(loop)::float8 as loop, max(sockets)::int as sockets, max(used)::int as used, max(waiting)::int as waiting, max(jobs)::int as jobs,
      max(memory)::float8 as memory, max(database)::float8 as database, min(free)::float8 as free
    from sums group by 1 order by 1`.execute(db);
  const length = Math.ceil(reach / step);
  return GAUGES.map(([key, name, unit]) => {
    const points = Array.from({ length }, (_, index) => rows.find(({ slot }) => Math.min(slot, length - 1) === index)?.[key] ?? null);
    const known = points.filter((point) => point !== null);
    const least = key === 'free' && known.length > 0 ? Math.min(...known) : null;
    return { name, unit, now: known.at(-1) ?? null, least, points, spark: layOut(points) };
  });
}
