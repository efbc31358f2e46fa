import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { audienceOf } from '../work-orders/audiences.js';
import { detailsFor, maySee } from './event-rules.js';

/** An event, as somebody may see it. */
export interface FeedEvent {
  version: number;
  seq: number;
  kind: string;
  at: Date;
  actor: { id: number; name: string } | null;
  /** Number of the work order that it is about. */
  workOrder: number | null;
  details: Record<string, unknown>;
}

export interface Feed {
  events: FeedEvent[];
  /** All up to this version were looked at: `since` of the next call. */
  version: number;
  /** More has happened than fits. */
  more: boolean;
}

interface EventRow {
  version: number;
  seq: number;
  kind: string;
  at: Date;
  actor: number | null;
  name: string | null;
  number: number | null;
  data: Record<string, unknown>;
}

/** Events that are read at once; those of one version always come together. */
const MOST = 500;

/**
 * What happened in a shop after a version, in the order in which it happened, without what this role does not see on the pages.
 * @param role decides what is in it: who sees no prices gets none
 * @param only these kinds; without it all of them
 */
export async function readFeed(db: Database, shop: number, role: string, since: number, only?: ReadonlySet<string>): Promise<Feed> {
  const rows = await readEvents(db, shop, since);
  const audience = audienceOf(role);
  const events = rows
    .filter(({ kind }) => maySee(role, kind) && (!only || only.has(kind)))
    .map(({ version, seq, kind, at, actor, name, number, data }) => ({
      ...{ version, seq, kind, at, workOrder: number },
      actor: actor === null ? null : { id: actor, name: name ?? '' },
      details: detailsFor(audience, kind, data),
    }));
  return { events, version: rows.at(-1)?.version ?? since, more: rows.length >= MOST };
}

async function readEvents(db: Database, shop: number, since: number): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    select e.version, e.seq, e.kind, e.at, e.actor_id as actor, s.name, w.number, e.data
    from events e
    left join staff s on s.id = e.actor_id
    left join work_orders w on w.shop_id = e.shop_id and w.id = e.work_order_id
    where e.shop_id = ${shop} and e.version > ${since} and e.version <= (
      select max(version) from (
        select version from events where shop_id = ${shop} and version > ${since} order by version, seq limit ${sql.lit(MOST)}
      ) first
    )
    order by e.version, e.seq`.execute(db);
  return rows;
}
