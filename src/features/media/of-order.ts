import { sql } from 'kysely';

/** A photo or video of a work order. */
export interface Medium {
  id: number;
  kind: 'photo' | 'video';
  job: number | null;
  finding: number | null;
  isArrival: boolean;
  name: string;
  caption: string;
  toCustomer: boolean;
  width: number;
  height: number;
  /** Hundredths of a second. */
  duration: number;
  takenAt: string | null;
  /** The work order of another visit with a picture that looks the same. */
  looksLike: number | null;
  drawnOn: number | null;
  state: 'ready' | 'waiting' | 'failed';
  addedBy: string;
  addedAt: string;
}

/** The pictures of the work order `w`, as a list. */
export const MEDIA = sql`coalesce((
  select json_agg(x) from (
    select p.id, p.kind, p.job_id as job, p.finding_id as finding, p.is_arrival as "isArrival", p.name, p.caption, p.to_customer as "toCustomer",
      p.width, p.height, p.duration, p.taken_at as "takenAt", o.number as "looksLike", p.drawn_on_id as "drawnOn", p.state,
      s.name as "addedBy", p.added_at as "addedAt"
    from media p
    join staff s on s.id = p.added_by
    left join media like_it on like_it.shop_id = p.shop_id and like_it.id = p.looks_like_id
    left join work_orders o on o.shop_id = like_it.shop_id and o.id = like_it.work_order_id
    where p.shop_id = w.shop_id and p.work_order_id = w.id and p.removed_at is null
    order by p.position, p.id
  ) x), '[]')`;
