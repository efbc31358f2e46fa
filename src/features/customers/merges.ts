import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { type CustomerRow, getCustomerRow, getKeptCustomer, toFields } from './customers.js';
import { tellOpenOrders } from './edit.js';
import { closeMerge, findFilled, findGaps, giveBack, idsOf, keepMerge, type Merge, type Owning, takeOver } from './merging.js';

/** Everything that belongs to a customer, by the name under which a merge remembers it. */
const BELONGINGS: Record<string, Owning> = {
  vehicles: { table: 'vehicles', column: 'customer_id' },
  workOrders: { table: 'work_orders', column: 'customer_id' },
  appointments: { table: 'appointments', column: 'customer_id' },
  contacts: { table: 'contacts', column: 'customer_id' },
  formerOwners: { table: 'former_owners', column: 'customer_id' },
  paidOrders: { table: 'work_orders', column: 'bill_to_id' },
  paidCustomers: { table: 'customers', column: 'bill_to_id' },
};
/** Taken from the duplicate where the kept one says nothing. */
const GAPS = ['company', 'phone', 'email', 'address', 'billing_address', 'notes', 'po_required', 'on_account'] as const;
/** What a filled column goes back to, where that is not an empty text. */
const UNSAID: Partial<CustomerRow> = { po_required: false, on_account: false, tax_exempt: false, bill_to_id: null };

/**
 * Puts a duplicate together with the customer that is kept: vehicles, visits, contacts and what it pays for move, and gaps are filled from
 * it. A phone number or e-mail that differs stays as a contact.
 */
export function mergeCustomers(db: Database, actor: Actor, gone: number, into: number): Promise<Changed<{ merge: number }>> {
  return change(db, actor, {}, async (tx) => {
    if (gone === into) throw new Invalid({ into: 'These are one already. Choose another one.' });
    const [duplicate, kept] = [await getKeptCustomer(tx.db, tx.shop, gone), await getKeptCustomer(tx.db, tx.shop, into)];
    const paysForOthers = await paysFor(tx, [gone, into]);
    if (paysForOthers && kept.bill_to_id !== null && kept.bill_to_id !== gone)
      throw new Invalid({ into: 'Together they would pay for others while somebody else pays for them. Choose first who really pays.' });
    await tellOpenOrders(tx, { customer: gone }, differences(duplicate, kept), toFields(duplicate));
    const moved: Record<string, unknown> = {};
    for (const [name, owning] of Object.entries(BELONGINGS)) moved[name] = await takeOver(tx, owning, gone, into);
    // Whoever paid for the kept one may have been the duplicate: nobody pays for themselves.
    await tx.db
      .updateTable('customers')
      .set({ bill_to_id: null })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', into)
      .where('bill_to_id', '=', into)
      .execute();
    moved.filled = await fill(tx, kept, duplicate, paysForOthers);
    moved.added = await keepOtherNumbers(tx, kept, duplicate);
    await tx.db.updateTable('customers').set({ merged_into_id: into }).where('shop_id', '=', tx.shop).where('id', '=', gone).execute();
    const merge = await keepMerge(tx, { kind: 'customer', kept: into, gone, moved });
    tx.record('customer.merged', null, {
      ...{ merge, kept: into, gone },
      vehicles: idsOf(moved, 'vehicles').length,
      workOrders: idsOf(moved, 'workOrders').length,
    });
    return { merge };
  });
}

/** What the cards of the duplicate will say instead. */
function differences(before: CustomerRow, after: CustomerRow): Record<string, string> {
  const [from, to] = [toFields(before), toFields(after)];
  return Object.fromEntries(
    (['name', 'company', 'phone', 'email'] as const).filter((field) => from[field] !== to[field]).map((field) => [field, to[field]]),
  );
}

/** Whether one of these pays for anybody else. */
async function paysFor(tx: Change, customers: number[]): Promise<boolean> {
  const other = await tx.db
    .selectFrom('customers')
    .select('id')
    .where('shop_id', '=', tx.shop)
    .where('bill_to_id', 'in', customers)
    .where('id', 'not in', customers)
    .where('merged_into_id', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

async function fill(tx: Change, kept: CustomerRow, duplicate: CustomerRow, paysForOthers: boolean): Promise<object> {
  // An exemption is worth as much as its certificate: both or neither.
  const isExempt = !kept.tax_exempt && kept.tax_certificate === '' && duplicate.tax_exempt;
  // One step only: whoever pays for others is paid for by nobody.
  const mayBePaidFor = !paysForOthers && duplicate.bill_to_id !== kept.id;
  const gaps = {
    ...findGaps(kept, duplicate, GAPS),
    ...(isExempt && findGaps(kept, duplicate, ['tax_exempt', 'tax_certificate'])),
    ...(mayBePaidFor && findGaps(kept, duplicate, ['bill_to_id'])),
  };
  if (Object.keys(gaps).length > 0)
    await tx.db.updateTable('customers').set(gaps).where('shop_id', '=', tx.shop).where('id', '=', kept.id).execute();
  return gaps;
}

async function keepOtherNumbers(tx: Change, kept: CustomerRow, duplicate: CustomerRow): Promise<number[]> {
  const other = (own: string, theirs: string) => (own !== '' && theirs !== own ? theirs : '');
  const phone = other(kept.phone, duplicate.phone);
  const email = other(kept.email, duplicate.email);
  if (!phone && !email) return [];
  const { id } = await tx.db
    .insertInto('contacts')
    .values({ shop_id: tx.shop, customer_id: kept.id, name: duplicate.name, role: 'from a duplicate', phone, email })
    .returning('id')
    .executeTakeFirstOrThrow();
  return [id];
}

/** Takes a merge back: what moved then and is still there goes back. */
export async function undoCustomerMerge(tx: Change, merge: Merge): Promise<void> {
  const { kept, gone, moved } = merge;
  const [row, duplicate] = [await getCustomerRow(tx.db, tx.shop, kept), await getCustomerRow(tx.db, tx.shop, gone)];
  await closeMerge(tx, merge, row);
  for (const [name, owning] of Object.entries(BELONGINGS)) await giveBack(tx, owning, idsOf(moved, name), kept, gone);
  // Whoever had paid for the kept one was the duplicate, unless somebody else was chosen since.
  if (row.bill_to_id === null && idsOf(moved, 'paidCustomers').includes(kept))
    await tx.db.updateTable('customers').set({ bill_to_id: gone }).where('shop_id', '=', tx.shop).where('id', '=', kept).execute();
  const held = findFilled(row, (moved.filled ?? {}) as Record<string, unknown>);
  // With another certificate by now, the exemption is the kept one's own.
  const filled = held.filter((column) => column !== 'tax_exempt' || held.includes('tax_certificate'));
  if (filled.length > 0)
    await tx.db
      .updateTable('customers')
      .set(Object.fromEntries(filled.map((column) => [column, column in UNSAID ? UNSAID[column as keyof CustomerRow] : ''])))
      .where('shop_id', '=', tx.shop)
      .where('id', '=', kept)
      .execute();
  const added = idsOf(moved, 'added');
  if (added.length > 0)
    await tx.db
      .deleteFrom('contacts')
      .where('shop_id', '=', tx.shop)
      .where('customer_id', '=', kept)
      .where('role', '=', 'from a duplicate')
      .where('id', 'in', added)
      .execute();
  await tx.db.updateTable('customers').set({ merged_into_id: null }).where('shop_id', '=', tx.shop).where('id', '=', gone).execute();
  tx.record('customer.merge-undone', null, { merge: merge.id, kept, gone });
  await tellOpenOrders(tx, { customer: gone }, differences(row, duplicate), toFields(row));
}
