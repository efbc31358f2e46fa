import { showFullDateTime } from '../../platform/time.js';
import { showAmount } from '../billing/amounts.js';
import { isAuthorized } from '../billing/consent.js';
import type { Snapshot, SnapshotJob } from '../billing/snapshots.js';
import { totalsOf } from '../billing/state.js';
import { approvedCents, consentPieces } from './consents.js';
import { notNowPieces } from './estimate.js';
import { customerFacts } from './facts.js';
import { concernPieces, legalPieces, type Paper } from './papers.js';
import { columnsOf, type Piece, signatures } from './pieces.js';
import { isCharged, jobPieces, pricedTable, sumsOf, wholePieces } from './priced.js';
import type { PaperOrder, PaperRecord } from './records.js';

/** What may be done, with who has agreed to it and when, to be signed. */
export function repairOrderPaper(record: PaperRecord): Paper {
  const { order, consents } = record;
  const zone = order.shop.timeZone;
  const jobs = order.jobs.filter(isDone);
  const totals = totalsOfJobs(order, jobs);
  const authorized = consents.at(-1)?.authorizedCents ?? 0;
  return {
    title: 'Repair order',
    state: jobs.length === 0 ? 'Nothing is authorized yet' : '',
    pieces: [
      customerFacts(order, [
        { label: 'Opened', value: showFullDateTime(new Date(order.createdAt), zone) },
        { label: 'Authorized last', value: consents.length ? showFullDateTime(consents.at(-1)?.at as Date, zone) : '' },
      ]),
      ...concernPieces('Your concern', order, jobs),
      ...workPieces({ ...order, totals }, jobs, approvedCents(consents)),
      sumsOf(order, totals, { more: [{ label: 'Authorized, tax included', amount: showAmount(authorized), strong: true }] }),
      ...consentPieces(consents, order, zone),
      ...notNowPieces(order),
      ...endPieces(order),
    ],
  };
}

/** Whether it is to be done: authorized, or somebody else pays who need not be asked. */
function isDone(job: SnapshotJob): boolean {
  return job.counts && isAuthorized({ ...job, picked: true });
}

function workPieces(order: PaperOrder, jobs: SnapshotJob[], approved: Map<number, number>): Piece[] {
  const table = pricedTable(order);
  return [
    columnsOf(table),
    ...jobs.flatMap((job, index) => jobPieces(order, job, table, index + 1, noteOf(job, approved.get(job.id)))),
    ...wholePieces(order, table),
  ];
}

function noteOf(job: SnapshotJob, approved: number | undefined): string {
  if (!isCharged(job) || approved === undefined) return '';
  const grown = job.consent === 'revised' ? `; now ${showAmount(job.totalCents)}: ask before more than that is done` : '';
  return `Authorized for ${showAmount(approved)}, tax included${grown}`;
}

function endPieces(order: Snapshot): Piece[] {
  const texts = legalPieces([order.texts.repairOrder]);
  const signature = signatures('I authorize the work above.', ['Customer’s signature', 'Date and time', 'For the shop', 'Date and time']);
  const last = texts.at(-1);
  return last ? [...texts.slice(0, -1), { ...last, held: true }, signature] : [signature];
}

/** The sums of these jobs alone, by the same rules. */
function totalsOfJobs(order: Snapshot, jobs: SnapshotJob[]) {
  const ids = new Set(jobs.map((job) => job.id));
  const stateOf = ({ id, name, payType, consent, choice, suppliesCents }: SnapshotJob) => ({
    ...{
      id,
      name,
      payType,
      choice,
      picked: true,
      supplies: suppliesCents > 0,
      position: 0,
      progress: 'pending' as const,
      approvedCents: null,
    },
    consent: ids.has(id) ? consent : ('declined' as const),
  });
  const lines = [
    ...order.lines.map((line) => ({ ...line, job: null })),
    ...order.jobs.flatMap((job) => job.lines.map((line) => ({ ...line, job: job.id }))),
  ];
  return totalsOf({ terms: order.terms, jobs: order.jobs.map(stateOf), lines: lines.map((line) => ({ ...line, costCents: 0 })) });
}
