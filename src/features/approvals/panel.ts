import { showDate, showDateTime } from '../../platform/time.js';
import { isOpenQuestion } from '../billing/consent.js';
import type { WorkOrderDetails } from '../work-orders/details.js';
import type { Line } from '../work-orders/whole.js';
import type { CustomerSide } from './of-order.js';
import { type Content, goodUntil, isAsSent } from './rules.js';

/** What the customer's part of a work order's page shows, ready to read; the same for everybody of the desk. */
export function toCustomerPanel(order: WorkOrderDetails) {
  const { link, sent, estimateDays, questions } = order.visit.customer;
  const at = (iso: string | null) => (iso ? showDateTime(new Date(iso), order.timeZone) : null);
  const asks = order.jobs.some(isOpenQuestion);
  return {
    link: link && toLink(link, at, (iso) => showDate(new Date(iso), order.timeZone)),
    sent: sent && { number: sent.number, at: at(sent.at) as string },
    ...{ asks, problem: sent && asks ? problemOf(order, sent, estimateDays) : null },
    /** There is something to send, and nothing forbids it. */
    maySend: order.document !== 'posted' && !order.handedOver && order.jobs.some((job) => job.lines.length > 0),
    questions: questions.map((one) => ({ ...one, askedAt: at(one.askedAt) as string, answeredAt: at(one.answeredAt) })),
  };
}

type Stated = NonNullable<CustomerSide['link']>;

function toLink(link: Stated, at: (iso: string | null) => string | null, date: (iso: string) => string) {
  const seen = link.firstOpenedAt
    ? `Opened ${at(link.lastOpenedAt ?? link.firstOpenedAt)}${link.lastOpenedAt === link.firstOpenedAt ? '' : `, first ${at(link.firstOpenedAt)}`}`
    : 'Not opened yet';
  const works = { open: `works until ${date(link.expiresAt)}`, expired: 'does not work any more: its time is over', revoked: 'is revoked' };
  return { isOpen: link.state === 'open', seen, works: works[link.state], made: `made ${at(link.madeAt)} by ${link.madeBy}` };
}

/** Why the customer can't answer what they were sent, or null. */
function problemOf(order: WorkOrderDetails, sent: NonNullable<CustomerSide['sent']>, estimateDays: number): string | null {
  if (!isAsSent(sent.content, contentOf(order))) return 'Changed since it was sent: send it again.';
  const until = goodUntil(new Date(sent.at), estimateDays);
  return until <= new Date() ? `It was good until ${showDate(until, order.timeZone)}: send it again.` : null;
}

function contentOf({ jobs, orderLines, terms }: WorkOrderDetails): Content {
  const lines = (own: Line[]) => own.map(({ coreOfId, ...line }) => ({ ...line, coreOf: coreOfId }));
  return { jobs: jobs.map((job) => ({ ...job, lines: lines(job.lines) })), lines: lines(orderLines), terms };
}
