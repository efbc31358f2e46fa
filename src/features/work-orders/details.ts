import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { showAge, showDateTime, showPromise } from '../../platform/time.js';
import { counts } from '../billing/consent.js';
import type { MoneyJob, Terms, Totals } from '../billing/rules.js';
import { totalsOf } from '../billing/state.js';
import { type Meaning, promiseState } from '../board/rules.js';
import { type Colleague, type Piece, splitMentions } from '../notices/mentions.js';
import { BLOCK_REASONS, type BlockReason } from './blocks.js';
import { type HistoryLine, toHistory } from './history.js';
import type { Visit } from './visit.js';
import {
  type Authorization,
  type Customer,
  findWhole,
  type JobRow,
  type Line,
  type Meter,
  type Payment,
  type Revision,
  type WholeRow,
} from './whole.js';

export type { Authorization, Customer, Line, Meter, Payment, Revision } from './whole.js';

export interface Comment {
  id: number;
  authorId: number;
  author: string;
  text: string;
  /** The same, cut where it mentions a colleague. */
  pieces: Piece[];
  iso: string;
  at: string;
  edited: boolean;
}

export interface Job extends JobRow, MoneyJob {
  lines: Line[];
}

/** All that the page of a work order shows. Nothing in it depends on who looks. */
export interface WorkOrderDetails {
  id: number;
  number: number;
  version: number;
  timeZone: string;
  concern: string;
  created: string;
  createdAt: Date;
  handedOver: string | null;
  handedOverAt: Date | null;
  column: { id: number; name: string; meaning: Meaning; since: { iso: string; text: string } };
  promise: { iso: string; text: string; state: 'late' | 'soon' | '' } | null;
  customer: Customer;
  /** Who pays, when it is not the customer. */
  billTo: Customer | null;
  vehicle: {
    id: number;
    description: string;
    kind: 'road' | 'equipment';
    make: string;
    model: string;
    year: number | null;
    engine: string;
    color: string;
    unitNumber: string;
    serial: string;
    plate: string;
    vin: string;
  };
  meters: Meter[];
  mechanic: { id: number; name: string } | null;
  advisor: { id: number; name: string } | null;
  blocked: { reason: string; kind: BlockReason; note: string; iso: string; text: string } | null;
  labels: { id: number; name: string; color: string }[];
  document: 'estimate' | 'repair-order' | 'invoice' | 'posted';
  invoiceNumber: number | null;
  invoicedAt: Date | null;
  postedAt: Date | null;
  poNumber: string;
  tag: string;
  /** Never shown to a customer. */
  internalNote: string;
  /** Null until the first line is written. */
  terms: Terms | null;
  /** That of its terms; before its first line, the shop's. */
  currency: string;
  jobs: Job[];
  /** Of the order as a whole: fees and discounts. */
  orderLines: Line[];
  totals: Totals;
  paidCents: number;
  payments: Payment[];
  authorizations: Authorization[];
  revisions: Revision[];
  /** What was photographed and found, and where the customer stands. */
  visit: Visit;
  comments: Comment[];
  /** Who can be mentioned in a comment. */
  people: Colleague[];
  history: HistoryLine[];
}

/** Reads the whole order in one query. @throws NotFound when the shop has no such number */
export async function getWorkOrder(db: Database, shop: number, number: number): Promise<WorkOrderDetails> {
  const row = await findWhole(db, shop, number);
  if (!row) throw new NotFound('That work order is not here.');
  return toDetails(row);
}

function toJobs(row: WholeRow): Job[] {
  return row.jobs.map((job) => ({
    ...job,
    counts: counts(job),
    lines: row.lines.filter((line) => line.job === job.id),
  }));
}

function toComments(row: WholeRow): Comment[] {
  return row.comments.map(({ at, editedAt, ...comment }) => ({
    ...comment,
    pieces: splitMentions(comment.text, row.people),
    iso: new Date(at).toISOString(),
    at: showDateTime(new Date(at), row.time_zone),
    edited: editedAt !== null,
  }));
}

/** What is as well without the jobs: who, what, where it stands. */
function toFacts(row: WholeRow) {
  const now = new Date();
  const age = (at: Date) => ({ iso: at.toISOString(), text: showAge(at, now) });
  return {
    created: showDateTime(row.created_at, row.time_zone),
    createdAt: row.created_at,
    handedOverAt: row.handed_over_at,
    handedOver: row.handed_over_at && showDateTime(row.handed_over_at, row.time_zone),
    column: { id: row.column_id, name: row.column_name, meaning: row.meaning, since: age(row.column_since) },
    promise: row.promised_at && {
      iso: row.promised_at.toISOString(),
      text: showPromise(row.promised_at, now, row.time_zone),
      state: row.handed_over_at ? ('' as const) : promiseState(row.promised_at, row.meaning, now),
    },
    mechanic: row.mechanic_id && row.mechanic ? { id: row.mechanic_id, name: row.mechanic } : null,
    advisor: row.advisor_id && row.advisor ? { id: row.advisor_id, name: row.advisor } : null,
    blocked: row.blocked_reason &&
      row.blocked_since && {
        reason: BLOCK_REASONS[row.blocked_reason],
        kind: row.blocked_reason,
        note: row.blocked_note,
        ...age(row.blocked_since),
      },
  };
}

function toVehicle(row: WholeRow): WorkOrderDetails['vehicle'] {
  return {
    ...{ id: row.vehicle_id, description: row.vehicle, kind: row.vehicle_kind, make: row.make, model: row.model, year: row.year },
    ...{ engine: row.engine, color: row.color, unitNumber: row.unit_number, serial: row.serial, plate: row.plate, vin: row.vin },
  };
}

function toDetails(row: WholeRow): WorkOrderDetails {
  const { id, number, version, concern, customer, labels, meters, document, tag, terms, payments, authorizations, revisions } = row;
  return {
    ...{ id, number, version, concern, customer, labels, meters, document, tag, terms, payments, authorizations, revisions },
    ...toFacts(row),
    timeZone: row.time_zone,
    currency: row.currency,
    billTo: row.bill_to,
    vehicle: toVehicle(row),
    invoiceNumber: row.invoice_number,
    invoicedAt: row.invoiced_at,
    postedAt: row.posted_at,
    poNumber: row.po_number,
    internalNote: row.internal_note,
    jobs: toJobs(row),
    orderLines: row.lines.filter((line) => line.job === null),
    totals: totalsOf(row),
    paidCents: row.paid_cents,
    visit: row.visit,
    comments: toComments(row),
    people: row.people,
    history: toHistory(row.history, row.time_zone),
  };
}
