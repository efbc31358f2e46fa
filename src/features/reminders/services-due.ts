import { sql } from 'kysely';
import { type Actor, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';

export interface ServiceDue {
  id: number;
  what: string;
  /** `2026-12-24` */
  on: string | null;
  /** Of the vehicle's first odometer, tenths of its unit. */
  tenths: number | null;
}

export interface DueInput {
  what: string;
  on: string | null;
  tenths: number | null;
}

/** What a vehicle is due for, the earliest date first. @throws NotFound when the shop has no such vehicle */
export async function listDue(db: Database, shop: number, vehicle: number) {
  const { rows } = await sql<{ vehicle: string; unit: string | null; due: ServiceDue[] }>`
    select v.description as vehicle,
      (select m.unit from meters m where m.shop_id = v.shop_id and m.vehicle_id = v.id order by m.position, m.id limit 1) as unit,
      coalesce((select jsonb_agg(jsonb_build_object('id', d.id, 'what', d.what, 'on', d.due_on, 'tenths', d.due_tenths) order by d.due_on nulls last, d.id)
        from service_due d where d.shop_id = v.shop_id and d.vehicle_id = v.id and d.done_at is null), '[]') as due
    from vehicles v where v.shop_id = ${shop} and v.id = ${vehicle} and v.merged_into_id is null`.execute(db);
  if (!rows[0]) throw new NotFound('That vehicle is not here.');
  return rows[0];
}

/** Notes what a vehicle is due for, and when. @throws NotFound */
export function noteDue(
  db: Database,
  actor: Actor,
  vehicle: number,
  input: DueInput,
  requestId?: string,
): Promise<Changed<{ service: number }>> {
  return change(db, actor, { requestId: requestId && `service/${vehicle}/${requestId}` }, async (tx) => {
    await listDue(tx.db, tx.shop, vehicle);
    const { id } = await tx.db
      .insertInto('service_due')
      .values({
        ...{ shop_id: tx.shop, vehicle_id: vehicle, what: input.what, due_on: input.on, due_tenths: input.tenths },
        ...{ noted_by: tx.actor.staff, noted_at: tx.now },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('vehicle.service-noted', null, { vehicle, service: id, ...input });
    return { service: id };
  });
}

/** It was done, or is not wanted any more. @throws NotFound also for one of another vehicle */
export async function endDue(db: Database, actor: Actor, vehicle: number, service: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { rows } = await sql<{ what: string }>`
      update service_due set done_at = ${tx.now}
      where shop_id = ${tx.shop} and vehicle_id = ${vehicle} and id = ${service} and done_at is null returning what`.execute(tx.db);
    if (!rows[0]) throw new NotFound('That is not noted any more.');
    tx.record('vehicle.service-ended', null, { vehicle, service, what: rows[0].what });
  });
}
