import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Unsafe } from './rules.js';

/** What was looked at, as its template calls it. @param f the finding's alias @param x that of its inspection */
export const itemName = (f: 'f', x: 'x') => sql<string>`coalesce((
  select i ->> 'name' from inspection_template_versions t, jsonb_path_query(t.content, '$.sections[*].items[*]') i
  where t.shop_id = ${sql.ref(`${x}.shop_id`)} and t.template_id = ${sql.ref(`${x}.template_id`)} and t.version = ${sql.ref(`${x}.version`)}
    and i ->> 'key' = ${sql.ref(`${f}.item`)} limit 1), ${sql.ref(`${f}.item`)})`;

/** Who found the fault `f`, as `{"ids", "names"}`: whoever made it red. Adding to its note is not finding it. */
export const finders = sql`(
  select json_build_object('ids', json_agg(s.id order by s.id), 'names', string_agg(s.name, ', ' order by s.id)) from staff s
  where s.id = any (coalesce((
    select array_agg(e.actor_id) from events e
    where e.shop_id = f.shop_id and e.work_order_id = f.work_order_id and e.kind = 'finding.saved' and (e.data ->> 'finding')::bigint = f.id
      and e.data #>> '{after,color}' = 'red' and e.data #>> '{before,color}' is distinct from 'red'), array[f.by])))`;

/** The red safety findings of the work order `w`, and those whose hold has not ended, as `Unsafe`. */
export const UNSAFE = sql<Unsafe>`
  select f.id as finding, ${itemName('f', 'x')} as name, f.color is not distinct from 'red' and f.safety as "isUnsafe",
    coalesce(j.consent in ('declined', 'deferred'), false) and not done.yes as "isDeclined", done.yes as "isAuthorized", h.id as hold,
    exists (
      select from holds r where r.shop_id = f.shop_id and r.finding_id = f.id and r.ended_why = 'released'
        and r.ended_at > coalesce(j.consent_at, '-infinity')
    ) as "isReleased"
  from findings f
  join inspections x on x.shop_id = f.shop_id and x.id = f.inspection_id
  left join jobs j on j.shop_id = f.shop_id and j.id = f.job_id
  left join holds h on h.shop_id = f.shop_id and h.finding_id = f.id and h.ended_at is null
  cross join lateral (select exists (
    select from jobs a where a.shop_id = j.shop_id and a.work_order_id = j.work_order_id and (a.id = j.id or a.choice = j.choice)
      and (a.choice is null or a.picked) and a.consent not in ('declined', 'deferred')
      and (a.consent in ('approved', 'revised') or a.pay_type <> 'customer')
  ) as yes) done
  where f.shop_id = w.shop_id and f.work_order_id = w.id and (f.color = 'red' and f.safety or h.id is not null)
  order by f.id`;

/** What makes a work order's vehicle unsafe, as it is now. */
export async function readUnsafe(tx: Change, workOrder: number): Promise<Unsafe[]> {
  const { rows } = await sql<Unsafe>`
    select u.* from work_orders w cross join lateral (${UNSAFE}) u where w.shop_id = ${tx.shop} and w.id = ${workOrder}`.execute(tx.db);
  return rows;
}
