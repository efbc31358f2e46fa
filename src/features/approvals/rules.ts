// What a customer may answer by their link: pure, no database, no clock.
import { canonicalJson } from '../../platform/database/events.js';
import { type Answer, type ConsentJob, isOpenQuestion } from '../billing/consent.js';
import type { Terms } from '../billing/rules.js';
import type { Snapshot, SnapshotJob, SnapshotLine } from '../billing/snapshots.js';

const DAY = 24 * 60 * 60 * 1000;

/** One thing the customer is asked about: a job, or one of several options. */
export interface Question {
  /** Names its field: `decision.<job>`, or `option.<choice>`. */
  field: string;
  choice: number | null;
  /** One, or the options. */
  jobs: number[];
}

type Asked = ConsentJob & { id: number };

/** What is still to be asked, in the order of the work order. */
export function questionsOf(jobs: Asked[]): Question[] {
  const questions: Question[] = [];
  for (const job of jobs) {
    if (job.choice === null) {
      if (isOpenQuestion(job)) questions.push({ field: `decision.${job.id}`, choice: null, jobs: [job.id] });
      continue;
    }
    if (questions.some(({ choice }) => choice === job.choice)) continue;
    const options = jobs.filter((other) => other.choice === job.choice);
    if (!options.some(isOpenQuestion)) continue;
    const offered = options.filter((other) => isOpenQuestion({ ...other, picked: true }));
    questions.push({ field: `option.${job.choice}`, choice: job.choice, jobs: offered.map(({ id }) => id) });
  }
  return questions;
}

/** What was chosen for a question: `approve`, `defer`, `decline`, the id of an option; '' for no answer. */
export type Choices = Record<string, string>;

/**
 * The answers that choices mean; those to what is not asked are left out.
 * @param reasons by field
 */
export function answersOf(questions: Question[], choices: Choices, reasons: Record<string, string> = {}): Answer[] {
  return questions.flatMap(({ field, choice, jobs }) => {
    const chosen = choices[field] ?? '';
    const reason = reasons[field] ?? '';
    if (chosen === 'defer' || chosen === 'decline') return jobs.map((job): Answer => ({ job, decision: chosen, reason }));
    const job = choice === null ? (chosen === 'approve' ? jobs[0] : undefined) : jobs.find((one) => String(one) === chosen);
    return job === undefined ? [] : [{ job, decision: 'approve' as const, reason: '' }];
  });
}

/** As much of an order as says what a customer is asked about. */
export interface Content {
  jobs: (Pick<SnapshotJob, 'id' | 'name' | 'payType' | 'choice' | 'choiceName' | 'consent'> & { lines: ContentLine[] })[];
  lines: ContentLine[];
  terms: Terms | null;
}

/** What a discount takes off follows from the jobs that are approved: it is no part of what was offered. */
type ContentLine = Omit<SnapshotLine, 'amountCents'>;

/**
 * Whether what was sent is still what the order says, as far as the customer is asked about it or has approved it. What was
 * answered meanwhile makes no difference, nor does a job that was declined.
 */
export function isAsSent(sent: Content, now: Content): boolean {
  const stands = now.jobs.filter((job) => job.payType === 'customer' && job.consent !== 'declined' && job.consent !== 'deferred');
  const ids = new Set(stands.map(({ id }) => id));
  const isCustomers = new Set(now.jobs.filter((job) => job.payType === 'customer').map(({ id }) => id));
  const isGone = sent.jobs.some(
    (job) => job.payType === 'customer' && job.consent !== 'declined' && job.consent !== 'deferred' && !isCustomers.has(job.id),
  );
  return !isGone && contentOf(sent, ids) === contentOf(now, ids);
}

function contentOf({ jobs, lines, terms }: Content, ids: Set<number>): string {
  const content = (job: Content['jobs'][number]) => [job.id, job.name, job.payType, job.choice, job.choiceName, inOrder(job.lines)];
  const shown = jobs.filter(({ id }) => ids.has(id)).sort((one, other) => one.id - other.id);
  return canonicalJson([shown.map(content), inOrder(lines), terms]);
}

function inOrder(lines: ContentLine[]) {
  const one = ({
    id,
    kind,
    description,
    quantity,
    priceCents,
    discountPpm,
    taxes,
    partNumber,
    condition,
    legalText,
    coreOf,
  }: ContentLine) => [...[id, kind, description, quantity, priceCents, discountPpm, taxes, partNumber, condition, legalText, coreOf]];
  return [...lines].sort((first, second) => first.id - second.id).map(one);
}

/**
 * How it stands with an estimate:
 * `none` was sent; `open`: it can be answered; `settled`: there is nothing to answer; `changing`: the order is no longer what was
 * sent; `expired`: it was sent too long ago; `closed`: the work is invoiced for good, or the vehicle has left.
 */
export type Standing = 'none' | 'open' | 'settled' | 'changing' | 'expired' | 'closed';

export interface StandingFacts {
  sent: { content: Snapshot; at: Date } | null;
  now: Snapshot;
  questions: Question[];
  isClosed: boolean;
  estimateDays: number;
  time: Date;
}

export function standingOf({ sent, now, questions, isClosed, estimateDays, time }: StandingFacts): Standing {
  if (!sent) return 'none';
  if (isClosed) return 'closed';
  if (questions.length === 0) return 'settled';
  if (!isAsSent(sent.content, now)) return 'changing';
  return goodUntil(sent.at, estimateDays) <= time ? 'expired' : 'open';
}

export function goodUntil(sentAt: Date, estimateDays: number): Date {
  return new Date(sentAt.getTime() + estimateDays * DAY);
}
