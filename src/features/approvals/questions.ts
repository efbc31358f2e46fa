import { sql } from 'kysely';
import { type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { callOf } from './answers.js';
import { type FoundLink, holdLink } from './links.js';

/** More than anybody asks about one visit. */
const MOST_QUESTIONS = 50;

/**
 * A customer asks by their link.
 * @param input.job of what was sent to them; null for the visit as a whole
 * @throws NotFound for a job they were never shown
 */
export async function askQuestion(
  db: Database,
  link: FoundLink,
  input: { job: number | null; text: string },
  requestId?: string,
): Promise<Changed<{ question: number }>> {
  const actor = { shop: link.shop, staff: null };
  return change(db, actor, { requestId: requestId && `ask/${link.id}/${requestId}` }, async (tx) => {
    await holdLink(tx, link);
    const { rows: asked } = await sql<{ count: number }>`
      select count(*) as count from questions where shop_id = ${tx.shop} and work_order_id = ${link.workOrder}`.execute(tx.db);
    if ((asked[0]?.count ?? 0) >= MOST_QUESTIONS) throw new Conflict(`You have asked a lot already. ${callOf(link, 'and talk to us')}`);
    const { rows } = await sql<{ id: number; name: string | null }>`
      insert into questions (shop_id, work_order_id, job_id, link_id, text, asked_at)
      select w.shop_id, w.id, j.id, ${link.id}, ${input.text}, ${tx.now}
      from work_orders w
      left join jobs j on j.shop_id = w.shop_id and j.work_order_id = w.id and j.id = ${input.job} and exists (
        select from estimate_revisions r where r.shop_id = w.shop_id and r.work_order_id = w.id and r.why = 'sent'
          and r.content @> jsonb_build_object('jobs', jsonb_build_array(jsonb_build_object('id', j.id))))
      where w.shop_id = ${tx.shop} and w.id = ${link.workOrder} and (${input.job}::bigint is null or j.id is not null)
      returning id, (select name from jobs where shop_id = ${tx.shop} and id = ${input.job}) as name`.execute(tx.db);
    const row = rows[0];
    if (!row) throw new NotFound('That job is not in your estimate.');
    await sql`update work_orders set customer_state = 'asked', customer_state_at = ${tx.now}
      where shop_id = ${tx.shop} and id = ${link.workOrder}`.execute(tx.db);
    // What they wrote is in the table, from which it can be taken away; the event tells that they did.
    tx.record('question.asked', link.workOrder, { number: link.number, question: row.id, name: row.name });
    return { question: row.id };
  });
}

/** A question as the desk answers it. */
export interface OpenQuestion {
  id: number;
  number: number;
  text: string;
  job: string | null;
  askedAt: Date;
  answer: string;
}

/** @throws NotFound when it is not one of this work order */
export async function getQuestion(db: Database, shop: number, number: number, id: number): Promise<OpenQuestion> {
  const { rows } = await sql<OpenQuestion>`
    select q.id, w.number, q.text, j.name as job, q.asked_at as "askedAt", q.answer
    from questions q
    join work_orders w on w.shop_id = q.shop_id and w.id = q.work_order_id
    left join jobs j on j.shop_id = q.shop_id and j.id = q.job_id
    where q.shop_id = ${shop} and w.number = ${number} and q.id = ${id}`.execute(db);
  if (!rows[0]) throw new NotFound('That question is not here.');
  return rows[0];
}

/**
 * The shop's answer, which the customer finds on their page. Another one replaces it.
 * @throws NotFound when it is not one of this work order
 */
export async function answerQuestion(db: Database, viewer: Viewer, number: number, id: number, answer: string): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const before = await getQuestion(tx.db, tx.shop, number, id);
    if (before.answer === answer) return;
    const { rows } = await sql<{ work_order: number; left: boolean }>`
      update questions q set answer = ${answer}, answered_by = ${viewer.staff}, answered_at = ${tx.now}
      where shop_id = ${tx.shop} and id = ${id}
      returning work_order_id as work_order, exists (
        select from questions o where o.shop_id = q.shop_id and o.work_order_id = q.work_order_id and o.id <> q.id and o.answered_at is null
      ) as left`.execute(tx.db);
    const { work_order, left } = rows[0] as { work_order: number; left: boolean };
    // Nobody waits for an answer any more: the card says again what it said before the question.
    if (!left)
      await sql`update work_orders w set customer_state = case
            when exists (select from authorizations a where a.shop_id = w.shop_id and a.work_order_id = w.id) then 'answered'
            when exists (select from estimate_revisions r where r.shop_id = w.shop_id and r.work_order_id = w.id and r.why = 'sent') then 'opened'
          end,
          customer_state_at = ${tx.now}
        where shop_id = ${tx.shop} and id = ${work_order} and customer_state = 'asked'`.execute(tx.db);
    tx.record('question.answered', work_order, { number, question: id, name: before.job });
  });
}
