import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { OpeningHours } from '../appointments/slots.js';
import type { Meaning } from '../board/rules.js';
import type { BlockReason } from '../work-orders/blocks.js';
import { DAYS_AHEAD } from './rules.js';

/** A work order on the board, as far as the morning needs it. */
export interface OrderRow {
  number: number;
  vehicle: string;
  plate: string;
  customer: string;
  phone: string;
  mechanicId: number | null;
  mechanic: string | null;
  column: string;
  meaning: Meaning;
  columnSince: Date;
  promisedAt: Date | null;
  blocked: BlockReason | null;
  blockedNote: string;
  blockedSince: Date | null;
  customerState: 'sent' | 'opened' | 'asked' | 'answered' | null;
  customerStateAt: Date | null;
  /** Labor that is not done yet, in hundredths of an hour. */
  left: number;
  /** Of a vehicle that is done: when its customer was last written to since, and how that went. */
  toldAt: Date | null;
  toldState: string | null;
}

/** A work order's labor that counts and is not done, less what was clocked on it. */
const LEFT = sql`(
  select coalesce(sum(greatest(0, of_job.hundredths - j.clocked_hundredths)), 0)::int
  from jobs j join lateral (
    select coalesce(sum(l.quantity), 0) as hundredths from lines l
    where l.shop_id = j.shop_id and l.job_id = j.id and l.kind = 'labor'
  ) of_job on true
  where j.shop_id = w.shop_id and j.work_order_id = w.id and j.progress <> 'complete' and j.consent not in ('declined', 'deferred')
    and (j.choice is null or j.picked))`;

/** Every work order on the board, the earliest promise first: one query. @param mechanic only those of this one */
export async function readOrders(db: Database, shop: number, mechanic: number | null): Promise<OrderRow[]> {
  const { rows } = await sql<OrderRow>`
    select w.number, v.description as vehicle, v.plate, coalesce(nullif(c.company, ''), c.name) as customer, c.phone,
      w.mechanic_id as "mechanicId", m.name as mechanic, k.name as "column", k.meaning, w.column_since as "columnSince",
      w.promised_at as "promisedAt", w.blocked_reason as blocked, w.blocked_note as "blockedNote", w.blocked_since as "blockedSince",
      w.customer_state as "customerState", w.customer_state_at as "customerStateAt",
      case when k.meaning <> 'done' and w.promised_at is not null then ${LEFT} else 0 end as "left",
      told.written_at as "toldAt", told.state as "toldState"
    from work_orders w
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    left join staff m on m.id = w.mechanic_id
    left join lateral (
      select o.written_at, o.state from messages o
      where k.meaning = 'done' and o.shop_id = w.shop_id and o.work_order_id = w.id and o.direction = 'out'
        and o.state in ('waiting', 'sending', 'sent', 'by-hand') and o.written_at >= w.column_since
      order by o.id desc limit 1
    ) told on true
    where w.shop_id = ${shop} and w.rank is not null and (${mechanic}::bigint is null or w.mechanic_id = ${mechanic})
    order by w.promised_at nulls last, w.number`.execute(db);
  return rows;
}

export interface ArrivalRow {
  id: number;
  at: Date;
  state: 'requested' | 'confirmed' | 'arrived';
  kind: 'waiting' | 'drop-off' | 'after-hours' | 'ride';
  name: string;
  phone: string;
  vehicle: string;
  plate: string;
  what: string;
  technician: string | null;
  number: number | null;
  /** Else it is a request for a later day. */
  isToday: boolean;
}

/** Who comes today by the shop's calendar, and requests for later that wait for a yes, by time. @param technician only for this one */
export async function readArrivals(db: Database, shop: number, day: string, technician: number | null): Promise<ArrivalRow[]> {
  const { rows } = await sql<ArrivalRow>`
    select a.id, a.starts_at as at, a.state, a.kind, a.name, a.phone, a.vehicle, a.plate, t.name as technician, w.number, a.day = ${day}::date as "isToday",
      coalesce((select string_agg(s.name, ', ' order by s.position) from appointment_services s
        where s.shop_id = a.shop_id and s.appointment_id = a.id), nullif(a.concern, ''), '') as what
    from appointments a
    left join staff t on t.id = a.technician_id
    left join work_orders w on w.shop_id = a.shop_id and w.id = a.work_order_id
    where a.shop_id = ${shop} and a.day >= ${day}::date and (a.day = ${day}::date or a.state = 'requested') and a.ended_at is null
      and (${technician}::bigint is null or a.technician_id = ${technician})
    order by a.starts_at, a.id`.execute(db);
  return rows;
}

/** What a customer has said that nobody has answered. */
export interface ReplyRow {
  kind: 'message' | 'question';
  name: string;
  text: string;
  at: Date;
  number: number | null;
}

/** Messages that came in and questions by a link, the one that has waited longest first; at most 100 of each. */
export async function readReplies(db: Database, shop: number): Promise<ReplyRow[]> {
  const { rows } = await sql<ReplyRow>`
    (select 'message' as kind, coalesce(nullif(o.name, ''), o.address) as name, o.text, o.written_at as at, w.number
      from messages o left join work_orders w on w.shop_id = o.shop_id and w.id = o.work_order_id
      where o.shop_id = ${shop} and o.direction = 'in' and o.done_at is null order by o.id limit 100)
    union all
    (select 'question', coalesce(nullif(c.company, ''), c.name), q.text, q.asked_at, w.number
      from questions q
      join work_orders w on w.shop_id = q.shop_id and w.id = q.work_order_id
      join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
      where q.shop_id = ${shop} and q.answered_at is null and w.rank is not null order by q.id limit 100)
    order by at`.execute(db);
  return rows;
}

/** The shop's clock and its hours from today on: one query. @throws NotFound */
export async function readHours(
  db: Database,
  shop: number,
  now: Date,
): Promise<{ timeZone: string; version: number; hours: OpeningHours }> {
  const { rows } = await sql<{
    timeZone: string;
    version: number;
    week: { weekday: number; opens: string; closes: string }[];
    special: { day: string; intervals: [string, string][] }[];
  }>`
    select s.time_zone as "timeZone", s.version,
      coalesce((select jsonb_agg(jsonb_build_object('weekday', weekday, 'opens', left(opens::text, 5), 'closes', left(closes::text, 5)) order by weekday, opens)
        from opening_hours where shop_id = s.id), '[]') as week,
      coalesce((select jsonb_agg(jsonb_build_object('day', day, 'intervals', intervals)) from special_days
        where shop_id = s.id and day between (${now}::timestamptz at time zone s.time_zone)::date
          and (${now}::timestamptz at time zone s.time_zone)::date + ${DAYS_AHEAD}::int), '[]') as special
    from shops s where s.id = ${shop}`.execute(db);
  const row = rows[0];
  if (!row) throw new NotFound('There is no such shop.');
  const week: OpeningHours['week'] = Array.from({ length: 7 }, () => []);
  for (const { weekday, opens, closes } of row.week) week[weekday - 1]?.push({ opens, closes });
  const special = new Map(row.special.map(({ day, intervals }) => [day, intervals.map(([opens, closes]) => ({ opens, closes }))]));
  return { timeZone: row.timeZone, version: row.version, hours: { week, special } };
}
