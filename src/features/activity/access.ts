import { stringify } from 'csv-stringify/sync';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { showFullDateTime, toIsoWithOffset } from '../../platform/time.js';
import { guard } from '../exports/cells.js';
import { boundsOf, type Filter } from './rules.js';

const PAGE = 50;
const PAGE_OF_FILE = 1_000;

/** What people call each kind, and what they say of somebody; see platform/observe/access.ts. */
export const ACCESS_KINDS: Record<string, { name: string; told: string }> = {
  'signed-in': { name: 'Signed in', told: 'signed in' },
  'signed-out': { name: 'Signed out', told: 'signed out' },
  'sign-in refused': { name: 'Wrong password', told: 'typed a wrong password' },
  'second factor refused': { name: 'Wrong code', told: 'typed a wrong code' },
  'refresh token used twice': { name: 'A program’s token was used twice', told: 'was signed out: a program’s token was used twice' },
  'slowed down': { name: 'Too many tries', told: 'tried too often' },
  'not allowed': { name: 'Not allowed', told: 'was not allowed' },
};

export type AccessFilter = Omit<Filter, 'order' | 'about'>;

export interface AccessLine {
  id: number;
  who: string;
  what: string;
  detail: string;
  address: string;
  at: string;
  iso: string;
  count: number;
}

interface Row {
  id: number;
  kind: string;
  name: string | null;
  last_at: Date;
  count: number;
  address: string;
  detail: string;
}

interface Of {
  shop: number;
  timeZone: string;
}

/**
 * Who came in and who was refused, the newest first: in this shop, of people of this shop, and of strangers, of whom nobody knows
 * which shop they wanted.
 * @param before the id of the last one seen; null for the first page
 */
export async function readAccess(
  db: Database,
  of: Of,
  filter: AccessFilter,
  before: number | null,
): Promise<{ lines: AccessLine[]; next: number | null }> {
  const rows = await readRows(db, of, filter, before, PAGE + 1);
  const lines = rows.slice(0, PAGE).map((row) => ({
    ...{
      id: row.id,
      who: whoOf(row),
      what: ACCESS_KINDS[row.kind]?.told ?? row.kind,
      detail: row.detail,
      address: row.address,
      count: row.count,
    },
    ...{ at: showFullDateTime(row.last_at, of.timeZone), iso: row.last_at.toISOString() },
  }));
  return { lines, next: rows.length > PAGE ? (lines.at(-1)?.id ?? null) : null };
}

/** The same as a CSV file (RFC 4180), page by page. */
export async function* writeAccess(db: Database, of: Of, filter: AccessFilter): AsyncGenerator<string> {
  yield stringify([['Time', 'Who', 'What', 'Times', 'Detail', 'From']], { bom: true, record_delimiter: 'windows' });
  for (let before: number | null = null; ; ) {
    const rows: Row[] = await readRows(db, of, filter, before, PAGE_OF_FILE);
    const cells = rows.map((row) => [
      toIsoWithOffset(row.last_at, of.timeZone),
      ...[guard(whoOf(row)), whatOf(row), row.count, guard(row.detail), guard(row.address)],
    ]);
    yield stringify(cells, { record_delimiter: 'windows' });
    if (rows.length < PAGE_OF_FILE) return;
    before = rows.at(-1)?.id ?? null;
  }
}

const whoOf = ({ name }: Row) => name ?? 'Somebody unknown';
const whatOf = ({ kind }: Row) => ACCESS_KINDS[kind]?.name ?? kind;

async function readRows(db: Database, { shop, timeZone }: Of, filter: AccessFilter, before: number | null, limit: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select a.id, a.kind, s.name, a.last_at, a.count, a.address, a.detail
    from access_log a left join staff s on s.id = a.staff_id
    where (a.shop_id = ${shop} or a.shop_id is null and (
      a.staff_id is null or exists (select from memberships m where m.shop_id = ${shop} and m.staff_id = a.staff_id)
    ))
    ${asked(filter, timeZone)} ${before === null ? sql`` : sql`and a.id < ${before}`}
    order by a.id desc limit ${limit}`.execute(db);
  return rows;
}

function asked({ person, kind, from, to }: AccessFilter, timeZone: string): RawBuilder<unknown> {
  const { since, until } = boundsOf({ from, to }, timeZone);
  return sql.join(
    [
      sql``,
      ...(person === null ? [] : [sql`a.staff_id = ${person}`]),
      ...(kind in ACCESS_KINDS ? [sql`a.kind = ${kind}`] : []),
      ...(since ? [sql`a.last_at >= ${since}`] : []),
      ...(until ? [sql`a.last_at < ${until}`] : []),
    ],
    sql` and `,
  );
}

/** The people of a shop, also those who have left, to choose from. */
export async function listPeople(db: Database, shop: number): Promise<{ id: number; name: string }[]> {
  return db
    .selectFrom('memberships as m')
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .select(['s.id', 's.name'])
    .where('m.shop_id', '=', shop)
    .orderBy('s.name')
    .orderBy('s.id')
    .execute();
}
