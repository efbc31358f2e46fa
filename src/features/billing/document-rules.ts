// Whether a document may be made of an order, as rules: pure, no database. Each refusal is a sentence that says what to do.
import { showMoney } from './amounts.js';
import { type ConsentJob, isAuthorized, isOpenQuestion, type Progress } from './consent.js';
import { ceiling, overCeiling, type Sums, type Terms, type Totals } from './rules.js';
import type { Authorized } from './state.js';

export interface Payer {
  /** As people call it: the company, or the person. */
  name: string;
  poRequired: boolean;
  onAccount: boolean;
}

export interface DocumentFacts {
  number: number;
  jobs: (ConsentJob & { name: string; progress: Progress })[];
  lineCount: number;
  totals: Totals;
  terms: Terms | null;
  /** Null before the first consent. */
  authorized: Authorized | null;
  /** What is charged for the order as a whole now, by outsideOf(). */
  outside: Sums;
  paidCents: number;
  poNumber: string;
  payer: Payer;
}

/** @returns why no invoice can be made of it, or null */
export function refuseInvoice(facts: DocumentFacts): string | null {
  const { number, jobs, lineCount, poNumber, payer } = facts;
  if (lineCount === 0) return `WO-${number} has no lines yet: there is nothing to invoice.`;
  const open = jobs.filter(isOpenQuestion);
  if (open.length > 0) return `The customer has not answered about ${list(open)} yet. Record the answer first.`;
  const unfinished = jobs.filter((job) => isAuthorized(job) && job.progress !== 'complete');
  if (unfinished.length > 0) return `${list(unfinished)} ${unfinished.length === 1 ? 'is' : 'are'} not complete yet.`;
  if (payer.poRequired && poNumber === '')
    return `${payer.name} wants a purchase order number on each invoice. Write it on WO-${number} first.`;
  return refuseSum(facts) ?? refuseOutside(facts);
}

/** @returns why it can't be posted, or null */
export function refusePosting(facts: DocumentFacts): string | null {
  const { number, payer, totals, paidCents } = facts;
  const refused = refuseInvoice(facts);
  if (refused) return refused;
  const due = totals.totalCents - paidCents;
  const money = (cents: number) => showMoney(cents, facts.terms?.currency ?? 'USD');
  if (due > 0 && !payer.onAccount)
    return `${money(due)} of WO-${number} is not paid. Take the payment first, or allow ${payer.name} to pay on account.`;
  if (due < 0) return `The shop owes ${payer.name} ${money(-due)} on WO-${number}. Give it back first.`;
  return null;
}

/** Above what was authorized and what the jurisdiction allows on top: both sums, and what to do. */
export function refuseSum({
  number,
  totals,
  terms,
  authorized,
}: Pick<DocumentFacts, 'number' | 'totals' | 'terms' | 'authorized'>): string | null {
  if (!terms) return null;
  const over = overCeiling(totals, authorized ?? { cents: 0, beforeTaxCents: 0 }, terms.jurisdiction);
  if (!over) return null;
  const money = (cents: number) => showMoney(cents, terms.currency);
  const { beforeTax } = terms.jurisdiction;
  const charged = money(beforeTax ? totals.totalCents - totals.taxCents : totals.totalCents);
  const given = money((beforeTax ? authorized?.beforeTaxCents : authorized?.cents) ?? 0);
  const allowed = authorized && over.ceilingCents !== (beforeTax ? authorized.beforeTaxCents : authorized.cents);
  return (
    `WO-${number} comes to ${charged}${beforeTax ? ' before tax' : ''}, but the customer has authorized ${given}` +
    `${allowed ? `, which allows up to ${money(over.ceilingCents)} here` : ''}. Record the customer’s consent to the new sum, or lower it.`
  );
}

/**
 * What was added to the order as a whole is no line of a job that would be asked about again: what was left out elsewhere
 * must not pay for it. As far as the jurisdiction lets a sum go without asking, it may go.
 */
function refuseOutside({ number, outside, terms, authorized }: DocumentFacts): string | null {
  if (!terms || !authorized) return null;
  const { beforeTax } = terms.jurisdiction;
  const of = (sums: Sums) => (beforeTax ? sums.totalCents - sums.taxCents : sums.totalCents);
  const given = beforeTax ? authorized.beforeTaxCents : authorized.cents;
  const added = of(outside) - of(authorized.outside);
  if (added <= 0 || added <= ceiling(given, terms.jurisdiction) - given) return null;
  const money = showMoney(added, terms.currency);
  return `What was added to the whole of WO-${number}, ${money}, has not been approved yet. Record the customer’s consent to it, or take it off.`;
}

function list(jobs: { name: string }[]): string {
  const names = jobs.map((job) => job.name);
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
