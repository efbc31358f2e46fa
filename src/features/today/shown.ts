import { dateOf, showAge, showDateTime, showDay, showPromise } from '../../platform/time.js';
import { BLOCK_REASONS } from '../work-orders/blocks.js';
import type { OrderRow } from './reading.js';
import { askedSince, type Today } from './today.js';

const KINDS = { waiting: 'waits here', 'drop-off': 'drops off', 'after-hours': 'after hours', ride: 'needs a ride' } as const;
const TOLD: Record<string, string> = {
  sent: 'Told',
  waiting: 'Message goes out',
  sending: 'Message goes out',
  'by-hand': 'Message to send',
};
const PAGE = 30;
const BESIDE = ['ready', 'requests', 'replies'];

const hours = (hundredths: number) => `${(hundredths / 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} h`;

/** A line as views/today/line.eta shows it. */
interface Line {
  number: number | null;
  vehicle: string;
  plate: string;
  who: string;
  /** What is the matter, and since when. */
  word: string;
  tone: '' | 'red' | 'amber' | 'blue' | 'violet' | 'green';
  detail: string;
  since: { iso: string; text: string } | null;
  actions: { text: string; href: string }[];
}

interface Section {
  id: string;
  title: string;
  /** When there is nothing in it. */
  none: string;
  lines: Line[];
  /** How many more there are than are shown, and where they stand. */
  more: number;
  rest: { href: string; text: string };
}

/** The morning in words, ready to be shown. */
export function showToday(today: Today, isDesk: boolean) {
  const { now, timeZone, arrivals } = today;
  const age = (at: Date | null) => at && { iso: at.toISOString(), text: showAge(at, now) };
  const line = (row: OrderRow, more: Partial<Line>): Line => ({
    ...{ number: row.number, vehicle: row.vehicle, plate: row.plate, word: '', tone: '', detail: '', since: null, actions: [] },
    who: [row.customer, ...(isDesk && row.mechanic ? [row.mechanic] : [])].join(' · '),
    ...more,
  });
  const promise = (row: OrderRow) => (isDesk ? [{ text: 'New promise', href: `/work-orders/${row.number}/edit` }] : []);
  const call = (phone: string) => (isDesk && phone ? [{ text: 'Call', href: `tel:${phone.replace(/[^0-9+]/g, '')}` }] : []);
  const promised = (row: OrderRow) => `promised ${showPromise(row.promisedAt as Date, now, timeZone)}`;
  const sections: Section[] = [
    section('late', 'Late', 'No promise is broken.', today.late, (row) =>
      line(row, {
        word: 'Late',
        tone: 'red',
        detail: promised(row),
        since: age(row.promisedAt),
        actions: [...promise(row), ...call(row.phone)],
      }),
    ),
    section('danger', 'Promises in danger', 'What is promised can hold.', today.danger, (row) =>
      line(row, {
        ...{ word: `${hours(row.left)} of work left,`, tone: 'amber', actions: promise(row) },
        detail: `${promised(row)}, ${hours(row.open)} open until then`,
      }),
    ),
    section('blocked', 'Blocked', 'Nothing is blocked.', today.blocked, (row) =>
      line(row, {
        ...{ word: BLOCK_REASONS[row.blocked as keyof typeof BLOCK_REASONS], tone: row.blocked === 'parts' ? 'violet' : '' },
        ...{ detail: row.blockedNote, since: age(row.blockedSince), actions: [{ text: 'Open', href: `/work-orders/${row.number}` }] },
      }),
    ),
  ];
  if (isDesk)
    sections.push(
      section('asked', 'Waiting for approval', 'No answer is awaited.', today.asked, (row) =>
        line(row, {
          word:
            row.customerState === 'opened' ? 'Opened, no answer' : row.customerState === 'sent' ? 'Sent, not opened' : 'Not asked by link',
          ...{ tone: 'blue', detail: row.blocked === 'approval' ? row.blockedNote : '', since: age(askedSince(row)) },
          actions: [...call(row.phone), { text: 'Open', href: `/work-orders/${row.number}` }],
        }),
      ),
      section('ready', 'Ready', 'Nothing waits to be picked up.', today.ready, (row) =>
        line(row, {
          ...{ word: TOLD[row.toldState ?? ''] ?? 'Not told', tone: row.toldState ? 'green' : 'amber' },
          detail: row.toldAt && row.toldState === 'sent' ? showPromise(row.toldAt, now, timeZone) : '',
          since: age(row.columnSince),
          actions: [...(row.toldState ? [] : call(row.phone)), { text: 'Hand over', href: `/work-orders/${row.number}` }],
        }),
      ),
      section(
        'requests',
        'Requests',
        'No appointment waits to be confirmed.',
        today.requests,
        (row) => ({
          ...{ number: null, vehicle: row.vehicle, plate: row.plate, word: 'Asks for', tone: 'blue', since: null },
          detail: showDateTime(row.at, timeZone),
          who: [row.name, row.what].filter(Boolean).join(' · '),
          actions: [{ text: 'Confirm', href: `/appointments/${row.id}` }],
        }),
        ({ at }) => ({ href: `/calendar?view=month&date=${dateOf(at, timeZone)}`, text: 'in the calendar' }),
      ),
      section(
        'replies',
        'Replies that wait',
        'Every reply is answered.',
        today.replies,
        (row) => ({
          ...{ number: row.number, vehicle: '', plate: '', who: row.name, word: row.kind === 'question' ? 'Asks' : 'Wrote', tone: 'blue' },
          ...{ detail: row.text.length > 140 ? `${row.text.slice(0, 139)}…` : row.text, since: age(row.at) },
          actions: [{ text: 'Answer', href: row.number === null ? '/messages?view=replies' : `/work-orders/${row.number}` }],
        }),
        () => ({ href: '/messages?view=replies', text: 'among the messages' }),
      ),
    );
  return {
    ...{ day: showDay(now, timeZone), version: today.version, isDesk },
    arrivals: arrivals.map((row) => ({
      ...row,
      clock: showPromise(row.at, now, timeZone),
      iso: row.at.toISOString(),
      how: KINDS[row.kind],
      isOver: row.at < now,
    })),
    // Beside who comes stands who waits for a word or for their vehicle; what needs work stands apart.
    beside: sections.filter(({ id }) => BESIDE.includes(id)).reverse(),
    sections: sections.filter(({ id }) => !BESIDE.includes(id)),
  };
}

/** @param whereIs the first one that is not shown */
function section<Row>(
  id: string,
  title: string,
  none: string,
  rows: Row[],
  toLine: (row: Row) => Line,
  whereIs: (row: Row) => Section['rest'] = () => ({ href: '/board', text: 'on the board' }),
): Section {
  const next = rows[PAGE];
  return {
    ...{ id, title, none, lines: rows.slice(0, PAGE).map(toLine) },
    ...{ more: Math.max(0, rows.length - PAGE), rest: next ? whereIs(next) : { href: '', text: '' } },
  };
}
