import { showAmount, showPercent, showQuantity } from '../billing/amounts.js';
import type { Totals } from '../billing/rules.js';
import type { Snapshot, SnapshotJob, SnapshotLine } from '../billing/snapshots.js';
import { nameTax } from './figures.js';
import { concernOf } from './papers.js';
import { columnsOf, group, type Piece, passage, row, type Sum, sums, type Table } from './pieces.js';
import type { PaperOrder } from './records.js';

const CONDITIONS: Record<string, string> = {
  ...{ new: 'new', used: 'used', rebuilt: 'rebuilt', reconditioned: 'reconditioned' },
  ...{ 'oem-crash': 'OEM crash part', 'non-oem': 'non-OEM crash part' },
};

const FREE: Record<Exclude<SnapshotJob['payType'], 'customer'>, string> = {
  warranty: 'Under warranty: no charge',
  comeback: 'Put right again: no charge',
  internal: 'At the shop’s expense: no charge',
};

/** The table of jobs and lines of a paper that shows prices. */
export function pricedTable({ terms, currency }: PaperOrder): Table {
  const number = { name: 'number', label: 'Part number, condition', width: 10.3 };
  const quantity = { name: 'quantity', label: 'Quantity', width: 4.4 };
  const amount = { name: 'amount', label: `Amount, ${currency}`, width: 6.9 };
  // One price for a job: parts and labor are not told apart (34 TAC 3.290).
  if (terms?.lumpSum) return { name: 'Work', columns: [{ name: 'what', label: 'Work', width: 28.9 }, number, quantity, amount] };
  return {
    name: 'Work and prices',
    columns: [{ name: 'what', label: 'Work', width: 22.4 }, number, quantity, { name: 'each', label: 'Each', width: 5.9 }, amount],
  };
}

/** Whether a job is charged to the customer. */
export function isCharged(job: SnapshotJob): boolean {
  return job.payType === 'customer';
}

/** A job with what was said about it and its lines. @param position its number on the paper; @param note under its name */
export function jobPieces(order: Snapshot, job: SnapshotJob, table: Table, position: number, note: string): Piece[] {
  const name = `${position}. ${nameJob(job)}`;
  const heads = [columnsOf(table), group(table, `${name} (continued)`, '')];
  const says = [note, isCharged(job) ? '' : FREE[job.payType as keyof typeof FREE]].filter(Boolean).join(' · ');
  const lines = job.lines.flatMap((line) => linePieces(order, line, table, isCharged(job), heads));
  const last = lines.at(-1);
  return [
    group(table, name, says, { id: job.id, heads: [columnsOf(table)] }),
    ...saidOf(job, table, heads),
    ...(last ? [...lines.slice(0, -1), { ...last, held: true }] : []),
    ...row(table, sumCells(table, `Job ${position}, sum`, isCharged(job) ? sumOf(job) : 0), { heads, strong: true }),
  ];
}

/** A line, and below it the sentence that the law wants beside it. */
function linePieces(order: Snapshot, line: SnapshotLine, table: Table, charged: boolean, heads: Piece[]): Piece[] {
  const rows = row(table, cellsOf(order, line, charged), { id: line.id, heads, held: line.legalText !== '' });
  return [...rows, ...passage('', line.legalText, { table, heads, small: true })];
}

/** Concern, cause and correction, as far as they are written. */
function saidOf(job: SnapshotJob, table: Table, heads: Piece[]): Piece[] {
  return [
    ['Concern', concernOf(job)],
    ['Cause', job.cause],
    ['Correction', job.correction],
  ].flatMap(([label, text]) => passage(label as string, text as string, { table, heads }));
}

export function nameJob({ name, choiceName }: SnapshotJob): string {
  return choiceName ? `${name}: ${choiceName}` : name;
}

/** What a job's own lines come to: what a person gets who adds up the column. */
export function sumOf(job: SnapshotJob): number {
  return job.lines.reduce((sum, line) => sum + line.amountCents, 0);
}

/** A row with nothing but a label and an amount. */
export function sumCells(table: Table, label: string, cents: number): string[] {
  return table.columns.map(({ name }) => (name === 'what' ? label : name === 'amount' ? showAmount(cents) : ''));
}

function cellsOf({ terms }: Snapshot, line: SnapshotLine, charged: boolean): string[] {
  const amount = charged ? showAmount(line.amountCents) : '';
  const quantity = line.kind === 'labor' ? `${showQuantity(line.quantity)} h` : showQuantity(line.quantity);
  const what = describe(line);
  const number = [line.partNumber, line.condition && (CONDITIONS[line.condition] ?? line.condition)].filter(Boolean).join(', ');
  if (terms?.lumpSum) return [what, number, line.kind === 'discount' ? '' : quantity, ''];
  if (line.kind === 'discount') return [what, '', line.discountPpm === null ? '' : showPercent(line.discountPpm), '', amount];
  return [what, number, quantity, charged ? showAmount(line.priceCents) : '', amount];
}

function describe({ kind, description }: SnapshotLine): string {
  // Cal. Bus. & Prof. Code 9884.9: what somebody else does is said so.
  if (kind === 'sublet') return `${description}\nDone by another shop`;
  if (kind === 'core') return /core/i.test(description) ? description : `Core: ${description}`;
  return description;
}

/** Fees and discounts of the order as a whole, and the shop supplies with the sentence that the law wants. */
export function wholePieces(order: Snapshot, table: Table): Piece[] {
  const { suppliesCents } = order.totals;
  if (order.lines.length === 0 && suppliesCents === 0) return [];
  const heads = [columnsOf(table)];
  const supplies = order.terms?.supplies;
  const charge = row(table, sumCells(table, supplies?.name || 'Shop supplies', suppliesCents), { heads, held: Boolean(supplies?.text) });
  return [
    group(table, 'For the whole order', '', { heads }),
    ...order.lines.flatMap((line) => linePieces(order, line, table, true, heads)),
    ...(suppliesCents ? [...charge, ...passage('', supplies?.text ?? '', { table, heads, small: true })] : []),
  ];
}

/**
 * The sums by kind, tax by rate, and the total: 16 CCR 3356(c)(3) to (6).
 * @param before what stands above the total; @param more what stands below it
 */
export function sumsOf(
  order: PaperOrder,
  totals: Omit<Totals, 'lines' | 'jobs'>,
  { before = [], more = [] }: { before?: Sum[]; more?: Sum[] } = {},
): Piece {
  const { terms } = order;
  const line = (label: string, cents: number): Sum[] => (cents === 0 ? [] : [{ label, amount: showAmount(cents) }]);
  const inclusive = terms?.pricesIncludeTax ?? false;
  const taxes = totals.taxes.map((tax) => ({
    label: `${inclusive ? 'Of this ' : ''}${nameTax(tax)} on ${showAmount(tax.baseCents)}`,
    amount: showAmount(tax.cents),
  }));
  const kinds = terms?.lumpSum
    ? []
    : [
        { label: 'Labor', amount: showAmount(totals.laborCents) },
        { label: 'Parts', amount: showAmount(totals.partsCents) },
        ...line('Work of other shops', totals.subletCents),
        ...line('Fees', totals.feesCents),
        ...line('Core charges', totals.coresCents),
        ...line(terms?.supplies.name || 'Shop supplies', totals.suppliesCents),
        ...line('Discounts', -totals.discountCents),
      ];
  const exempt = terms?.exempt ? [{ label: `No tax: exempt, certificate ${terms.exempt.certificate}`, amount: showAmount(0) }] : [];
  const total = {
    label: `${before.length > 0 ? 'New total' : 'Total'}, ${order.currency}`,
    amount: showAmount(totals.totalCents),
    strong: true,
  };
  const subtotal = { label: inclusive ? 'Without tax' : 'Subtotal', amount: showAmount(totals.subtotalCents) };
  const rows = inclusive
    ? [...kinds, ...before, total, subtotal, ...taxes, ...exempt]
    : [...kinds, subtotal, ...taxes, ...exempt, ...before, total];
  return sums([...rows, ...more]);
}
