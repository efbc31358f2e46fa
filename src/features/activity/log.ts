import { stringify } from 'csv-stringify/sync';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { showFullDateTime, toIsoWithOffset } from '../../platform/time.js';
import { isByCustomer } from '../approvals/telling.js';
import { guard } from '../exports/cells.js';
import { boundsOf, type Filter, KINDS, readThing } from './rules.js';
import { type Named, tellEvent } from './telling.js';
import { eventsOf } from './things.js';

const PAGE = 50;
const PAGE_OF_FILE = 1_000;

/** A place in the log: events have a version and, within it, a number. */
export interface Place {
  version: number;
  seq: number;
}

/** One event in words. */
export interface LogLine {
  who: string;
  what: string;
  at: string;
  iso: string;
  order: number | null;
  /** Where what it is about can be looked at; null when there is no such page. */
  link: string | null;
  place: string;
}

interface Row extends Place, Named {
  at: Date;
  kind: string;
  data: unknown;
  hash: Buffer;
  actor: string | null;
  order: number | null;
  customer_id: number | null;
  vehicle_id: number | null;
}

/**
 * What happened, the newest first, a page at a time.
 * @param before the last one seen; null for the first page
 * @returns `next` to go on behind, or null at the end
 */
export async function readLog(
  db: Database,
  { shop, timeZone }: { shop: number; timeZone: string },
  filter: Filter,
  before: Place | null,
): Promise<{ lines: LogLine[]; next: string | null }> {
  const rows = await readRows(db, shop, timeZone, filter, before, PAGE + 1);
  const lines = rows.slice(0, PAGE).map((row) => toLine(row, timeZone));
  return { lines, next: rows.length > PAGE ? (lines.at(-1)?.place ?? null) : null };
}

/** The same as a CSV file (RFC 4180), page by page: the whole history may be larger than the memory. */
export async function* writeLog(db: Database, viewer: { shop: number; timeZone: string }, filter: Filter): AsyncGenerator<string> {
  const head = ['Time', 'Who', 'What', 'Kind', 'Work order', 'Version', 'Number', 'Data', 'Hash'];
  yield stringify([head], { bom: true, record_delimiter: 'windows' });
  for (let before: Place | null = null; ; ) {
    const rows: Row[] = await readRows(db, viewer.shop, viewer.timeZone, filter, before, PAGE_OF_FILE);
    yield stringify(
      rows.map((row) => {
        const { who, what, order } = toLine(row, viewer.timeZone);
        const data = guard(JSON.stringify(row.data));
        return [
          toIsoWithOffset(row.at, viewer.timeZone),
          guard(who),
          guard(what),
          row.kind,
          order,
          row.version,
          row.seq,
          data,
          row.hash.toString('hex'),
        ];
      }),
      { record_delimiter: 'windows' },
    );
    if (rows.length < PAGE_OF_FILE) return;
    before = rows.at(-1) ?? null;
  }
}

function toLine(row: Row, timeZone: string): LogLine {
  return {
    who: row.actor ?? (isByCustomer(row.kind, row.data) ? 'The customer' : 'ServiceFLOW'),
    what: tellEvent(row.kind, row.data, row),
    at: showFullDateTime(row.at, timeZone),
    iso: row.at.toISOString(),
    order: row.order,
    link: linkOf(row),
    place: `${row.version}.${row.seq}`,
  };
}

function linkOf(row: Row): string | null {
  if (row.order !== null) return `/work-orders/${row.order}`;
  if (row.vehicle !== null) return `/vehicles/${row.vehicle_id}`;
  return row.customer === null ? null : `/customers/${row.customer_id}`;
}

async function readRows(db: Database, shop: number, timeZone: string, filter: Filter, before: Place | null, limit: number): Promise<Row[]> {
  const thing = readThing(filter.about);
  const asked = where(shop, timeZone, filter, before);
  const { rows } = await sql<Row>`
    with ${thing ? sql`its as materialized (${eventsOf(shop, thing, asked)}),` : sql``}
    page as (
      select e.version, e.seq, e.at, e.kind, e.data, e.hash, e.actor_id, e.work_order_id
      from events e ${thing ? sql`join its on its.version = e.version and its.seq = e.seq` : sql``}
      where e.shop_id = ${shop} ${asked}
      order by e.version desc, e.seq desc limit ${limit}
    ), named as (
      select p.*, ${idIn('customer')} as its_customer, ${idIn('vehicle')} as its_vehicle, ${idIn('staff')} as its_staff, ${idIn('column')} as its_column
      from page p
    )
    select p.version, p.seq, p.at, p.kind, p.data, p.hash, a.name as actor, w.number as order, c.id as customer_id, v.id as vehicle_id,
      coalesce(nullif(c.company, ''), c.name) as customer, v.description as vehicle, t.name as staff, k.name as column
    from named p
    left join staff a on a.id = p.actor_id
    left join work_orders w on w.shop_id = ${shop} and w.id = p.work_order_id
    left join customers c on c.shop_id = ${shop} and c.id = p.its_customer
    left join vehicles v on v.shop_id = ${shop} and v.id = p.its_vehicle
    left join memberships m on m.shop_id = ${shop} and m.staff_id = p.its_staff
    left join staff t on t.id = m.staff_id
    left join columns k on k.shop_id = ${shop} and k.id = p.its_column
    order by p.version desc, p.seq desc`.execute(db);
  return rows;
}

/** The id by which an event names a thing; what was put together with another is named by the one that was kept. */
function idIn(thing: string): RawBuilder<unknown> {
  const key = sql`case when p.kind like ${sql.lit(`${thing}.merge%`)} then 'kept' else ${sql.lit(thing)} end`;
  return sql`case when p.data ->> ${key} ~ '^[0-9]{1,15}$' then (p.data ->> ${key})::bigint end`;
}

function where(shop: number, timeZone: string, filter: Filter, before: Place | null): RawBuilder<unknown> {
  const { since, until } = boundsOf(filter, timeZone);
  const nouns = KINDS[filter.kind]?.nouns;
  return sql.join(
    [
      sql``,
      ...(filter.person === null ? [] : [sql`e.actor_id = ${filter.person}`]),
      ...(filter.order === null
        ? []
        : [sql`e.work_order_id = (select id from work_orders where shop_id = ${shop} and number = ${filter.order})`]),
      ...(nouns ? [sql`split_part(e.kind, '.', 1) = any(${nouns})`] : []),
      ...(since ? [sql`e.at >= ${since}`] : []),
      ...(until ? [sql`e.at < ${until}`] : []),
      ...(before ? [sql`(e.version, e.seq) < (${before.version}, ${before.seq})`] : []),
    ],
    sql` and `,
  );
}
