import { type SqlBool, sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Meaning } from '../board/rules.js';
import type { BlockReason } from './blocks.js';

export interface ListedOrder {
  number: number;
  concern: string;
  createdAt: Date;
  promisedAt: Date | null;
  handedOverAt: Date | null;
  columnId: number;
  column: string;
  meaning: Meaning;
  vehicleId: number;
  vehicle: string;
  plate: string;
  customerId: number;
  name: string;
  company: string;
  mechanicId: number | null;
  mechanic: string | null;
  advisorId: number | null;
  advisor: string | null;
  blocked: BlockReason | null;
  document: 'estimate' | 'repair-order' | 'invoice' | 'posted';
  totalCents: number;
  paidCents: number;
  currency: string;
}

export interface OrderFilter {
  /** Number of the last one seen; null for the first page. */
  after: number | null;
  state: 'open' | 'finished' | 'all';
  number?: number | undefined;
  column?: number | undefined;
  customer?: number | undefined;
  vehicle?: number | undefined;
  /** A version of the shop: only what something has happened to since. */
  changedSince?: number | undefined;
}

/** Work orders, the latest number first. @param most rows that are read */
export async function listOrders(db: Database, shop: number, filter: OrderFilter, most: number): Promise<ListedOrder[]> {
  const { after, state, number, column, customer, vehicle, changedSince } = filter;
  const wanted = [
    ...(after === null ? [] : [sql<SqlBool>`w.number < ${after}`]),
    ...(state === 'open' ? [sql<SqlBool>`w.rank is not null`] : []),
    ...(state === 'finished' ? [sql<SqlBool>`w.handed_over_at is not null`] : []),
    ...(number === undefined ? [] : [sql<SqlBool>`w.number = ${number}`]),
    // One that was handed over is in no column any more.
    ...(column === undefined ? [] : [sql<SqlBool>`w.column_id = ${column} and w.rank is not null`]),
    ...(customer === undefined ? [] : [sql<SqlBool>`w.customer_id = ${customer}`]),
    ...(vehicle === undefined ? [] : [sql<SqlBool>`w.vehicle_id = ${vehicle}`]),
    ...(changedSince === undefined
      ? []
      : [
          sql<SqlBool>`w.id in (select e.work_order_id from events e where e.shop_id = ${shop} and e.version > ${changedSince} and e.work_order_id is not null)`,
        ]),
  ];
  const { rows } = await sql<ListedOrder>`
    select w.number, w.concern, w.created_at as "createdAt", w.promised_at as "promisedAt", w.handed_over_at as "handedOverAt",
      k.id as "columnId", k.name as column, k.meaning, v.id as "vehicleId", v.description as vehicle, v.plate, c.id as "customerId", c.name,
      c.company, m.id as "mechanicId", m.name as mechanic, a.id as "advisorId", a.name as advisor, w.blocked_reason as blocked, w.document,
      w.total_cents as "totalCents", w.paid_cents as "paidCents", coalesce(w.terms ->> 'currency', b.currency) as currency
    from work_orders w
    join billing_settings b on b.shop_id = w.shop_id
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    left join staff m on m.id = w.mechanic_id
    left join staff a on a.id = w.advisor_id
    where ${sql.join([sql<SqlBool>`w.shop_id = ${shop}`, ...wanted], sql` and `)}
    order by w.number desc limit ${most}`.execute(db);
  return rows;
}
