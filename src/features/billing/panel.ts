import { showDateTime } from '../../platform/time.js';
import { toPath } from '../approvals/signatures.js';
import { refuseHandOver } from '../board/rules.js';
import type { WorkOrderDetails } from '../work-orders/details.js';
import { showMoney, showPercent } from './amounts.js';
import { METHOD_NAMES } from './authorizations.js';
import { isAuthorized, isOpenQuestion, OTHER_OPTION } from './consent.js';
import { PAY_METHODS } from './payments.js';
import { ceiling, overCeiling } from './rules.js';

const STEPS = [
  ['estimate', 'Estimate'],
  ['repair-order', 'Repair order'],
  ['invoice', 'Invoice'],
  ['posted', 'Posted'],
] as const;

const WHYS = { sent: 'sent', approved: 'approved', posted: 'posted' };
const KINDS = { deposit: 'Deposit', payment: 'Payment', refund: 'Given back' };

/** What the money's part of a work order's page shows, ready to read. */
export function toPanel(order: WorkOrderDetails) {
  const { currency } = order;
  const money = (cents: number) => showMoney(cents, currency);
  const { subtotalCents, taxCents, totalCents, suppliesCents, taxes } = order.totals;
  const dueCents = totalCents - order.paidCents;
  const asks = order.jobs.filter(isOpenQuestion);
  return {
    ...{ subtotalCents, taxCents, totalCents, dueCents, currency },
    steps: toSteps(order),
    subtotal: money(subtotalCents),
    supplies: suppliesCents === 0 ? null : money(suppliesCents),
    suppliesName: order.terms?.supplies.name ?? '',
    taxes: taxes.map((tax) => ({ name: tax.name, rate: showPercent(tax.ppm), on: money(tax.baseCents), tax: money(tax.cents) })),
    exempt: order.terms?.exempt ? `Exempt from tax, certificate ${order.terms.exempt.certificate}` : null,
    total: money(totalCents),
    paid: order.paidCents === 0 ? null : money(order.paidCents),
    due: money(Math.abs(dueCents)),
    overpaid: dueCents < 0,
    consents: toConsents(order, money),
    ceiling: toCeiling(order, money),
    asks: asks.map((job) => job.name),
    revisions: order.revisions.map((one) => ({
      ...{ number: one.number, why: WHYS[one.why], total: money(one.totalCents), madeBy: one.madeBy ?? '' },
      at: showDateTime(new Date(one.at), order.timeZone),
    })),
    payments: order.payments.map((one) => ({
      ...{ kind: KINDS[one.kind], method: PAY_METHODS[one.method], cents: money(one.cents), reference: one.reference, note: one.note },
      ...{ takenBy: one.takenBy, at: showDateTime(new Date(one.at), order.timeZone) },
    })),
    holds: toHolds(order, dueCents, money),
    next: nextStep(order, asks.length > 0, dueCents),
    hasLines: order.orderLines.length > 0 || order.jobs.some((job) => job.lines.length > 0),
  };
}

function toSteps(order: WorkOrderDetails) {
  const at = STEPS.findIndex(([document]) => document === order.document);
  const date = (time: Date | null) => (time ? showDateTime(time, order.timeZone) : '');
  const notes = [
    '',
    '',
    order.invoiceNumber && at >= 2 ? `No. ${order.invoiceNumber}, ${date(order.invoicedAt)}` : '',
    date(order.postedAt),
  ];
  return STEPS.map(([document, name], index) => ({
    ...{ document, name, note: notes[index] as string },
    state: index < at ? 'done' : index === at ? 'here' : 'ahead',
  }));
}

function toConsents(order: WorkOrderDetails, money: (cents: number) => string) {
  const names = new Map(order.jobs.map((job) => [job.id, job.choiceName ? `${job.name}: ${job.choiceName}` : job.name]));
  return order.authorizations.map((one) => {
    const named = (decision: string) =>
      one.decisions
        .filter((answer) => answer.decision === decision && answer.reason !== OTHER_OPTION)
        .map((answer) => names.get(answer.job) ?? 'a job that is gone');
    const said = [
      ['approved', named('approve')],
      ['declined', named('decline')],
      ['put off', named('defer')],
    ] as const;
    return {
      ...{ givenBy: one.givenBy, method: METHOD_NAMES[one.method].toLowerCase(), phone: one.phone, note: one.note, takenBy: one.takenBy },
      ...{ at: showDateTime(new Date(one.at), order.timeZone), revision: one.revision, authorized: money(one.authorizedCents) },
      said: said
        .filter(([, jobs]) => jobs.length > 0)
        .map(([word, jobs]) => `${word} ${jobs.join(', ')}`)
        .join('; '),
      /** The drawn signature as a path on a sheet of 1000 × 320. */
      drawn: one.signature?.kind === 'drawn' ? toPath(one.signature.strokes) : null,
    };
  });
}

/** What is authorized, how far the jurisdiction lets the invoice go, and whether it is above that. */
function toCeiling(order: WorkOrderDetails, money: (cents: number) => string) {
  const last = order.authorizations.at(-1);
  if (!last || !order.terms) return null;
  const { jurisdiction } = order.terms;
  const authorized = { cents: last.authorizedCents, beforeTaxCents: last.authorizedBeforeTaxCents };
  const given = jurisdiction.beforeTax ? authorized.beforeTaxCents : authorized.cents;
  const most = ceiling(given, jurisdiction);
  const over = overCeiling(order.totals, authorized, jurisdiction);
  return {
    authorized: money(given),
    beforeTax: jurisdiction.beforeTax,
    most: most > given ? money(most) : null,
    over: over ? money(over.overCents) : null,
  };
}

/** Why the vehicle should not leave yet, or null. */
function toHolds(order: WorkOrderDetails, dueCents: number, money: (cents: number) => string): string | null {
  const openJobs = order.jobs.filter((job) => isAuthorized(job) && job.progress !== 'complete').map((job) => job.name);
  const due = dueCents > 0 ? money(dueCents) : null;
  const owed = dueCents < 0 ? money(-dueCents) : null;
  const { holds, unasked } = order.visit.safety;
  const held = holds.filter((hold) => hold.endedAt === null).map((hold) => hold.name);
  const facts = { number: order.number, held, unasked, openJobs, document: order.document, due, owed, mayOverride: false, reason: '' };
  return refuseHandOver(facts)?.text ?? null;
}

/** The one thing that comes next; its button is the one that stands out. */
function nextStep(order: WorkOrderDetails, asks: boolean, dueCents: number): 'consent' | 'invoice' | 'pay' | 'post' | null {
  if (asks) return 'consent';
  if (order.document === 'repair-order') return order.jobs.every((job) => !job.counts || job.progress === 'complete') ? 'invoice' : null;
  if (order.document === 'invoice') return dueCents > 0 && !(order.billTo ?? order.customer).onAccount ? 'pay' : 'post';
  return order.document === 'posted' && dueCents > 0 ? 'pay' : null;
}
