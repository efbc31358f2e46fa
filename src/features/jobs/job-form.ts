import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listMembers } from '../staff/members.js';
import { findJob } from './job-rows.js';
import { type JobConflict, type JobFields, toJobFields } from './jobs.js';

/**
 * What the form of a job shows. What each field held travels with it, so that the server can tell what was changed here from
 * what somebody else changed meanwhile.
 * @param fields those that this person may change
 * @param conflict the fields that both changed: the form then shows both, and saving again takes mine
 * @throws NotFound when the order has no such job
 */
export async function jobForm(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  fields: readonly (keyof JobFields)[],
  refused: Refused | null,
  conflict?: JobConflict,
) {
  const job = await findJob(db, viewer.shop, number, id);
  if (!job) throw new NotFound('That job is not here any more.');
  const all = toJobFields(job);
  const current = Object.fromEntries(fields.map((field) => [field, all[field]])) as Record<string, string>;
  const sent = (field: string) => refused?.values[`original.${field}`];
  const typed = refused ? { ...refused.values, supplies: refused.values.supplies ?? '' } : {};
  return {
    title: `${job.name}, WO-${number}`,
    ...{ number, job: id, name: job.name, fields },
    values: { ...current, ...typed } as Record<string, string>,
    original: Object.fromEntries(
      Object.entries(current).map(([field, value]) => [field, conflict?.conflicts[field] ? value : String(sent(field) ?? value)]),
    ),
    errors: refused?.fields ?? {},
    conflicts: conflict?.conflicts ?? {},
    people: (await listMembers(db, viewer.shop)).filter((one) => !one.disabled || one.id === job.mechanic_id),
  };
}
