import { sql, type Transaction } from 'kysely';
import { type Actor, type Change, type Changed, type ChangeOptions, runChangesBy } from './change.js';
import { type ChainedEvent, chainEvents, type EventInput, insertEvents } from './events.js';
import type { DB } from './schema.js';

const FLUSH_AT = 1_000;

/** A transaction in which a past is being loaded: every function of a feature may be called with it as its database. */
export interface History {
  db: Transaction<DB>;
  /** Sets the time of the changes that follow. @throws Error when it lies before the last one's */
  setTime(at: Date): void;
  /** When the last change was made, or the last event before the history. */
  time(): Date;
}

interface Head {
  version: number;
  hash: Buffer;
  at: Date;
}

/**
 * Lets a loader (the demo shop, an import) make changes in the past. It takes the lock of the shop once; then the features'
 * own functions, called with `history.db`, check the same rules and record the same events as on the day itself, except
 * that the time is the loader's. Time never runs backwards, versions are gapless and the hash chain goes on where it was.
 * Screens are woken once, at the end. No request can get here: only this function makes such a transaction.
 */
export async function loadHistory<Result>(
  trx: Transaction<DB>,
  shop: number,
  load: (history: History) => Promise<Result>,
): Promise<Result> {
  const head = await lockHead(trx, shop);
  let now = head.at;
  let waiting: ChainedEvent[] = [];
  const flush = async () => {
    if (waiting.length > 0) await insertEvents(waiting).execute(trx);
    waiting = [];
  };
  const run = async <Made>(actor: Actor, options: ChangeOptions, work: (tx: Change) => Promise<Made>): Promise<Changed<Made>> => {
    if (actor.shop !== shop) throw new Error('A history is of one shop.');
    if (options.requestId) throw new Error('A history has no requests.');
    // The change may read what happened before it.
    if (waiting.length >= FLUSH_AT) await flush();
    const events: EventInput[] = [];
    const record: Change['record'] = (kind, workOrderId, data) => events.push({ kind, workOrderId, data });
    const result = await work({ db: trx, actor, shop, now, record });
    if (events.length === 0) return { version: head.version, result, repeated: false };
    head.version++;
    const chained = chainEvents(head.hash, { shop, version: head.version, at: now, staff: actor.staff, requestId: null, result }, events);
    head.hash = chained.hash;
    head.at = now;
    waiting.push(...chained.rows);
    return { version: head.version, result, repeated: false };
  };
  runChangesBy(trx, run);
  const setTime = (at: Date) => {
    if (at < head.at) throw new Error(`A history can't go back from ${head.at.toISOString()} to ${at.toISOString()}.`);
    now = at;
  };
  const result = await load({ db: trx, setTime, time: () => head.at });
  await flush();
  await sql`update shops set version = ${head.version}, event_hash = ${head.hash} where id = ${shop}`.execute(trx);
  await sql`select pg_notify('shop', ${`${shop}:${head.version}`})`.execute(trx);
  return result;
}

async function lockHead(trx: Transaction<DB>, shop: number): Promise<Head> {
  const { rows } = await sql<Head>`
    select s.version, s.event_hash as hash, coalesce(e.at, 'epoch') as at
    from shops s left join lateral (
      select at from events where shop_id = s.id order by version desc, seq desc limit 1
    ) e on true
    where s.id = ${shop} for update of s`.execute(trx);
  if (!rows[0]) throw new Error(`There is no shop ${shop}.`);
  return rows[0];
}
