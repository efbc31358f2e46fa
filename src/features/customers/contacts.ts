import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { mergeEdits } from '../work-orders/merge.js';
import { getKeptCustomer } from './customers.js';
import { EditConflict } from './edit.js';

export const CONTACT_FIELDS = ['name', 'role', 'phone', 'email'] as const;
export type ContactFields = Record<(typeof CONTACT_FIELDS)[number], string>;

/** Adds a person, or a further number, to a customer. */
export function addContact(
  db: Database,
  actor: Actor,
  customer: number,
  fields: ContactFields,
  requestId?: string,
): Promise<Changed<{ contact: number }>> {
  return change(db, actor, { requestId: requestId && `contacts/${customer}/${requestId}` }, async (tx) => {
    await getKeptCustomer(tx.db, tx.shop, customer);
    const { id } = await tx.db
      .insertInto('contacts')
      .values({ shop_id: tx.shop, customer_id: customer, ...fields })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('contact.added', null, { customer, contact: id, ...fields });
    return { contact: id };
  });
}

/**
 * Saves the form of a contact, field by field.
 * @param original each field as the form showed it; what is not given is taken as it is now
 * @param mine what is not given stays
 * @throws EditConflict when somebody else changed the same field meanwhile
 */
export async function changeContact(
  db: Database,
  actor: Actor,
  customer: number,
  contact: number,
  original: Partial<ContactFields>,
  mine: Partial<ContactFields>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const before = await getContact(tx, customer, contact);
    const { changes, conflicts } = mergeEdits({ ...before, ...original }, { ...before, ...mine }, before);
    if (Object.keys(conflicts).length > 0) throw new EditConflict(conflicts, before);
    if (Object.keys(changes).length === 0) return;
    await tx.db.updateTable('contacts').set(changes).where('shop_id', '=', tx.shop).where('id', '=', contact).execute();
    const from = Object.fromEntries(Object.keys(changes).map((field) => [field, before[field as keyof ContactFields]]));
    tx.record('contact.changed', null, { customer, contact, from, to: changes });
  });
}

export async function removeContact(db: Database, actor: Actor, customer: number, contact: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const before = await getContact(tx, customer, contact);
    await tx.db.deleteFrom('contacts').where('shop_id', '=', tx.shop).where('id', '=', contact).execute();
    tx.record('contact.removed', null, { customer, contact, ...before });
  });
}

async function getContact(tx: Change, customer: number, contact: number): Promise<ContactFields> {
  const row = await tx.db
    .selectFrom('contacts')
    .select(CONTACT_FIELDS)
    .where('shop_id', '=', tx.shop)
    .where('customer_id', '=', customer)
    .where('id', '=', contact)
    .executeTakeFirst();
  if (!row) throw new NotFound('That contact is not here any more.');
  return row;
}
