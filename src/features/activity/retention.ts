import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Task } from '../../platform/jobs/jobs.js';
import { addUpHours } from '../../platform/observe/timings.js';
import { text } from '../settings/fields.js';
import type { Sheet } from '../settings/sheets.js';

/** For how many days a shop keeps what is no event. */
export const RETENTION: Sheet = {
  table: 'retention_settings',
  event: 'retention.changed',
  fields: { accessDays: text('access_days'), faultDays: text('fault_days'), deliveryDays: text('delivery_days') },
};

/** Of faults that are alike, so many are kept one by one. */
const MOST_FAULTS = 500;

/** Every hour: adds times up and removes what is too old. Events are never among it. */
export const tidyTask: Task = {
  name: 'tidy-observations',
  at: '23 * * * *',
  run: (_payload, { db }) => tidy(db),
};

/** Doing it twice is doing it once. */
export async function tidy(db: Database): Promise<void> {
  await addUpHours(db, await lastHour(db));
  await sql`delete from timings where at < now() - interval '48 hours'`.execute(db);
  await sql`delete from timings_by_hour where at < now() - interval '90 days'`.execute(db);
  // Of each process one an hour is enough after two days.
  await sql`delete from process_samples s where at < now() - interval '48 hours' and (at < now() - interval '90 days' or exists (
    select from process_samples f where f.process_id = s.process_id and f.at < s.at and f.at >= date_trunc('hour', s.at, 'UTC')))`.execute(
    db,
  );
  await sql`delete from processes where seen_at < now() - interval '90 days'`.execute(db);
  await sql`delete from timing_names n where not exists (select from timings t where t.name_id = n.id)
    and not exists (select from timings_by_hour h where h.name_id = n.id)`.execute(db);
  await tidyFaults(db);
  // Nobody tries those again; until then the Health page says so.
  await sql`select from graphile_worker.complete_jobs(array(select id from graphile_worker.jobs
    where attempts >= max_attempts and locked_at is null and updated_at < now() - interval '7 days'))`.execute(db);
  // What belongs to no shop is kept as long as the shop that keeps longest does.
  await sql`delete from access_log a where last_at < now() - make_interval(days => coalesce(
    (select access_days from retention_settings r where r.shop_id = a.shop_id), (select max(access_days) from retention_settings), 180))`.execute(
    db,
  );
}

async function tidyFaults(db: Database): Promise<void> {
  const days = sql`make_interval(days => coalesce((select fault_days from retention_settings r where r.shop_id = g.shop_id),
    (select max(fault_days) from retention_settings), 90))`;
  await sql`delete from fault_groups g where last_at < now() - ${days}`.execute(db);
  await sql`delete from faults f using fault_groups g where g.id = f.group_id and f.at < now() - ${days}`.execute(db);
  await sql`delete from faults f using (
    select group_id, (array_agg(id order by id desc))[${MOST_FAULTS}::int] as last from faults group by group_id having count(*) > ${MOST_FAULTS}
  ) many where f.group_id = many.group_id and f.id < many.last`.execute(db);
}

/** The hours before it are added up; two more are looked at again, for a process that was late. */
async function lastHour(db: Database): Promise<Date> {
  const { rows } = await sql<{ since: Date }>`
    select greatest((select max(at) from timings_by_hour) - interval '2 hours', now() - interval '47 hours') as since`.execute(db);
  return rows[0]?.since ?? new Date(Date.now() - 47 * 3_600_000);
}
