import type { Views } from '../../platform/web/views.js';
import { toPath } from '../approvals/signatures.js';
import { showAmount, showMoney, showPercent, showQuantity } from '../billing/amounts.js';
import { METHOD_NAMES } from '../billing/authorizations.js';
import { PAY_METHODS } from '../billing/payments.js';
import type { Snapshot } from '../billing/snapshots.js';
import { COLOR_NAMES } from '../inspections/content.js';
import { showMeasures } from '../inspections/rules.js';
import { showReading } from '../printing/figures.js';
import type { EvidenceRecord, PackFile } from './record.js';

const CONTENTS = [
  ...[['visit', 'Shop, customer, vehicle'] as const, ['safety', 'Safety'] as const, ['consents', 'Consent'] as const],
  ...[['estimates', 'Estimate'] as const, ['findings', 'Inspections'] as const, ['pictures', 'Pictures'] as const],
  ...[['payments', 'Payments'] as const, ['history', 'History'] as const],
];

const WORDS = {
  contents: CONTENTS,
  ...{ amount: showAmount, quantity: showQuantity, percent: showPercent, reading: showReading, measures: showMeasures },
  ...{ methods: METHOD_NAMES, payMethods: PAY_METHODS, colors: COLOR_NAMES },
  documents: { estimate: 'Estimate', 'repair-order': 'Repair order', invoice: 'Invoice', posted: 'Posted invoice' },
  decisions: { approve: 'Approved', decline: 'Declined', defer: 'Put off' },
  consents: {
    proposed: 'not answered',
    approved: 'approved',
    declined: 'declined',
    deferred: 'put off',
    revised: 'changed since it was approved',
  },
  whys: { sent: 'sent', approved: 'as it was answered,', posted: 'posted' },
  paid: { deposit: 'Deposit', payment: 'Payment', refund: 'Given back' },
  ends: { released: 'released', approved: 'approved after all', withdrawn: 'corrected: not unsafe any more' },
};

/** The page of the pack: one file that needs nothing but its pictures. */
export function renderPage(views: Views, record: EvidenceRecord): string {
  const files = new Map<string, PackFile>(record.pictures.flatMap(({ files }) => files.map((file) => [file.sha256, file] as const)));
  // To the second, and with the name of the zone: it is read elsewhere, and next to other people's clocks.
  const clock = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'long', timeZone: record.timeZone });
  return views.render('evidence/index', {
    ...WORDS,
    record,
    when: (at: string) => clock.format(new Date(at)),
    money: (cents: number) => showMoney(cents, record.currency),
    currencyOf: (content: Snapshot) => content.terms?.currency ?? record.currency,
    path: (strokes: unknown) => (isStrokes(strokes) ? toPath(strokes) : ''),
    fileOf: (sha256: string) => files.get(sha256) ?? null,
    wording: (shown: { wording?: unknown }) => (Array.isArray(shown.wording) ? shown.wording.map(String) : []),
    shownFindings: (shown: { findings?: Record<string, object> }) => Object.values(shown.findings ?? {}),
  });
}

/** It comes from a customer: nothing but numbers becomes a path. */
function isStrokes(strokes: unknown): strokes is number[][] {
  return Array.isArray(strokes) && strokes.every((stroke) => Array.isArray(stroke) && stroke.every((at) => Number.isFinite(at)));
}
