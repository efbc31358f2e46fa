import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { ApiViewer } from '../../platform/web/api.js';
import { readWorkOrder } from '../work-orders/json.js';

/** The job as its GET answers it. @throws NotFound */
export async function readJob(db: Database, viewer: ApiViewer, { number, job }: { number: number; job: number }) {
  const found = (await readWorkOrder(db, viewer, { number })).jobs.find((one) => one.id === job);
  if (!found) throw new NotFound('That job is not here any more.');
  return found;
}

/** The line as its GET answers it. @throws NotFound */
export async function readLine(db: Database, viewer: ApiViewer, { number, line }: { number: number; line: number }) {
  const order = await readWorkOrder(db, viewer, { number });
  const found = [...order.jobs.flatMap((job) => job.lines), ...order.lines].find((one) => one.id === line);
  if (!found) throw new NotFound('That line is not here any more.');
  return found;
}
