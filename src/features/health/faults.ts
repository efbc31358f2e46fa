import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { FaultKind } from '../../platform/observe/faults.js';

const PAGE = 50;

/** What each kind is called, and what it means for whoever sees it. */
export const FAULT_KINDS: Record<FaultKind, { name: string; meaning: string }> = {
  server: {
    name: 'In the program',
    meaning:
      'Whoever it happened to was shown the number, and what they had sent was not done. Trying again often helps. If it goes on, show this page to whoever looks after the program.',
  },
  browser: {
    name: 'In a browser',
    meaning:
      'A script of a page broke on somebody’s screen; nothing was lost that had been saved. Loading the page again often helps. If it goes on, show this page to whoever looks after the program.',
  },
  csp: {
    name: 'Stopped by the page’s own rules',
    meaning:
      'Something on a page wanted to load or run what does not belong to the shop, and was stopped. Mostly that is an extension of somebody’s browser; if it comes from all of them, show this page to whoever looks after the program.',
  },
  job: {
    name: 'In the background',
    meaning:
      'Work that nobody waits for failed. It is tried again by itself, several times. If it goes on, show this page to whoever looks after the program.',
  },
};

/** Faults that are alike. */
export interface FaultGroup {
  id: number;
  kind: FaultKind;
  title: string;
  place: string;
  route: string;
  firstAt: Date;
  lastAt: Date;
  firstVersion: string;
  lastVersion: string;
  count: number;
}

/** One time that it happened. */
export interface FaultSeen {
  id: number;
  number: string;
  at: Date;
  who: string | null;
  method: string;
  version: string;
  request: string;
  message: string;
  stack: string;
}

/** What a shop's managers are shown: what happened to their people, and what belongs to no shop. */
const ITS = (shop: number) => sql<boolean>`(g.shop_id = ${shop} or g.shop_id is null)`;
const COLUMNS = sql`g.id, g.kind, g.title, g.place, g.route, g.first_at as "firstAt", g.last_at as "lastAt", g.first_version as "firstVersion",
  g.last_version as "lastVersion", g.count`;

/**
 * Kinds of faults, what happened last first.
 * @param before the id of the last one seen; null for the first page
 * @param since those that happened again after it
 */
export async function listFaults(
  db: Database,
  shop: number,
  kind: string,
  before: number | null,
  since: Date | null = null,
): Promise<{ groups: FaultGroup[]; next: number | null }> {
  const { rows } = await sql<FaultGroup>`
    select ${COLUMNS} from fault_groups g where ${ITS(shop)} ${kind in FAULT_KINDS ? sql`and g.kind = ${kind}` : sql``}
    ${since ? sql`and g.last_at >= ${since}` : sql``}
    ${before === null ? sql`` : sql`and (g.last_at, g.id) < (select l.last_at, l.id from fault_groups l where l.id = ${before})`}
    order by g.last_at desc, g.id desc limit ${PAGE + 1}`.execute(db);
  const groups = rows.slice(0, PAGE);
  return { groups, next: rows.length > PAGE ? (groups.at(-1)?.id ?? null) : null };
}

/** @param before the id of the last time seen; null for the first page @throws NotFound */
export async function getFault(db: Database, shop: number, id: number, before: number | null) {
  const found = await sql<FaultGroup>`select ${COLUMNS} from fault_groups g where g.id = ${id} and ${ITS(shop)}`.execute(db);
  const group = found.rows[0];
  if (!group) throw new NotFound('That fault is not here. Faults are kept for as long as the settings say.');
  const { rows } = await sql<FaultSeen>`
    select f.id, f.number, f.at, s.name as who, f.method, f.version, f.request, f.message, f.stack
    from faults f left join staff s on s.id = f.staff_id
    where f.group_id = ${id} ${before === null ? sql`` : sql`and f.id < ${before}`}
    order by f.id desc limit ${PAGE + 1}`.execute(db);
  const seen = rows.slice(0, PAGE);
  return { group, seen, next: rows.length > PAGE ? (seen.at(-1)?.id ?? null) : null };
}

/**
 * Finds the fault whose number somebody saw.
 * @param number as a person types it: `e-4kx09q`, `4KX09Q`
 * @returns the id of its group; null when it is not known
 */
export async function findFault(db: Database, shop: number, number: string): Promise<number | null> {
  const code = number.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const wanted = `E-${code.length === 7 ? code.slice(1) : code}`;
  const { rows } = await sql<{ id: number }>`
    select g.id from faults f join fault_groups g on g.id = f.group_id where f.number = ${wanted} and ${ITS(shop)} order by f.id desc limit 1`.execute(
    db,
  );
  return rows[0]?.id ?? null;
}

/** How many happened since. */
export async function countFaults(db: Database, shop: number, since: Date): Promise<{ kinds: number; times: number }> {
  const { rows } = await sql<{ kinds: number; times: number }>`
    select count(distinct g.id)::int as kinds, count(*)::int as times from faults f join fault_groups g on g.id = f.group_id
    where f.at >= ${since} and ${ITS(shop)}`.execute(db);
  return rows[0] ?? { kinds: 0, times: 0 };
}
