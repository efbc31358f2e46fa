import { showFullDateTime } from '../../platform/time.js';
import { showAmount } from '../billing/amounts.js';
import { isOpenQuestion } from '../billing/consent.js';
import type { Snapshot, SnapshotJob } from '../billing/snapshots.js';
import { approvedCents, consentPieces } from './consents.js';
import { customerFacts } from './facts.js';
import { concernPieces, legalPieces, type Paper, section } from './papers.js';
import { columnsOf, group, type Piece, passage, row, signatures, ticks } from './pieces.js';
import { isCharged, jobPieces, nameJob, pricedTable, sumCells, sumOf, sumsOf, wholePieces } from './priced.js';
import type { PaperOrder, PaperRecord } from './records.js';

/**
 * The estimate, with what Fla. Stat. 559.905(1) and 16 CCR 3353 want on it. What was authorized before is one line for each
 * job, so that the additional work stands out, and its sum and the new total with it (16 CCR 3354(a)).
 */
export function estimatePaper(record: PaperRecord, now: Date): Paper {
  const { order, consents } = record;
  const zone = order.shop.timeZone;
  const offered = order.jobs.filter((job) => job.consent !== 'declined' && job.consent !== 'deferred');
  const isAdditional = consents.length > 0 && offered.some(isAsked);
  return {
    title: titleOf(record.revision),
    state: isPriced(order) ? (isAdditional ? 'Additional work' : '') : 'Not priced yet',
    pieces: [
      customerFacts(order, [
        { label: 'Date and time', value: showFullDateTime(now, zone) },
        { label: 'Opened', value: showFullDateTime(new Date(order.createdAt), zone) },
      ]),
      ...concernPieces('Your concern', order, offered),
      ...workPieces(record, offered, isAdditional),
      sumsOf(order, order.totals, isAdditional ? { before: deltaOf(record) } : {}),
      ...notNowPieces(order),
      ...consentPieces(consents, order, zone),
      ...conditionPieces(order),
    ],
  };
}

/** Two papers that differ never have the same number. */
function titleOf(revision: PaperRecord['revision']): string {
  if (!revision) return 'Estimate';
  return revision.changed ? `Estimate, changed since revision ${revision.number}` : `Estimate, revision ${revision.number}`;
}

/** Fla. Stat. 559.905(1)(j) and (m). */
const CHOICES = [
  'Keep my old parts for me',
  'I don’t want my old parts',
  'I pay in cash',
  'I pay by card',
  'I pay by check',
  'I pay on account',
];

function isPriced(order: Snapshot): boolean {
  return order.lines.length > 0 || order.jobs.some((job) => job.lines.length > 0);
}

/** Whether the customer is asked about it; alternatives that are not picked are offered, too. */
function isAsked(job: SnapshotJob): boolean {
  return isOpenQuestion({ ...job, picked: job.counts || job.choice !== null }) || (job.choice !== null && job.consent === 'proposed');
}

function workPieces(record: PaperRecord, offered: SnapshotJob[], isAdditional: boolean): Piece[] {
  const { order } = record;
  const table = pricedTable(order);
  const approved = approvedCents(record.consents);
  const before = isAdditional ? offered.filter((job) => !isAsked(job) && job.counts) : [];
  const asked = isAdditional ? offered.filter(isAsked) : offered;
  const heads = [columnsOf(table)];
  return [
    columnsOf(table),
    ...(before.length > 0 ? [group(table, 'Authorized before', '', { heads })] : []),
    ...before.flatMap((job) => row(table, sumCells(table, nameJob(job), isCharged(job) ? sumOf(job) : 0), { heads, id: job.id })),
    ...asked.flatMap((job, index) => jobPieces(order, job, table, index + 1, noteOf(job, order, approved.get(job.id)))),
    ...wholePieces(order, table),
  ];
}

/** How a job stands: an alternative, approved, or grown since it was. */
function noteOf(job: SnapshotJob, order: Snapshot, approved: number | undefined): string {
  const others = order.jobs.filter((other) => other.choice === job.choice);
  const choice =
    job.choice === null ? '' : `One of ${others.length} to choose from${job.counts ? ', counted in the total' : ', not in the total'}`;
  const consent =
    job.consent === 'approved' && isCharged(job)
      ? 'Approved'
      : job.consent === 'revised'
        ? `Approved for ${showAmount(approved ?? 0)} with tax, now ${showAmount(job.totalCents)}: needs your approval again`
        : '';
  return [choice, consent].filter(Boolean).join(' · ');
}

function deltaOf({ order, consents }: PaperRecord) {
  const authorized = consents.at(-1)?.authorizedCents ?? 0;
  return [
    { label: 'Authorized before', amount: showAmount(authorized) },
    { label: 'This adds', amount: showAmount(order.totals.totalCents - authorized), strong: true },
  ];
}

/** What was declined or put off, so that nobody has to wonder later. */
export function notNowPieces(order: Snapshot): Piece[] {
  const isChosen = new Set(order.jobs.filter((job) => job.counts && job.choice !== null).map((job) => job.choice));
  const jobs = order.jobs.filter((job) => (job.consent === 'declined' || job.consent === 'deferred') && !isChosen.has(job.choice));
  return section(
    'Recommended, but not now',
    jobs.flatMap((job) =>
      passage(
        '',
        [nameJob(job), `${job.consent === 'declined' ? 'declined' : 'put off'}${job.consentReason && `: ${job.consentReason}`}`].join(', '),
      ),
    ),
  );
}

/** How labor is charged, what is to be chosen, the texts, and the signature: Fla. Stat. 559.905(1)(g), (j), (k), (m). */
function conditionPieces(order: PaperOrder): Piece[] {
  const lumpSum = order.terms?.lumpSum ?? false;
  const labor = lumpSum
    ? 'Labor is charged at a flat rate: one price for each job.'
    : 'Labor is charged by the hour: the hours shown, at the rate shown beside them.';
  const total = `${showAmount(order.totals.totalCents)} ${order.currency}`;
  const authorizes = isPriced(order)
    ? `I authorize this work for ${total}, tax included.`
    : 'Nothing is priced yet: this can be signed once it is.';
  const texts = legalPieces([labor, order.texts.estimateLaw, order.texts.estimate]);
  const last = texts.at(-1) as Piece;
  return [
    ...texts.slice(0, -1),
    { ...last, held: true },
    { ...ticks(CHOICES), held: true },
    signatures(authorizes, ['Customer’s signature', 'Date and time', 'Who else may authorize work for me', 'Their phone']),
  ];
}
