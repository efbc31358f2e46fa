import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { notify as tell } from '../notices/notices.js';
import { dueOf, scheduleSending, takeBack } from './outbox.js';
import type { MessageRow } from './shown.js';

interface Held {
  id: number;
  direction: 'out' | 'in';
  state: MessageRow['state'];
  channel: 'mail' | 'sms';
  workOrder: number | null;
  isSentHere: boolean;
  assignee: number | null;
  isDone: boolean;
  timeZone: string;
}

/** The message as it is now; nobody else changes it until this change is over. @throws NotFound when the shop has no such message */
async function hold(tx: Change, id: number): Promise<Held> {
  const { rows } = await sql<Held>`
    select id, direction, state, channel, work_order_id as "workOrder", assigned_to as assignee,
      exists (select from message_channels c where c.channel = messages.channel) as "isSentHere", done_at is not null as "isDone",
      time_zone as "timeZone"
    from messages where shop_id = ${tx.shop} and id = ${id} for update`.execute(tx.db);
  if (!rows[0]) throw new NotFound('That message is not here.');
  return rows[0];
}

/** Takes it back, if it has not gone out. @throws NotFound, Conflict */
export async function withdraw(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, (tx) => takeBack(tx, id));
}

/**
 * Tries it again at once: what could not be sent, or waits for its next try. What was only proposed is sent as any other message, where
 * the program can: after the seconds in which it can be taken back.
 * @returns whether it was only proposed
 * @throws NotFound; Conflict when it went out meanwhile
 */
export async function retry(db: Database, actor: Actor, id: number): Promise<boolean> {
  const { result } = await change(db, actor, {}, async (tx) => {
    const message = await hold(tx, id);
    const isProposed = message.state === 'by-hand' && message.isSentHere;
    if (message.state !== 'failed' && message.state !== 'waiting' && !isProposed)
      throw new Conflict('It does not wait for another try any more.');
    const due = isProposed ? await dueOf(tx, message) : null;
    // For somebody who tries again the provider is up until it is not.
    await sql`update messages set state = 'waiting', waits_for = ${due?.waitsFor ?? null}, due_at = ${due ? due.at : sql`least(due_at, ${tx.now})`},
      hold_until = null, failing_since = null, deferrals = 0, ended_at = null, trouble = ''
      where shop_id = ${tx.shop} and id = ${id}`.execute(tx.db);
    tx.record('message.retried', message.workOrder, { message: id, channel: message.channel, ...(isProposed && { isFirst: true }) });
    await scheduleSending(tx.db, tx.shop, message.channel);
    return isProposed;
  });
  return result;
}

/** Somebody has sent it with their own program. Doing it twice is doing it once. @throws NotFound; Conflict for any other one */
export async function markAsSent(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const message = await hold(tx, id);
    if (message.state === 'sent') return;
    if (message.state !== 'by-hand') throw new Conflict('It is not one that is sent by hand.');
    await sql`update messages set state = 'sent', ended_at = ${tx.now} where shop_id = ${tx.shop} and id = ${id}`.execute(tx.db);
    tx.record('message.sent', message.workOrder, { message: id, channel: message.channel, byHand: true });
  });
}

/** Marks what came in as done, or as open again. @throws NotFound */
export async function markAsDone(db: Database, actor: Actor, id: number, isDone: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const message = await hold(tx, id);
    if (message.direction !== 'in') throw new NotFound('That message is not here.');
    if (message.isDone === isDone) return;
    await sql`update messages set done_at = ${isDone ? tx.now : null}, done_by = ${isDone ? actor.staff : null}
      where shop_id = ${tx.shop} and id = ${id}`.execute(tx.db);
    tx.record(isDone ? 'message.done' : 'message.reopened', message.workOrder, { message: id, channel: message.channel });
  });
}

/** Says who is to answer what came in; they find it at their bell. @param staff null: nobody in particular @throws NotFound, Invalid */
export async function assign(db: Database, actor: Actor, id: number, staff: number | null): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const message = await hold(tx, id);
    if (message.direction !== 'in') throw new NotFound('That message is not here.');
    if (message.assignee === staff) return;
    const { rows } = await sql<{ name: string }>`
      select s.name from memberships b join staff s on s.id = b.staff_id
      where b.shop_id = ${tx.shop} and b.staff_id = ${staff} and b.disabled_at is null`.execute(tx.db);
    if (staff !== null && !rows[0]) throw new Invalid({ staff: 'That is not one of the choices.' });
    await sql`update messages set assigned_to = ${staff} where shop_id = ${tx.shop} and id = ${id}`.execute(tx.db);
    if (staff !== null && staff !== actor.staff) await notify(tx, [staff], 'assigned', message);
    tx.record('message.assigned', message.workOrder, { message: id, channel: message.channel, staff, name: rows[0]?.name ?? null });
  });
}

/** Puts it at the bell of some people. */
export async function notify(
  tx: Change,
  staff: number[],
  kind: 'message' | 'assigned',
  message: { id: number; workOrder: number | null },
): Promise<void> {
  await tell(tx, staff, { kind, message: message.id, ...(message.workOrder !== null && { workOrder: message.workOrder }) });
}
