import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Meaning } from '../board/rules.js';
import type { FoundPage } from './links.js';

/** What a customer may know of what the shop has of them. What is not here can't be shown to them. */
export interface OwnData {
  name: string;
  currency: string;
  vehicles: { id: number; description: string; plate: string }[];
  visits: OwnVisit[];
  appointments: { id: number; at: string; state: 'requested' | 'confirmed'; vehicle: string; what: string }[];
  left: { id: number; name: string; consent: 'declined' | 'deferred'; at: string; vehicle: string; plate: string }[];
  /** Whether customers book by themselves, and under which name. */
  booking: { isOnline: boolean; slug: string | null };
}

export interface OwnVisit {
  number: number;
  at: string;
  vehicle: string;
  meaning: Meaning;
  promisedAt: string | null;
  handedOverAt: string | null;
  isOnBoard: boolean;
  document: 'estimate' | 'repair-order' | 'invoice' | 'posted';
  totalCents: number;
  paidCents: number;
  currency: string;
  /** Of its own link, where there is one that works. */
  link: { handle: string; hash: string } | null;
}

const MOST_VISITS = 100;
const list = (rows: ReturnType<typeof sql>) => sql`coalesce((select jsonb_agg(x) from (${rows}) x), '[]')`;

const visits = list(sql`
  select w.number, w.created_at as at, v.description as vehicle, k.meaning, w.promised_at as "promisedAt", w.handed_over_at as "handedOverAt",
    w.rank is not null as "isOnBoard", w.document, w.total_cents as "totalCents", w.paid_cents as "paidCents",
    coalesce(w.terms ->> 'currency', b.currency) as currency,
    (select jsonb_build_object('handle', l.handle, 'hash', encode(l.token_hash, 'hex')) from customer_links l
      where l.shop_id = w.shop_id and l.work_order_id = w.id and l.revoked_at is null and l.expires_at > now() order by l.id desc limit 1) as link
  from work_orders w
  join columns k on k.shop_id = w.shop_id and k.id = w.column_id
  join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
  where w.shop_id = c.shop_id and w.customer_id = c.id order by w.id desc limit ${sql.lit(MOST_VISITS)}`);

const vehicles = list(sql`
  select v.id, v.description, v.plate from vehicles v
  where v.shop_id = c.shop_id and v.customer_id = c.id and v.merged_into_id is null order by v.id desc limit 200`);

const appointments = list(sql`
  select a.id, a.starts_at as at, a.state, a.vehicle,
    coalesce((select string_agg(s.name, ', ' order by s.position) from appointment_services s
      where s.shop_id = a.shop_id and s.appointment_id = a.id), a.concern) as what
  from appointments a
  where a.shop_id = c.shop_id and a.customer_id = c.id and a.state in ('requested', 'confirmed') and a.starts_at > now() - interval '12 hours'
  order by a.starts_at`);

/** What they declined or put off and still have the vehicle for. */
const left = list(sql`
  select j.id, j.name, j.consent, coalesce(j.consent_at, j.created_at) as at, v.description as vehicle, v.plate
  from work_orders w
  join jobs j on j.shop_id = w.shop_id and j.work_order_id = w.id and j.consent in ('declined', 'deferred')
  join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id and v.customer_id = c.id and v.merged_into_id is null
  where w.shop_id = c.shop_id and w.customer_id = c.id and w.rank is null and (j.choice is null or j.picked)
    and not exists (select from jobs n where n.shop_id = j.shop_id and n.brought_from_id = j.id)
  order by j.id desc limit 50`);

/** Reads it in one query. @returns null when the customer is gone */
export async function readOwn(db: Database, { shop, customer }: Pick<FoundPage, 'shop' | 'customer'>): Promise<OwnData | null> {
  const { rows } = await sql<OwnData>`
    select coalesce(nullif(c.company, ''), c.name) as name, b.currency, ${vehicles} as vehicles, ${visits} as visits,
      ${appointments} as appointments, ${left} as left,
      (select jsonb_build_object('isOnline', g.is_online, 'slug', g.slug) from booking_settings g where g.shop_id = c.shop_id) as booking
    from customers c join billing_settings b on b.shop_id = c.shop_id
    where c.shop_id = ${shop} and c.id = ${customer}`.execute(db);
  return rows[0] ?? null;
}

/** Whether an invoice is this customer's to see: it is one, and it is theirs. */
export async function ownsInvoice(db: Database, { shop, customer }: FoundPage, number: number): Promise<boolean> {
  const { rows } = await sql`
    select from work_orders where shop_id = ${shop} and number = ${number} and customer_id = ${customer}
      and document in ('invoice', 'posted')`.execute(db);
  return rows.length > 0;
}

/** Whether an appointment is this customer's, and still to come. */
export async function ownsAppointment(db: Database, { shop, customer }: FoundPage, id: number): Promise<boolean> {
  const { rows } = await sql`
    select from appointments where shop_id = ${shop} and id = ${id} and customer_id = ${customer}
      and state in ('requested', 'confirmed')`.execute(db);
  return rows.length > 0;
}
