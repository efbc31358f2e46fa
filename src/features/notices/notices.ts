import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Colleague, mentionedIn } from './mentions.js';

/** What a notice is about. */
export type NoticeKind = 'mention' | 'message' | 'assigned' | 'booking';

export interface About {
  kind: NoticeKind;
  /** Ids of rows, not numbers. */
  workOrder?: number;
  comment?: number;
  message?: number;
  appointment?: number;
  text?: string;
}

/**
 * Tells people of the shop something, in the change that is the reason for it: their bells count it at once.
 * Whoever makes the change is not told, nor anybody who is disabled or of another shop.
 * @public
 */
export async function notify(tx: Change, staff: readonly number[], about: About): Promise<void> {
  const others = [...new Set(staff)].filter((one) => one !== tx.actor.staff);
  if (others.length === 0) return;
  const { kind, workOrder = null, comment = null, message = null, appointment = null, text = '' } = about;
  const { rows } = await sql<{ staff: number }>`
    insert into notices (shop_id, staff_id, kind, work_order_id, comment_id, message_id, appointment_id, text, at)
    select m.shop_id, m.staff_id, ${kind}, ${workOrder}::bigint, ${comment}::bigint, ${message}::bigint, ${appointment}::bigint, ${text}, ${tx.now}
    from memberships m where m.shop_id = ${tx.shop} and m.staff_id = any(${others}::bigint[]) and m.disabled_at is null
    returning staff_id as staff`.execute(tx.db);
  if (rows.length > 0) tx.record('notice.made', null, { kind, staff: rows.map((row) => row.staff) });
}

/** Those who can be mentioned: everybody of the shop who still works there. */
export function listColleagues(db: Database, shop: number): Promise<Colleague[]> {
  return db
    .selectFrom('memberships as m')
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .select(['s.id', 's.name'])
    .where('m.shop_id', '=', shop)
    .where('m.disabled_at', 'is', null)
    .orderBy('s.name')
    .execute();
}

/** Tells those whom a comment mentions; after an edit only those who were not told before. */
export async function notifyMentioned(tx: Change, about: { workOrder: number; comment: number; text: string }): Promise<void> {
  if (!about.text.includes('@')) return;
  const mentioned = mentionedIn(about.text, await listColleagues(tx.db, tx.shop));
  if (mentioned.length === 0) return;
  const told = await tx.db
    .selectFrom('notices')
    .select('staff_id')
    .where('shop_id', '=', tx.shop)
    .where('comment_id', '=', about.comment)
    .execute();
  const before = new Set(told.map((row) => row.staff_id));
  const fresh = mentioned.filter((one) => !before.has(one));
  await notify(tx, fresh, { kind: 'mention', workOrder: about.workOrder, comment: about.comment });
}

/** A comment is gone: nobody is to read it any more. */
export async function dropNoticesOf(tx: Change, comment: number): Promise<void> {
  const { rows } = await sql<{ staff: number; unread: boolean }>`
    delete from notices where shop_id = ${tx.shop} and comment_id = ${comment}
    returning staff_id as staff, read_at is null as unread`.execute(tx.db);
  const staff = rows.filter(({ unread }) => unread).map((row) => row.staff);
  if (staff.length > 0) tx.record('notice.withdrawn', null, { staff });
}

export interface Notice {
  id: number;
  kind: NoticeKind;
  at: Date;
  readAt: Date | null;
  /** Of the work order that it is about. */
  number: number | null;
  vehicle: string | null;
  comment: number | null;
  appointment: number | null;
  message: number | null;
  /** Who wrote the comment. */
  author: string | null;
  text: string;
}

/** Somebody's own, the latest first. @param before the id of the last one that was shown */
export async function listNotices(db: Database, viewer: Reader, before: number | null, limit: number): Promise<Notice[]> {
  const { rows } = await sql<Notice>`
    select n.id, n.kind, n.at, n.read_at as "readAt", w.number, v.description as vehicle, n.comment_id as comment,
      n.appointment_id as appointment, n.message_id as message, s.name as author, coalesce(o.text, n.text) as text
    from notices n
    left join work_orders w on w.shop_id = n.shop_id and w.id = n.work_order_id
    left join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    left join comments o on o.shop_id = n.shop_id and o.id = n.comment_id
    left join staff s on s.id = o.author_id
    where n.shop_id = ${viewer.shop} and n.staff_id = ${viewer.staff} and (${before}::bigint is null or n.id < ${before})
    order by n.id desc limit ${limit}`.execute(db);
  return rows;
}

type Reader = Actor & { staff: number };

/**
 * Marks one as read. @returns it, as it is now
 * @throws NotFound when it is somebody else's
 */
export async function readNotice(db: Database, viewer: Reader, id: number): Promise<Notice> {
  await change(db, viewer, {}, async (tx) => {
    const { rows } = await sql`
      update notices set read_at = ${tx.now}
      where shop_id = ${tx.shop} and staff_id = ${viewer.staff} and id = ${id} and read_at is null returning id`.execute(tx.db);
    if (rows.length > 0) tx.record('notice.read', null, { staff: [viewer.staff] });
  });
  const [notice] = await listNotices(db, viewer, id + 1, 1);
  if (notice?.id !== id) throw new NotFound('That notice is not here any more.');
  return notice;
}

/** Marks all as read that came up to this one: what comes meanwhile stays unread. */
export async function readAllNotices(db: Database, viewer: Reader, upTo: number): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const { rows } = await sql`
      update notices set read_at = ${tx.now}
      where shop_id = ${tx.shop} and staff_id = ${viewer.staff} and id <= ${upTo} and read_at is null returning id`.execute(tx.db);
    if (rows.length > 0) tx.record('notice.read', null, { staff: [viewer.staff] });
  });
}

/** How many of somebody's notices are unread. */
export async function countUnread(db: Database, shop: number, staff: number): Promise<number> {
  const { rows } = await sql<{ unread: number }>`
    select count(*) as unread from notices where shop_id = ${shop} and staff_id = ${staff} and read_at is null`.execute(db);
  return rows[0]?.unread ?? 0;
}
