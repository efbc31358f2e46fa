import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Meaning } from '../board/rules.js';
import { type LeftJob, leftJobs, toLeftJobs } from '../jobs/deferred.js';

/** What there is to choose from on the page of a work order. */
export interface Choices {
  people: { id: number; name: string; role: string; disabled: boolean }[];
  labels: { id: number; name: string; color: string }[];
  columns: { id: number; name: string; meaning: Meaning }[];
  canned: { id: number; name: string }[];
  /** Jobs of earlier visits that the vehicle still waits for. */
  left: LeftJob[];
}

/** Reads all of it in one query. */
export async function listChoices(db: Database, shop: number, number: number): Promise<Choices> {
  const { rows } = await sql<Omit<Choices, 'left'> & { left: Parameters<typeof toLeftJobs>[0] }>`
    select
      coalesce((select json_agg(x) from (
        select s.id, s.name, m.role, m.disabled_at is not null as disabled from memberships m join staff s on s.id = m.staff_id
        where m.shop_id = w.shop_id order by s.name) x), '[]') as people,
      coalesce((select json_agg(x) from (
        select l.id, l.name, l.color from labels l where l.shop_id = w.shop_id order by l.name) x), '[]') as labels,
      coalesce((select json_agg(x) from (
        select k.id, k.name, k.meaning from columns k where k.shop_id = w.shop_id and k.position is not null order by k.position) x), '[]') as columns,
      coalesce((select json_agg(x) from (
        select j.id, j.name from canned_jobs j where j.shop_id = w.shop_id and j.archived_at is null order by j.name, j.id) x), '[]') as canned,
      ${leftJobs} as left
    from work_orders w where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  const [row] = rows;
  return row ? { ...row, left: toLeftJobs(row.left) } : { people: [], labels: [], columns: [], canned: [], left: [] };
}
