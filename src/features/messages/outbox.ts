import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { addJob } from '../../platform/jobs/jobs.js';
import { ask, type Channel, isStopped, keyAsked, keyIn, mayWriteTo, normalAddress, type Topic } from './consents.js';
import { byDay } from './quiet-hours.js';
import { isMailAddress } from './rules.js';
import {
  chooseWords,
  fill,
  fillSubject,
  type Mode,
  type Name,
  OCCASIONS,
  type OccasionName,
  type Template,
  type Words,
} from './templates.js';

/** Name of the task that sends; jobs that wait name it. */
export const SEND = 'messages-send';

/** To whom; what is empty is looked up with the customer, or is the shop's. */
export interface Recipient {
  customer: number | null;
  name: string;
  mail: string;
  phone: string;
  /** A tag of BCP 47: `de-AT`. */
  language: string;
  /** Of the IANA database: `Asia/Kolkata`. */
  timeZone: string;
}

export interface Outgoing {
  occasion: OccasionName;
  /** Never two of the same: `reminder/812`. */
  onceKey: string;
  to: Recipient;
  /** Ids of what it is about. */
  workOrder?: number | null;
  appointment?: number | null;
  /** Of a card that came to a column. */
  column?: number | null;
  /** What the text names; the shop, its phone and the customer are known. */
  values: Partial<Record<Name, string>>;
  /** Not before. */
  dueAt?: Date;
  /** Somebody said that it should go, or it has been shown before. */
  evenIfAsked?: boolean;
  /** Nobody is there to be asked: what a shop wants to be asked about waits among the messages until somebody sends it. */
  propose?: boolean;
  /** The customer waits for it this moment, by day or night: nothing to take back. */
  atOnce?: boolean;
}

/** What would be sent, and how. */
export interface Draft {
  channel: Channel;
  address: string;
  name: string;
  language: string;
  timeZone: string;
  subject: string;
  text: string;
  mode: Mode;
  /** Whether this installation sends it by itself. */
  isSentHere: boolean;
}

/**
 * Puts a message into the outbox, in the caller's change: in the customer's language, by the way that they want and allow, due
 * after the seconds in which it can be taken back and outside the customer's night. Where nothing sends it by itself, it waits for
 * somebody to send it by hand.
 * @returns its id; null when nothing is to be written: by the shop's template, because there is no way that they allow, or because
 * it was written before (`onceKey`)
 */
export async function writeMessage(tx: Change, message: Outgoing): Promise<number | null> {
  const draft = await draftMessage(tx.db, tx.shop, message);
  if (!draft) return null;
  const goes = draft.mode === 'always' || message.evenIfAsked === true;
  if (!goes && !(draft.mode === 'ask' && message.propose)) return null;
  return putInOutbox(tx, { ...message, ...draft, isSentHere: draft.isSentHere && goes, customer: message.to.customer });
}

interface Settings {
  language: string;
  day_begins: string;
  day_ends: string;
  undo_seconds: number;
  shop: string;
  phone: string;
  time_zone: string;
  customer_language: string | null;
  customer_time_zone: string | null;
  preferred_channel: Channel | '' | null;
  channels: Channel[];
  templates: Template[];
}

async function readSettings(db: Database, shop: number, customer: number | null, occasion: string, column: number): Promise<Settings> {
  const { rows } = await sql<Settings>`
    select m.language, m.day_begins::text, m.day_ends::text, m.undo_seconds, s.name as shop, b.phone, s.time_zone,
      c.language as customer_language, c.time_zone as customer_time_zone, c.preferred_channel,
      array(select channel from message_channels order by channel) as channels,
      coalesce((select jsonb_agg(jsonb_build_object('language', t.language, 'column', t.column_id, 'mode', t.mode, 'subject', t.subject,
        'text', t.text, 'shortText', t.short_text) order by t.column_id, t.language) from message_templates t
        where t.shop_id = s.id and t.occasion = ${occasion} and t.column_id in (0, ${column})), '[]') as templates
    from shops s join message_settings m on m.shop_id = s.id join billing_settings b on b.shop_id = s.id
    left join customers c on c.shop_id = s.id and c.id = ${customer}
    where s.id = ${shop}`.execute(db);
  const settings = rows[0];
  if (!settings) throw new Error(`There is no shop ${shop}.`);
  return settings;
}

/**
 * What writeMessage() would write, for a preview; nothing is changed.
 * @param anyWay whether they allow it is asked elsewhere
 * @returns null when there is no way that they allow
 */
export async function draftMessage(
  db: Database,
  shop: number,
  message: Pick<Outgoing, 'occasion' | 'to' | 'column' | 'values'>,
  anyWay = false,
): Promise<Draft | null> {
  const { occasion, to } = message;
  const settings = await readSettings(db, shop, to.customer, occasion, message.column ?? 0);
  const way = await chooseWay(db, shop, to, settings, anyWay ? null : OCCASIONS[occasion].topic);
  if (!way) return null;
  const languages = [to.language || settings.customer_language || '', settings.language].filter(Boolean);
  const words = chooseWords(occasion, settings.templates, message.column ?? 0, languages);
  const values = { shop: settings.shop, phone: settings.phone, customer: to.name, ...message.values };
  return {
    ...way,
    ...{ name: to.name, language: languages[0] as string, mode: words.mode },
    timeZone: to.timeZone || settings.customer_time_zone || settings.time_zone,
    ...textOf(words, way.channel, values),
  };
}

function textOf(words: Words, channel: Channel, values: Partial<Record<Name, string>>): { subject: string; text: string } {
  if (channel === 'sms') return { subject: '', text: fill(words.shortText, values) };
  return { subject: fillSubject(words.subject, values), text: fill(words.text, values) };
}

/** Of the ways that they allow the one they want; else one that this installation sends by itself; else the first, by hand. */
async function chooseWay(
  db: Database,
  shop: number,
  to: Recipient,
  settings: Pick<Settings, 'channels' | 'preferred_channel'>,
  topic: Topic | null,
): Promise<Pick<Draft, 'channel' | 'address' | 'isSentHere'> | null> {
  const ways: Pick<Draft, 'channel' | 'address' | 'isSentHere'>[] = [];
  for (const [channel, given] of [['mail', to.mail] as const, ['sms', to.phone] as const]) {
    const address = normalAddress(channel, given);
    const isSentHere = settings.channels.includes(channel);
    if (channel === 'mail' ? !isMailAddress(address) : address === '') continue;
    if (topic === null || (await ask(db, allows(shop, channel, keyAsked(channel, address), topic))))
      ways.push({ channel, address, isSentHere });
  }
  return ways.find(({ channel }) => channel === settings.preferred_channel) ?? ways.find(({ isSentHere }) => isSentHere) ?? ways[0] ?? null;
}

/** What a person sends with their own phone wants no consent in advance; but nobody writes to whom has said stop. */
function allows(shop: number, channel: Channel, key: RawBuilder<string>, topic: Topic): RawBuilder<boolean> {
  const may = mayWriteTo(shop, channel, key, topic);
  if (topic === 'marketing') return may;
  return sql`case when exists (select from message_channels here where here.channel = ${channel}) then ${may}
    else not ${isStopped(shop, channel, key, topic)} end`;
}

/** Whether there is a way that somebody allows, in SQL. @param to columns of the query that it stands in */
export function canBeTold(shop: number, occasion: OccasionName, to: { mail: RawBuilder<unknown>; phone: RawBuilder<unknown> }) {
  const { topic } = OCCASIONS[occasion];
  const mail = keyIn('mail', to.mail);
  return sql<boolean>`((${mail} ~ ${z.regexes.email.source} and length(${mail}) <= 254 and ${allows(shop, 'mail', mail, topic)})
    or (${to.phone} ~ '[0-9]' and ${allows(shop, 'sms', keyIn('sms', to.phone), topic)}))`;
}

/** Whether a shop tells of an occasion by itself, after a yes, or not at all. */
export async function modeOf(db: Database, shop: number, occasion: OccasionName): Promise<Mode> {
  const { templates } = await readSettings(db, shop, null, occasion, 0);
  return chooseWords(occasion, templates, 0, []).mode;
}

/** A message as it is to be sent, word for word. */
export interface Written {
  /** Empty: written by somebody in their own words; stop: the one answer to whom wants no more. */
  occasion: OccasionName | '' | 'stop';
  onceKey: string | null;
  customer: number | null;
  workOrder?: number | null;
  appointment?: number | null;
  /** Id of the message that it answers. */
  answers?: number | null;
  name: string;
  channel: Channel;
  address: string;
  subject: string;
  text: string;
  timeZone: string;
  isSentHere: boolean;
  dueAt?: Date;
  atOnce?: boolean;
}

/** Writes it into the outbox as it is. @returns its id; null when there is one with the same key */
export async function putInOutbox(tx: Change, message: Written): Promise<number | null> {
  const due = await dueOf(tx, message);
  const row = await tx.db
    .insertInto('messages')
    .values({
      ...{ shop_id: tx.shop, direction: 'out', channel: message.channel, state: message.isSentHere ? 'waiting' : 'by-hand' },
      ...{ occasion: message.occasion, once_key: message.onceKey, customer_id: message.customer },
      ...{ work_order_id: message.workOrder ?? null, appointment_id: message.appointment ?? null },
      ...{ name: message.name, address: message.address, subject: message.subject, text: message.text },
      ...{ time_zone: message.atOnce ? '' : message.timeZone, answers_id: message.answers ?? null },
      ...{ due_at: due.at, waits_for: message.isSentHere ? due.waitsFor : null, written_by: tx.actor.staff, written_at: tx.now },
    })
    .onConflict((conflict) => conflict.columns(['shop_id', 'once_key']).where('once_key', 'is not', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) return null;
  const { channel, occasion } = message;
  tx.record('message.written', message.workOrder ?? null, { message: row.id, channel, occasion, byHand: !message.isSentHere });
  if (message.isSentHere) await scheduleSending(tx.db, tx.shop, channel);
  return row.id;
}

/** When it may go, and what it waits for until then: the seconds in which it can be taken back, the night of whoever gets it. */
export async function dueOf(
  tx: Change,
  message: Pick<Written, 'atOnce' | 'isSentHere' | 'dueAt' | 'timeZone'>,
): Promise<{ at: Date; waitsFor: 'undo' | 'night' | null }> {
  if (message.atOnce || !message.isSentHere) return { at: message.dueAt ?? tx.now, waitsFor: null };
  const { undo_seconds, day_begins, day_ends } = await tx.db
    .selectFrom('message_settings')
    .select(['undo_seconds', 'day_begins', 'day_ends'])
    .where('shop_id', '=', tx.shop)
    .executeTakeFirstOrThrow();
  const undone = new Date(tx.now.getTime() + undo_seconds * 1000);
  const wanted = message.dueAt && message.dueAt > undone ? message.dueAt : undone;
  const at = !message.timeZone ? wanted : byDay(wanted, message.timeZone, { begins: day_begins, ends: day_ends });
  return { at, waitsFor: at > wanted ? 'night' : wanted === undone ? 'undo' : null };
}

/** A job for what a channel of a shop sends next, when that is due; none when nothing waits. */
export async function scheduleSending(db: Database, shop: number, channel: Channel): Promise<void> {
  const { rows } = await sql<{ next: Date | null }>`
    select greatest(min(due_at), max(hold_until)) as next from messages
    where shop_id = ${shop} and channel = ${channel} and state in ('waiting', 'sending')`.execute(db);
  if (!rows[0]?.next) return;
  const name = `messages ${shop} ${channel}`;
  await addJob(db, SEND, { shop, channel }, { key: name, queue: name, runAt: rows[0].next });
}

/**
 * Takes back what has not gone out yet: it never will.
 * @throws NotFound when the shop has no such message; Conflict when it is under way, or gone
 */
export async function takeBack(tx: Change, id: number): Promise<void> {
  const message = await tx.db
    .selectFrom('messages')
    .select(['state', 'work_order_id', 'channel'])
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .where('direction', '=', 'out')
    .forUpdate()
    .executeTakeFirst();
  if (!message) throw new NotFound('That message is not here.');
  if (message.state === 'withdrawn') return;
  if (message.state !== 'waiting' && message.state !== 'by-hand') throw new Conflict('It is too late to take it back: it has gone out.');
  await tx.db
    .updateTable('messages')
    .set({ state: 'withdrawn', waits_for: null, hold_until: null, ended_at: tx.now })
    .where('shop_id', '=', tx.shop)
    .where('id', '=', id)
    .execute();
  tx.record('message.withdrawn', message.work_order_id, { message: id, channel: message.channel });
}
