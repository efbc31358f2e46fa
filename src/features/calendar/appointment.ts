import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Kind } from '../appointments/booking.js';
import type { State } from './calendar.js';

/** A choice of the shop's: a technician, a bay. */
export interface Named {
  id: number;
  name: string;
}

/** An appointment with all that hangs on it. */
export interface Appointment {
  id: number;
  state: State;
  kind: Kind;
  startsAt: Date;
  /** On the shop's calendar: `2026-12-01`. */
  day: string;
  hundredths: number;
  concern: string;
  services: { name: string; hundredths: number; canned: number | null }[];
  technician: Named | null;
  bay: Named | null;
  /** As they were given. */
  name: string;
  phone: string;
  email: string;
  vehicle: string;
  plate: string;
  /** Who and what that is in the shop's books. */
  customer: (Named & { phone: string }) | null;
  known: { id: number; description: string; plate: string } | null;
  workOrder: number | null;
  bookedBy: string | null;
  bookedAt: Date;
  arrivedAt: Date | null;
  reason: string;
  /** Counts the changes that a calendar is to hear of (RFC 5545, SEQUENCE). */
  sequence: number;
}

const APPOINTMENT = sql`
    select a.id, a.state, a.kind, a.starts_at as "startsAt", a.day::text as day, a.hundredths, a.concern, a.name, a.phone, a.email, a.vehicle, a.plate,
      a.booked_at as "bookedAt", a.arrived_at as "arrivedAt", a.reason, a.sequence,
      coalesce((select json_agg(json_build_object('name', e.name, 'hundredths', e.hundredths, 'canned', e.canned_job_id) order by e.position)
        from appointment_services e where e.shop_id = a.shop_id and e.appointment_id = a.id), '[]') as services,
      (select json_build_object('id', t.id, 'name', t.name) from staff t where t.id = a.technician_id) as technician,
      (select json_build_object('id', y.id, 'name', y.name) from bays y where y.shop_id = a.shop_id and y.id = a.bay_id) as bay,
      (select json_build_object('id', c.id, 'name', c.name, 'phone', c.phone) from customers c where c.shop_id = a.shop_id and c.id = a.customer_id) as customer,
      (select json_build_object('id', v.id, 'description', v.description, 'plate', v.plate) from vehicles v
        where v.shop_id = a.shop_id and v.id = a.vehicle_id) as known,
      (select w.number from work_orders w where w.shop_id = a.shop_id and w.id = a.work_order_id) as "workOrder",
      (select b.name from staff b where b.id = a.booked_by) as "bookedBy"
    from appointments a`;

/** @throws NotFound, also for one of another shop */
export async function getAppointment(db: Database, shop: number, id: number): Promise<Appointment> {
  const { rows } = await sql<Appointment>`${APPOINTMENT} where a.shop_id = ${shop} and a.id = ${id}`.execute(db);
  if (!rows[0]) throw new NotFound('That appointment is not here.');
  return rows[0];
}

/** What happened to it, the newest first. */
export async function listAppointmentEvents(db: Database, shop: number, id: number) {
  const { rows } = await sql<{ kind: string; data: unknown; at: Date; name: string | null }>`
    select e.kind, e.data, e.at, p.name from (
      select kind, data, at, actor_id, version, seq from events
      where shop_id = ${shop} and work_order_id is null and data @> ${JSON.stringify({ appointment: id })}::jsonb
      union all
      select e.kind, e.data, e.at, e.actor_id, e.version, e.seq from events e
      join appointments a on a.shop_id = e.shop_id and a.work_order_id = e.work_order_id
      where a.shop_id = ${shop} and a.id = ${id} and e.kind = 'appointment.arrived' and e.data @> ${JSON.stringify({ appointment: id })}::jsonb
    ) e left join staff p on p.id = e.actor_id
    where split_part(e.kind, '.', 1) = 'appointment'
    order by e.version desc, e.seq desc limit 100`.execute(db);
  return rows;
}

/** Who can do it, and where. */
export async function listChoices(db: Database, shop: number): Promise<{ technicians: Named[]; bays: Named[] }> {
  const { rows } = await sql<{ technicians: Named[]; bays: Named[] }>`
    select coalesce((select json_agg(json_build_object('id', m.staff_id, 'name', p.name) order by p.name, m.staff_id)
        from memberships m join staff p on p.id = m.staff_id
        where m.shop_id = ${shop} and m.disabled_at is null
          and (m.role = 'mechanic' or exists (select from technician_hours h where h.shop_id = m.shop_id and h.staff_id = m.staff_id))), '[]') as technicians,
      coalesce((select json_agg(json_build_object('id', id, 'name', name) order by position, id) from bays
        where shop_id = ${shop} and removed_at is null), '[]') as bays`.execute(db);
  return rows[0] as { technicians: Named[]; bays: Named[] };
}

/**
 * Appointments of some days in order of their time, by key.
 * @param first, last on the shop's calendar, both included
 * @param after time and id of the last one of the page before
 */
export async function listAppointments(
  db: Database,
  shop: number,
  { first, last, after, limit }: { first: string; last: string; after: [Date, number] | null; limit: number },
): Promise<Appointment[]> {
  const { rows } = await sql<Appointment>`
    ${APPOINTMENT} where a.shop_id = ${shop} and a.day between ${first}::date and ${last}::date
      and (${after?.[0] ?? null}::timestamptz is null or (a.starts_at, a.id) > (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::bigint))
    order by a.starts_at, a.id limit ${limit}`.execute(db);
  return rows;
}
