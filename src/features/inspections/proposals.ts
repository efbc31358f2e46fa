import { type Actor, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { lockOrder } from '../billing/settle.js';
import { insertJob } from '../jobs/job-rows.js';
import type { FindingColor } from './content.js';
import { getFinding, type OneFinding, refuseGood } from './findings.js';
import { showMeasures } from './rules.js';

/**
 * Makes a job of what was found, with its words and its pictures; the desk writes the lines. Done twice it is done once.
 * @returns the job's id
 * @throws NotFound when this order has no such finding; Conflict when it is green, or the order is posted or full
 */
export function proposeJob(db: Database, actor: Actor, number: number, id: number, requestId?: string): Promise<Changed<{ job: number }>> {
  return change(db, actor, { requestId: requestId && `finding/${id}/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    const finding = await getFinding(tx, number, id);
    if (finding.job !== null) return { job: finding.job };
    refuseGood(finding);
    const { name, concern, cause } = wordsOf(finding);
    const job = await insertJob(tx, order, { name, concern, cause });
    await tx.db.updateTable('findings').set({ job_id: job }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    await tx.db
      .updateTable('media')
      .set({ job_id: job })
      .where('shop_id', '=', tx.shop)
      .where('work_order_id', '=', order.id)
      .where('finding_id', '=', id)
      .where('job_id', 'is', null)
      .execute();
    tx.record('job.added', order.id, { number, job, name, concern });
    tx.record('finding.proposed', order.id, { number, inspection: finding.inspection, finding: id, job, name });
    return { job };
  });
}

const FOUND: Record<FindingColor, string> = { red: 'Red', yellow: 'Yellow', green: 'Green', na: 'Not applicable' };

/** What a finding says as a job: what it is about, how it was found, and why. */
function wordsOf({ name, color, reason, note, measures, unit }: OneFinding): { name: string; concern: string; cause: string } {
  const why = reason === 'required' ? ', required' : reason === 'suggested' ? ', suggested' : '';
  const measured = showMeasures(measures, unit);
  return {
    name: name.slice(0, 120),
    concern: `Found at the inspection: ${color ? FOUND[color].toLowerCase() : 'not said'}${why}.`,
    cause: [note, measured && `Measured: ${measured}.`].filter(Boolean).join('\n'),
  };
}
