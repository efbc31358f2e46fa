import { showDate } from '../../platform/time.js';
import { showAmount } from '../billing/amounts.js';
import { AGES, type OpenInvoice, type Statement } from '../billing/receivables.js';
import type { Paper } from './papers.js';
import { columnsOf, facts, type Piece, passage, row, sums, type Table } from './pieces.js';

/** What a customer owes, invoice by invoice, and how old it is. @param prefix of the shop's invoice numbers */
export function statementPaper(statement: Statement, prefix: string, now: Date): Paper {
  const { customer, invoices, ages, dueCents, currency, timeZone } = statement;
  return {
    title: 'Statement',
    state: '',
    pieces: [
      facts([
        [
          { label: 'Customer', value: [customer.company, customer.name, customer.address].filter(Boolean).join('\n'), wide: true },
          { label: 'Phone', value: customer.phone },
          { label: 'Date', value: showDate(now, timeZone), strong: true },
        ],
        AGES.map((age, index) => ({ label: `${age}, ${currency}`, value: showAmount(ages[index] ?? 0) })),
      ]),
      ...(invoices.length > 0 ? invoicePieces(invoices, prefix, currency, timeZone) : passage('', 'Nothing is owed.')),
      sums([{ label: `Due, ${currency}`, amount: showAmount(dueCents), strong: true }]),
    ],
  };
}

function invoicePieces(invoices: OpenInvoice[], prefix: string, currency: string, timeZone: string): Piece[] {
  const table: Table = {
    name: 'Open invoices',
    columns: [
      { name: 'invoice', label: 'Invoice, order', width: 9.4 },
      { name: 'date', label: 'Date, days', width: 8.4 },
      { name: 'vehicle', label: 'Vehicle, purchase order', width: 11.8 },
      { name: 'total', label: `Total, ${currency}`, width: 6.4 },
      { name: 'paid', label: `Paid, ${currency}`, width: 6.4 },
      { name: 'amount', label: `Due, ${currency}`, width: 6.9 },
    ],
  };
  const heads = [columnsOf(table)];
  const cells = (invoice: OpenInvoice) => [
    `${prefix}${invoice.invoice}, WO-${invoice.number}`,
    `${showDate(invoice.postedAt, timeZone)}\n${invoice.days} ${invoice.days === 1 ? 'day' : 'days'}`,
    [invoice.vehicle, invoice.poNumber].filter(Boolean).join('\n'),
    showAmount(invoice.totalCents),
    showAmount(invoice.paidCents),
    showAmount(invoice.dueCents),
  ];
  return [...heads, ...invoices.flatMap((invoice) => row(table, cells(invoice), { heads }))];
}
