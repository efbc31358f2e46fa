import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { EventData } from '../../platform/database/events.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { holdAfterConsent } from '../safety/holds.js';
import { freeFrom } from '../work-orders/blocks.js';
import { showMoney } from './amounts.js';
import { type Answer, applyAnswers, documentOf, isOpenQuestion, readAnswers } from './consent.js';
import { freeze, snapshotOf } from './revisions.js';
import type { Totals } from './rules.js';
import { SAID, sealOf } from './seals.js';
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

/** What comes with an answer that the customer gave by their link: nobody of the shop took it down. */
export interface ByLink {
  link: number;
  /** As in features/approvals/signatures.ts. */
  signature: EventData;
  /** All that the customer saw beside the revision: findings, pictures, wording, sums. */
  shown: EventData;
  /** SHA-256 of every file that they saw; these stay, whatever becomes of the pictures. */
  files: Buffer[];
  fromAddress: string;
  userAgent: string;
}

export type GivenConsent = Omit<ConsentInput, 'method'> & { method: Method | 'link' };

/** What an order and what is authorized of it come to once these answers are given. */
export interface Outcome {
  /** The answers, with those that follow from them. */
  answers: Answer[];
  state: OrderState;
  totals: Totals;
  authorized: { cents: number; beforeTaxCents: number };
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
): Promise<Changed<Recorded>> {
  return change(db, viewer, { requestId: requestId && `consent/${number}/${requestId}` }, async (tx) =>
    consentWithin(tx, await lockOrder(tx, number), input, null),
  );
}

export interface Recorded {
  /** All that is authorized from here on. */
  authorizedCents: number;
  currency: string;
}

/** As recordConsent(), inside a change that does more. The one place where consent is written. @param byLink when the customer gave it themselves */
export async function consentWithin(tx: Change, order: LockedOrder, input: GivenConsent, byLink: ByLink | null): Promise<Recorded> {
  if (input.phone === '' && (input.method === 'phone' || input.method === 'text'))
    throw new Invalid({ phone: 'Please write down the number.' });
  const before = await readState(tx.db, tx.shop, order.id);
  const shown = await takeSnapshot(tx.db, tx.shop, order.id, before);
  const currency = before.terms?.currency ?? 'USD';
  if (offerOf(shown) !== input.offer) throw new Conflict(saySince(order.number, input.shownCents, shown.totals.totalCents, currency));
  const outcome = outcomeOf(before, input.answers);
  const { answers, authorized } = outcome;
  const agreed = before.authorized;
  const isSame = authorized.cents === agreed?.cents && outsideOf(before).totalCents === agreed.outside.totalCents;
  if (answers.length === 0 && isSame) throw new Invalid({ '': 'Say what becomes of at least one job.' });
  await writeAnswers(tx, order, outcome.state, answers);
  await writeAuthorization(tx, order, input, outcome, byLink);
  await settleState(tx, order, answers.length === 0 ? 'keep' : 'withdraw');
  await holdAfterConsent(tx, order);
  if (answers.length > 0 && !outcome.state.jobs.some(isOpenQuestion)) await freeFrom(tx, order.number, 'approval');
  await sql`update work_orders set customer_state = 'answered', customer_state_at = ${tx.now}
    where shop_id = ${tx.shop} and id = ${order.id} and (${byLink !== null} or customer_state is not null)`.execute(tx.db);
  return { authorizedCents: authorized.cents, currency };
}

/** What becomes of an order with these answers: the same sums before they are given, on a page, and after, in the record. */
export function outcomeOf(before: OrderState, given: Answer[]): Outcome {
  const answers = readAnswers(before.jobs, given);
  const state = withApprovals({ ...before, jobs: applyAnswers(before.jobs, answers) }, answers);
  const totals = totalsOf(state);
  return { answers, state, totals, authorized: authorize(state, totals, answers) };
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

async function writeAuthorization(
  tx: Change,
  order: LockedOrder,
  input: GivenConsent,
  outcome: Outcome,
  byLink: ByLink | null,
): Promise<void> {
  const { state, totals, answers, authorized } = outcome;
  const snapshot = await snapshotOf(tx, order, state, { document: order.document === 'invoice' ? 'invoice' : documentOf(state.jobs) });
  const revision = await freeze(tx, order, 'approved', snapshot);
  const { method, givenBy, phone, note } = input;
  const { id } = await tx.db
    .insertInto('authorizations')
    .values({
      ...{ shop_id: tx.shop, work_order_id: order.id, revision_id: revision.id, method, given_by: givenBy, phone, note },
      ...{ taken_by: byLink ? null : tx.actor.staff, at: tx.now, decisions: JSON.stringify(decisionsOf(state, totals, answers)) },
      ...{ authorized_cents: authorized.cents, authorized_before_tax_cents: authorized.beforeTaxCents },
      ...(byLink && {
        ...{ link_id: byLink.link, signature: JSON.stringify(byLink.signature), shown: JSON.stringify(byLink.shown) },
        ...{ from_address: byLink.fromAddress, user_agent: byLink.userAgent },
      }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const files = new Map((byLink?.files ?? []).map((sha256) => [sha256.toString('hex'), sha256]));
  if (files.size > 0)
    await tx.db
      .insertInto('authorization_files')
      .values([...files.values()].map((sha256) => ({ shop_id: tx.shop, authorization_id: id, sha256 })))
      .execute();
  const { rows } = await sql<{ said: unknown }>`
    select ${SAID} as said from authorizations a join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id
    where a.shop_id = ${tx.shop} and a.id = ${id}`.execute(tx.db);
  const named = (decision: Answer['decision']) =>
    answers.filter((one) => one.decision === decision).map(({ job }) => nameOf(state.jobs, job));
  tx.record('consent.recorded', order.id, {
    ...{ number: order.number, method, revision: revision.number },
    ...{ approved: named('approve'), declined: named('decline'), deferred: named('defer') },
    ...{ authorizedCents: authorized.cents, currency: state.terms?.currency ?? 'USD' },
    ...{ authorization: id, sha256: sealOf(rows[0]?.said) },
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
