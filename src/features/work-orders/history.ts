import { showDateTime } from '../../platform/time.js';
import { CUSTOMER_SENTENCES, isByCustomer } from '../approvals/telling.js';
import { BILLING_SENTENCES } from '../billing/telling.js';
import { APPOINTMENT_SENTENCES } from '../calendar/telling.js';
import { foldSaved, INSPECTION_SENTENCES, tellFilled } from '../inspections/telling.js';
import { JOB_SENTENCES } from '../jobs/telling.js';
import { MEDIA_SENTENCES } from '../media/telling.js';
import { MESSAGE_SENTENCES } from '../messages/telling.js';
import { SAFETY_SENTENCES } from '../safety/telling.js';
import { BLOCK_REASONS, type BlockReason } from './blocks.js';

/** One sentence of a work order's history: who, what, from, to, when. */
export interface HistoryLine {
  who: string;
  what: string;
  /** The same for those who see no prices; null when it is only about money. */
  floor: string | null;
  iso: string;
  at: string;
  /** What it is made of, when several are told in one sentence; the same for everybody. */
  parts: HistoryLine[];
}

interface EventRow {
  kind: string;
  data: unknown;
  at: string;
  name: string | null;
}

/** Kinds of events that may be told to those who see no prices; what is not named here is not told. */
const FLOOR = /^(work-order|card|comment|job|line|meter|consent|media|inspection|finding|hold|quality|link|question|message|appointment)\./;

/** What happened to a work order, as sentences; the rows are the events about it, the newest first. */
export function toHistory(rows: EventRow[], timeZone: string): HistoryLine[] {
  return foldSaved(rows).map((group) => {
    const parts = group.map((row) => toLine(row, timeZone));
    const newest = parts[0] as HistoryLine;
    if (parts.length === 1) return newest;
    const what = tellFilled(group as [EventRow, ...EventRow[]], rows);
    return { ...newest, what, floor: what, parts };
  });
}

function toLine(row: EventRow, timeZone: string): HistoryLine {
  return {
    who: row.name ?? (isByCustomer(row.kind, row.data) || row.kind === 'message.received' ? 'The customer' : 'ServiceFLOW'),
    what: tell(row.kind, row.data as Data),
    floor: FLOOR.test(row.kind) ? tell(row.kind, row.data as Data, false) : null,
    iso: new Date(row.at).toISOString(),
    at: showDateTime(new Date(row.at), timeZone),
    parts: [],
  };
}

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

const FIELD_NAMES: Record<string, string> = {
  concern: 'concern',
  promised: 'promised time',
  customerName: 'customer',
  company: 'company',
  phone: 'phone',
  email: 'e-mail',
  vehicleDescription: 'vehicle',
  plate: 'plate',
  ...{ billTo: 'who pays', poNumber: 'PO number', tag: 'tag', internalNote: 'internal note' },
};

/** Each kind's sentence; those of jobs and lines leave prices out without `prices`. */
const SENTENCES: Record<string, (data: Data, prices: boolean) => string> = {
  ...APPOINTMENT_SENTENCES,
  ...BILLING_SENTENCES,
  ...CUSTOMER_SENTENCES,
  ...JOB_SENTENCES,
  ...SAFETY_SENTENCES,
  ...INSPECTION_SENTENCES,
  ...MEDIA_SENTENCES,
  ...MESSAGE_SENTENCES,
  'work-order.created': (data) => `opened it in ${data.column.name}`,
  'work-order.edited': (data) =>
    `changed ${Object.keys(data.to)
      .map((field) => `${FIELD_NAMES[field] ?? field} from ${quote(data.from[field])} to ${quote(data.to[field])}`)
      .join(', ')}`,
  'work-order.assigned': (data) => assigned(data),
  'work-order.blocked': (data) =>
    `marked it: ${BLOCK_REASONS[data.reason as BlockReason] ?? data.reason}${data.note ? ` (${data.note})` : ''}`,
  'work-order.freed': (data) => `removed the mark “${BLOCK_REASONS[data.reason as BlockReason] ?? data.reason}”`,
  'work-order.labelled': (data) => `added the label ${data.label}`,
  'work-order.unlabelled': (data) => `took the label ${data.label} off`,
  'work-order.handed-over': (data) => `handed the vehicle over${data.reason ? ` all the same: ${data.reason}` : ''}`,
  'work-order.brought-back': (data) => `brought it back to ${data.column}: ${data.reason}`,
  'card.moved': (data) => moved(data),
  'comment.added': () => 'commented',
  'comment.edited': () => 'changed a comment',
  'comment.deleted': () => 'deleted a comment',
};

/** What an event says, as the rest of a sentence that begins with who did it. */
export function tell(kind: string, data: Data, prices = true): string {
  return SENTENCES[kind]?.(data, prices) ?? kind;
}

function moved(data: Data): string {
  const undone = data.undo ? 'took the last move back: ' : '';
  if (data.from.column === data.to.column)
    return `${undone}moved it within ${data.to.name}${data.to.after ? `, behind ${data.to.after}` : ', to the top'}`;
  return `${undone}moved it from ${data.from.name} to ${data.to.name}${data.reason ? `: ${data.reason}` : ''}`;
}

function assigned(data: Data): string {
  const role = data.as === 'mechanic' ? 'mechanic' : 'advisor';
  if (!data.to) return `took ${data.from} off it (${role})`;
  return data.from ? `gave it to ${data.to} instead of ${data.from} (${role})` : `gave it to ${data.to} (${role})`;
}

function quote(value: string): string {
  return value ? `“${value.length > 80 ? `${value.slice(0, 80)}…` : value}”` : 'nothing';
}
