import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { choices, getKeptCustomer, toFields } from './customers.js';
import { getCustomer, listVisits } from './details.js';
import type { EditConflict } from './edit.js';
import { findCustomers, findDuplicates, listCustomers } from './list.js';
import { CUSTOMER_FIELDS, CUSTOMER_LABELS, fullName, NO_FIELDS } from './rules.js';

/** @param after id of the last one seen; of no meaning when something is looked for */
export async function listPage(db: Database, viewer: Viewer, find: string, after: number | null): Promise<Answer> {
  const { customers, next } = find
    ? { customers: await findCustomers(db, viewer.shop, find), next: null }
    : await listCustomers(db, viewer.shop, after);
  return page('customers/list', { title: 'Customers', find, after, customers, next });
}

/**
 * The page of a customer; of a duplicate, the way to the one that is kept.
 * @param refused what a form of a contact was refused for, and of which one; 0 is the new one
 */
export async function showPage(
  db: Database,
  viewer: Viewer,
  id: number,
  before: number | null,
  refused: (Refused & { contact: number; conflicts?: object }) | null = null,
): Promise<Answer> {
  const customer = await getCustomer(db, viewer.shop, viewer.timeZone, id);
  // What was typed must not vanish with the way to another page.
  if (customer.mergedInto && refused) throw new NotFound('That customer was put together with another one.');
  if (customer.mergedInto) return done(`/customers/${customer.mergedInto}`);
  const [visits, duplicates] = await Promise.all([
    listVisits(db, viewer.shop, viewer.timeZone, customer.currency, id, before),
    findDuplicates(db, viewer.shop, id),
  ]);
  return page('customers/show', {
    ...{ title: fullName(customer.fields), customer, name: fullName(customer.fields), duplicates, fullName },
    ...{ ...visits, older: before !== null, requestId: randomUUID(), labels: CUSTOMER_LABELS },
    ...{ at: refused?.contact ?? null, values: refused?.values ?? {}, errors: refused?.fields ?? {}, conflicts: refused?.conflicts ?? {} },
  });
}

/** The form for a new customer, empty or with what was typed. */
export async function newPage(db: Database, viewer: Viewer, refused: Refused | null): Promise<Answer> {
  return page('customers/form', {
    ...{ title: 'New customer', action: '/customers', back: '/customers', requestId: String(refused?.values.requestId ?? randomUUID()) },
    ...{ values: { ...NO_FIELDS, ...refused?.values }, original: {}, conflicts: {}, errors: refused?.fields ?? {} },
    ...{ labels: CUSTOMER_LABELS, ...(await choices(db, viewer.shop)) },
  });
}

/**
 * The form that changes a customer; `original` travels with it.
 * @param conflict the fields that both changed: the form then shows both, and saving again takes mine
 */
export async function editPage(
  db: Database,
  viewer: Viewer,
  id: number,
  refused: Refused | null,
  conflict?: EditConflict,
): Promise<Answer> {
  const current = toFields(await getKeptCustomer(db, viewer.shop, id));
  // A box that is not ticked is not sent.
  const typed = refused ? { ...current, poRequired: '', onAccount: '', taxExempt: '', ...refused.values } : current;
  return {
    ...page('customers/form', {
      ...{ title: `Change ${fullName(current)}`, action: `/customers/${id}/edits`, back: `/customers/${id}`, requestId: null },
      ...{ values: typed, original: originalsFor(current, CUSTOMER_FIELDS, refused, conflict), conflicts: conflict?.conflicts ?? {} },
      ...{ errors: refused?.fields ?? {}, labels: CUSTOMER_LABELS, ...(await choices(db, viewer.shop)) },
    }),
    status: conflict ? 409 : 200,
  } as Answer;
}

/** What a form is to send as `original.…`: what it had when it was opened, and what the other wrote where both wrote. */
export function originalsFor(
  current: Record<string, string>,
  names: readonly string[],
  refused: Refused | null,
  conflict?: EditConflict<unknown>,
): Record<string, string> {
  const sent = (name: string) => refused?.values[`original.${name}`];
  return Object.fromEntries(
    names.map((name) => [name, conflict?.conflicts[name] ? (current[name] ?? '') : String(sent(name) ?? current[name] ?? '')]),
  );
}

/** Where another customer is chosen: who pays, or with whom this one is put together. */
export async function choosePage(
  db: Database,
  viewer: Viewer,
  id: number,
  what: 'payers' | 'merges',
  find: string,
  refused: Refused | null,
): Promise<Answer> {
  const row = await getKeptCustomer(db, viewer.shop, id);
  const found = find ? await findCustomers(db, viewer.shop, find, 10) : what === 'merges' ? await findDuplicates(db, viewer.shop, id) : [];
  const name = fullName(row);
  return page('customers/choose', {
    ...{ title: what === 'payers' ? `Who pays for ${name}` : `Put ${name} together with another`, what, id, name, find, fullName },
    ...{ found: found.filter((one) => one.id !== id), billTo: row.bill_to_id, errors: refused?.fields ?? {} },
  });
}
