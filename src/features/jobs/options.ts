import { type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { lockOrder, settle } from '../billing/settle.js';
import { getJob, insertJob, listJobs } from './job-rows.js';
import { copyLines, toCopy } from './jobs.js';

/** What options are called until somebody calls them something else. */
const NAMES = ['Good', 'Better', 'Best'];
const MOST_OPTIONS = 6;

/**
 * Adds an alternative to a job: a copy of it, with its lines, which is not picked.
 * @param name empty: the next of good, better, best
 * @returns the id of the new job
 */
export async function addOption(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  name: string,
  requestId?: string,
): Promise<Changed<{ job: number }>> {
  return change(db, viewer, { requestId: requestId && `option/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    const job = await getJob(tx, order.id, id);
    const jobs = await listJobs(tx, order.id);
    const choice = job.choice ?? Math.max(0, ...jobs.map((one) => one.choice ?? 0)) + 1;
    const others = jobs.filter((one) => one.choice === choice);
    if (others.length >= MOST_OPTIONS) throw new Conflict(`A job can have at most ${MOST_OPTIONS} options.`);
    if (job.choice === null)
      await tx.db
        .updateTable('jobs')
        .set({ choice, choice_name: NAMES[0] as string })
        .where('shop_id', '=', tx.shop)
        .where('id', '=', id)
        .execute();
    const count = Math.max(1, others.length);
    const called = name || (NAMES[count] ?? `Option ${count + 1}`);
    const last = others.at(-1) ?? job;
    const added = await insertJob(tx, order, { ...toCopy(job), choice, choice_name: called, picked: false }, last.position);
    tx.record('job.option-added', order.id, { number, job: added, of: id, name: job.name, option: called });
    await copyLines(tx, viewer, order, id, added);
    await settle(tx, order);
    return { job: added };
  });
}

/** Picks one of the options; it counts from now on, and the others do not. */
export async function pickOption(db: Database, viewer: Viewer, number: number, id: number): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const job = await getJob(tx, order.id, id);
    if (job.choice === null) throw new Conflict('This job has no options to choose from.');
    if (job.picked) return;
    const set = (picked: boolean) =>
      tx.db.updateTable('jobs').set({ picked }).where('shop_id', '=', tx.shop).where('work_order_id', '=', order.id);
    // First none, then the one: never two at a time.
    await set(false).where('choice', '=', job.choice).execute();
    await set(true).where('id', '=', id).execute();
    tx.record('job.option-picked', order.id, { number, job: id, name: job.name, option: job.choice_name });
    await settle(tx, order);
  });
}
