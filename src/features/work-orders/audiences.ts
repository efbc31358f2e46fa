import { NO_CUSTOMER_SIDE } from '../approvals/of-order.js';
import { can } from '../staff/permissions.js';
import type { WorkOrderDetails } from './details.js';
import type { Line } from './whole.js';

/** Who looks at a work order: those who see its prices, and those who do not. Each is a room of its own. */
export type Audience = 'desk' | 'floor';

/** Cost and price go together on the page; whoever may not see both sees neither. */
export function audienceOf(role: string): Audience {
  return can(role, 'price.see') && can(role, 'cost.see') ? 'desk' : 'floor';
}

/** The order as an audience may have it. For the floor there is no money in it at all: what is not there can't be shown. */
export function forAudience(order: WorkOrderDetails, audience: Audience): WorkOrderDetails {
  if (audience === 'desk') return order;
  const none = { subtotalCents: 0, taxCents: 0, totalCents: 0 };
  return {
    ...order,
    jobs: order.jobs.map((job) => ({ ...job, approvedCents: null, lines: job.lines.filter(isWork).map(withoutMoney) })),
    orderLines: [],
    terms: null,
    totals: {
      ...{ ...none, outside: none, lines: new Map(), jobs: new Map(), taxes: [], laborCents: 0, partsCents: 0 },
      ...{ subletCents: 0, feesCents: 0, coresCents: 0, suppliesCents: 0, discountCents: 0 },
    },
    paidCents: 0,
    payments: [],
    authorizations: [],
    revisions: [],
    visit: { ...order.visit, customer: NO_CUSTOMER_SIDE },
    history: order.history.flatMap((line) => (line.floor === null ? [] : [{ ...line, what: line.floor }])),
  };
}

/** What somebody does or puts in; fees, cores and discounts are only money. */
function isWork({ kind }: Line): boolean {
  return kind === 'labor' || kind === 'part' || kind === 'tire' || kind === 'sublet';
}

function withoutMoney(line: Line): Line {
  return { ...line, priceCents: 0, costCents: 0, discountPpm: null, taxes: [], vendorInvoice: '', laborRateId: null };
}
