// Consent to a job, as rules: pure, no database.
import { Invalid, NotFound } from '../../platform/errors.js';
import type { Consent, MoneyJob, PayType } from './rules.js';

export type Document = 'estimate' | 'repair-order' | 'invoice' | 'posted';
export type Progress = 'pending' | 'in-progress' | 'on-hold' | 'complete';

/** A job as far as consent and sums need it. */
export interface ConsentJob {
  id: number;
  payType: PayType;
  consent: Consent;
  /** What was approved of it, tax included; null when nothing was. */
  approvedCents: number | null;
  /** Jobs with the same number are alternatives; null for a job without any. */
  choice: number | null;
  picked: boolean;
  supplies: boolean;
}

/** Whether it counts in the sums: what was declined or put off does not, and of alternatives only the picked one does. */
export function counts(job: Pick<ConsentJob, 'consent' | 'choice' | 'picked'>): boolean {
  return job.consent !== 'declined' && job.consent !== 'deferred' && (job.choice === null || job.picked);
}

/** The jobs as totals() wants them. */
export function toMoneyJobs(jobs: ConsentJob[]): MoneyJob[] {
  return jobs.map((job) => ({ id: job.id, payType: job.payType, supplies: job.supplies, counts: counts(job) }));
}

/** Whether there may be worked on it: the customer has approved it, or somebody else pays who need not be asked. */
export function isAuthorized(job: Pick<ConsentJob, 'payType' | 'consent' | 'choice' | 'picked'>): boolean {
  return counts(job) && (job.payType !== 'customer' || job.consent === 'approved' || job.consent === 'revised');
}

/** Whether the customer has still to be asked about it. */
export function isOpenQuestion(job: Pick<ConsentJob, 'payType' | 'consent' | 'choice' | 'picked'>): boolean {
  return counts(job) && job.payType === 'customer' && (job.consent === 'proposed' || job.consent === 'revised');
}

/**
 * What becomes of a job's consent when its lines have changed (16 CCR 3354: more than was authorized needs consent again).
 * An approved job that costs more than was approved, or has something on it that was not, is revised; one that is back at what was
 * approved, or below, is approved again. Warranty, internal and comeback jobs need no customer's consent.
 * @param was what it came to when it was approved, tax included @param is what it comes to now
 * @param other whether it has a line that is not, or not like that, what was approved
 */
export function nextConsent(job: ConsentJob, was: number, is: number, other: boolean): Consent {
  if (job.payType !== 'customer') return job.consent === 'proposed' || job.consent === 'revised' ? 'approved' : job.consent;
  if (job.consent !== 'approved' && job.consent !== 'revised') return job.consent;
  if (job.approvedCents === null) return 'proposed';
  return other || is > was ? 'revised' : 'approved';
}

/** What the record is called while it is no invoice: an estimate until something on it may be done. */
export function documentOf(jobs: Pick<ConsentJob, 'payType' | 'consent' | 'choice' | 'picked'>[]): 'estimate' | 'repair-order' {
  return jobs.some(isAuthorized) ? 'repair-order' : 'estimate';
}

export interface Answer {
  job: number;
  decision: 'approve' | 'decline' | 'defer';
  reason: string;
}

const BECOMES = { approve: 'approved', decline: 'declined', defer: 'deferred' } as const;

/** Why an option is declined that nobody spoke about. */
export const OTHER_OPTION = 'Another option was chosen.';

/**
 * All that a customer's answers mean: who approves one of several options declines the others.
 * @returns the answers, with those that follow from them
 * @throws NotFound for a job that is not there; Invalid, with `decision.<job>`, for an answer that can't be
 */
export function readAnswers(jobs: (ConsentJob & { name: string; progress: Progress })[], answers: Answer[]): Answer[] {
  for (const answer of answers) {
    const job = jobs.find((one) => one.id === answer.job);
    if (!job) throw new NotFound('That job is not on this work order.');
    const wrong = refuseAnswer(job, answer, jobs, answers);
    if (wrong) throw new Invalid({ [`decision.${job.id}`]: wrong });
  }
  const chosen = new Set(answers.filter(({ decision }) => decision === 'approve').map((one) => choiceOf(jobs, one.job)));
  const spoken = new Set(answers.map(({ job }) => job));
  const others = jobs.filter((job) => job.choice !== null && chosen.has(job.choice) && !spoken.has(job.id));
  return [...answers, ...others.map((job): Answer => ({ job: job.id, decision: 'decline', reason: OTHER_OPTION }))];
}

function refuseAnswer(
  job: ConsentJob & { name: string; progress: Progress },
  answer: Answer,
  jobs: ConsentJob[],
  answers: Answer[],
): string | null {
  if (job.payType !== 'customer') return `The customer does not pay for ${job.name}, so there is nothing to ask.`;
  if (answer.decision !== 'approve' && isDone(job)) return `${job.name} was approved and is done already.`;
  const rivals = answers.filter((other) => other.decision === 'approve' && job.choice !== null && choiceOf(jobs, other.job) === job.choice);
  if (answer.decision === 'approve' && rivals.length > 1) return 'Only one of these options can be approved.';
  const done = jobs.find((other) => job.choice !== null && other.choice === job.choice && other.id !== job.id && isDone(other));
  if (answer.decision === 'approve' && done) return 'Another of these options is done already.';
  return null;
}

function isDone(job: ConsentJob & { progress?: Progress }): boolean {
  return job.progress === 'complete' && isAuthorized(job);
}

function choiceOf(jobs: ConsentJob[], id: number): number | null {
  return jobs.find((job) => job.id === id)?.choice ?? null;
}

/** The jobs as they are after the answers; what was approved of them is still to be set. */
export function applyAnswers<Job extends ConsentJob>(jobs: Job[], answers: Answer[]): Job[] {
  const given = new Map(answers.map((answer) => [answer.job, answer]));
  const chosen = new Set(answers.filter(({ decision }) => decision === 'approve').map((one) => choiceOf(jobs, one.job)));
  return jobs.map((job) => {
    const answer = given.get(job.id);
    const picked = job.choice !== null && chosen.has(job.choice) ? answer?.decision === 'approve' : job.picked;
    return answer ? { ...job, picked, consent: BECOMES[answer.decision] } : { ...job, picked };
  });
}
