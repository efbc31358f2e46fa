import type { ClientBase } from 'pg';

/** Jobs that somebody has asked for and that were not done yet; what comes by the clock comes again by itself. */
export const WAITING_JOBS = `
  select t.identifier as task, j.payload, q.queue_name as queue, j.run_at, j.max_attempts, j.key, j.priority
  from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
  left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
  where j.attempts < j.max_attempts and j.payload::jsonb -> '_cron' is null order by j.id`;

/** Makes the table in which jobs wait that are not to be done now; it is empty. */
export async function makeWaiting(client: ClientBase, schema: string): Promise<void> {
  await client.query(`create table ${schema}.waiting_jobs (task text not null, payload json not null, queue text, run_at timestamptz not null,
    max_attempts int not null, key text, priority int not null)`);
}

/** Puts what waits to be done aside, into that table. */
export async function putJobsAside(client: ClientBase, schema: string): Promise<void> {
  await makeWaiting(client, schema);
  await client.query(`insert into ${schema}.waiting_jobs ${WAITING_JOBS}`);
  await client.query('delete from graphile_worker._private_jobs');
}

/** Asks for them again; the table is gone. */
export async function takeJobsBack(client: ClientBase, schema: string): Promise<void> {
  await client.query(
    `select graphile_worker.add_job(task, payload, queue, run_at, max_attempts, key, priority) from ${schema}.waiting_jobs`,
  );
  await client.query(`drop table ${schema}.waiting_jobs`);
}
