import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { sql, type Transaction } from 'kysely';
import { changeWithin } from '../../../platform/database/change.js';
import type { Database } from '../../../platform/database/pool.js';
import type { DB } from '../../../platform/database/schema.js';
import { verifyEvents } from '../../../platform/database/verify-events.js';
import { keepBytes } from '../../../platform/files/keep.js';
import type { FileStore } from '../../../platform/files/store.js';
import { SHOP_TABLES } from '../../exports/dictionary/index.js';
import { SETUP_LOCK } from '../../shops/setup.js';
import { refuse, type ShopArchive } from './archive.js';
import { inOrder } from './order.js';
import { bringPeople, type Person } from './people.js';
import { insertTable } from './tables.js';

export interface BroughtIn {
  shop: number;
  name: string;
  rows: number;
  files: number;
  events: number;
  people: Person[];
}

/** Tables that are written by hand: the shop and its people are not only the shop's, and where it was is said anew. */
const BY_HAND = ['shops', 'staff', 'shop_origins'];

/**
 * Makes a shop of an archive that was looked through: all of it or nothing. The files come first, without a row, so that what stops
 * it leaves at most bytes that are swept; then everything else in one transaction, at whose end the chain of its events is walked.
 * @param again whether a shop that is here already shall be here once more
 * @throws StartError when the archive is from a newer version, its shop is here, or its record of events is not whole
 */
export async function bringIn(db: Database, store: FileStore, archive: ShopArchive, again = false): Promise<BroughtIn> {
  await refuseNewer(db, archive);
  if (!again) await refuseKnown(db, archive);
  for (const sha256 of archive.files) await bringFile(db, store, archive, sha256);
  try {
    return await db.transaction().execute(async (trx) => {
      for (const limit of ['statement_timeout', 'idle_in_transaction_session_timeout'])
        await sql`select set_config(${limit}, '0', true)`.execute(trx);
      await sql`select pg_advisory_xact_lock(${SETUP_LOCK}::bigint)`.execute(trx);
      // Somebody may have brought it in meanwhile.
      if (!again) await refuseKnown(trx, archive);
      return await bringRows(trx, archive);
    });
  } catch (error) {
    // What the database's own rules refuse: wrong types, rows that point to nothing, an invoice above what was authorized.
    if (/^(22|23|P0001)/.test((error as { code?: string }).code ?? ''))
      throw refuse(`its rows do not fit together (${(error as Error).message})`);
    throw error;
  }
}

async function refuseNewer(db: Database, { manifest }: ShopArchive): Promise<void> {
  const { rows } = await sql`select from migrations where name = ${manifest.schema}`.execute(db);
  if (rows.length === 0) throw refuse('it is from a newer version of ServiceFLOW; bring this installation up to date first');
}

/** A shop is known by the hash of its very first event, wherever it goes. */
async function refuseKnown(db: Database, archive: ShopArchive): Promise<void> {
  const first = await firstOf(archive.lines('events'));
  if (!first) return;
  const hash = Buffer.from(String((JSON.parse(first) as { hash: unknown }).hash).replace(/^\\x/, ''), 'hex');
  const { rows } = await sql<{ id: number; name: string }>`
    select s.id, s.name from shops s
    cross join lateral (select hash from events where shop_id = s.id order by version, seq limit 1) e
    where e.hash = ${hash} order by s.id limit 1`.execute(db);
  const [here] = rows;
  if (here)
    throw refuse(`its shop is here already, as number ${here.id}, ${here.name} (add --again to have it here once more, beside that one)`);
}

async function firstOf(lines: AsyncIterable<string>): Promise<string | undefined> {
  // The rest is not read: leaving the loop closes it.
  for await (const line of lines) return line;
  return undefined;
}

async function bringFile(db: Database, store: FileStore, archive: ShopArchive, sha256: string): Promise<void> {
  const path = store.temporary();
  try {
    await pipeline(await archive.openFile(sha256), createWriteStream(path, { mode: 0o600 }));
    await keepBytes(db, store, path, Buffer.from(sha256, 'hex'));
  } finally {
    await rm(path, { force: true });
  }
}

async function bringRows(trx: Transaction<DB>, archive: ShopArchive): Promise<BroughtIn> {
  const { manifest } = archive;
  await sql`create temporary table staged (place bigint generated always as identity, row jsonb not null) on commit drop`.execute(trx);
  await sql`create temporary table staged_people (there bigint primary key, here bigint not null) on commit drop`.execute(trx);
  await sql`create temporary table staged_documents (id bigint primary key, document text not null, posted_at timestamptz) on commit drop`.execute(
    trx,
  );
  const shop = await bringShop(trx, archive);
  const people = await bringPeople(trx, archive);
  const tables = await inOrder(
    trx,
    Object.keys(SHOP_TABLES).filter((table) => table in manifest.tables && !BY_HAND.includes(table)),
  );
  await removeDefaults(trx, shop, tables);
  for (const table of tables) await insertTable(trx, archive, shop, table);
  await bringOrigins(trx, archive, shop);
  // Where it was they go out, or have: nobody is written to twice because there is a copy of the shop.
  await sql`update messages set state = 'withdrawn', waits_for = null, hold_until = null, trouble = 'It waited when the shop was copied to here.'
    where shop_id = ${shop} and state in ('waiting', 'sending')`.execute(trx);
  await sql`
    update work_orders w set document = d.document, posted_at = d.posted_at
    from staged_documents d where w.shop_id = ${shop} and w.id = d.id and d.document <> 'estimate'`.execute(trx);
  await sql`update shops set version = ${manifest.shop.version}, event_hash = ${Buffer.from(manifest.shop.hash, 'hex')} where id = ${shop}`.execute(
    trx,
  );
  const { wrong, events } = await verifyEvents(trx, shop);
  if (wrong !== null) throw refuse(`its record of events is not whole: ${wrong}`);
  await changeWithin(trx, { shop, staff: null }, {}, async (tx) => {
    const { id, version, hash } = manifest.shop;
    tx.record('shop.imported', null, { from: id, version, hash, madeAt: manifest.madeAt });
  });
  const rows = Object.values(manifest.tables).reduce((sum, table) => sum + table.rows, 0);
  return { shop, name: manifest.shop.name, rows, files: archive.files.length, events, people };
}

/** The row of the shop, with a number of its own here. */
async function bringShop(trx: Transaction<DB>, archive: ShopArchive): Promise<number> {
  const lines: string[] = [];
  for await (const line of archive.lines('shops')) lines.push(line);
  if (lines.length !== 1) throw refuse('it is not of one shop');
  const columns = archive.manifest.tables.shops?.columns.filter((column) => !['id', 'version', 'event_hash'].includes(column)) ?? [];
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const { rows } = await sql<{ id: number }>`
    insert into shops (${names}) select ${names} from jsonb_populate_record(null::shops, ${lines[0]}::jsonb) returning id`.execute(trx);
  return rows[0]?.id as number;
}

/** What a new shop begins with: this one has its own. */
async function removeDefaults(trx: Transaction<DB>, shop: number, tables: string[]): Promise<void> {
  for (const table of tables.toReversed()) {
    const { rows } = await sql`select from ${sql.table(table)} where shop_id = ${shop} limit 1`.execute(trx);
    // Not even asked of a table that nobody may delete from.
    if (rows.length > 0) await sql`delete from ${sql.table(table)} where shop_id = ${shop}`.execute(trx);
  }
}

/** Where it was before, and that it was there until now. */
async function bringOrigins(trx: Transaction<DB>, archive: ShopArchive, shop: number): Promise<void> {
  const { rows } = await sql<{ there: number; here: number }>`select there, here from staged_people`.execute(trx);
  const here = new Map(rows.map((row) => [row.there, row.here]));
  const insert = (until: number, origin: number, people: [number, number][], at: unknown) =>
    trx
      .insertInto('shop_origins')
      .values({
        shop_id: shop,
        until_version: until,
        origin_shop: origin,
        people: JSON.stringify(Object.fromEntries(people)),
        imported_at: at as Date,
      })
      .execute();
  if ('shop_origins' in archive.manifest.tables) {
    for await (const line of archive.lines('shop_origins')) {
      const row = JSON.parse(line) as { until_version: number; origin_shop: number; people: Record<string, number>; imported_at: string };
      const people = Object.entries(row.people).map(([there, first]): [number, number] => [
        here.get(Number(there)) ?? Number(there),
        first,
      ]);
      await insert(row.until_version, row.origin_shop, people, row.imported_at);
    }
  }
  const { version, id } = archive.manifest.shop;
  await insert(
    version,
    id,
    [...here].map(([there, now]): [number, number] => [now, there]),
    sql`now()`,
  );
}
