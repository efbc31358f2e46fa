import { showDate, showFullDateTime } from '../../platform/time.js';
import { showAmount } from '../billing/amounts.js';
import { PAY_METHODS } from '../billing/payments.js';
import { consentPieces } from './consents.js';
import { notNowPieces } from './estimate.js';
import { customerFacts } from './facts.js';
import { legalPieces, type Paper } from './papers.js';
import { columnsOf, type Piece, row, sums, type Table, title } from './pieces.js';
import { jobPieces, pricedTable, sumsOf, wholePieces } from './priced.js';
import type { Paid, PaperOrder, PaperRecord } from './records.js';

const KINDS: Record<Paid['kind'], string> = { deposit: 'Deposit', payment: 'Payment', refund: 'Refund' };

/** The invoice, with what 16 CCR 3356 and Cal. Bus. & Prof. Code 9884.8 want on it. */
export function invoicePaper(record: PaperRecord): Paper {
  const { order, consents, payments } = record;
  const zone = order.shop.timeZone;
  const isPosted = record.document === 'posted';
  const table = pricedTable(order);
  const jobs = order.jobs.filter((job) => job.counts);
  const due = order.totals.totalCents - record.paidCents;
  return {
    title: order.invoiceNumber ? `Invoice ${order.shop.invoicePrefix}${order.invoiceNumber}` : 'Invoice',
    state: isPosted ? '' : 'Not posted yet',
    pieces: [
      customerFacts(order, [
        { label: 'Invoice date', value: order.invoicedAt ? showDate(new Date(order.invoicedAt), zone) : '' },
        { label: 'Received', value: showFullDateTime(new Date(order.createdAt), zone) },
      ]),
      columnsOf(table),
      ...jobs.flatMap((job, index) => jobPieces(order, job, table, index + 1, job.mechanic ? `Done by ${job.mechanic}` : '')),
      ...wholePieces(order, table),
      sumsOf(order, order.totals),
      ...paymentPieces(payments, order),
      sums([
        { label: 'Paid', amount: showAmount(record.paidCents) },
        {
          label: `${due < 0 ? 'To give back' : 'Due'}, ${order.currency}`,
          amount: showAmount(Math.abs(due)),
          strong: true,
        },
      ]),
      ...consentPieces(consents, order, zone),
      ...notNowPieces(order),
      ...legalPieces([order.texts.invoiceLaw, order.texts.invoice]),
    ],
  };
}

function paymentPieces(payments: Paid[], order: PaperOrder): Piece[] {
  if (payments.length === 0) return [];
  const table: Table = {
    name: 'Payments',
    columns: [
      { name: 'when', label: 'When', width: 12.4 },
      { name: 'how', label: 'How', width: 14.4 },
      { name: 'reference', label: 'Reference', width: 16.7 },
      { name: 'amount', label: `Amount, ${order.currency}`, width: 6.9 },
    ],
  };
  const heads = [columnsOf(table)];
  const cells = ({ at, kind, method, reference, cents }: Paid) => [
    showFullDateTime(at, order.shop.timeZone),
    `${KINDS[kind]}, ${PAY_METHODS[method].toLowerCase()}`,
    reference,
    showAmount(cents),
  ];
  return [title('Payments'), ...heads, ...payments.flatMap((payment) => row(table, cells(payment), { heads }))];
}
