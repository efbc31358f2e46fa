import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showQuantity } from '../billing/amounts.js';
import { type LockedOrder, lockOrder, settle } from '../billing/settle.js';
import { freezeTerms } from '../billing/terms.js';
import { can } from '../staff/permissions.js';
import { getColleague } from '../work-orders/assignments.js';
import { type FieldConflict, mergeEdits } from '../work-orders/merge.js';
import { getJob, insertJob, type JobColumns, listJobs } from './job-rows.js';
import { listLines, toNewLines } from './line-rows.js';
import { writeLines } from './lines.js';

/** What the form of a job holds, as text. */
export const JOB_FIELDS = [
  ...(['name', 'concern', 'cause', 'correction', 'internalNote', 'payType', 'mechanic', 'progress', 'clocked', 'supplies'] as const),
];
/** What the floor writes. */
export const WRITE_UP_FIELDS = ['cause', 'correction', 'progress', 'clocked'] as const;
/** What stands on an invoice: changing it takes the invoice back. */
const ON_PAPER: readonly string[] = ['name', 'concern', 'cause', 'correction', 'payType', 'supplies'];

export type JobFields = Partial<Record<(typeof JOB_FIELDS)[number], string>>;

/** Somebody else has changed the same field of the same job since the form was opened. */
export class JobConflict extends Conflict {
  constructor(
    readonly conflicts: Record<string, FieldConflict>,
    /** What was typed, as the form would show it. */
    readonly mine: JobFields,
  ) {
    super('Somebody else changed the same job meanwhile.');
  }
}

/** Adds an empty job. @returns its id */
export async function addJob(
  db: Database,
  viewer: Viewer,
  number: number,
  input: { name: string; concern: string },
  requestId?: string,
): Promise<Changed<{ job: number }>> {
  return change(db, viewer, { requestId: requestId && `job/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    const job = await insertJob(tx, order, input);
    tx.record('job.added', order.id, { number, job, ...input });
    return { job };
  });
}

/** A job as its form shows it. */
export function toJobFields(job: JobColumns): Required<JobFields> {
  return {
    ...{ name: job.name, concern: job.concern, cause: job.cause, correction: job.correction, internalNote: job.internal_note },
    ...{ payType: job.pay_type, mechanic: job.mechanic_id === null ? '' : String(job.mechanic_id), progress: job.progress },
    ...{ clocked: job.clocked_hundredths === 0 ? '' : showQuantity(job.clocked_hundredths), supplies: job.supplies ? 'on' : '' },
  };
}

/** What was typed, as the form would show it. */
function toJobText(input: Partial<JobInput>): JobFields {
  const { mechanic, clocked, supplies, ...text } = input;
  return {
    ...text,
    ...(mechanic !== undefined && { mechanic: mechanic === null ? '' : String(mechanic) }),
    ...(clocked !== undefined && { clocked: clocked ? showQuantity(clocked) : '' }),
    ...(supplies !== undefined && { supplies: supplies ? 'on' : '' }),
  };
}

/** What each field is in the database, from what was typed and checked. */
const COLUMN_OF: { [Field in keyof Required<JobFields>]: (input: JobInput) => object } = {
  name: ({ name }) => ({ name }),
  concern: ({ concern }) => ({ concern }),
  cause: ({ cause }) => ({ cause }),
  correction: ({ correction }) => ({ correction }),
  internalNote: ({ internalNote }) => ({ internal_note: internalNote }),
  payType: ({ payType }) => ({ pay_type: payType }),
  mechanic: ({ mechanic }) => ({ mechanic_id: mechanic }),
  progress: ({ progress }) => ({ progress }),
  clocked: ({ clocked }) => ({ clocked_hundredths: clocked ?? 0 }),
  supplies: ({ supplies }) => ({ supplies }),
};

/** The form of a job, read. */
export interface JobInput {
  name: string;
  concern: string;
  cause: string;
  correction: string;
  internalNote: string;
  payType: JobColumns['pay_type'];
  mechanic: number | null;
  progress: JobColumns['progress'];
  clocked: number | null;
  supplies: boolean;
}

/**
 * Saves the form of a job, field by field.
 * @param fields those that the form has
 * @param original each field as the form showed it; what is not given is taken as it is now
 * @throws JobConflict, with nothing changed, when somebody else changed the same field since the form was opened
 */
export async function editJob(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  fields: readonly (keyof JobFields)[],
  original: JobFields,
  input: Partial<JobInput>,
): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const job = await getJob(tx, order.id, id);
    const all = toJobFields(job);
    const current = Object.fromEntries(fields.map((field) => [field, all[field]]));
    const typed = toJobText(input);
    const { changes, conflicts } = mergeEdits({ ...current, ...original }, { ...current, ...typed }, current);
    if (Object.keys(conflicts).length > 0) throw new JobConflict(conflicts, typed);
    const changed = Object.keys(changes) as (keyof JobFields)[];
    if (changed.length === 0) return;
    const onPaper = changed.some((field) => ON_PAPER.includes(field));
    if (onPaper && order.document === 'invoice' && !can(viewer.role, 'job.edit'))
      throw new Conflict(`WO-${number} has its invoice already. What stands on it is changed at the desk.`);
    if (changes.mechanic) await getColleague(tx, 'mechanic', Number(changes.mechanic));
    const columns = Object.assign({}, ...changed.map((field) => COLUMN_OF[field](input as JobInput)));
    await tx.db.updateTable('jobs').set(columns).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const from = Object.fromEntries(changed.map((field) => [field, all[field]]));
    tx.record('job.changed', order.id, { number, job: id, name: job.name, from, to: changes });
    if (onPaper) await settle(tx, order);
  });
}

/** Takes a job away with its lines. @throws Conflict when a later visit has brought it back */
export async function removeJob(db: Database, viewer: Viewer, number: number, id: number): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const job = await getJob(tx, order.id, id);
    const again = await tx.db
      .selectFrom('jobs')
      .select('id')
      .where('shop_id', '=', tx.shop)
      .where('brought_from_id', '=', id)
      .executeTakeFirst();
    if (again) throw new Conflict('A later visit has brought this job back, so it stays. Decline it instead.');
    const lines = await listLines(tx, order.id, id);
    await tx.db.deleteFrom('lines').where('shop_id', '=', tx.shop).where('job_id', '=', id).execute();
    await tx.db.deleteFrom('jobs').where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('job.removed', order.id, { number, job: id, name: job.name, before: JSON.parse(JSON.stringify({ ...job, lines })) });
    if (job.choice !== null) await mendChoice(tx, order, job.choice);
    await settle(tx, order);
  });
}

/** After an option is gone: one that is left alone is no option any more, and one of several is picked. */
async function mendChoice(tx: Change, order: LockedOrder, choice: number): Promise<void> {
  const left = (await listJobs(tx, order.id)).filter((job) => job.choice === choice);
  const [first] = left;
  if (!first) return;
  const alone = left.length === 1 ? { choice: null, choice_name: '' } : {};
  if (left.length === 1 || !left.some((job) => job.picked))
    await tx.db
      .updateTable('jobs')
      .set({ picked: true, ...alone })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', first.id)
      .execute();
}

/** Moves a job one place up or down. */
export async function shiftJob(db: Database, viewer: Viewer, number: number, id: number, direction: 'up' | 'down'): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const job = await getJob(tx, order.id, id);
    const jobs = await listJobs(tx, order.id);
    const other = jobs[jobs.findIndex((one) => one.id === id) + (direction === 'up' ? -1 : 1)];
    if (!other) return;
    for (const [one, position] of [
      [job, other.position],
      [other, job.position],
    ] as const)
      await tx.db.updateTable('jobs').set({ position }).where('shop_id', '=', tx.shop).where('id', '=', one.id).execute();
    tx.record('job.moved', order.id, { number, job: id, name: job.name, direction });
  });
}

/** What of a job goes into a copy of it: not what was done on it, nor what was answered. */
export const toCopy = (job: JobColumns) => ({
  ...{ name: job.name, concern: job.concern, cause: job.cause, correction: job.correction, internal_note: job.internal_note },
  ...{ pay_type: job.pay_type, mechanic_id: job.mechanic_id, supplies: job.supplies },
});

/** Writes a job once more behind itself, with its lines as they stand. @returns the id of the copy */
export async function copyJob(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  requestId?: string,
): Promise<Changed<{ job: number }>> {
  return change(db, viewer, { requestId: requestId && `job-copy/${requestId}` }, async (tx) => {
    const order = await lockOrder(tx, number);
    const job = await getJob(tx, order.id, id);
    const copy = await insertJob(tx, order, toCopy(job), job.position);
    tx.record('job.copied', order.id, { number, job: copy, of: id, name: job.name });
    await copyLines(tx, viewer, order, id, copy);
    await settle(tx, order);
    return { job: copy };
  });
}

/** Writes the lines of one job into another of the same order. */
export async function copyLines(tx: Change, viewer: Viewer, order: LockedOrder, from: number, to: number): Promise<void> {
  const lines = await listLines(tx, order.id, from);
  if (lines.length === 0) return;
  await freezeTerms(tx, order);
  await writeLines(tx, viewer, order, to, toNewLines(lines));
}
