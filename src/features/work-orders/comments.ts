import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Forbidden, NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { dropNoticesOf, notifyMentioned } from '../notices/notices.js';
import { can } from '../staff/permissions.js';
import { getWorkOrderRow } from './find.js';

/** Comments stay possible after the hand-over: that is when the customer calls. */
export async function addComment(
  db: Database,
  viewer: Viewer,
  number: number,
  text: string,
  requestId?: string,
): Promise<Changed<{ comment: number }>> {
  return change(db, viewer, { requestId: requestId && `comment/${number}/${requestId}` }, async (tx) => {
    const order = await getWorkOrderRow(tx, number);
    const { id } = await tx.db
      .insertInto('comments')
      .values({ shop_id: tx.shop, work_order_id: order.id, author_id: viewer.staff, text, created_at: tx.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('comment.added', order.id, { number, comment: id });
    await notifyMentioned(tx, { workOrder: order.id, comment: id, text });
    return { comment: id };
  });
}

/** @throws Forbidden for somebody else's comment */
export async function editComment(db: Database, viewer: Viewer, number: number, id: number, text: string): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const comment = await getComment(tx, number, id);
    if (comment.author_id !== viewer.staff) throw new Forbidden('Only its author can change a comment.');
    if (comment.text === text) return;
    await tx.db.updateTable('comments').set({ text, edited_at: tx.now }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('comment.edited', comment.work_order_id, { number, comment: id });
    await notifyMentioned(tx, { workOrder: comment.work_order_id, comment: id, text });
  });
}

/** One's own, or with `comment.moderate` anybody's. @throws Forbidden */
export async function deleteComment(db: Database, viewer: Viewer, number: number, id: number): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const comment = await getComment(tx, number, id);
    if (comment.author_id !== viewer.staff && !can(viewer.role, 'comment.moderate'))
      throw new Forbidden('Only its author or a manager can delete a comment.');
    await tx.db.deleteFrom('comments').where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('comment.deleted', comment.work_order_id, { number, comment: id });
    await dropNoticesOf(tx, id);
  });
}

export interface CommentRow {
  id: number;
  authorId: number;
  author: string;
  text: string;
  at: Date;
  editedAt: Date | null;
}

/** The comments of a work order, the oldest first; none for one that the shop does not have. */
export function listComments(db: Database, shop: number, number: number, after: number, limit: number): Promise<CommentRow[]> {
  return commentsOf(db, shop, number).where('o.id', '>', after).orderBy('o.id').limit(limit).execute();
}

/** @throws NotFound also for a comment of another work order */
export async function readComment(db: Database, shop: number, number: number, id: number): Promise<CommentRow> {
  const comment = await commentsOf(db, shop, number).where('o.id', '=', id).executeTakeFirst();
  if (!comment) throw new NotFound('That comment is not here any more.');
  return comment;
}

function commentsOf(db: Database, shop: number, number: number) {
  return db
    .selectFrom('comments as o')
    .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'o.shop_id').onRef('w.id', '=', 'o.work_order_id'))
    .innerJoin('staff as s', 's.id', 'o.author_id')
    .select(['o.id', 'o.author_id as authorId', 's.name as author', 'o.text', 'o.created_at as at', 'o.edited_at as editedAt'])
    .where('o.shop_id', '=', shop)
    .where('w.number', '=', number);
}

/** Both the work order and the comment must match: an id from another work order is not found. */
async function getComment(tx: Change, number: number, id: number): Promise<{ author_id: number; text: string; work_order_id: number }> {
  const comment = await tx.db
    .selectFrom('comments as o')
    .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'o.shop_id').onRef('w.id', '=', 'o.work_order_id'))
    .select(['o.author_id', 'o.text', 'o.work_order_id'])
    .where('o.shop_id', '=', tx.shop)
    .where('o.id', '=', id)
    .where('w.number', '=', number)
    .executeTakeFirst();
  if (!comment) throw new NotFound('That comment is not here any more.');
  return comment;
}
