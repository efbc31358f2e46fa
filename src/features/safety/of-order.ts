import { sql } from 'kysely';
import { IS_CHECKED } from './checks.js';
import type { How } from './holds.js';
import { finders, itemName, UNSAFE } from './unsafe.js';

/** One hold, as the page of its work order tells of it; times are text, in UTC. */
export interface Hold {
  id: number;
  finding: number;
  name: string;
  /** What was written about it. */
  note: string;
  finder: string;
  madeAt: string;
  acknowledgedAt: string | null;
  acknowledgedBy: string;
  how: How | null;
  taker: string | null;
  acknowledgementNote: string;
  releasedBy: string | null;
  releaseNote: string;
  endedAt: string | null;
  why: 'released' | 'approved' | 'withdrawn' | null;
}

/** Somebody has looked at the work. */
export interface Check {
  id: number;
  by: string;
  at: string;
  passed: boolean;
  note: string;
}

/** What holds the vehicle of a work order, and who has checked the work. */
export interface Safety {
  holds: Hold[];
  /** What is unsafe, and no answer of the customer is there about it. */
  unasked: string[];
  checks: Check[];
  /** Whether the last check was passed and nothing was done since. */
  isChecked: boolean;
}

const holds = sql`
  select h.id, h.finding_id as finding, ${itemName('f', 'x')} as name, f.note, ${finders} ->> 'names' as finder, h.made_at as "madeAt",
    h.acknowledged_at as "acknowledgedAt", h.acknowledged_by as "acknowledgedBy", h.acknowledged_how as how, t.name as taker,
    h.acknowledgement_note as "acknowledgementNote", r.name as "releasedBy", h.release_note as "releaseNote", h.ended_at as "endedAt",
    h.ended_why as why
  from holds h
  join findings f on f.shop_id = h.shop_id and f.id = h.finding_id
  join inspections x on x.shop_id = f.shop_id and x.id = f.inspection_id
  left join staff t on t.id = h.acknowledgement_taken_by
  left join staff r on r.id = h.released_by
  where h.shop_id = w.shop_id and h.work_order_id = w.id order by h.id`;

const checks = sql`
  select q.id, s.name as by, q.at, q.passed, q.note from quality_checks q join staff s on s.id = q.by
  where q.shop_id = w.shop_id and q.work_order_id = w.id order by q.id`;

/** The names of what no customer has answered about: not asked, taken off the order again, or asked anew. */
export const UNASKED = sql<string[]>`coalesce((
  select json_agg(u.name) from (${UNSAFE}) u where u."isUnsafe" and u.hold is null and not u."isAuthorized" and not u."isReleased"), '[]')`;

/** The names of what holds it. */
export const HELD = sql<string[]>`coalesce((select json_agg(u.name) from (${UNSAFE}) u where u.hold is not null), '[]')`;

/** The holds and checks of the work order `w`, as an object. */
export const SAFETY = sql`json_build_object(
  'holds', coalesce((select json_agg(x) from (${holds}) x), '[]'), 'unasked', ${UNASKED},
  'checks', coalesce((select json_agg(x) from (${checks}) x), '[]'), 'isChecked', ${IS_CHECKED})`;
