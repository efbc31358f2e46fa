import { type RawBuilder, sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { isNumber } from './phones.js';

export type Channel = 'mail' | 'sms';
export type Topic = 'service' | 'marketing';

/** An address as consents keep it: a value, or a column of the query that it stands in. */
type Key = RawBuilder<string>;

/** A word of somebody about what they want to receive at an address. */
export interface Consent {
  channel: Channel;
  address: string;
  topic: Topic;
  isGranted: boolean;
  saidBy: 'booking' | 'staff' | 'reply' | 'link';
  /** What they agreed to, or sent: the proof of it. */
  words: string;
  customer: number | null;
}

/** An address as messages have it: mail in lower case, a phone number as its digits with what stands in front of them. */
export function normalAddress(channel: Channel, address: string): string {
  if (channel === 'mail') return address.trim().toLowerCase();
  // +49 (0)30 is dialed with its country, or with its zero.
  return address
    .replace(/(?<=\d\s*)\(0\)/g, '')
    .replace(/[^\d+]/g, '')
    .replace(/(?!^)\+/g, '');
}

/** An address as consents keep it: of a number the last ten digits. Which ones are the same, only isNumber() knows. */
export function keyOf(channel: Channel, address: string): string {
  const normal = normalAddress(channel, address);
  return channel === 'mail' ? normal : normal.replace(/\D/g, '').slice(-10);
}

/** keyOf(), for a question in SQL. */
export const keyAsked = (channel: Channel, address: string): Key => sql`${keyOf(channel, address)}::text`;

/** keyOf(), in SQL: of a column with addresses. */
export function keyIn(channel: Channel, column: RawBuilder<unknown>): Key {
  if (channel === 'mail') return sql`lower(btrim(${column}, E' \\t\\r\\n'))`;
  return sql`right(regexp_replace(regexp_replace(${column}, '(?<=\\d\\s*)\\(0\\)', '', 'g'), '[^0-9]', '', 'g'), 10)`;
}

/**
 * Whether the consent `said` is about an address, in SQL. A no counts for whatever may be the same number, a yes only for what surely
 * is.
 */
export function isAbout(channel: Channel, key: Key): RawBuilder<boolean> {
  const column = sql<string>`said.address`;
  return channel === 'mail'
    ? sql`(said.channel = 'mail' and ${column} = ${key})`
    : sql`(said.channel = 'sms' and ${isNumber(column, key, 'perhaps')} and (not said.is_granted or ${isNumber(column, key, 'surely')}))`;
}

/** Takes down what somebody said; what they said before stays on record. @throws Invalid for what is no address */
export async function recordConsent(tx: Change, consent: Consent): Promise<void> {
  const { channel, topic, isGranted, saidBy, words, customer } = consent;
  const address = keyOf(channel, consent.address);
  if (address === '') throw new Invalid({ address: 'That is not an address.' });
  await tx.db
    .insertInto('message_consents')
    .values({
      ...{ shop_id: tx.shop, channel, address, topic, is_granted: isGranted, said_by: saidBy, words },
      ...{ customer_id: customer, taken_by: tx.actor.staff, at: tx.now },
    })
    .execute();
  if (!isGranted) {
    // What waits to be sent by hand is not offered any more either.
    const same = channel === 'mail' ? sql`address = ${address}` : isNumber(keyIn(channel, sql`address`), sql`${address}::text`, 'perhaps');
    const about = topic === 'service' ? sql`occasion <> 'stop'` : sql`occasion in ('declined', 'due')`;
    await sql`update messages set state = 'withdrawn', waits_for = null, hold_until = null, ended_at = ${tx.now}, trouble = 'They want no more messages.'
      where shop_id = ${tx.shop} and channel = ${channel} and direction = 'out' and state = 'by-hand' and ${about} and ${same}`.execute(
      tx.db,
    );
  }
  tx.record(isGranted ? 'message.wanted' : 'message.stopped', null, { channel, topic, saidBy, ...(customer && { customer }) });
}

/** The last word of a topic about an address; null when there is none. */
function lastWord(shop: number, channel: Channel, key: Key, topic: Topic): RawBuilder<boolean | null> {
  return sql`(select said.is_granted from message_consents said
    where said.shop_id = ${shop} and ${isAbout(channel, key)} and said.topic = ${topic} order by said.id desc limit 1)`;
}

/**
 * Whether something may be sent to an address, in SQL. Text messages want a yes for each topic, marketing by mail, too; a mail about one's
 * own vehicle wants none (47 CFR 64.1200(a), (f)(9); 15 USC 7704(a)(3) for mail that advertises). A STOP ends all of that channel.
 */
export function mayWriteTo(shop: number, channel: Channel, key: Key, topic: Topic): RawBuilder<boolean> {
  const otherwise = channel === 'mail' && topic === 'service';
  return sql`(${lastWord(shop, channel, key, 'service')} is not false and coalesce(${lastWord(shop, channel, key, topic)}, ${otherwise}::boolean))`;
}

/** Whether they stopped it, in SQL: then nobody writes to them there, by hand neither. */
export function isStopped(shop: number, channel: Channel, key: Key, topic: Topic): RawBuilder<boolean> {
  return sql`(${lastWord(shop, channel, key, 'service')} is false or ${lastWord(shop, channel, key, topic)} is false)`;
}

/** See mayWriteTo(). */
export function mayWrite(db: Database, shop: number, channel: Channel, address: string, topic: Topic): Promise<boolean> {
  return ask(db, mayWriteTo(shop, channel, keyAsked(channel, address), topic));
}

/** See isStopped(). */
export function hasStopped(db: Database, shop: number, channel: Channel, address: string, topic: Topic): Promise<boolean> {
  return ask(db, isStopped(shop, channel, keyAsked(channel, address), topic));
}

/** The answer to a question in SQL. */
export async function ask(db: Database, question: RawBuilder<boolean>): Promise<boolean> {
  const { rows } = await sql<{ answer: boolean }>`select ${question} as answer`.execute(db);
  return rows[0]?.answer === true;
}

/** The last word of each topic about an address. */
export async function whatTheySaid(db: Database, shop: number, channel: Channel, address: string): Promise<Record<Topic, boolean | null>> {
  const of = (topic: Topic) => lastWord(shop, channel, keyAsked(channel, address), topic);
  const { rows } = await sql<Record<Topic, boolean | null>>`select ${of('service')} as service, ${of('marketing')} as marketing`.execute(
    db,
  );
  return rows[0] as Record<Topic, boolean | null>;
}

const STOP = /^(stop|stopall|unsubscribe|cancel|end|quit|revoke|opt[ -]?out)[.!]?$/i;
const START = /^(start|unstop)[.!]?$/i;
const AMBIGUOUS = /^(cancel|end|quit)[.!]?$/i;

/** Whether a STOP may just as well be about the appointment or the work: it is obeyed, and somebody reads it all the same. */
export const isAmbiguous = (text: string) => AMBIGUOUS.test(text.trim());

/** What a reply says of messages: the words that 47 CFR 64.1200(a)(10) names, alone. */
export function readReply(text: string): 'stop' | 'start' | null {
  const said = text.trim();
  return STOP.test(said) ? 'stop' : START.test(said) ? 'start' : null;
}
