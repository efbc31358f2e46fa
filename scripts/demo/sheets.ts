import { parseMoney, parseQuantity, showQuantity } from '../../src/features/billing/amounts.js';
import { lockOrder, settle } from '../../src/features/billing/settle.js';
import { freezeTerms } from '../../src/features/billing/terms.js';
import { bringJob } from '../../src/features/jobs/deferred.js';
import { insertJob, listJobs } from '../../src/features/jobs/job-rows.js';
import { editJob } from '../../src/features/jobs/jobs.js';
import { writeLines, writeNew } from '../../src/features/jobs/lines.js';
import type { Pricing } from '../../src/features/jobs/pricing.js';
import { EDITABLE, type EditFields, editWorkOrder } from '../../src/features/work-orders/edit.js';
import { type Change, change } from '../../src/platform/database/change.js';
import type { Database } from '../../src/platform/database/pool.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import type { DemoLine, PlannedJob, Work } from './jobs/index.js';
import type { Plan } from './plan.js';

/** A work order as the desk finds it. */
export interface Order {
  id: number;
  number: number;
}

/** Writes the jobs of an order with all their lines, in one change; as one at the desk would in many. @param ids where those of the jobs are kept @param known what things cost on this order */
export async function writeEstimate(
  db: Database,
  actor: Viewer,
  mechanic: Viewer,
  { number }: Order,
  { jobs, discount }: Plan,
  ids: Map<PlannedJob, number>,
  known: (tx: Change, order: number) => Promise<Pricing>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    await freezeTerms(tx, order);
    const pricing = await known(tx, order.id);
    const [first] = await listJobs(tx, order.id);
    for (const [index, planned] of jobs.filter(({ brings, found }) => !brings && !found).entries()) {
      const { concern, cause, payType, work } = planned;
      const row = { name: work.name, cause, pay_type: payType, mechanic_id: mechanic.staff, ...toChoice(work) };
      const job = index === 0 && first ? await rewriteJob(tx, order, first, row) : await insertJob(tx, order, { ...row, concern });
      if (index > 0) tx.record('job.added', order.id, { number, job, name: work.name, concern });
      await writeLines(tx, actor, order, job, toLines(pricing, job, work.lines));
      ids.set(planned, job);
    }
    if (discount) await writeLines(tx, actor, order, null, toLines(pricing, null, [{ kind: 'discount', fields: discount }]));
    await settle(tx, order);
  });
  for (const planned of jobs) {
    const left = planned.brings && ids.get(planned.brings);
    if (left) ids.set(planned, (await bringJob(db, actor, number, left)).result.job);
  }
}

/** The lines of a job that was proposed because of what was found, and who does it. */
export async function writeFound(
  db: Database,
  actor: Viewer,
  mechanic: Viewer,
  { number }: Order,
  planned: PlannedJob,
  job: number,
  known: (tx: Change, order: number) => Promise<Pricing>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    await writeLines(tx, actor, order, job, toLines(await known(tx, order.id), job, planned.work.lines));
    await settle(tx, order);
  });
  await editJob(db, actor, number, job, ['name', 'mechanic'], {}, { name: planned.work.name, mechanic: mechanic.staff });
}

/** The job that an order begins with has the words of whoever brought the vehicle: it becomes what is to be done. */
async function rewriteJob(tx: Change, { id, number }: Order, job: { id: number; name: string }, row: NewRow): Promise<number> {
  await tx.db.updateTable('jobs').set(row).where('shop_id', '=', tx.shop).where('id', '=', job.id).execute();
  tx.record('job.changed', id, {
    ...{ number, job: job.id, name: job.name },
    ...{ from: { name: job.name, cause: '', mechanic: '' }, to: { name: row.name, cause: row.cause, mechanic: String(row.mechanic_id) } },
  });
  return job.id;
}

type NewRow = { name: string; cause: string; pay_type: PlannedJob['payType']; mechanic_id: number };

/** Until one is chosen, the one in the middle counts. */
function toChoice({ choice }: Work) {
  return choice ? { choice: 1, choice_name: choice, picked: choice === 'Better' } : {};
}

function toLines(pricing: Pricing, job: number | null, lines: DemoLine[]) {
  const written = lines.map(({ kind, fields, core, fee }) => {
    const known = pricing.fees.find(({ name }) => name === fee);
    return writeNew(pricing, { job, kind, fields, coreCents: core ? parseMoney(core) : null, fee: known?.id ?? null });
  });
  let place = 0;
  return written.flatMap((group) => {
    const start = place;
    place += group.length;
    return group.map((line) => (line.coreOf === undefined ? line : { ...line, coreOf: start + line.coreOf }));
  });
}

/** The mechanic writes up what was found and done on everything that was approved: as editJob() does, all jobs at once. */
export async function finishJobs(
  db: Database,
  mechanic: Viewer,
  { id, number }: Order,
  jobs: PlannedJob[],
  ids: Map<PlannedJob, number>,
): Promise<void> {
  await change(db, mechanic, {}, async (tx) => {
    for (const planned of jobs.filter(({ answer }) => answer === 'approve')) {
      const job = ids.get(planned);
      if (!job) continue;
      const { correction, work } = planned;
      const clocked = clockedFor(planned, number);
      const set = { correction, progress: 'complete', clocked_hundredths: clocked } as const;
      await tx.db.updateTable('jobs').set(set).where('shop_id', '=', tx.shop).where('id', '=', job).execute();
      const from = { correction: '', progress: 'pending', clocked: '' };
      const to = { correction, progress: 'complete', clocked: showQuantity(clocked) };
      tx.record('job.changed', id, { number, job, name: work.name, from, to });
    }
  });
}

/** Some are faster than the book, some are not. */
function clockedFor({ work }: PlannedJob, number: number): number {
  const book = work.lines
    .filter(({ kind }) => kind === 'labor')
    .reduce((sum, { fields }) => sum + parseQuantity(fields.quantity ?? '0'), 0);
  return Math.round((book * (82 + ((number * 7) % 34))) / 100);
}

/** Work on it has begun, or begins once more. */
export async function beginJob(db: Database, mechanic: Viewer, { number }: Order, job: number): Promise<void> {
  await editJob(db, mechanic, number, job, ['progress'], {}, { progress: 'in-progress' });
}

const NOTHING_TYPED = Object.fromEntries(EDITABLE.map((field) => [field, ''])) as EditFields;

/** The purchase order that the customer's office has given for it. */
export async function putPurchaseOrder(db: Database, actor: Viewer, { number }: Order, poNumber: string): Promise<void> {
  await editWorkOrder(db, actor, actor.timeZone, number, NOTHING_TYPED, { ...NOTHING_TYPED, poNumber });
}
