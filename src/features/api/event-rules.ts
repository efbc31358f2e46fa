import { can } from '../staff/permissions.js';
import type { Audience } from '../work-orders/audiences.js';

/** Who sees events of a noun: the same people who see it on the pages. What is not named here only managers see. */
const SEEN_WITH: Record<string, string> = {
  ...{ card: 'board.see', column: 'board.see', label: 'board.see', 'work-order': 'board.see', comment: 'board.see', media: 'board.see' },
  ...{ job: 'board.see', line: 'board.see', meter: 'board.see', consent: 'board.see', inspection: 'board.see', finding: 'board.see' },
  ...{ hold: 'board.see', quality: 'board.see', link: 'board.see', question: 'board.see', vehicle: 'vehicle.see' },
  ...{ customer: 'customer.see', contact: 'customer.see' },
  ...{ estimate: 'price.see', invoice: 'price.see', payment: 'price.see', till: 'till.close' },
};

/** Nouns whose events hold prices or costs. */
const PRICED = new Set(['job', 'line', 'consent']);

/** All that of those is shown to who sees no prices: what it is about, never an amount. */
const PLAIN = new Set(['number', 'job', 'line', 'of', 'name', 'option', 'description', 'kind', 'direction', 'canned', 'concern', 'method']);

export function maySee(role: string, kind: string): boolean {
  return can(role, SEEN_WITH[nounOf(kind)] ?? 'data.export');
}

/** What an event says, for an audience; see audiences.ts. */
export function detailsFor(audience: Audience, kind: string, data: Record<string, unknown>): Record<string, unknown> {
  if (audience === 'desk' || !PRICED.has(nounOf(kind))) return data;
  return Object.fromEntries(Object.entries(data).filter(([key, value]) => PLAIN.has(key) && typeof value !== 'object'));
}

function nounOf(kind: string): string {
  return kind.split('.', 1)[0] as string;
}
