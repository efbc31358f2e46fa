import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { offerOf, type Snapshot, takeSnapshot } from '../billing/snapshots.js';
import { type OrderState, readState } from '../billing/state.js';
import { isAsSent, type Question, questionsOf, type Standing, standingOf } from './rules.js';

/** What a customer is offered: the estimate as it was sent last, and what of it can be answered now. */
export interface Offer {
  sent: { number: number; at: Date; content: Snapshot } | null;
  /** As the order is now: same lines as `sent` while it stands open. */
  now: Snapshot;
  state: OrderState;
  standing: Standing;
  /** Whether the order still says what was sent, so that its sums are those of now. */
  isAsSent: boolean;
  /** None unless it stands open. */
  questions: Question[];
  /** The mark of what is asked and of all that was answered before. */
  mark: string;
  estimateDays: number;
  consentText: string;
}

interface Row {
  sent: { number: number; at: string; content: Snapshot } | null;
  isClosed: boolean;
  estimateDays: number;
  consentText: string;
  time: Date;
}

/** Reads it in three queries. @param at when it is asked; without it, now by the clock of the database */
export async function readOffer(db: Database, shop: number, workOrder: number, at?: Date): Promise<Offer> {
  const { rows } = await sql<Row>`
    select (select json_build_object('number', r.number, 'at', r.at, 'content', r.content) from estimate_revisions r
        where r.shop_id = w.shop_id and r.work_order_id = w.id and r.why = 'sent' order by r.number desc limit 1) as sent,
      w.document = 'posted' or w.handed_over_at is not null as "isClosed",
      v.estimate_days as "estimateDays", v.consent_text as "consentText", clock_timestamp() as time
    from work_orders w join visit_settings v on v.shop_id = w.shop_id
    where w.shop_id = ${shop} and w.id = ${workOrder}`.execute(db);
  const row = rows[0] as Row;
  const state = await readState(db, shop, workOrder);
  const now = await takeSnapshot(db, shop, workOrder, state);
  const sent = row.sent && { ...row.sent, at: new Date(row.sent.at) };
  const { isClosed, estimateDays, consentText, time } = row;
  const asked = questionsOf(state.jobs);
  const standing = standingOf({ sent, now, questions: asked, isClosed, estimateDays, time: at ?? time });
  const same = sent !== null && isAsSent(sent.content, now);
  return {
    sent,
    now,
    state,
    standing,
    isAsSent: same,
    questions: standing === 'open' ? asked : [],
    mark: offerOf(now),
    estimateDays,
    consentText,
  };
}
