import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Method } from '../billing/authorizations.js';
import type { Decision } from '../billing/state.js';
import type { Meaning } from '../board/rules.js';
import { itemName } from '../safety/unsafe.js';
import type { FoundLink } from './links.js';
import { SHOWN, type Shown } from './shown.js';

/** What a customer was asked before, and what they said. */
export interface EarlierConsent {
  id: number;
  at: string;
  givenBy: string;
  method: Method | 'link';
  decisions: Decision[];
  /** Names of the jobs, by id. */
  names: Record<string, string>;
  authorizedCents: number;
}

export interface AskedQuestion {
  id: number;
  job: number | null;
  jobName: string | null;
  text: string;
  askedAt: string;
  answer: string;
  answeredAt: string | null;
}

/** A visit as its customer may know it. What is not here can't be shown to them. */
export interface VisitRow {
  vehicle: string;
  plate: string;
  column: string;
  meaning: Meaning;
  createdAt: Date;
  promisedAt: Date | null;
  handedOverAt: Date | null;
  /** Version of the shop in which something about it changed last. */
  version: number;
  address: string;
  greeting: string;
  shown: Shown;
  questions: AskedQuestion[];
  consents: EarlierConsent[];
  /** What is unsafe and was declined, and the customer has not yet said that they know. */
  unsafe: { id: number; name: string }[];
}

/** Reads it in one query. */
export async function readVisit(db: Database, link: Pick<FoundLink, 'shop' | 'workOrder'>): Promise<VisitRow> {
  const { rows } = await sql<VisitRow>`
    select v.description as vehicle, v.plate, k.name as "column", k.meaning, w.created_at as "createdAt", w.promised_at as "promisedAt",
      w.handed_over_at as "handedOverAt", b.address, t.greeting, ${SHOWN} as shown,
      (select max(e.version) from events e where e.shop_id = w.shop_id and e.work_order_id = w.id) as version,
      coalesce((select json_agg(x) from (
        select q.id, q.job_id as job, j.name as "jobName", q.text, q.asked_at as "askedAt", q.answer, q.answered_at as "answeredAt"
        from questions q left join jobs j on j.shop_id = q.shop_id and j.id = q.job_id
        where q.shop_id = w.shop_id and q.work_order_id = w.id order by q.id) x), '[]') as questions,
      coalesce((select json_agg(x) from (
        select a.id, a.at, a.given_by as "givenBy", a.method, a.decisions, a.authorized_cents as "authorizedCents",
          (select coalesce(json_object_agg(j ->> 'id', j ->> 'name'), '{}') from jsonb_array_elements(r.content -> 'jobs') j) as names
        from authorizations a join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id
        where a.shop_id = w.shop_id and a.work_order_id = w.id order by a.id) x), '[]') as consents,
      coalesce((select json_agg(y) from (
        select h.id, ${itemName('f', 'x')} as name from holds h
        join findings f on f.shop_id = h.shop_id and f.id = h.finding_id
        join inspections x on x.shop_id = f.shop_id and x.id = f.inspection_id
        where h.shop_id = w.shop_id and h.work_order_id = w.id and h.ended_at is null and h.acknowledged_at is null order by h.id) y), '[]') as unsafe
    from work_orders w
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    join billing_settings b on b.shop_id = w.shop_id
    join visit_settings t on t.shop_id = w.shop_id
    where w.shop_id = ${link.shop} and w.id = ${link.workOrder}`.execute(db);
  if (!rows[0]) throw new NotFound();
  return rows[0];
}

/** When something about it changed last, as a version of the shop. */
export async function readVersion(db: Database, link: Pick<FoundLink, 'shop' | 'workOrder'>): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select coalesce(max(version), 0) as version from events where shop_id = ${link.shop} and work_order_id = ${link.workOrder}`.execute(db);
  return rows[0]?.version ?? 0;
}
