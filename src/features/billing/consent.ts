// Consent to a job, as rules: pure, no database.
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
 * An approved job that costs more than was approved, or got a line since, is revised; one that is back at what was
 * approved, or below, is approved again. Warranty, internal and comeback jobs need no customer's consent.
 * @param was what it came to when it was approved, tax included @param is what it comes to now
 * @param grew whether it has a line that was not there when it was approved
 */
export function nextConsent(job: ConsentJob, was: number, is: number, grew: boolean): Consent {
  if (job.payType !== 'customer') return job.consent === 'proposed' || job.consent === 'revised' ? 'approved' : job.consent;
  if (job.consent !== 'approved' && job.consent !== 'revised') return job.consent;
  if (job.approvedCents === null) return 'proposed';
  return grew || is > was ? 'revised' : 'approved';
}

/** What the record is called while it is no invoice: an estimate until something on it may be done. */
export function documentOf(jobs: Pick<ConsentJob, 'payType' | 'consent' | 'choice' | 'picked'>[]): 'estimate' | 'repair-order' {
  return jobs.some(isAuthorized) ? 'repair-order' : 'estimate';
}
