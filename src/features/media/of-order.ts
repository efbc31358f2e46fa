import { sql } from 'kysely';

/** A photo or video of a work order. */
export interface Medium {
  id: number;
  kind: 'photo' | 'video';
  job: number | null;
  finding: number | null;
  /** What was inspected, as its template calls it. */
  findingName: string | null;
  isArrival: boolean;
  name: string;
  caption: string;
  /** Somebody chose it for the customer. */
  toCustomer: boolean;
  /** The customer sees it: it was chosen, or what was found was released with its pictures. */
  seen: boolean;
  width: number;
  height: number;
  /** Hundredths of a second. */
  duration: number;
  takenAt: string | null;
  /** The work order of another visit with a picture that looks the same. */
  looksLike: number | null;
  drawnOn: number | null;
  state: 'ready' | 'waiting' | 'failed';
  /** What there are files for: 'thumbnail', 'screen', 'poster' … */
  uses: string[];
  addedBy: string;
  addedAt: string;
}

/** Whether the customer sees the picture `p`: the one rule, for their page and for the mark in the shop. */
export const SEEN = sql<boolean>`(p.to_customer or exists (
  select from findings f join inspections i on i.shop_id = f.shop_id and i.id = f.inspection_id
  where f.shop_id = p.shop_id and f.id = p.finding_id and f.released and f.at <= i.released_at))`;

const FINDING_NAME = sql`(
  select coalesce(jsonb_path_query_first(v.content, '$.sections[*].items[*] ? (@.key == $key).name', jsonb_build_object('key', f.item)) #>> '{}', f.item)
  from findings f
  join inspections i on i.shop_id = f.shop_id and i.id = f.inspection_id
  join inspection_template_versions v on v.shop_id = i.shop_id and v.template_id = i.template_id and v.version = i.version
  where f.shop_id = p.shop_id and f.id = p.finding_id)`;

/** The pictures of the work order `w`, as a list. */
export const MEDIA = sql`coalesce((
  select json_agg(x) from (
    select p.id, p.kind, p.job_id as job, p.finding_id as finding, ${FINDING_NAME} as "findingName", p.is_arrival as "isArrival", p.name,
      p.caption, p.to_customer as "toCustomer", ${SEEN} as seen, p.width, p.height, p.duration, p.taken_at as "takenAt",
      o.number as "looksLike", p.drawn_on_id as "drawnOn", p.state,
      array(select u.use from media_files u where u.shop_id = p.shop_id and u.media_id = p.id) as uses,
      s.name as "addedBy", p.added_at as "addedAt"
    from media p
    join staff s on s.id = p.added_by
    left join media like_it on like_it.shop_id = p.shop_id and like_it.id = p.looks_like_id
    left join work_orders o on o.shop_id = like_it.shop_id and o.id = like_it.work_order_id
    where p.shop_id = w.shop_id and p.work_order_id = w.id and p.removed_at is null
    order by p.position, p.id
  ) x), '[]')`;

/** A picture that was removed a short while ago, for those who may bring it back. */
export interface RemovedMedium {
  id: number;
  kind: 'photo' | 'video';
  removedAt: string;
}

/** What was removed from the work order `w` within the last day, as a list; see BRING_BACK_WITHIN. */
export const REMOVED_MEDIA = sql`coalesce((
  select json_agg(json_build_object('id', p.id, 'kind', p.kind, 'removedAt', p.removed_at) order by p.removed_at)
  from media p where p.shop_id = w.shop_id and p.work_order_id = w.id and p.removed_at > now() - interval '1 day'), '[]')`;

/** A photo or video as a customer gets it. */
export interface CustomerMedium {
  id: number;
  kind: 'photo' | 'video';
  job: number | null;
  finding: number | null;
  caption: string;
  width: number;
  height: number;
  /** Hundredths of a second. */
  duration: number;
  takenAt: string | null;
  /** The files that the customer may have, with their SHA-256 in hex. */
  files: { use: CustomerUse; sha256: string }[];
}

/** None of them says where or with what a picture was taken. `customer`: the picture, or the video, in full size. */
export const CUSTOMER_USES = ['thumbnail', 'customer', 'poster'] as const;
export type CustomerUse = (typeof CUSTOMER_USES)[number];

/** The pictures of the work order `w` that its customer sees, as a list of CustomerMedium. */
export const CUSTOMER_MEDIA = sql`coalesce((
  select json_agg(x) from (
    select p.id, p.kind, p.job_id as job, p.finding_id as finding, p.caption, p.width, p.height, p.duration, p.taken_at as "takenAt",
      (select coalesce(json_agg(json_build_object('use', u.use, 'sha256', encode(u.sha256, 'hex')) order by u.use), '[]')
        from media_files u where u.shop_id = p.shop_id and u.media_id = p.id and u.use in (${sql.join(CUSTOMER_USES)})) as files
    from media p
    where p.shop_id = w.shop_id and p.work_order_id = w.id and p.removed_at is null and ${SEEN}
    order by p.position, p.id
  ) x), '[]')`;

/** What was found at the work order `w`, or is shown by a picture already, to choose from: `[{"id", "name"}]`. */
export const FINDING_CHOICES = sql`coalesce((
  select json_agg(json_build_object('id', p.finding_id, 'name', ${FINDING_NAME}) order by p.finding_id)
  from (select a.shop_id, a.id as finding_id from findings a where a.shop_id = w.shop_id and a.work_order_id = w.id and (a.color in ('yellow', 'red')
    or exists (select from media m where m.shop_id = a.shop_id and m.finding_id = a.id and m.removed_at is null))) p), '[]')`;
