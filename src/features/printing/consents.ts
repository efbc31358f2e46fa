import { showFullDateTime } from '../../platform/time.js';
import { showAmount } from '../billing/amounts.js';
import { METHOD_NAMES } from '../billing/authorizations.js';
import type { Snapshot } from '../billing/snapshots.js';
import { columnsOf, type Piece, row, type Table, title } from './pieces.js';
import type { Consent, PaperOrder } from './records.js';

const DECISIONS = { approve: 'Approved', decline: 'Declined', defer: 'Put off' } as const;

/**
 * Who has agreed to what: date, time, name, the number that was called, the work and what it costs, as 16 CCR 3356(e) wants an
 * oral or electronic authorization repeated on the invoice.
 */
export function consentPieces(consents: Consent[], order: PaperOrder, timeZone: string): Piece[] {
  if (consents.length === 0) return [];
  const table: Table = {
    name: 'Authorizations',
    columns: [
      { name: 'when', label: 'When', width: 12.4 },
      { name: 'who', label: 'Who, and how', width: 13.4 },
      { name: 'decided', label: 'What, and for how much with tax', width: 17.7 },
      { name: 'amount', label: `Authorized, ${order.currency}`, width: 6.9 },
    ],
  };
  const heads = [columnsOf(table)];
  return [
    title('Authorizations'),
    ...heads,
    ...consents.flatMap((consent) =>
      row(
        table,
        [
          showFullDateTime(consent.at, timeZone),
          [
            consent.givenBy,
            `${METHOD_NAMES[consent.method].toLowerCase()}${consent.phone ? `, ${consent.phone}` : ''}`,
            consent.takenBy ? `taken by ${consent.takenBy}` : 'given by themselves',
          ].join('\n'),
          whatOf(consent, order),
          showAmount(consent.authorizedCents),
        ],
        { heads },
      ),
    ),
  ];
}

function whatOf({ decisions }: Consent, order: Snapshot): string {
  if (decisions.length === 0) return 'Approved: the sum as it was';
  const names = new Map(order.jobs.map((job) => [job.id, job.choiceName ? `${job.name} (${job.choiceName})` : job.name]));
  return decisions
    .map(({ job, decision, reason, cents }) => {
      const what = `${DECISIONS[decision]}: ${names.get(job) ?? 'a job taken off since'}`;
      return decision === 'approve' ? `${what}, ${showAmount(cents)}` : `${what}${reason && ` (${reason})`}`;
    })
    .join('\n');
}

/** What was approved of each job when it was last approved, with tax. */
export function approvedCents(consents: Consent[]): Map<number, number> {
  return new Map(
    consents.flatMap(({ decisions }) =>
      decisions.filter(({ decision }) => decision === 'approve').map(({ job, cents }): [number, number] => [job, cents]),
    ),
  );
}
