import { sql } from 'kysely';
import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import { linkWithin, shownLink } from '../approvals/links.js';
import type { TokenOf } from '../approvals/tokens.js';
import { type Channel, hasStopped, mayWrite, normalAddress, recordConsent } from './consents.js';
import { draftMessage, putInOutbox, type Recipient } from './outbox.js';
import { isMailAddress } from './rules.js';
import type { OccasionName } from './templates.js';

/** Occasions that somebody can write about from a work order. */
export const FROM_ORDER = ['estimate', 'stage', 'ready'] as const satisfies OccasionName[];

/** Whom a work order's customer is, as a message needs it. */
export interface OrderCustomer {
  workOrder: number;
  number: number;
  vehicle: string;
  stage: string;
  column: number;
  meaning: string;
  to: Recipient;
  timeZone: string;
}

/** @throws NotFound when the shop has no such number */
export async function readOrderCustomer(db: Database, shop: number, number: number): Promise<OrderCustomer> {
  const { rows } = await sql<OrderCustomer>`
    select w.id as "workOrder", w.number, v.description as vehicle, k.name as stage, k.id as "column", k.meaning,
      coalesce(nullif(c.time_zone, ''), s.time_zone) as "timeZone",
      json_build_object('customer', c.id, 'name', c.name, 'mail', c.email, 'phone', c.phone, 'language', c.language, 'timeZone', c.time_zone) as "to"
    from work_orders w
    join shops s on s.id = w.shop_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  if (!rows[0]) throw new NotFound('That work order is not here.');
  return rows[0];
}

/** A way in which a customer can be written to, and what hinders it. */
export interface Way {
  channel: Channel;
  address: string;
  isSentHere: boolean;
  /** In words; null: nothing. */
  hindrance: string | null;
  /** Whether they still have to agree to it. */
  needsYes: boolean;
}

/** The ways to a customer, by mail and by text message. */
export async function listWays(db: Database, shop: number, to: Recipient): Promise<Way[]> {
  const { rows } = await sql<{ channel: Channel }>`select channel from message_channels`.execute(db);
  const here = rows.map(({ channel }) => channel);
  return Promise.all(
    [['mail', to.mail] as const, ['sms', to.phone] as const].map(async ([channel, given]) => {
      const address = normalAddress(channel, given);
      const missing = channel === 'mail' ? 'There is no e-mail address.' : 'There is no phone number.';
      const isThere = channel === 'mail' ? isMailAddress(address) : address !== '';
      const stopped = isThere && (await hasStopped(db, shop, channel, address, 'service'));
      const hindrance = !isThere ? missing : stopped ? 'They want no more messages there.' : null;
      const isSentHere = here.includes(channel);
      const needsYes = hindrance === null && isSentHere && !(await mayWrite(db, shop, channel, address, 'service'));
      return { channel, address, isSentHere, hindrance, needsYes };
    }),
  );
}

/**
 * What the form begins with: the words of an occasion, in the customer's language; `{link}` stays, for the link is made when it is sent.
 * @param channel of whose form it is asked
 */
export async function wordsFor(db: Database, shop: number, order: OrderCustomer, occasion: OccasionName, channel: Channel) {
  const { to } = order;
  const way = channel === 'mail' ? { ...to, phone: '' } : { ...to, mail: '' };
  const values = { vehicle: order.vehicle, number: String(order.number), stage: order.stage, link: '{link}' };
  // Consent is asked of each way apart; here only the words are wanted.
  const draft = await draftMessage(db, shop, { occasion, to: way, column: order.column, values }, true);
  return draft ? { subject: draft.subject, text: draft.text } : { subject: '', text: '' };
}

export interface OwnWords {
  channel: Channel;
  occasion: (typeof FROM_ORDER)[number] | '';
  subject: string;
  text: string;
  /** They have said that they want to be written to there. */
  agreed: boolean;
}

/**
 * Writes to the customer of a work order, word for word as somebody has read it. `{link}` becomes the address of the customer's page.
 * @param origin under which the customer reaches the shop
 * @returns the message's id
 * @throws NotFound; Invalid when there is no such way to them
 */
export async function writeOwn(
  db: Database,
  actor: Actor & { staff: number },
  number: number,
  words: OwnWords,
  links: { tokenOf: TokenOf; origin: string },
  requestId: string | undefined,
): Promise<number> {
  const { result } = await change(db, actor, { requestId: requestId && `message/${number}/${requestId}` }, async (tx) => {
    const order = await readOrderCustomer(tx.db, tx.shop, number);
    const way = (await listWays(tx.db, tx.shop, order.to)).find(({ channel }) => channel === words.channel);
    if (!way || way.hindrance) throw new Invalid({ channel: way?.hindrance ?? 'That is not one of the choices.' });
    if (way.needsYes) {
      if (!words.agreed) throw new Invalid({ agreed: 'They have not agreed to text messages yet. Ask them, and tick this.' });
      const yes = { topic: 'service', isGranted: true, saidBy: 'staff', words: 'Agreed when a message was written' } as const;
      await recordConsent(tx, { ...yes, channel: way.channel, address: way.address, customer: order.to.customer });
    }
    const named = /\{link\}/.test(words.text + words.subject);
    const link = named ? shownLink(tx.shop, await linkWithin(tx, { id: order.workOrder, number }, links.tokenOf), links.tokenOf) : null;
    if (named && !link?.token)
      throw new Invalid({ text: 'The customer’s link can’t be shown any more. Make a new one on the work order first.' });
    const fill = (text: string) => text.replaceAll('{link}', `${links.origin}/c/${link?.token}`);
    return putInOutbox(tx, {
      ...{ occasion: words.occasion, onceKey: null, customer: order.to.customer, workOrder: order.workOrder, name: order.to.name },
      ...{ channel: words.channel, address: way.address, isSentHere: way.isSentHere, timeZone: order.timeZone },
      ...{ subject: words.channel === 'mail' ? fill(words.subject) : '', text: fill(words.text) },
    });
  });
  return result as number;
}
