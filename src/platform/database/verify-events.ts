import { sql } from 'kysely';
import { type EventRow, hashEvent } from './events.js';
import { asWritten, readOrigins } from './origins.js';
import type { Database } from './pool.js';

const PAGE = 2_000;

/** What a walk along one shop's chain found. */
export interface Verified {
  shop: number;
  name: string;
  /** How many events are as they were written, from the first on. */
  events: number;
  /** The first thing that is not right, as the end of a sentence; null when all is well. */
  wrong: string | null;
}

/** The shops of the database in the order of their ids, to walk one after the other. */
export async function listShops(db: Database): Promise<{ id: number; name: string }[]> {
  return db.selectFrom('shops').select(['id', 'name']).orderBy('id').execute();
}

/**
 * Walks the hash chain of a shop from its first event to the one that was the last when the walk began; the shop may go on
 * meanwhile. Finds an event that was changed, taken out, put in or put elsewhere, and an end that was cut off.
 * @param page events held in memory at a time
 */
export async function verifyEvents(db: Database, shop: number, page = PAGE): Promise<Verified> {
  const head = await db.selectFrom('shops').select(['name', 'version', 'event_hash']).where('id', '=', shop).executeTakeFirstOrThrow();
  const found = { shop, name: head.name, events: 0 };
  const origins = await readOrigins(db, shop);
  let hash: Buffer = Buffer.alloc(32);
  let last = { version: 0, seq: 0 };
  for (;;) {
    const rows = await readPage(db, shop, last, head.version, page);
    for (const row of rows) {
      const wrong = refuseStep(last, row) ?? refuseHash(hash, asWritten(row, origins));
      if (wrong) return { ...found, wrong };
      hash = row.hash;
      last = { version: row.version, seq: row.seq };
      found.events++;
    }
    if (rows.length < page) break;
  }
  if (last.version !== head.version)
    return { ...found, wrong: `version ${last.version + 1} and what came after it is missing, up to ${head.version}` };
  return { ...found, wrong: hash.equals(head.event_hash) ? null : `the shop's own note of its last event, ${last.version}, is not right` };
}

type Row = EventRow & { hash: Buffer };
type Place = { version: number; seq: number };

async function readPage(db: Database, shop: number, after: Place, until: number, page: number): Promise<Row[]> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('shop_id', '=', shop)
    .where('version', '<=', until)
    .where(sql<boolean>`(version, seq) > (${after.version}, ${after.seq})`)
    .orderBy('version')
    .orderBy('seq')
    .limit(page)
    .execute();
}

/** Versions go up by one without a gap, and within a version the numbers of its events do. */
function refuseStep(last: Place, row: Row): string | null {
  const next = row.version === last.version ? row.seq === last.seq + 1 : row.version === last.version + 1 && row.seq === 1;
  return next ? null : `an event is missing between ${last.version}.${last.seq} and ${row.version}.${row.seq}`;
}

function refuseHash(previous: Buffer, row: Row): string | null {
  if (hashEvent(previous, row).equals(row.hash)) return null;
  return `event ${row.version}.${row.seq} (${row.kind}, ${row.at.toISOString()}) is not as it was written`;
}
