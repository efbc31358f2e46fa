import { sql, type Transaction } from 'kysely';
import { Conflict, RequestError } from '../errors.js';
import { chainEvents, type EventInput, insertEvents } from './events.js';
import { type Database, OutcomeUnknown } from './pool.js';
import type { DB } from './schema.js';

/** Who changes something, and in which shop. `staff` is null for the program itself. */
export interface Actor {
  shop: number;
  staff: number | null;
  demands?: Demands | undefined;
}

/** What a request of the API demands of the changes that are made for it. */
export interface Demands {
  /** The request id of the next change, for those that bring none themselves. */
  nextRequestId?: (() => string) | undefined;
  /** Asked once the lock of the shop is held, until a change was made: what it throws, undoes the change. */
  provided?: ((tx: Change) => Promise<void>) | undefined;
}

/** What `work` gets: a transaction that holds the lock of the shop, and the record of what it did. */
export interface Change {
  db: Transaction<DB>;
  actor: Actor;
  shop: number;
  /** The time of this change, by the database's clock: never before the change in front of it. */
  now: Date;
  record(kind: string, workOrderId: number | null, data: EventInput['data']): void;
}

export interface Changed<Result> {
  /** The shop's version after the change; the version before it when nothing was recorded. */
  version: number;
  result: Result;
  /** True when this request id was seen before: nothing was done again, `result` is the first one's. */
  repeated: boolean;
}

export interface ChangeOptions {
  /**
   * Made with the form; a second request with the same one, by the same person, has no second effect. The feature puts
   * what the form is for in front of it, so that it never gets the result of something else.
   */
  requestId?: string | undefined;
}

/** Thrown inside the transaction to leave it without a trace; never seen outside this file. */
class NothingToWrite<Result> extends Error {
  constructor(readonly changed: Changed<Result>) {
    super();
  }
}

/** How a change is made to a transaction in which a history is being loaded; see history.ts. */
export type ChangeRunner = <Result>(
  actor: Actor,
  options: ChangeOptions,
  work: (tx: Change) => Promise<Result>,
) => Promise<Changed<Result>>;

const runners = new WeakMap<Database, ChangeRunner>();

/** Lets `run` make every change() to this transaction: only for history.ts, which no request can reach. */
export function runChangesBy(trx: Transaction<DB>, run: ChangeRunner): void {
  runners.set(trx, run);
}

const whoChanged = new WeakSet<Actor>();

/** Whether something was changed for this actor: a request that fails after that must not say that nothing was. */
export function hasChanged(actor: Actor): boolean {
  return whoChanged.has(actor);
}

const RETRIED = new Set(['40001', '40P01']);

/**
 * The one way in which data of a shop changes. Takes the lock of the shop (so its changes stand in one order), lets
 * `work` check the rules against what is now in the database and write, stores what it recorded as events of the next
 * version, and wakes the listeners. Work that records nothing leaves no trace: versions are gapless.
 * `result` must survive JSON when a request id is given, for it is kept with the event.
 */
export async function change<Result>(
  db: Database,
  actor: Actor,
  options: ChangeOptions,
  work: (tx: Change) => Promise<Result>,
): Promise<Changed<Result>> {
  const run = runners.get(db);
  if (run) return run(actor, options, work);
  const requestId = options.requestId ?? actor.demands?.nextRequestId?.();
  let unknown: OutcomeUnknown | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      const changed = await db.transaction().execute((trx) => changeWithin(trx, actor, { requestId }, work));
      whoChanged.add(actor);
      // What it was to be like, it was: it is another one now.
      if (actor.demands) actor.demands.provided = undefined;
      return changed;
    } catch (error) {
      if (error instanceof NothingToWrite) return error.changed as Changed<Result>;
      if (attempt < 3 && RETRIED.has((error as { code?: string }).code ?? '')) continue;
      if (error instanceof OutcomeUnknown) unknown = error;
      // Done again under the same id, it finds out whether it was done.
      if (attempt < 3 && requestId && error instanceof OutcomeUnknown) continue;
      // It could not be found out; a refusal is made after that.
      throw unknown && !(error instanceof RequestError) ? unknown : error;
    }
  }
}

/** As change(), inside a transaction that is open already: only for a shop that is being made in it. */
export async function changeWithin<Result>(
  trx: Transaction<DB>,
  actor: Actor,
  options: ChangeOptions,
  work: (tx: Change) => Promise<Result>,
): Promise<Changed<Result>> {
  const { rows } = await sql<{ version: number; event_hash: Buffer; at: Date }>`
    update shops set version = version + 1 where id = ${actor.shop}
    returning version, event_hash, date_trunc('milliseconds', clock_timestamp()) as at`.execute(trx);
  const head = rows[0];
  if (!head) throw new Error(`There is no shop ${actor.shop}.`);
  if (options.requestId) await leaveIfRepeated(trx, actor, options.requestId);
  const events: EventInput[] = [];
  const tx: Change = {
    db: trx,
    actor,
    shop: actor.shop,
    now: head.at,
    record: (kind, workOrderId, data) => events.push({ kind, workOrderId, data }),
  };
  await actor.demands?.provided?.(tx);
  const result = await work(tx);
  if (events.length === 0) throw new NothingToWrite({ version: head.version - 1, result, repeated: false });
  await store(trx, actor, head, events, { requestId: options.requestId ?? null, result });
  return { version: head.version, result, repeated: false };
}

async function leaveIfRepeated(trx: Transaction<DB>, actor: Actor, requestId: string): Promise<void> {
  const earlier = await trx
    .selectFrom('events')
    .select(['version', 'result', 'actor_id'])
    .where('shop_id', '=', actor.shop)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  if (!earlier) return;
  if (earlier.actor_id !== actor.staff) throw new Conflict('Somebody else has sent this form already. Please open it again.');
  throw new NothingToWrite({ version: earlier.version, result: earlier.result, repeated: true });
}

async function store(
  trx: Transaction<DB>,
  actor: Actor,
  head: { version: number; event_hash: Buffer; at: Date },
  events: EventInput[],
  request: { requestId: string | null; result: unknown },
): Promise<void> {
  const { rows, hash } = chainEvents(
    head.event_hash,
    { shop: actor.shop, version: head.version, at: head.at, staff: actor.staff, ...request },
    events,
  );
  // One statement for the events, the head of the chain and the wake-up: one round trip.
  await sql`
    with written as (${insertEvents(rows)}), chained as (update shops set event_hash = ${hash} where id = ${actor.shop})
    select pg_notify('shop', ${`${actor.shop}:${head.version}`})`.execute(trx);
}
