import QRCode from 'qrcode';
import { showDateTime } from '../../platform/time.js';
import { SafeHtml } from '../../platform/web/html.js';
import type { WorkOrderDetails } from '../work-orders/details.js';
import { layOutSheets, type Passage, wrapLines } from './rules.js';

/** The printable area that Letter and A4 share is 186 × 253 mm; see public/css/print. Text is 10 pt, a line 13 pt. */
const ROOM = { first: 11, next: 44, width: 34 };
/** Older comments stay behind the code: nobody reads fifty sheets. */
const MOST_COMMENTS = 20;
const EMPTY_ROWS = 5;
/** Width in em of a fact: it takes half of the sheet or a quarter, in plain or in large bold letters. */
const WIDTHS = { half: { plain: 24, strong: 17 }, quarter: { plain: 11.5, strong: 8 } };
/** The stylesheet cuts off what is longer than three lines. */
const MOST_OVER = 2;
/** Width in em of the line of labels, at most two lines of it, and what the frame of one takes. */
const MARKS = { width: 46, over: 1, frame: '    ' };

/**
 * What views/printing/work-order.eta prints.
 * @param url of the work order, for the code: what a phone opens
 */
export async function toSheets(order: WorkOrderDetails, url: string, timeZone: string) {
  const newest = order.comments.slice(-MOST_COMMENTS);
  const passages: Passage[] = newest.map((comment) => ({ heading: `${comment.author}, ${comment.at}`, text: comment.text }));
  const left = order.comments.length - newest.length;
  if (left > 0) passages.push({ heading: 'And more', text: `${left} earlier comments: scan the code.` });
  if (order.concern) passages.unshift({ heading: 'Concern, in the customer’s words', text: order.concern });
  const facts = factsOf(order, timeZone);
  const blocked = order.blocked ? [order.blocked.reason, order.blocked.note].filter(Boolean).join(': ') : '';
  const labels = order.labels.map((label) => label.name);
  const marks = [blocked, ...labels].filter(Boolean).join(MARKS.frame);
  const over = facts.map((row) =>
    Math.min(
      MOST_OVER,
      Math.max(...row.map(({ value, wide, strong }) => linesOver(value, WIDTHS[wide ? 'half' : 'quarter'][strong ? 'strong' : 'plain']))),
    ),
  );
  const taken = over.reduce((sum, lines) => sum + lines, Math.min(MARKS.over, linesOver(marks, MARKS.width)));
  return {
    sheets: layOutSheets(passages, { ...ROOM, first: ROOM.first - taken }),
    code: new SafeHtml(await QRCode.toString(url, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' })),
    facts,
    emptyRows: Array.from({ length: EMPTY_ROWS }, (_, row) => row),
    blocked,
    labels,
  };
}

/** Label and value; an empty value is a line to write on. */
interface Fact {
  label: string;
  value: string;
  wide?: boolean;
  strong?: boolean;
}

/** Lines that a long value takes beyond the one that there always is. */
function linesOver(value: string, width: number): number {
  return Math.max(0, wrapLines(value, width).length - 1);
}

/** Row by row, as they stand on the sheet. */
function factsOf(order: WorkOrderDetails, timeZone: string): Fact[][] {
  const { customer, vehicle } = order;
  return [
    [
      { label: 'Customer', value: [customer.name, customer.company].filter(Boolean).join(', '), wide: true },
      { label: 'Phone', value: customer.phone },
      { label: 'Promised', value: order.promise ? showDateTime(new Date(order.promise.iso), timeZone) : '', strong: true },
    ],
    [
      { label: 'Vehicle', value: vehicle.description, wide: true, strong: true },
      { label: 'Plate', value: vehicle.plate, strong: true },
      { label: 'Opened', value: order.created },
    ],
    [
      { label: 'VIN', value: vehicle.vin, wide: true },
      { label: 'Odometer in', value: '' },
      { label: 'Odometer out', value: '' },
    ],
    [
      { label: 'Advisor', value: order.advisor?.name ?? '', wide: true },
      { label: 'Mechanic', value: order.mechanic?.name ?? '', wide: true },
    ],
  ];
}
