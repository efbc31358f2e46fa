import { sql } from 'kysely';
import { showDateTime, showPromise } from '../../platform/time.js';
import { mailtoOf, smsOf } from '../../platform/web/addresses.js';
import { OCCASIONS, type OccasionName } from './templates.js';

/** A message as it is read for a page; times as JSON has them. */
export interface MessageRow {
  id: number;
  direction: 'out' | 'in';
  channel: 'mail' | 'sms';
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'withdrawn' | 'by-hand' | 'received';
  occasion: string;
  name: string;
  address: string;
  subject: string;
  text: string;
  dueAt: string;
  waitsFor: 'undo' | 'night' | 'retry' | null;
  holdUntil: string | null;
  attempts: number;
  trouble: string;
  /** Whether this installation sends what goes this way. */
  isSentHere: boolean;
  mayBeTwice: boolean;
  writtenAt: string;
  endedAt: string | null;
  doneAt: string | null;
  author: string | null;
  assignee: number | null;
  assigneeName: string | null;
  /** Of the work order. */
  number: number | null;
  customer: number | null;
}

/** The message `m`, as an object; beside it its work order `w`, its writer `a` and whom it is assigned to, `p`. */
export const MESSAGE = sql`json_build_object('id', m.id, 'direction', m.direction, 'channel', m.channel, 'state', m.state, 'occasion', m.occasion,
  'name', m.name, 'address', m.address, 'subject', m.subject, 'text', m.text, 'dueAt', m.due_at, 'waitsFor', m.waits_for, 'holdUntil', m.hold_until,
  'attempts', m.attempts, 'isSentHere', exists (select from message_channels c where c.channel = m.channel), 'trouble', m.trouble, 'mayBeTwice', m.may_be_twice, 'writtenAt', m.written_at, 'endedAt', m.ended_at, 'doneAt', m.done_at,
  'author', a.name, 'assignee', m.assigned_to, 'assigneeName', p.name, 'number', w.number, 'customer', m.customer_id)`;

/** The joins that MESSAGE needs. */
export const ABOUT_MESSAGE = sql`left join work_orders w on w.shop_id = m.shop_id and w.id = m.work_order_id
  left join staff a on a.id = m.written_by left join staff p on p.id = m.assigned_to`;

/** The latest messages of the work order `w`, as an array; part of the query that reads the whole of it. */
export const MESSAGES_OF_ORDER = sql`coalesce((select json_agg(o.message order by o.id desc) from (
  select m.id, ${MESSAGE} as message
  from messages m left join staff a on a.id = m.written_by left join staff p on p.id = m.assigned_to
  where m.shop_id = w.shop_id and m.work_order_id = w.id order by m.id desc limit 30) o), '[]')`;

const CHANNELS = { mail: 'Mail', sms: 'Text message' } as const;

/** A message, ready to read. */
export function showMessage(row: MessageRow, timeZone: string, now: Date) {
  const at = (iso: string) => showPromise(new Date(iso), now, timeZone);
  const isWaiting = row.state === 'waiting';
  return {
    ...row,
    kind: CHANNELS[row.channel],
    about:
      row.direction === 'in'
        ? 'Reply'
        : (OCCASIONS[row.occasion as OccasionName]?.title ?? (row.occasion === 'stop' ? 'Answer to STOP' : 'Own words')),
    at: showDateTime(new Date(row.writtenAt), timeZone),
    ...stateOf(row, at, now),
    mayTakeBack: isWaiting || row.state === 'by-hand',
    /** Until then it can still be taken back, for sure. */
    undoUntil: isWaiting && row.waitsFor === 'undo' && new Date(row.dueAt) > now ? row.dueAt : null,
    secondsLeft: Math.max(0, Math.round((new Date(row.dueAt).getTime() - now.getTime()) / 1000)),
    mayRetry: row.state === 'failed' || (isWaiting && row.waitsFor === 'retry') || (row.state === 'by-hand' && row.isSentHere),
    byHand: row.state === 'by-hand' ? linksOf(row) : null,
    /** Without a work order there is nothing to write it on: one's own program answers. */
    answer:
      row.direction === 'in' && row.number === null
        ? linksOf({ ...row, subject: `Re: ${row.subject.replace(/^re: /i, '')}`, text: '' })
        : null,
    isOpenReply: row.direction === 'in' && row.doneAt === null,
  };
}

type Tone = '' | 'good' | 'bad' | 'soon';

function stateOf(row: MessageRow, at: (iso: string) => string, now: Date): { words: string; tone: Tone } {
  switch (row.state) {
    case 'waiting':
      return waitingOf(row, at, now);
    case 'sending':
      return { words: 'Being sent', tone: '' };
    case 'sent':
      return { words: `Sent ${at(row.endedAt ?? row.writtenAt)}`, tone: 'good' };
    case 'failed':
      return { words: `Not sent: ${row.trouble}`, tone: 'bad' };
    case 'withdrawn':
      return { words: row.trouble ? `Not sent. ${row.trouble}` : 'Taken back', tone: '' };
    case 'by-hand':
      return {
        words: [row.isSentHere ? 'Waits for your yes' : 'To be sent by hand', row.trouble].filter(Boolean).join('. '),
        tone: 'soon',
      };
    case 'received':
      return row.doneAt
        ? { words: 'Done', tone: '' }
        : { words: row.assigneeName ? `Waits for ${row.assigneeName}` : 'Not answered yet', tone: 'soon' };
  }
}

function waitingOf(
  { waitsFor, dueAt, trouble, holdUntil }: MessageRow,
  at: (iso: string) => string,
  now: Date,
): { words: string; tone: Tone } {
  if (waitsFor === 'retry') return { words: `Waits, and is tried again ${at(holdUntil ?? dueAt)}. ${trouble}`, tone: 'bad' };
  if (waitsFor === 'night') return { words: `Waits for the morning: goes ${at(dueAt)}`, tone: '' };
  if (new Date(dueAt) > now) return { words: waitsFor === 'undo' ? 'Goes out in a moment' : `Goes ${at(dueAt)}`, tone: '' };
  return { words: 'Waits for its turn', tone: '' };
}

/** The addresses that open a mail program or a phone with it. */
function linksOf({ channel, address, subject, text }: MessageRow): { href: string; does: string } {
  if (channel === 'mail') return { href: mailtoOf(address, subject, text), does: 'Open in the mail program' };
  return { href: smsOf(address, text), does: 'Open on the phone' };
}
