import QRCode from 'qrcode';
import { showDateTime } from '../../platform/time.js';
import { SafeHtml } from '../../platform/web/html.js';
import type { WorkOrderDetails } from '../work-orders/details.js';
import { layOutSheets, type Passage } from './rules.js';

/** The printable area that Letter and A4 share is 186 × 253 mm; see public/css/print. Text is 10 pt, a line 13 pt. */
const ROOM = { first: 14, next: 44, width: 34 };
/** Older comments stay behind the code: nobody reads fifty sheets. */
const MOST_COMMENTS = 20;
const EMPTY_ROWS = { parts: 6, labor: 6 };

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
  return {
    sheets: layOutSheets(passages, ROOM),
    code: new SafeHtml(await QRCode.toString(url, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' })),
    facts: factsOf(order, timeZone),
    rows: { parts: Array.from({ length: EMPTY_ROWS.parts }), labor: Array.from({ length: EMPTY_ROWS.labor }) },
    blocked: order.blocked ? [order.blocked.reason, order.blocked.note].filter(Boolean).join(': ') : '',
    labels: order.labels.map((label) => label.name),
  };
}

/** Label and value; an empty value is a line to write on. */
function factsOf(order: WorkOrderDetails, timeZone: string): { label: string; value: string; wide?: boolean; strong?: boolean }[] {
  const { customer, vehicle } = order;
  return [
    { label: 'Customer', value: [customer.name, customer.company].filter(Boolean).join(', '), wide: true },
    { label: 'Phone', value: customer.phone },
    { label: 'Promised', value: order.promise ? showDateTime(new Date(order.promise.iso), timeZone) : '', strong: true },
    { label: 'Vehicle', value: vehicle.description, wide: true, strong: true },
    { label: 'Plate', value: vehicle.plate, strong: true },
    { label: 'Opened', value: order.created },
    { label: 'VIN', value: vehicle.vin, wide: true },
    { label: 'Odometer in', value: '' },
    { label: 'Odometer out', value: '' },
    { label: 'Advisor', value: order.advisor?.name ?? '', wide: true },
    { label: 'Mechanic', value: order.mechanic?.name ?? '', wide: true },
  ];
}
