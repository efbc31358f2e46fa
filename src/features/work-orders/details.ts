import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { showAge, showDateTime, showPromise } from '../../platform/time.js';
import { type Meaning, promiseState } from '../board/rules.js';
import { BLOCK_REASONS, type BlockReason } from './blocks.js';
import { type HistoryLine, listHistory } from './history.js';

export interface Comment {
  id: number;
  authorId: number;
  author: string;
  text: string;
  iso: string;
  at: string;
  edited: boolean;
}

/** All that the page of a work order shows. Nothing in it depends on who looks. */
export interface WorkOrderDetails {
  id: number;
  number: number;
  version: number;
  concern: string;
  created: string;
  handedOver: string | null;
  column: { id: number; name: string; meaning: Meaning; since: { iso: string; text: string } };
  promise: { iso: string; text: string; state: 'late' | 'soon' | '' } | null;
  customer: { id: number; name: string; company: string; phone: string; email: string };
  vehicle: { id: number; description: string; plate: string; vin: string };
  mechanic: { id: number; name: string } | null;
  advisor: { id: number; name: string } | null;
  blocked: { reason: string; kind: BlockReason; note: string; iso: string; text: string } | null;
  labels: { id: number; name: string; color: string }[];
  comments: Comment[];
  history: HistoryLine[];
}

interface Row {
  id: number;
  number: number;
  version: number;
  time_zone: string;
  concern: string;
  created_at: Date;
  handed_over_at: Date | null;
  column_id: number;
  column_name: string;
  meaning: Meaning;
  column_since: Date;
  promised_at: Date | null;
  customer_id: number;
  customer: string;
  company: string;
  phone: string;
  email: string;
  vehicle_id: number;
  vehicle: string;
  plate: string;
  vin: string;
  mechanic_id: number | null;
  mechanic: string | null;
  advisor_id: number | null;
  advisor: string | null;
  blocked_reason: BlockReason | null;
  blocked_note: string;
  blocked_since: Date | null;
  labels: { id: number; name: string; color: string }[];
}

/** @throws NotFound when the shop has no such number */
export async function getWorkOrder(db: Database, shop: number, number: number): Promise<WorkOrderDetails> {
  const { rows } = await sql<Row>`
    select w.id, w.number, w.concern, w.created_at, w.handed_over_at, w.column_id, w.column_since, w.promised_at, w.customer_id, w.vehicle_id,
      w.mechanic_id, w.advisor_id, w.blocked_reason, w.blocked_note, w.blocked_since, s.version, s.time_zone, k.name as column_name, k.meaning, c.name as customer, c.company, c.phone, c.email,
      v.description as vehicle, v.plate, v.vin, m.name as mechanic, a.name as advisor,
      coalesce((
        select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'color', l.color) order by l.name)
        from work_order_labels wl join labels l on l.shop_id = wl.shop_id and l.id = wl.label_id
        where wl.shop_id = w.shop_id and wl.work_order_id = w.id
      ), '[]') as labels
    from work_orders w
    join shops s on s.id = w.shop_id
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    left join staff m on m.id = w.mechanic_id
    left join staff a on a.id = w.advisor_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  const row = rows[0];
  if (!row) throw new NotFound('That work order is not here.');
  return toDetails(row, await listComments(db, shop, row), await listHistory(db, shop, row.id, row.time_zone));
}

async function listComments(db: Database, shop: number, order: Row): Promise<Comment[]> {
  const rows = await db
    .selectFrom('comments as o')
    .innerJoin('staff as s', 's.id', 'o.author_id')
    .select(['o.id', 'o.author_id', 's.name', 'o.text', 'o.created_at', 'o.edited_at'])
    .where('o.shop_id', '=', shop)
    .where('o.work_order_id', '=', order.id)
    .orderBy('o.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    authorId: row.author_id,
    author: row.name,
    text: row.text,
    iso: row.created_at.toISOString(),
    at: showDateTime(row.created_at, order.time_zone),
    edited: row.edited_at !== null,
  }));
}

function toDetails(row: Row, comments: Comment[], history: HistoryLine[]): WorkOrderDetails {
  const now = new Date();
  const age = (at: Date) => ({ iso: at.toISOString(), text: showAge(at, now) });
  return {
    id: row.id,
    number: row.number,
    version: row.version,
    concern: row.concern,
    created: showDateTime(row.created_at, row.time_zone),
    handedOver: row.handed_over_at && showDateTime(row.handed_over_at, row.time_zone),
    column: { id: row.column_id, name: row.column_name, meaning: row.meaning, since: age(row.column_since) },
    promise: row.promised_at && {
      iso: row.promised_at.toISOString(),
      text: showPromise(row.promised_at, now, row.time_zone),
      state: row.handed_over_at ? '' : promiseState(row.promised_at, row.meaning, now),
    },
    customer: { id: row.customer_id, name: row.customer, company: row.company, phone: row.phone, email: row.email },
    vehicle: { id: row.vehicle_id, description: row.vehicle, plate: row.plate, vin: row.vin },
    mechanic: row.mechanic_id && row.mechanic ? { id: row.mechanic_id, name: row.mechanic } : null,
    advisor: row.advisor_id && row.advisor ? { id: row.advisor_id, name: row.advisor } : null,
    blocked: row.blocked_reason &&
      row.blocked_since && {
        reason: BLOCK_REASONS[row.blocked_reason],
        kind: row.blocked_reason,
        note: row.blocked_note,
        ...age(row.blocked_since),
      },
    labels: row.labels,
    comments,
    history,
  };
}
