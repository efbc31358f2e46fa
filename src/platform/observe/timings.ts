import { sql } from 'kysely';
import type { Database } from '../database/pool.js';
import { type Counted, Histogram } from './histogram.js';

export type TimedKind = 'route' | 'query';

/** The routes and statements of this program are some hundreds. What comes beyond is counted together, whoever makes up names. */
const MOST_NAMES = 600;
const LONGEST_NAME = 600;
const OTHERS = '(others)';

interface Row extends Counted {
  kind: TimedKind;
  name: string;
}

/** How long answers and statements take, in this process. Counting costs about a microsecond and no memory to speak of. */
export class Timings {
  readonly #known: Record<TimedKind, Map<string, Histogram>> = { route: new Map(), query: new Map() };

  /** @param route `GET /board` */
  route(route: string, ms: number): void {
    this.#of('route', route).add(ms);
  }

  /** @param text of the statement, which has no values in it */
  query(text: string, ms: number): void {
    this.#of('query', text).add(ms);
  }

  #of(kind: TimedKind, name: string): Histogram {
    const known = this.#known[kind];
    const found = known.get(name);
    if (found) return found;
    if (known.size >= MOST_NAMES) return known.get(OTHERS) ?? this.#add(kind, OTHERS);
    return this.#add(kind, name);
  }

  #add(kind: TimedKind, name: string): Histogram {
    const histogram = new Histogram();
    this.#known[kind].set(name, histogram);
    return histogram;
  }

  /** What was counted since the last time. */
  take(): Row[] {
    return (['route', 'query'] as const).flatMap((kind) =>
      [...this.#known[kind]].flatMap(([name, histogram]) => {
        const counted = histogram.take();
        return counted ? [{ kind, name: shorten(name), ...counted }] : [];
      }),
    );
  }
}

function shorten(name: string): string {
  const line = name.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line;
}

/**
 * Keeps what one process counted since the last time, in one statement.
 * @param now each time another
 */
export async function keepTimings(db: Database, process: string, now: Date, rows: Row[]): Promise<void> {
  if (rows.length === 0) return;
  const given = rows.map((row) => ({ ...row, bins: `{${row.bins}}`, counts: `{${row.counts}}` }));
  await sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
        as r (kind text, name text, count int, "sumMs" float8, "mostMs" real, bins smallint[], counts int[])
    ), added as (
      insert into timing_names (kind, name) select distinct kind, name from given g
      where not exists (select from timing_names n where n.kind = g.kind and n.name = g.name)
      on conflict (kind, name) do nothing returning id, kind, name
    ), known as (
      select id, kind, name from added union all select n.id, n.kind, n.name from timing_names n join given using (kind, name)
    )
    insert into timings (at, name_id, process_id, count, sum_ms, most_ms, bins, counts)
    select distinct on (k.id) ${now}::timestamptz, k.id, ${process}::uuid, g.count, g."sumMs", g."mostMs", g.bins, g.counts
    from given g join known k using (kind, name)
    on conflict (at, name_id, process_id) do nothing`.execute(db);
}

/**
 * Adds the minutes of each hour that is over up to one row for each name. Doing it again gives the same: a process that was late is
 * counted the next time.
 * @param since hours that ended before are done
 */
export async function addUpHours(db: Database, since: Date): Promise<void> {
  await sql`
    with minutes as (
      select date_trunc('hour', at, 'UTC') as hour, name_id, count, sum_ms, most_ms, bins, counts from timings
      where at >= date_trunc('hour', ${since}::timestamptz, 'UTC') and at < date_trunc('hour', now(), 'UTC')
    ), sums as (
      select hour, name_id, sum(count) as count, sum(sum_ms) as sum_ms, max(most_ms) as most_ms from minutes group by 1, 2
    ), bins as (
      select hour, name_id, array_agg(bin order by bin) as bins, array_agg(n order by bin) as counts from (
        select hour, name_id, bin, sum(n) as n from minutes, unnest(bins, counts) b (bin, n) group by 1, 2, 3
      ) each group by 1, 2
    )
    insert into timings_by_hour (at, name_id, count, sum_ms, most_ms, bins, counts)
    select s.hour, s.name_id, s.count, s.sum_ms, s.most_ms, b.bins, b.counts from sums s join bins b using (hour, name_id)
    on conflict (at, name_id) do update set count = excluded.count, sum_ms = excluded.sum_ms, most_ms = excluded.most_ms,
      bins = excluded.bins, counts = excluded.counts`.execute(db);
}
