import { sql } from 'kysely';
import { type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { lockOrder, settle } from '../billing/settle.js';
import { freezeTerms } from '../billing/terms.js';
import { isQuoted } from '../vehicles/timeline.js';
import { insertJob } from './job-rows.js';
import { listLines, toNewLines } from './line-rows.js';
import { writeAgain, writeLines } from './lines.js';
import { loadPricing } from './pricing.js';

/** A job of an earlier visit that was put off or declined, and not brought back since. */
export interface LeftJob {
  id: number;
  name: string;
  consent: 'declined' | 'deferred';
  reason: string;
  /** When it was answered; text, in UTC. */
  at: string;
  number: number;
  /** Whether the visit was for somebody else, who owned the vehicle then: what they said is theirs. */
  former: boolean;
}

/** A job that the former owner's own words name. */
const UNNAMED = 'Work left from an earlier visit';

/** Its name, unless a former owner's words made it. */
function nameOf({ name, former, said }: { name: string; former: boolean; said: string[] }): string {
  return former && isQuoted(name, said) ? UNNAMED : name;
}

/** The jobs of leftJobs as they may be shown: nothing in them is a former owner's. */
export function toLeftJobs(rows: (LeftJob & { said: string[] })[]): LeftJob[] {
  return rows.map(({ said, ...job }) => ({ ...job, name: nameOf({ ...job, said }), reason: job.former ? '' : job.reason }));
}

/** As a subselect for a query in which `w` is a work order: the jobs that its vehicle still waits for, the newest first. */
export const leftJobs = sql`coalesce((select json_agg(x) from (
  select j.id, j.name, j.consent, j.consent_reason as reason, coalesce(j.consent_at, j.created_at) as at, o.number,
    o.customer_id <> w.customer_id as former, json_build_array(o.concern, j.concern) as said
  from work_orders o join jobs j on j.shop_id = o.shop_id and j.work_order_id = o.id and j.consent in ('declined', 'deferred')
  where o.shop_id = w.shop_id and o.vehicle_id = w.vehicle_id and o.id < w.id
    and not exists (select from jobs b where b.shop_id = j.shop_id and b.brought_from_id = j.id)
  order by j.id desc limit 20) x), '[]')`;

/**
 * Brings a job of an earlier visit of the same vehicle into this order, with its lines at the rates of now. Of a former owner's it
 * brings the work alone.
 * @returns the id of the new job
 * @throws NotFound when the vehicle has no such job; Conflict when it was brought back before
 */
export async function bringJob(
  db: Database,
  viewer: Viewer,
  number: number,
  left: number,
  requestId?: string,
): Promise<Changed<{ job: number }>> {
  return change(db, viewer, { requestId: requestId && `bring/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    const { rows } = await sql<Left>`
      select j.work_order_id as "workOrder", o.number, j.name, j.concern, j.cause, j.internal_note, j.supplies, j.consent,
        o.customer_id <> ${order.customer_id} as former, jsonb_build_array(o.concern, j.concern) as said,
        exists (select from jobs b where b.shop_id = j.shop_id and b.brought_from_id = j.id) as "broughtBack"
      from jobs j join work_orders o on o.shop_id = j.shop_id and o.id = j.work_order_id
      where j.shop_id = ${tx.shop} and j.id = ${left} and o.vehicle_id = ${order.vehicle_id} and o.id < ${order.id}`.execute(tx.db);
    const found = rows[0];
    if (!found || (found.consent !== 'declined' && found.consent !== 'deferred'))
      throw new NotFound('This vehicle has no such job to bring back.');
    if (found.broughtBack) throw new Conflict('That job was brought back already.');
    const { cause, supplies, former } = found;
    const name = nameOf(found);
    // What the shop found stays with the vehicle; what the former owner said does not.
    const [concern, internal_note] = former ? ['', ''] : [found.concern, found.internal_note];
    const job = await insertJob(tx, order, { name, concern, cause, internal_note, supplies, brought_from_id: left });
    tx.record('job.brought-back', order.id, { number, job, of: left, name, from: found.number });
    const lines = toNewLines(await listLines(tx, found.workOrder, left)).map((line) =>
      line.coreState ? { ...line, coreState: 'owed' as const } : line,
    );
    if (lines.length > 0) {
      await freezeTerms(tx, order);
      await writeLines(tx, viewer, order, job, writeAgain(await loadPricing(tx.db, tx.shop, order.id), lines));
    }
    await settle(tx, order);
    return { job };
  });
}

interface Left {
  workOrder: number;
  number: number;
  name: string;
  concern: string;
  cause: string;
  internal_note: string;
  supplies: boolean;
  consent: string;
  former: boolean;
  said: string[];
  broughtBack: boolean;
}
