import { sql } from 'kysely';
import type { EventData } from '../../platform/database/events.js';
import type { Database } from '../../platform/database/pool.js';
import type { Measured } from '../inspections/content.js';
import { CUSTOMER_MEDIA, type CustomerMedium } from '../media/of-order.js';

/** Something that was looked at, as its customer sees it. */
export interface ShownFinding {
  id: number;
  /** As its template calls it, with its section. */
  name: string;
  section: string;
  color: 'green' | 'yellow' | 'red';
  reason: 'required' | 'suggested' | null;
  note: string;
  measures: Measured[];
  unit: string;
  safety: boolean;
  job: number | null;
}

/** All that a customer sees of a visit beside the estimate. */
export interface Shown {
  findings: ShownFinding[];
  media: CustomerMedium[];
}

/** The findings of the work order `w` that its customer sees, as a list: those of released inspections, one by one released, and not said anew since. */
const CUSTOMER_FINDINGS = sql`coalesce((
  select json_agg(x) from (
    select f.id, coalesce(i.name, f.item) as name, coalesce(i.section, '') as section, f.color, f.reason, f.note, f.measures,
      coalesce(i.unit, '') as unit, f.safety, f.job_id as job
    from findings f
    join inspections n on n.shop_id = f.shop_id and n.id = f.inspection_id
    join inspection_template_versions v on v.shop_id = n.shop_id and v.template_id = n.template_id and v.version = n.version
    left join lateral (
      select item.value ->> 'name' as name, item.value #>> '{measure,unit}' as unit, section.value ->> 'name' as section,
        section.place * 1000 + item.place as place
      from jsonb_array_elements(v.content -> 'sections') with ordinality section (value, place),
        jsonb_array_elements(section.value -> 'items') with ordinality item (value, place)
      where item.value ->> 'key' = f.item limit 1
    ) i on true
    where f.shop_id = w.shop_id and f.work_order_id = w.id and f.released and f.at <= n.released_at and f.color in ('green', 'yellow', 'red')
    order by n.id, i.place, f.id
  ) x), '[]')`;

/** What the customer sees of the work order `w`, as an object. */
export const SHOWN = sql`json_build_object('findings', ${CUSTOMER_FINDINGS}, 'media', ${CUSTOMER_MEDIA})`;

export async function readShown(db: Database, shop: number, workOrder: number): Promise<Shown> {
  const { rows } = await sql<{ shown: Shown }>`
    select ${SHOWN} as shown from work_orders w where w.shop_id = ${shop} and w.id = ${workOrder}`.execute(db);
  return rows[0]?.shown ?? { findings: [], media: [] };
}

/** The same as it is kept with an answer: in words and hashes, so that it can be shown again in years. */
export function asEvidence({ findings, media }: Shown): EventData {
  const keyed = (rows: { id: number }[]) =>
    Object.fromEntries(rows.map((row) => [String(row.id), JSON.parse(JSON.stringify(row)) as EventData]));
  return { findings: keyed(findings), media: keyed(media) };
}

/** SHA-256 of every file that the customer can open. */
export function filesOf({ media }: Shown): Buffer[] {
  return media.flatMap(({ files }) => files.map(({ sha256 }) => Buffer.from(sha256, 'hex')));
}
