import { sql } from 'kysely';
import type { z } from 'zod';
import { type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { notify } from './acts.js';
import { isAmbiguous, keyAsked, normalAddress, readReply, recordConsent } from './consents.js';
import type { Incoming } from './inputs.js';
import { putInOutbox } from './outbox.js';
import { isNumber } from './phones.js';

type Received = z.output<typeof Incoming>;

/** What an answer belongs to. */
interface About {
  workOrder: number | null;
  customer: number | null;
  appointment: number | null;
  answers: number | null;
  name: string;
  /** Where the message went that it answers, if by the same way. */
  answered: string | null;
  /** Who should read it: who wrote what is answered, or looks after the work order. */
  staff: number | null;
}

/**
 * Takes what a customer wrote: onto the work order that it answers, else onto the newest open one of whoever has that address, else
 * to nobody yet. STOP and START are taken down and confirmed. Of the same id it is taken once.
 * @returns the message's id
 */
export async function receiveMessage(db: Database, shop: number, received: Received): Promise<number> {
  const { result } = await change(db, { shop, staff: null }, {}, async (tx) => {
    const address = normalAddress(received.channel, received.from);
    const about = (await findAnswered(tx, received)) ?? (await findByAddress(tx, received.channel, address));
    const onceKey = `in/${received.channel}/${received.id}`;
    const { rows } = await sql<{ id: number }>`
      insert into messages (shop_id, direction, channel, state, once_key, customer_id, work_order_id, appointment_id, answers_id, name, address,
        subject, text, due_at, outside_id, written_at)
      values (${shop}, 'in', ${received.channel}, 'received', ${onceKey}, ${about?.customer ?? null}, ${about?.workOrder ?? null},
        ${about?.appointment ?? null}, ${about?.answers ?? null}, ${received.name || (about?.name ?? '')}, ${address}, ${received.subject},
        ${received.text}, ${tx.now}, ${received.message_id || received.id}, ${tx.now})
      on conflict (shop_id, once_key) where once_key is not null do nothing returning id`.execute(tx.db);
    if (!rows[0]) return idOf(tx, onceKey);
    const [{ id }] = rows as [{ id: number }];
    tx.record('message.received', about?.workOrder ?? null, { message: id, channel: received.channel, customer: about?.customer ?? null });
    const said = readReply(received.text || received.subject);
    if (said) await obey(tx, said, received, address, about, id);
    if (about?.staff && (!said || isAmbiguous(received.text || received.subject)))
      await notify(tx, [about.staff], 'message', { id, workOrder: about.workOrder });
    return id;
  });
  return result;
}

async function idOf(tx: Change, onceKey: string): Promise<number> {
  const { id } = await tx.db
    .selectFrom('messages')
    .select('id')
    .where('shop_id', '=', tx.shop)
    .where('once_key', '=', onceKey)
    .executeTakeFirstOrThrow();
  return id;
}

/** The message that it names as the one that it answers, and what that was about. */
async function findAnswered(tx: Change, { channel, in_reply_to }: Received): Promise<About | null> {
  // A References field has several, the nearest at its end.
  const ids = (Array.isArray(in_reply_to) ? in_reply_to : in_reply_to.split(/\s+/)).filter(Boolean).slice(-50).reverse();
  if (ids.length === 0) return null;
  const { rows } = await sql<About>`
    select m.id as answers, m.work_order_id as "workOrder", m.customer_id as customer, m.appointment_id as appointment, m.name,
      case when m.channel = ${channel} then m.address end as answered,
      coalesce((select b.staff_id from memberships b where b.shop_id = m.shop_id and b.staff_id = m.written_by and b.disabled_at is null),
        w.advisor_id) as staff
    from messages m left join work_orders w on w.shop_id = m.shop_id and w.id = m.work_order_id
    where m.shop_id = ${tx.shop} and m.direction = 'out' and m.outside_id = any(${ids}::text[])
    order by array_position(${ids}::text[], m.outside_id), m.id desc limit 1`.execute(tx.db);
  return rows[0] ?? null;
}

/** Whoever has the address, with their newest work order that is still open. */
async function findByAddress(tx: Change, channel: 'mail' | 'sms', address: string): Promise<About | null> {
  const isTheirs =
    channel === 'mail'
      ? sql`lower(c.email) = ${address} and c.email <> ''`
      : sql`c.phone_digits <> '' and ${isNumber(sql`c.phone_digits`, keyAsked('sms', address), 'perhaps')}`;
  // Whose number it surely is, comes first.
  const isNearest = channel === 'mail' ? isTheirs : isNumber(sql`c.phone_digits`, keyAsked('sms', address), 'surely');
  const { rows } = await sql<About>`
    select c.id as customer, c.name, w.id as "workOrder", w.advisor_id as staff, null as appointment, null as answers, null as answered
    from customers c
    left join work_orders w on w.shop_id = c.shop_id and w.customer_id = c.id and w.handed_over_at is null
    where c.shop_id = ${tx.shop} and c.merged_into_id is null and ${isTheirs}
    order by ${isNearest} desc, w.id desc nulls last, c.id desc limit 1`.execute(tx.db);
  return rows[0] ?? null;
}

/**
 * STOP ends all of this channel, START begins it again, for whoever wrote it and for where the message went that they answer: another
 * mailbox or another spelling of theirs. Either is confirmed, once (47 CFR 64.1200(a)(12)).
 */
async function obey(
  tx: Change,
  said: 'stop' | 'start',
  { channel, text: body, subject }: Received,
  address: string,
  about: About | null,
  answers: number,
): Promise<void> {
  const isGranted = said === 'start';
  const text = body || subject;
  const consent = { channel, topic: 'service', isGranted, saidBy: 'reply', words: text.slice(0, 200) } as const;
  for (const theirs of new Set([address, normalAddress(channel, about?.answered || address)]))
    await recordConsent(tx, { ...consent, address: theirs, customer: about?.customer ?? null });
  if (!isAmbiguous(text)) await sql`update messages set done_at = ${tx.now} where shop_id = ${tx.shop} and id = ${answers}`.execute(tx.db);
  const { rows } = await sql<{ shop: string; isSentHere: boolean }>`
    select name as shop, exists (select from message_channels where channel = ${channel}) as "isSentHere" from shops where id = ${tx.shop}`.execute(
    tx.db,
  );
  const { shop, isSentHere } = rows[0] as { shop: string; isSentHere: boolean };
  if (!isSentHere) return;
  const words = isGranted
    ? `${shop}: you get messages about your vehicle again. Answer STOP to end them.`
    : `${shop}: you get no more messages from us. Answer START to get them again.`;
  await putInOutbox(tx, {
    ...{ occasion: 'stop', onceKey: null, customer: about?.customer ?? null, workOrder: about?.workOrder ?? null, answers },
    ...{ name: about?.name ?? '', channel, address, subject: isGranted ? 'Messages again' : 'No more messages', text: words },
    ...{ timeZone: '', isSentHere, atOnce: true },
  });
}
