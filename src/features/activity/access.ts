import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { showFullDateTime } from '../../platform/time.js';

const PAGE = 50;

/** What people call each kind; see platform/observe/access.ts. */
export const ACCESS_KINDS: Record<string, string> = {
  'signed-in': 'Signed in',
  'signed-out': 'Signed out',
  'sign-in refused': 'Wrong password',
  'second factor refused': 'Wrong code',
  'refresh token used twice': 'A program’s token was used twice',
  'slowed down': 'Too many tries',
  'not allowed': 'Not allowed',
};

export interface AccessFilter {
  person: number | null;
  kind: string;
}

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

/**
 * Who came in and who was refused, the newest first: in this shop, of people of this shop, and of strangers, of whom nobody knows
 * which shop they wanted.
 * @param before the id of the last one seen; null for the first page
 */
export async function readAccess(
  db: Database,
  { shop, timeZone }: { shop: number; timeZone: string },
  { person, kind }: AccessFilter,
  before: number | null,
): Promise<{ lines: AccessLine[]; next: number | null }> {
  const { rows } = await sql<{
    id: number;
    kind: string;
    name: string | null;
    last_at: Date;
    count: number;
    address: string;
    detail: string;
  }>`
    select a.id, a.kind, s.name, a.last_at, a.count, a.address, a.detail
    from access_log a left join staff s on s.id = a.staff_id
    where (a.shop_id = ${shop} or a.shop_id is null and (
      a.staff_id is null or exists (select from memberships m where m.shop_id = ${shop} and m.staff_id = a.staff_id)
    ))
    ${person === null ? sql`` : sql`and a.staff_id = ${person}`} ${kind in ACCESS_KINDS ? sql`and a.kind = ${kind}` : sql``}
    ${before === null ? sql`` : sql`and a.id < ${before}`}
    order by a.id desc limit ${PAGE + 1}`.execute(db);
  const lines = rows.slice(0, PAGE).map(({ id, kind: of, name, last_at, count, address, detail }) => ({
    ...{ id, who: name ?? 'Somebody unknown', what: ACCESS_KINDS[of] ?? of, detail, address, count },
    ...{ at: showFullDateTime(last_at, timeZone), iso: last_at.toISOString() },
  }));
  return { lines, next: rows.length > PAGE ? (lines.at(-1)?.id ?? null) : null };
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
