import { fromLocalInput } from '../../platform/time.js';

/** Kinds of events as people look for them: what they are called, and the first words of the kinds that belong to them. */
export const KINDS: Record<string, { name: string; nouns: string[] }> = {
  board: { name: 'Board', nouns: ['card', 'column', 'label'] },
  orders: { name: 'Work orders and comments', nouns: ['work-order', 'comment', 'notice'] },
  jobs: { name: 'Jobs and lines', nouns: ['job', 'line', 'meter'] },
  money: { name: 'Estimates, approvals, money', nouns: ['estimate', 'consent', 'invoice', 'payment', 'till'] },
  inspections: { name: 'Inspections and safety', nouns: ['inspection', 'finding', 'quality', 'hold'] },
  pictures: { name: 'Pictures', nouns: ['media'] },
  links: { name: 'The customer’s page', nouns: ['link', 'question', 'customer-page'] },
  customers: { name: 'Customers and vehicles', nouns: ['customer', 'contact', 'vehicle'] },
  appointments: { name: 'Appointments', nouns: ['appointment', 'calendar-feed'] },
  messages: { name: 'Messages', nouns: ['message', 'message-settings', 'message-template'] },
  people: { name: 'People and roles', nouns: ['staff', 'shop'] },
  data: { name: 'Import, export, other programs', nouns: ['data', 'part', 'webhook', 'api-token'] },
  settings: {
    name: 'Settings',
    nouns: [
      ...['labor-rate', 'price-matrix', 'fee', 'canned-job', 'tax-rate', 'tax-terms', 'supplies', 'jurisdiction', 'paper', 'logo'],
      ...['numbering', 'house-rules', 'visits', 'tv', 'inspection-template', 'retention', 'opening-hours', 'special-days'],
      ...['booking', 'bay', 'technician-hours', 'absence'],
    ],
  },
};

/** What of the log is asked for. Days are those of the shop's clock, both of them included. */
export interface Filter {
  person: number | null;
  order: number | null;
  /** A customer or a vehicle, as `customer-12`; empty for all. */
  about: string;
  kind: string;
  from: string;
  to: string;
}

/** What a filter's `about` names. */
export interface Thing {
  kind: 'customer' | 'vehicle';
  id: number;
}

/** @param about `customer-12` or `vehicle-7`; null for anything else */
export function readThing(about: string): Thing | null {
  const [, kind, id] = /^(customer|vehicle)-([1-9]\d{0,14})$/.exec(about) ?? [];
  return kind ? { kind: kind as Thing['kind'], id: Number(id) } : null;
}

/**
 * The time from the first day's beginning to the last day's end.
 * @param filter its days as `2026-11-23`; what is no day is no bound
 * @returns `until` is the first moment that no longer counts
 */
export function boundsOf({ from, to }: Pick<Filter, 'from' | 'to'>, timeZone: string): { since: Date | null; until: Date | null } {
  const since = fromLocalInput(`${from}T00:00`, timeZone);
  const last = fromLocalInput(`${to}T00:00`, timeZone);
  if (!last) return { since, until: null };
  const next = new Date(`${to}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return { since, until: fromLocalInput(`${next.toISOString().slice(0, 10)}T00:00`, timeZone) };
}

/** The filter as the end of an address: `person=3&kind=money`. */
export function toQuery(filter: Partial<Filter>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== null && value !== '') query.set(name, String(value));
  return query.toString();
}
