import { sql } from 'kysely';
import { type EventRow, hashedBytes } from '../../platform/database/events.js';
import { asWritten, type Origin, readOrigins } from '../../platform/database/origins.js';
import type { Database } from '../../platform/database/pool.js';
import { tell } from '../work-orders/history.js';
import { eventPath, withoutInternal } from './rules.js';

/** One link of the shop's chain that is about this work order. */
export interface Link {
  version: number;
  seq: number;
  at: string;
  /** Who did it; null: the program, or the customer by their link. */
  by: string | null;
  kind: string;
  what: string;
  /** Of the event before it in the shop, whatever that was about. */
  previous: string;
  hash: string;
  /** What its hash is made of, as a file of the pack; null when that holds something that is the shop's own. */
  path: string | null;
  bytes: Buffer | null;
  /** What it says, without what is the shop's own. */
  data: unknown;
}

type Row = EventRow & { hash: Buffer; previous: Buffer | null; by: string | null };

/** Every event about a work order, the oldest first, each with what its hash is made of. */
export async function readChain(db: Database, shop: number, workOrder: number): Promise<Link[]> {
  const { rows } = await sql<Row>`
    select e.shop_id, e.version, e.seq, e.at, e.actor_id, e.kind, e.work_order_id, e.data, e.request_id, e.result, e.hash, s.name as by,
      (select p.hash from events p where p.shop_id = e.shop_id and (p.version, p.seq) < (e.version, e.seq)
        order by p.version desc, p.seq desc limit 1) as previous
    from events e left join staff s on s.id = e.actor_id
    where e.shop_id = ${shop} and e.work_order_id = ${workOrder} order by e.version, e.seq`.execute(db);
  const origins = await readOrigins(db, shop);
  return rows.map((row) => toLink(row, origins));
}

function toLink({ hash, previous, by, ...row }: Row, origins: Origin[]): Link {
  const before = previous ?? Buffer.alloc(32);
  const { data, isPartial } = withoutInternal(row.data);
  const path = isPartial ? null : eventPath(row.version, row.seq);
  return {
    ...{ version: row.version, seq: row.seq, at: row.at.toISOString(), by, kind: row.kind, what: say(row.kind, data, isPartial) },
    ...{
      previous: before.toString('hex'),
      hash: hash.toString('hex'),
      path,
      bytes: path === null ? null : hashedBytes(before, asWritten(row, origins)),
      data,
    },
  };
}

/** In the words of the work order's history; what is only the shop's own is named as that. */
function say(kind: string, data: unknown, isPartial: boolean): string {
  const { to } = data as { to?: object };
  if (isPartial && to && Object.keys(to).length === 0) return 'changed something that is the shop’s own';
  return tell(kind, data);
}
