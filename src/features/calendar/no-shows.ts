import { sql } from 'kysely';
import { type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Task } from '../../platform/jobs/jobs.js';
import { slotLabel } from '../appointments/slots.js';

/** Appointments to which nobody came in the time that the shop has set; of all shops, or of one. */
const OVERDUE = (now: Date | null, shop: number | null) => sql`
  from appointments a join booking_settings b on b.shop_id = a.shop_id join shops s on s.id = a.shop_id
  where a.state in ('requested', 'confirmed') and a.starts_at < coalesce(${now}::timestamptz, now()) - interval '15 minutes'
    and a.starts_at < coalesce(${now}::timestamptz, now()) - make_interval(mins => b.no_show_minutes)
    and (${shop}::bigint is null or a.shop_id = ${shop}::bigint)`;

/** Once a minute: whoever did not come is not waited for any more. */
export const noShowTask: Task = {
  name: 'appointments-no-shows',
  at: '* * * * *',
  run: async (_payload, { db }) => markNoShows(db),
};

/** In each shop under its lock, so that two processes mark each of them once, and one that is checked in this moment is left alone. */
export async function markNoShows(db: Database): Promise<void> {
  const { rows } = await sql<{ shop: number }>`select distinct a.shop_id as shop ${OVERDUE(null, null)}`.execute(db);
  for (const { shop } of rows) await change(db, { shop, staff: null }, {}, markWithin);
}

async function markWithin(tx: Change): Promise<void> {
  const { rows } = await sql<{ id: number; at: Date; timeZone: string }>`
    select a.id, a.starts_at as at, s.time_zone as "timeZone" ${OVERDUE(tx.now, tx.shop)} order by a.starts_at, a.id`.execute(tx.db);
  if (rows.length === 0) return;
  await tx.db
    .updateTable('appointments')
    .set((set) => ({ state: 'no-show', ended_at: tx.now, sequence: set('sequence', '+', 1) }))
    .where('shop_id', '=', tx.shop)
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute();
  for (const { id, at, timeZone } of rows) tx.record('appointment.no-show', null, { appointment: id, at: slotLabel(at, timeZone) });
}
