import { sql } from 'kysely';
import { MESSAGES_OF_ORDER, type MessageRow } from '../messages/shown.js';
import type { Content } from './rules.js';

/** Where the customer of a work order stands. */
export interface CustomerSide {
  /** The last one that was made. */
  link: {
    id: number;
    state: 'open' | 'expired' | 'revoked';
    madeBy: string;
    madeAt: string;
    expiresAt: string;
    firstOpenedAt: string | null;
    lastOpenedAt: string | null;
  } | null;
  /** The estimate that was sent last; its prices are for the desk. */
  sent: { number: number; at: string; content: Content } | null;
  estimateDays: number;
  /** To the customer and from them, the latest first. */
  messages: MessageRow[];
  questions: {
    id: number;
    job: string | null;
    text: string;
    askedAt: string;
    answer: string;
    answeredBy: string | null;
    answeredAt: string | null;
  }[];
}

/** For those who see no prices: their page does not show the customer's side at all. */
export const NO_CUSTOMER_SIDE: CustomerSide = { link: null, sent: null, estimateDays: 0, messages: [], questions: [] };

/** The customer's side of the work order `w`, as an object. */
export const CUSTOMER_SIDE = sql`json_build_object(
  'link', (select json_build_object('id', l.id, 'madeBy', s.name, 'madeAt', l.created_at, 'expiresAt', l.expires_at,
      'firstOpenedAt', l.first_opened_at, 'lastOpenedAt', l.last_opened_at,
      'state', case when l.revoked_at is not null then 'revoked' when l.expires_at <= now() then 'expired' else 'open' end)
    from customer_links l join staff s on s.id = l.created_by
    where l.shop_id = w.shop_id and l.work_order_id = w.id order by l.id desc limit 1),
  'sent', (select json_build_object('number', r.number, 'at', r.at, 'content', json_build_object('jobs', r.content -> 'jobs',
      'lines', r.content -> 'lines', 'terms', r.content -> 'terms'))
    from estimate_revisions r where r.shop_id = w.shop_id and r.work_order_id = w.id and r.why = 'sent' order by r.number desc limit 1),
  'estimateDays', (select v.estimate_days from visit_settings v where v.shop_id = w.shop_id),
  'messages', ${MESSAGES_OF_ORDER},
  'questions', coalesce((select json_agg(json_build_object('id', q.id, 'job', j.name, 'text', q.text, 'askedAt', q.asked_at,
      'answer', q.answer, 'answeredBy', a.name, 'answeredAt', q.answered_at) order by q.id)
    from questions q
    left join jobs j on j.shop_id = q.shop_id and j.id = q.job_id
    left join staff a on a.id = q.answered_by
    where q.shop_id = w.shop_id and q.work_order_id = w.id), '[]'))`;
