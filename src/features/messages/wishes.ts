import { sql } from 'kysely';
import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Fields, mergeRow, type Row, type Texts, text } from '../settings/fields.js';
import { type Channel, type Consent, isAbout, keyAsked, recordConsent, type Topic } from './consents.js';

/** How a customer wants to be written to. */
export const WISHES: Fields = { language: text('language'), timeZone: text('time_zone'), channel: text('preferred_channel') };

/** A word of theirs, of those that are on record. */
export interface Said {
  channel: Channel;
  topic: Topic;
  isGranted: boolean;
  saidBy: Consent['saidBy'];
  words: string;
  takenBy: string | null;
  at: string;
}

export interface Wishes {
  row: Row;
  name: string;
  phone: string;
  email: string;
  /** About the addresses that they have now, the latest first. */
  said: Said[];
}

/** @throws NotFound when the shop has no such customer */
export async function readWishes(db: Database, shop: number, customer: number): Promise<Wishes> {
  const { rows } = await sql<Row & Pick<Wishes, 'name' | 'phone' | 'email'>>`
    select coalesce(nullif(company, ''), name) as name, phone, email, language, time_zone, preferred_channel
    from customers where shop_id = ${shop} and id = ${customer} and merged_into_id is null`.execute(db);
  const [row] = rows;
  if (!row) throw new NotFound('That customer is not here.');
  const said = await sql<Said>`
    select channel, topic, is_granted as "isGranted", said_by as "saidBy", words, t.name as "takenBy", at
    from message_consents said left join staff t on t.id = said.taken_by
    where said.shop_id = ${shop} and (${isAbout('mail', keyAsked('mail', row.email))} or ${isAbout('sms', keyAsked('sms', row.phone))})
    order by said.id desc limit 50`.execute(db);
  return { row, name: row.name, phone: row.phone, email: row.email, said: said.rows };
}

/** Saves how they want to be written to. @param original what the form showed @throws NotFound; Conflict when both changed the same */
export async function saveWishes(db: Database, actor: Actor, customer: number, original: Texts, mine: Row): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { row } = await readWishes(tx.db, tx.shop, customer);
    const edit = mergeRow(WISHES, row, original, mine);
    if (!edit) return;
    await tx.db.updateTable('customers').set(edit.set).where('shop_id', '=', tx.shop).where('id', '=', customer).execute();
    tx.record('customer.changed', null, { customer, from: edit.from, to: edit.to });
  });
}

/** Takes down what they said to somebody of the shop. @throws NotFound; Invalid when they have no such address */
export async function takeDown(
  db: Database,
  actor: Actor,
  customer: number,
  said: Pick<Consent, 'channel' | 'topic' | 'isGranted' | 'words'>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { phone, email } = await readWishes(tx.db, tx.shop, customer);
    const address = said.channel === 'mail' ? email : phone;
    await recordConsent(tx, { ...said, address, saidBy: 'staff', customer });
  });
}
