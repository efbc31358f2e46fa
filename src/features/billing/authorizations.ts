import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showMoney } from './amounts.js';
import { type Answer, applyAnswers, documentOf, readAnswers } from './consent.js';
import { freeze, snapshotOf } from './revisions.js';
import type { Totals } from './rules.js';
import { type LockedOrder, lockOrder, settleState } from './settle.js';
import { offerOf, takeSnapshot } from './snapshots.js';
import { aloneCents, asMoney, type Decision, type JobState, type OrderState, outsideOf, readState, totalsOf } from './state.js';

export const METHODS = { 'in-person': 'In person', phone: 'By phone', email: 'By e-mail', text: 'By text message' } as const;
export type Method = keyof typeof METHODS;
/** As it is told; nobody of the shop chooses the last one. */
export const METHOD_NAMES = { ...METHODS, link: 'By their link' } as const;

export interface ConsentInput {
  /** None: the customer agrees to the sum as it is now, without a job being decided. */
  answers: Answer[];
  method: Method;
  givenBy: string;
  phone: string;
  note: string;
  /** What was asked about, by offerOf(), and what it came to. */
  offer: string;
  shownCents: number;
}

/**
 * Writes down what a customer has approved, declined or put off, how, and what is authorized from here on (16 CCR 3354 and
 * 3356(e), 815 ILCS 306/25: date, time, name, number, and the total). Never changed afterwards: a later answer is another row.
 * @throws Conflict when the order has changed since the form was opened; Invalid with a sentence by field
 */
export async function recordConsent(
  db: Database,
  viewer: Viewer,
  number: number,
  input: ConsentInput,
  requestId?: string,
): Promise<Changed<{ authorizedCents: number; currency: string }>> {
  return change(db, viewer, { requestId: requestId && `consent/${number}/${requestId}` }, async (tx) => {
    if (input.phone === '' && (input.method === 'phone' || input.method === 'text'))
      throw new Invalid({ phone: 'Please write down the number.' });
    const order = await lockOrder(tx, number);
    const before = await readState(tx.db, tx.shop, order.id);
    const shown = await takeSnapshot(tx.db, tx.shop, order.id, before);
    const currency = before.terms?.currency ?? 'USD';
    if (offerOf(shown) !== input.offer) throw new Conflict(saySince(number, input.shownCents, shown.totals.totalCents, currency));
    const answers = readAnswers(before.jobs, input.answers);
    const state = withApprovals({ ...before, jobs: applyAnswers(before.jobs, answers) }, answers);
    const totals = totalsOf(state);
    const authorized = authorize(state, totals, answers);
    const agreed = before.authorized;
    const isSame = authorized.cents === agreed?.cents && outsideOf(before).totalCents === agreed.outside.totalCents;
    if (answers.length === 0 && isSame) throw new Invalid({ '': 'Say what becomes of at least one job.' });
    await writeAnswers(tx, order, state, answers);
    await writeAuthorization(tx, order, input, { state, totals, answers, authorized });
    await settleState(tx, order, answers.length === 0 ? 'keep' : 'withdraw');
    return { authorizedCents: authorized.cents, currency };
  });
}

function saySince(number: number, was: number, is: number, currency: string): string {
  const sums = was === is ? `still ${showMoney(is, currency)}` : `${showMoney(was, currency)} then, and ${showMoney(is, currency)} now`;
  return `WO-${number} has changed since this was opened: it came to ${sums}. Tell the customer what is below, and ask again.`;
}

/** What was approved is what the job comes to within this order. */
function withApprovals(state: OrderState, answers: Answer[]): OrderState {
  const totals = totalsOf(state);
  const answered = new Set(answers.map(({ job }) => job));
  const jobs = state.jobs.map((job) => {
    if (!answered.has(job.id)) return job;
    return { ...job, approvedCents: job.consent === 'approved' ? (totals.jobs.get(job.id)?.totalCents ?? 0) : null };
  });
  return { ...state, jobs };
}

/**
 * All that is authorized now: the order as it would be with the approved jobs alone, those that have grown since and were
 * not asked about as they were when they were approved; never more than the order comes to, for more nobody was shown.
 * Whoever declines everything authorizes nothing.
 */
function authorize(state: OrderState, shown: Totals, answers: Answer[]): { cents: number; beforeTaxCents: number } {
  const asked = (job: JobState) => job.payType === 'customer' && (job.consent === 'approved' || job.consent === 'revised');
  if (answers.length > 0 && !state.jobs.some(asked)) return { cents: 0, beforeTaxCents: 0 };
  const { totalCents, subtotalCents } = totalsOf(asApproved(state));
  return {
    cents: Math.max(0, Math.min(totalCents, shown.totalCents)),
    beforeTaxCents: Math.max(0, Math.min(subtotalCents, shown.subtotalCents)),
  };
}

/** The order without what is still proposed, and with grown jobs as they were approved: so a cap on supplies counts once. */
function asApproved(state: OrderState): OrderState {
  const grown = new Set(state.jobs.filter((job) => job.payType === 'customer' && job.consent === 'revised').map(({ id }) => id));
  const jobs = state.jobs.map((job): JobState => {
    if (job.consent === 'proposed') return { ...job, consent: 'declined' };
    return grown.has(job.id) ? { ...job, supplies: (state.approvals.get(job.id)?.suppliesCents ?? 0) > 0 } : job;
  });
  const before = [...grown].flatMap((job) => (state.approvals.get(job)?.lines ?? []).map((line) => asMoney(line, job)));
  return { ...state, jobs, lines: [...state.lines.filter(({ job }) => job === null || !grown.has(job)), ...before] };
}

async function writeAnswers(tx: Change, order: LockedOrder, state: OrderState, answers: Answer[]): Promise<void> {
  if (answers.length === 0) return;
  const reasons = new Map(answers.map(({ job, reason }) => [job, reason]));
  const written = state.jobs.filter((job) => reasons.has(job.id));
  // Not in one statement: at no moment may two options of one choice be picked.
  for (const picked of [false, true]) {
    const rows = written.filter((job) => job.picked === picked);
    const given = rows.map(({ id, consent, approvedCents }) => ({ id, consent, cents: approvedCents, reason: reasons.get(id) }));
    await sql`update jobs j set picked = ${picked}, consent = g.consent, consent_reason = g.reason, approved_cents = g.cents, consent_at = ${tx.now}
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g (id bigint, consent text, cents bigint, reason text)
      where j.shop_id = ${tx.shop} and j.work_order_id = ${order.id} and j.id = g.id`.execute(tx.db);
  }
}

interface Answered {
  state: OrderState;
  totals: Totals;
  answers: Answer[];
  authorized: { cents: number; beforeTaxCents: number };
}

async function writeAuthorization(tx: Change, order: LockedOrder, input: ConsentInput, answered: Answered): Promise<void> {
  const { state, totals, answers, authorized } = answered;
  const snapshot = await snapshotOf(tx, order, state, { document: order.document === 'invoice' ? 'invoice' : documentOf(state.jobs) });
  const revision = await freeze(tx, order, 'approved', snapshot);
  const { method, givenBy, phone, note } = input;
  await tx.db
    .insertInto('authorizations')
    .values({
      ...{ shop_id: tx.shop, work_order_id: order.id, revision_id: revision.id, method, given_by: givenBy, phone, note },
      ...{ taken_by: tx.actor.staff as number, at: tx.now, decisions: JSON.stringify(decisionsOf(state, totals, answers)) },
      ...{ authorized_cents: authorized.cents, authorized_before_tax_cents: authorized.beforeTaxCents },
    })
    .execute();
  const named = (decision: Answer['decision']) =>
    answers.filter((one) => one.decision === decision).map(({ job }) => nameOf(state.jobs, job));
  tx.record('consent.recorded', order.id, {
    ...{ number: order.number, method, revision: revision.number },
    ...{ approved: named('approve'), declined: named('decline'), deferred: named('defer') },
    ...{ authorizedCents: authorized.cents, currency: state.terms?.currency ?? 'USD' },
  });
}

function decisionsOf(state: OrderState, totals: Totals, answers: Answer[]): Decision[] {
  return answers.map((answer) => {
    const job = state.jobs.find((one) => one.id === answer.job) as JobState;
    const sums = totals.jobs.get(job.id);
    return {
      ...answer,
      ...{ cents: sums?.totalCents ?? 0, beforeTaxCents: sums?.subtotalCents ?? 0 },
      aloneCents: aloneCents(state, job),
    };
  });
}

function nameOf(jobs: JobState[], id: number): string {
  return jobs.find((job) => job.id === id)?.name ?? '';
}
