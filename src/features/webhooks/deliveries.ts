import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { addJob } from '../../platform/jobs/jobs.js';
import { PING } from './kinds.js';
import { getHook } from './webhooks.js';

const PAGE = 50;
/** As many events at once become deliveries of one webhook in one transaction. */
const STEP = 500;

export const SEND = 'webhooks-send';

export interface Delivery {
  id: number;
  kind: string;
  version: number | null;
  /** Of the work order it is about. */
  number: number | null;
  state: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  madeAt: Date;
  nextAt: Date | null;
  lastAt: Date | null;
  lastStatus: number | null;
  lastAnswer: string;
  lastMilliseconds: number | null;
}

/** A page of a webhook's log, the latest first. @param before id of the last one of the page before */
export async function listDeliveries(
  db: Database,
  shop: number,
  hook: number,
  before: number | null,
  limit = PAGE,
): Promise<{ rows: Delivery[]; more: number | null }> {
  const rows = await db
    .selectFrom('webhook_deliveries as d')
    .leftJoin('events as e', (join) =>
      join.onRef('e.shop_id', '=', 'd.shop_id').onRef('e.version', '=', 'd.version').onRef('e.seq', '=', 'd.seq'),
    )
    .leftJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'e.shop_id').onRef('w.id', '=', 'e.work_order_id'))
    .select(['d.id', 'd.kind', 'd.version', 'w.number', 'd.state', 'd.attempts', 'd.made_at as madeAt', 'd.next_at as nextAt'])
    .select([
      'd.last_at as lastAt',
      'd.last_status as lastStatus',
      'd.last_answer as lastAnswer',
      'd.last_milliseconds as lastMilliseconds',
    ])
    .where('d.shop_id', '=', shop)
    .where('d.webhook_id', '=', hook)
    .$if(before !== null, (query) => query.where('d.id', '<', before))
    .orderBy('d.id', 'desc')
    .limit(limit + 1)
    .execute();
  return { rows: rows.slice(0, limit), more: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null };
}

/**
 * Makes deliveries of what happened in a shop since this was done last, for each webhook that is on. Where it got to moves in
 * the transaction that writes them, so that no event is left out or written twice, whatever is killed.
 */
export async function writeDeliveries(db: Database, shop: number): Promise<void> {
  for (let isBehind = true; isBehind; ) {
    isBehind = await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ id: number; fresh: number; behind: boolean }>`
        with hooks as (
          select w.id, w.kinds, w.last_version as since, least(s.version, w.last_version + ${STEP}) as until, s.version
          from webhooks w join shops s on s.id = w.shop_id
          where w.shop_id = ${shop} and w.off_since is null and w.last_version < s.version for update of w
        ), moved as (
          update webhooks w set last_version = h.until from hooks h where w.shop_id = ${shop} and w.id = h.id
        ), written as (
          insert into webhook_deliveries (shop_id, webhook_id, message_id, version, seq, kind)
          select e.shop_id, h.id, 'msg_' || left(encode(sha256(e.hash || convert_to('webhook ' || h.id, 'UTF8')), 'hex'), 32), e.version, e.seq, e.kind
          from hooks h join events e on e.shop_id = ${shop} and e.version > h.since and e.version <= h.until
            and (e.kind = any(h.kinds) or '*' = any(h.kinds))
          order by e.version, e.seq
          returning webhook_id
        )
        select h.id, (select count(*) from written x where x.webhook_id = h.id) as fresh, h.until < h.version as behind from hooks h`.execute(
        trx,
      );
      for (const { id, fresh } of rows) if (fresh > 0) await scheduleSending(trx, shop, id);
      return rows.some(({ behind }) => behind);
    });
  }
}

/** A job for what a webhook is sent next, when that is due; none when nothing waits. */
export async function scheduleSending(db: Database, shop: number, hook: number): Promise<void> {
  const { next } = await db
    .selectFrom('webhook_deliveries')
    .select((eb) => eb.fn.min('next_at').as('next'))
    .where('shop_id', '=', shop)
    .where('webhook_id', '=', hook)
    .where('next_at', 'is not', null)
    .executeTakeFirstOrThrow();
  if (!next) return;
  const name = `webhook ${shop} ${hook}`;
  await addJob(db, SEND, { shop, hook }, { key: name, queue: name, runAt: next });
}

/** Sends one again, as the same message; also one that arrived. @throws NotFound, Conflict while the webhook is off */
export async function redeliver(db: Database, shop: number, hook: number, id: number): Promise<void> {
  await refuseOff(db, shop, hook);
  await db.transaction().execute(async (trx) => {
    const done = await trx
      .updateTable('webhook_deliveries')
      .set({ state: 'waiting', next_at: sql`now()`, attempts: 0 })
      .where('shop_id', '=', shop)
      .where('webhook_id', '=', hook)
      .where('id', '=', id)
      .executeTakeFirst();
    if (done.numUpdatedRows === 0n) throw new NotFound('That delivery is not here any more.');
    await scheduleSending(trx, shop, hook);
  });
}

/** Sends a test. @throws NotFound, Conflict while the webhook is off */
export async function ping(db: Database, shop: number, hook: number): Promise<void> {
  await refuseOff(db, shop, hook);
  await db.transaction().execute(async (trx) => {
    const message = `msg_${randomBytes(16).toString('hex')}`;
    await trx.insertInto('webhook_deliveries').values({ shop_id: shop, webhook_id: hook, message_id: message, kind: PING }).execute();
    await scheduleSending(trx, shop, hook);
  });
}

async function refuseOff(db: Database, shop: number, hook: number): Promise<void> {
  const { offSince } = await getHook(db, shop, hook);
  if (offSince) throw new Conflict('This webhook is off. Switch it on first.');
}

/** Takes what is done out of the log, after as many days as its shop says. */
export async function pruneDeliveries(db: Database): Promise<void> {
  await sql`
    delete from webhook_deliveries d using retention_settings r
    where r.shop_id = d.shop_id and d.made_at < now() - make_interval(days => r.delivery_days) and d.next_at is null`.execute(db);
}
