import { sql } from 'kysely';
import type { Database } from '../database/pool.js';
import type { Task } from '../jobs/jobs.js';
import { isNamedAside, mayRemoveFiles } from './hold.js';
import { lockContent } from './keep.js';
import type { FileStore } from './store.js';

/** Long enough for a form that was left open over a night, and for a copy of the data that is made meanwhile. */
const KEPT_FOR = 48 * 3_600_000;
const PAGE = 500;

export interface Swept {
  rows: number;
  files: number;
  temporary: number;
}

/** Nightly; also what a process that was killed has left. */
export const sweepTask: Task = {
  name: 'sweep-files',
  at: '17 3 * * *',
  run: async (_payload, { db, files, log }) => {
    const swept = await sweepFiles(db, files, new Date());
    log.info(swept, 'files that nothing refers to were removed');
  },
};

/**
 * Removes what nothing has referred to for two days: first rows, then bytes that have no row left, then temporary files.
 * Bytes are removed only under the lock of their content and after it was seen, under that lock, that no row names them; so
 * keepFile() may run at the same time, in this process or another.
 * @param now by the clock of the machine
 */
export async function sweepFiles(db: Database, store: FileStore, now: Date): Promise<Swept> {
  const before = new Date(now.getTime() - KEPT_FOR);
  const swept = { rows: 0, files: 0, temporary: 0 };
  const unused = await unreferenced(db);
  for (let last: Row | undefined; ; ) {
    const page = await findUnused(db, unused, before, last);
    for (const row of page) if (await removeRow(db, unused, before, row)) swept.rows++;
    last = page.at(-1);
    if (page.length < PAGE) break;
  }
  for await (const stored of store.list()) {
    if (stored.storedAt < before && (await removeBytes(db, store, stored.sha256, before))) swept.files++;
  }
  swept.temporary = await store.sweepTemporary(before);
  return swept;
}

interface Row {
  shop_id: number;
  sha256: Buffer;
}

/** What says of a row of `files f` that no other table refers to it: by the catalog, so that no table can be forgotten. */
async function unreferenced(db: Database) {
  const { rows } = await sql<{ table: string; pairs: [own: string, files: string][] }>`
    select c.conrelid::regclass::text as table, (
      select json_agg(json_build_array(a.attname, fa.attname)) from unnest(c.conkey, c.confkey) k (own, other)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
      join pg_attribute fa on fa.attrelid = c.confrelid and fa.attnum = k.other
    ) as pairs
    from pg_constraint c where c.contype = 'f' and c.confrelid = 'files'::regclass`.execute(db);
  if (rows.length === 0) throw new Error('No table refers to files: that can’t be.');
  const absent = rows.map(({ table, pairs }) => {
    const same = pairs.map(([own, files]) => sql`r.${sql.ref(own)} = f.${sql.ref(files)}`);
    return sql`not exists (select from ${sql.raw(table)} r where ${sql.join(same, sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(absent, sql` and `)})`;
}

type Unused = Awaited<ReturnType<typeof unreferenced>>;

async function findUnused(db: Database, unused: Unused, before: Date, after: Row | undefined): Promise<Row[]> {
  const next = after ? sql`and (f.shop_id, f.sha256) > (${after.shop_id}, ${after.sha256})` : sql``;
  const found = await sql<Row>`select f.shop_id, f.sha256 from files f where f.stored_at < ${before} and ${unused} ${next}
    order by f.shop_id, f.sha256 limit ${PAGE}`.execute(db);
  return found.rows;
}

/** @returns false when it was stored again, or referred to, since it was found */
async function removeRow(db: Database, unused: Unused, before: Date, { shop_id, sha256 }: Row): Promise<boolean> {
  try {
    return await db.transaction().execute(async (trx) => {
      await lockContent(trx, sha256);
      const gone = await sql`delete from files f
        where f.shop_id = ${shop_id} and f.sha256 = ${sha256} and f.stored_at < ${before} and ${unused}`.execute(trx);
      return gone.numAffectedRows === 1n;
    });
  } catch (error) {
    // A change has just referred to it: the foreign key knows better.
    if ((error as { code?: string }).code === '23503') return false;
    throw error;
  }
}

/** In a transaction of its own: before the row's end is committed, the bytes may not go. */
async function removeBytes(db: Database, store: FileStore, sha256: Buffer, before: Date): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await lockContent(trx, sha256);
    const row = await trx.selectFrom('files').select('shop_id').where('sha256', '=', sha256).limit(1).executeTakeFirst();
    // The list may be older than the lock.
    const stored = row ? null : await store.find(sha256);
    if (!stored || stored.storedAt >= before) return false;
    // A backup that is being made, and what a restore has put aside, need it; the next night will do.
    if (!(await mayRemoveFiles(trx)) || (await isNamedAside(trx, sha256))) return false;
    await store.remove(sha256);
    return true;
  });
}
