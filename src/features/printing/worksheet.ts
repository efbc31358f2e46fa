import { showDateTime, showFullDateTime } from '../../platform/time.js';
import { showQuantity } from '../billing/amounts.js';
import type { Snapshot, SnapshotJob, SnapshotLine } from '../billing/snapshots.js';
import type { WorkOrderDetails } from '../work-orders/details.js';
import { nameVehicle } from './facts.js';
import { showReading } from './figures.js';
import { concernOf, concernPieces, type Paper } from './papers.js';
import {
  columnsOf,
  type Fact,
  facts,
  fields,
  group,
  type Piece,
  passage,
  row,
  signatures,
  type Table,
  ticks,
  title,
  write,
} from './pieces.js';
import { nameJob } from './priced.js';

/** Older comments stay behind the code: nobody reads fifty sheets. */
const MOST_COMMENTS = 20;
const CHECKS = ['Road test before', 'Road test after', 'Wheels torqued', 'Fluids checked', 'Old parts to customer', 'Reminders reset'];
/** Not a price among them, not even out of sight. */
const WORK: Table = {
  name: 'Work',
  columns: [
    { name: 'what', label: 'Work, to be ticked when done', width: 35.9 },
    { name: 'number', label: 'Part number', width: 10.3 },
    { name: 'quantity', label: 'Quantity', width: 4.4 },
  ],
};
const NAMED: Record<SnapshotLine['kind'], boolean> = {
  ...{ labor: true, part: true, tire: true, sublet: true, core: true },
  ...{ fee: false, discount: false },
};

/** What a mechanic takes to the bay: what to do and room to write, and no prices. */
export function worksheetPaper(order: Snapshot, details: Pick<WorkOrderDetails, 'comments' | 'labels' | 'blocked' | 'mechanic'>): Paper {
  const jobs = order.jobs.filter((job) => job.counts);
  return {
    title: 'Worksheet',
    state: '',
    pieces: [
      worksheetFacts(order, details),
      ...concernPieces('Concern, in the customer’s words', order, jobs),
      ticks(CHECKS),
      ...(jobs.length > 0
        ? [columnsOf(WORK), ...jobs.flatMap((job, index) => workOf(job, index + 1))]
        : [write('Cause', 2), write('Correction', 2, { grow: true })]),
      ...commentsOf(details.comments),
      fields(
        [
          ['Parts used', 'Part number', 'Quantity'],
          ['Labor, who', 'From', 'To'],
        ],
        4,
      ),
      signatures('', ['Signature of the mechanic', 'Date', 'Signature of the customer', 'Date']),
      ...(jobs.length > 0 ? [write('Notes', 1, { grow: true })] : []),
    ],
  };
}

function workOf(job: SnapshotJob, position: number): Piece[] {
  const name = `${position}. ${nameJob(job)}`;
  const heads = [columnsOf(WORK), group(WORK, `${name} (continued)`, '')];
  const said = (label: string, text: string, lines: number): Piece[] =>
    text ? passage(label, text, { table: WORK, heads }) : [write(label, lines, { table: WORK, heads })];
  const waits = job.consent === 'proposed' || job.consent === 'revised' ? job.payType === 'customer' : false;
  const note = [waits && 'Not approved yet: ask first', job.mechanic && `For ${job.mechanic}`].filter(Boolean).join(' · ');
  return [
    group(WORK, name, note, { id: job.id, tick: true, heads: [columnsOf(WORK)] }),
    ...passage('Concern', concernOf(job), { table: WORK, heads }),
    ...job.lines.filter((line) => NAMED[line.kind]).flatMap((line) => row(WORK, cellsOf(line), { id: line.id, tick: true, heads })),
    ...said('Cause', job.cause, 1),
    ...said('Correction', job.correction, 2),
  ];
}

function cellsOf(line: SnapshotLine): string[] {
  const quantity = showQuantity(line.quantity);
  return [line.description, line.partNumber, line.kind === 'labor' ? `${quantity} h` : quantity];
}

function commentsOf(all: WorkOrderDetails['comments']): Piece[] {
  const newest = all.slice(-MOST_COMMENTS);
  const left = all.length - newest.length;
  if (newest.length === 0) return [];
  return [
    title('Comments'),
    ...newest.flatMap((comment) => passage(`${comment.author}, ${comment.at}`, comment.text)),
    ...(left > 0 ? passage('', `And ${left} earlier comments: scan the code.`) : []),
  ];
}

function worksheetFacts(order: Snapshot, details: Pick<WorkOrderDetails, 'labels' | 'blocked' | 'mechanic'>): Piece {
  const { customer, vehicle, shop } = order;
  const [odometer] = vehicle.meters;
  const name = odometer?.name ?? 'Odometer';
  const reading = (tenths: number | null | undefined) => (typeof tenths === 'number' && odometer ? showReading(tenths, odometer.unit) : '');
  const blocked = details.blocked ? [details.blocked.reason, details.blocked.note].filter(Boolean).join(': ') : '';
  const marks = [blocked && `Blocked. ${blocked}`, ...details.labels.map((label) => label.name)].filter(Boolean).join(' · ');
  const opened = new Date(order.createdAt);
  const rows: Fact[][] = [
    [
      { label: 'Customer', value: [customer.name, customer.company].filter(Boolean).join(', '), wide: true },
      { label: 'Phone', value: customer.phone },
      { label: 'Promised', value: order.promisedAt ? showDateTime(new Date(order.promisedAt), shop.timeZone) : '', strong: true },
    ],
    [
      { label: 'Vehicle', value: nameVehicle(order), wide: true, strong: true },
      { label: 'Plate', value: vehicle.plate, strong: true },
      { label: 'Opened', value: showFullDateTime(opened, shop.timeZone) },
    ],
    [
      { label: vehicle.kind === 'equipment' ? 'Serial number' : 'VIN', value: vehicle.vin || vehicle.serial, wide: true },
      { label: `${name} in`, value: reading(odometer?.in) },
      { label: `${name} out`, value: reading(odometer?.out) },
    ],
    [
      { label: 'Advisor', value: order.advisor ?? '', wide: true },
      { label: 'Mechanic', value: details.mechanic?.name ?? '' },
      { label: 'Tag', value: order.tag },
    ],
  ];
  if (marks)
    rows.push([
      { label: 'Marks', value: marks, wide: true },
      { label: 'Engine', value: vehicle.engine || ' ' },
      { label: 'Color', value: vehicle.color || ' ' },
    ]);
  return facts(rows);
}
