import { sql } from 'kysely';
import type { Config } from '../../config.js';
import { change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { type Channel, hasStopped, mayWrite } from './consents.js';
import { scheduleSending } from './outbox.js';
import { newOutsideId, type Provider, providerOf } from './providers.js';
import { byDay } from './quiet-hours.js';
import { type Outcome, pauseAfter, type Ready } from './rules.js';
import { OCCASIONS, type OccasionName } from './templates.js';
import type { StopLinks } from './unsubscribing.js';

/** One job sends no more than this; the next one goes on. */
const AT_ONCE = 50;

/**
 * Sends what is due of one channel of a shop, one after the other, the one that is due longest first. Of two jobs of a channel one
 * waits for the other, so what is still being sent when this begins, was left by a process that died.
 */
export async function sendDue(db: Database, config: Config, links: StopLinks, shop: number, channel: Channel): Promise<void> {
  const provider = providerOf(config, channel);
  if (!provider) return handToPeople(db, shop, channel);
  await takeUpInterrupted(db, shop, channel);
  for (let count = 0; count < AT_ONCE; count++) {
    const message = await takeNext(db, shop, channel, newOutsideId(config, channel));
    if (!message || !(await sendOne(db, message, provider, links))) break;
  }
  await scheduleSending(db, shop, channel);
}

interface Taken extends Ready {
  channel: Channel;
  attempts: number;
  deferrals: number;
  workOrder: number | null;
  failing_since: Date | null;
  time_zone: string;
  day_begins: string;
  day_ends: string;
  topic: 'service' | 'marketing';
}

/** @returns whether the next one may be tried */
async function sendOne(db: Database, message: Taken, provider: Provider, links: StopLinks): Promise<boolean> {
  const { shop, id, channel } = message;
  if (message.occasion !== 'stop' && !(await mayWrite(db, shop, channel, message.address, message.topic))) {
    const stopped = await hasStopped(db, shop, channel, message.address, message.topic);
    await end(db, message, 'withdrawn', stopped ? 'They want no more messages.' : 'They have not agreed to it.');
    return true;
  }
  if (message.occasion === 'reminder' && !(await isExpected(db, shop, id))) {
    await end(db, message, 'withdrawn', 'The appointment is at another time, over or cancelled.');
    return true;
  }
  const now = new Date();
  const morning = message.time_zone ? byDay(now, message.time_zone, { begins: message.day_begins, ends: message.day_ends }) : now;
  if (morning > now) {
    // It came this late because something was down.
    await sql`update messages set state = 'waiting', waits_for = 'night', due_at = ${morning}, attempts = attempts - 1, hold_until = null
      where shop_id = ${shop} and id = ${id} and state = 'sending'`.execute(db);
    return true;
  }
  const unsubscribe = message.topic === 'marketing' && channel === 'mail' ? links.make(shop, id) : null;
  const outcome = await provider({ ...message, unsubscribe });
  await noteOutcome(db, message, outcome);
  return outcome.kind !== 'down';
}

/** Whether the appointment that a message reminds of is still to come, at the time that it says. */
async function isExpected(db: Database, shop: number, message: number): Promise<boolean> {
  const { rows } = await sql<{ isExpected: boolean }>`
    select exists (
      select from messages m join appointments a on a.shop_id = m.shop_id and a.id = m.appointment_id
      where m.shop_id = ${shop} and m.id = ${message} and a.state = 'confirmed' and a.starts_at > now()
        and m.once_key = 'reminder/' || a.id || '/' || extract(epoch from a.starts_at)::bigint) as "isExpected"`.execute(db);
  return rows[0]?.isExpected ?? false;
}

/** Takes the next one, and says so in the database before anything leaves the house. */
async function takeNext(db: Database, shop: number, channel: Channel, outsideId: string): Promise<Taken | null> {
  const { rows } = await sql<Omit<Taken, 'topic' | 'unsubscribe'>>`
    with next as (
      select m.id from messages m
      where m.shop_id = ${shop} and m.channel = ${channel} and m.state = 'waiting' and m.due_at <= now() and not exists (
        select from messages h where h.shop_id = m.shop_id and h.channel = m.channel and h.state = 'waiting' and h.hold_until > now())
      order by m.hold_until is null, m.due_at, m.id limit 1 for update
    ), taken as (
      update messages m set state = 'sending', attempts = m.attempts + 1, waits_for = null,
        outside_id = case when m.outside_id = '' then ${outsideId} else m.outside_id end
      from next where m.shop_id = ${shop} and m.id = next.id and m.state = 'waiting'
      returning m.shop_id, m.id, m.channel, m.occasion, m.name, m.address, m.subject, m.text, m.outside_id, m.attempts, m.time_zone, m.answers_id,
        m.written_by, m.work_order_id, m.failing_since, m.deferrals
    )
    select t.shop_id as shop, t.id, t.channel, t.occasion, t.name, t.address, t.subject, t.text, t.outside_id as "outsideId", t.attempts, t.time_zone, t.work_order_id as "workOrder", t.failing_since, t.deferrals,
      t.written_by is null as "byProgram", s.name as "shopName", x.reply_to as "replyTo", coalesce(a.outside_id, '') as "inReplyTo",
      x.day_begins, x.day_ends
    from taken t join shops s on s.id = t.shop_id join message_settings x on x.shop_id = t.shop_id
    left join messages a on a.shop_id = t.shop_id and a.id = t.answers_id`.execute(db);
  const [row] = rows;
  return row ? { ...row, unsubscribe: null, topic: OCCASIONS[row.occasion as OccasionName]?.topic ?? 'service' } : null;
}

async function noteOutcome(db: Database, message: Taken, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'sent') return end(db, message, 'sent', '', outcome);
  if (outcome.kind === 'refused') return end(db, message, 'failed', outcome.answer, outcome);
  const isDown = outcome.kind === 'down';
  // What the provider was down before, is no reason to give up an address that takes nothing for now.
  const deferrals = message.deferrals + (isDown ? 0 : 1);
  const pause = pauseAfter(outcome.kind, isDown ? message.attempts : deferrals);
  if (pause === null) return end(db, message, 'failed', outcome.answer, outcome);
  const delay = async (db: Database, now: Date) => {
    const until = new Date(now.getTime() + pause);
    await sql`
      update messages set state = 'waiting', waits_for = 'retry', trouble = ${outcome.answer}, failing_since = coalesce(failing_since, ${now}),
        deferrals = ${deferrals}, hold_until = ${isDown ? until : null}, due_at = ${isDown ? sql`due_at` : until},
        may_be_twice = may_be_twice or ${isDown && outcome.mayHaveArrived}
      where shop_id = ${message.shop} and id = ${message.id} and state = 'sending' and attempts = ${message.attempts}`.execute(db);
    await noteAttempt(db, now, message, outcome.answer);
  };
  // The shop is told once that it does not go out, and not each time that it is tried.
  if (message.failing_since) return delay(db, new Date());
  const { shop, id, channel, workOrder } = message;
  await change(db, { shop, staff: null }, {}, async (tx) => {
    await delay(tx.db, tx.now);
    tx.record('message.delayed', workOrder, { message: id, channel });
  });
}

async function end(
  db: Database,
  message: Taken,
  state: 'sent' | 'failed' | 'withdrawn',
  trouble: string,
  outcome?: Outcome,
): Promise<void> {
  await change(db, { shop: message.shop, staff: null }, {}, async (tx) => {
    const { numAffectedRows } = await sql`
      update messages set state = ${state}, trouble = ${trouble}, ended_at = ${tx.now}, waits_for = null, hold_until = null, failing_since = null,
        outside_id = ${outcome?.kind === 'sent' && outcome.outsideId ? outcome.outsideId : message.outsideId}
      where shop_id = ${tx.shop} and id = ${message.id} and state = 'sending' and attempts = ${message.attempts}`.execute(tx.db);
    if (numAffectedRows === 0n) return;
    if (outcome) await noteAttempt(tx.db, tx.now, message, outcome.answer);
    const { id, channel, occasion, workOrder } = message;
    const data = { message: id, channel, occasion };
    if (state === 'sent') tx.record('message.sent', workOrder, data);
    else if (state === 'failed') tx.record('message.failed', workOrder, data);
    else tx.record('message.withdrawn', workOrder, { message: id, channel });
  });
}

async function noteAttempt(db: Database, at: Date, { shop, id, attempts }: Taken, answer: string): Promise<void> {
  await sql`insert into message_attempts (shop_id, message_id, attempt, at, answer) values (${shop}, ${id}, ${attempts}, ${at}, ${answer})
    on conflict do nothing`.execute(db);
}

/**
 * What a process was sending when it died may have arrived, or not. It is sent once more, as the same message, and says that it may
 * be there twice; should that happen again, somebody has to look.
 */
async function takeUpInterrupted(db: Database, shop: number, channel: Channel): Promise<void> {
  const { rows } = await sql`select from messages where shop_id = ${shop} and channel = ${channel} and state = 'sending'`.execute(db);
  if (rows.length === 0) return;
  await change(db, { shop, staff: null }, {}, async (tx) => {
    const left = await sql<{ id: number; state: string; workOrder: number | null }>`
      update messages set may_be_twice = true, trouble = 'The program was ended while it sent this.',
        state = case when may_be_twice then 'failed' else 'waiting' end,
        waits_for = case when may_be_twice then null else 'retry' end, ended_at = case when may_be_twice then ${tx.now}::timestamptz end
      where shop_id = ${tx.shop} and channel = ${channel} and state = 'sending'
      returning id, state, work_order_id as "workOrder"`.execute(tx.db);
    for (const { id, state, workOrder } of left.rows)
      tx.record(state === 'failed' ? 'message.failed' : 'message.delayed', workOrder, { message: id, channel });
  });
}

/** Nothing sends this channel any more: people do, by hand. */
async function handToPeople(db: Database, shop: number, channel: Channel): Promise<void> {
  await change(db, { shop, staff: null }, {}, async (tx) => {
    const { rows } = await sql<{ id: number; workOrder: number | null }>`
      update messages set state = 'by-hand', waits_for = null, hold_until = null,
        may_be_twice = may_be_twice or state = 'sending'
      where shop_id = ${tx.shop} and channel = ${channel} and state in ('waiting', 'sending') and due_at <= ${tx.now}
      returning id, work_order_id as "workOrder"`.execute(tx.db);
    for (const { id, workOrder } of rows) tx.record('message.left-to-people', workOrder, { message: id, channel });
  });
  await scheduleSending(db, shop, channel);
}
