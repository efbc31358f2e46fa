import { sql } from 'kysely';
import type { VehicleType } from '../vehicles/rules.js';
import type { FindingColor, Measured, Reason } from './content.js';

/** An item that was looked at, as the page of its work order tells of it. */
export interface OrderFinding {
  id: number;
  item: string;
  /** What the template calls it, and the section that it stands in. */
  name: string;
  section: string;
  color: FindingColor;
  reason: Reason | null;
  note: string;
  measures: Measured[];
  unit: string;
  safety: boolean;
  released: boolean;
  /** The job that was proposed because of it. */
  job: { id: number; name: string } | null;
  by: string;
  at: string;
}

/** An inspection of a work order, as its page tells of it. */
export interface Inspection {
  id: number;
  name: string;
  vehicleType: VehicleType;
  version: number;
  startedBy: string;
  startedAt: string;
  finishedBy: string | null;
  finishedAt: string | null;
  /** From then on the customer sees its released findings. */
  releasedAt: string | null;
  /** Of how many items. */
  items: number;
  /** What was said so far, in the order of the template. */
  findings: OrderFinding[];
}

const findings = sql`coalesce((
  select json_agg(json_build_object(
    'id', f.id, 'item', f.item, 'name', p.item ->> 'name', 'section', p.section, 'color', f.color, 'reason', f.reason, 'note', f.note,
    'measures', f.measures, 'unit', coalesce(p.item -> 'measure' ->> 'unit', ''), 'safety', f.safety, 'released', f.released,
    'job', case when j.id is not null then json_build_object('id', j.id, 'name', j.name) end, 'by', y.name, 'at', f.at
  ) order by p.place, p.row)
  from (
    select s.place, s.section ->> 'name' as section, t.item, t.row
    from jsonb_array_elements(v.content -> 'sections') with ordinality s (section, place),
      jsonb_array_elements(s.section -> 'items') with ordinality t (item, row)
  ) p
  join findings f on f.shop_id = i.shop_id and f.inspection_id = i.id and f.item = p.item ->> 'key'
  join staff y on y.id = f.by
  left join jobs j on j.shop_id = f.shop_id and j.id = f.job_id
  where f.color is not null
), '[]')`;

/** The inspections of the work order `w`, as a list of Inspection. */
export const INSPECTIONS = sql`coalesce((
  select json_agg(x) from (
    select i.id, t.name, t.vehicle_type as "vehicleType", i.version, b.name as "startedBy", i.started_at as "startedAt",
      d.name as "finishedBy", i.finished_at as "finishedAt", i.released_at as "releasedAt",
      (select count(*)::int from findings f where f.shop_id = i.shop_id and f.inspection_id = i.id) as items, ${findings} as findings
    from inspections i
    join inspection_templates t on t.shop_id = i.shop_id and t.id = i.template_id
    join inspection_template_versions v on v.shop_id = i.shop_id and v.template_id = i.template_id and v.version = i.version
    join staff b on b.id = i.started_by
    left join staff d on d.id = i.finished_by
    where i.shop_id = w.shop_id and i.work_order_id = w.id
    order by i.id
  ) x), '[]')`;

/** How many items are of each color, and how many nobody has looked at. */
export function countColors({ items, findings }: Pick<Inspection, 'items' | 'findings'>): Record<FindingColor | 'open', number> {
  const counts = { green: 0, yellow: 0, red: 0, na: 0, open: items - findings.length };
  for (const { color } of findings) counts[color]++;
  return counts;
}
