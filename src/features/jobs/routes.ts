import { randomUUID } from 'node:crypto';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { WorkOrderPages } from '../work-orders/pages.js';
import { addCannedJob } from './canned.js';
import { bringJob } from './deferred.js';
import {
  Again,
  BringInput,
  CannedInput,
  JobEditInput,
  NewJobInput,
  Nothing,
  OneJob,
  OneOrder,
  OptionInput,
  PAY_TYPES,
  PROGRESS,
  pickFields,
  ReadingInput,
  Shift,
  WriteUpInput,
} from './inputs.js';
import { jobForm } from './job-form.js';
import { addJob, copyJob, editJob, JOB_FIELDS, JobConflict, removeJob, shiftJob, WRITE_UP_FIELDS } from './jobs.js';
import { addOption, pickOption } from './options.js';
import { readMeter } from './readings.js';

/** The page or the dialog on which a job is changed: by the desk all of it, by the floor what was found and done. */
const SCOPES = { edit: JOB_FIELDS, 'write-up': WRITE_UP_FIELDS } as const;
type Scope = keyof typeof SCOPES;

export function jobRoutes(services: Services): Route[] {
  const { db } = services;
  const pages = new WorkOrderPages(services);
  type Here = { viewer: Viewer; params: { number: number }; htmx: boolean; frame(): object };
  const refusedAt = ({ viewer, params, htmx }: Here, refused: Refused) => pages.show(viewer, params.number, refused, htmx);
  /** After a change of a job: the page at this job, or the jobs as they are now. */
  const changed = async ({ viewer, params, frame }: Here, job: number | null): Promise<Answer> =>
    done(`/work-orders/${params.number}${job ? `#job-${job}` : ''}`, { fragments: await pages.jobParts(viewer, params.number, frame()) });
  /** After a job has come: also what else could be brought back has changed. */
  const whole = async ({ viewer, params, htmx }: Here, job: number): Promise<Answer> =>
    htmx ? pages.show(viewer, params.number, null, true) : done(`/work-orders/${params.number}#job-${job}`);

  const form = async (
    { viewer, params }: { viewer: Viewer; params: { number: number; job: number } },
    scope: Scope,
    refused: Refused | null,
    conflict?: JobConflict,
  ): Promise<Answer> => {
    const data = await jobForm(db, viewer, params.number, params.job, SCOPES[scope], refused, conflict);
    const words = { payTypes: PAY_TYPES, progress: PROGRESS, scope, requestId: randomUUID() };
    return { ...page('jobs/edit', { ...data, ...words }, 'jobs/edit-form'), status: conflict ? 409 : 200 } as Answer;
  };
  const save = async (
    here: Here & { params: { number: number; job: number }; body: object },
    scope: Scope,
    input: Parameters<typeof editJob>[6],
  ): Promise<Answer> => {
    const { viewer, params, htmx, body } = here;
    try {
      await editJob(db, viewer, params.number, params.job, SCOPES[scope], pickFields(body, JOB_FIELDS, 'original.'), input);
    } catch (error) {
      if (!(error instanceof JobConflict)) throw error;
      return form(here, scope, { values: { ...body, ...error.mine }, fields: { '': error.message } }, error);
    }
    if (htmx) return pages.show(viewer, params.number, null, true);
    return done(`/work-orders/${params.number}#job-${params.job}`, { flash: { text: 'Saved.' } });
  };

  return [
    post('/work-orders/:number/jobs', { may: 'job.edit', params: OneOrder, body: NewJobInput, form: refusedAt }, async (here) => {
      const { requestId, ...input } = here.body;
      const { result } = await addJob(db, here.viewer, here.params.number, input, requestId);
      return changed(here, result.job);
    }),
    post('/work-orders/:number/canned-jobs', { may: 'job.edit', params: OneOrder, body: CannedInput, form: refusedAt }, async (here) => {
      const { result } = await addCannedJob(db, here.viewer, here.params.number, here.body.canned, here.body.requestId);
      return changed(here, result.job);
    }),
    post('/work-orders/:number/brought-jobs', { may: 'job.edit', params: OneOrder, body: BringInput, form: refusedAt }, async (here) => {
      const { result } = await bringJob(db, here.viewer, here.params.number, here.body.job, here.body.requestId);
      return whole(here, result.job);
    }),
    get('/work-orders/:number/jobs/:job/edit', { may: 'job.edit', params: OneJob }, (here) => form(here, 'edit', null)),
    get('/work-orders/:number/jobs/:job/write-up', { may: 'job.write-up', params: OneJob }, (here) => form(here, 'write-up', null)),
    post(
      '/work-orders/:number/jobs/:job/edits',
      { may: 'job.edit', params: OneJob, body: JobEditInput, form: (here, refused) => form(here, 'edit', refused) },
      (here) => save(here, 'edit', withoutOriginals(here.body)),
    ),
    post(
      '/work-orders/:number/jobs/:job/write-ups',
      { may: 'job.write-up', params: OneJob, body: WriteUpInput, form: (here, refused) => form(here, 'write-up', refused) },
      (here) => save(here, 'write-up', withoutOriginals(here.body)),
    ),
    post('/work-orders/:number/jobs/:job/removals', { may: 'job.edit', params: OneJob, body: Nothing, form: refusedAt }, async (here) => {
      await removeJob(db, here.viewer, here.params.number, here.params.job);
      return changed(here, null);
    }),
    post('/work-orders/:number/jobs/:job/shifts', { may: 'job.edit', params: OneJob, body: Shift, form: refusedAt }, async (here) => {
      await shiftJob(db, here.viewer, here.params.number, here.params.job, here.body.direction);
      return changed(here, here.params.job);
    }),
    post('/work-orders/:number/jobs/:job/copies', { may: 'job.edit', params: OneJob, body: Again, form: refusedAt }, async (here) => {
      const { result } = await copyJob(db, here.viewer, here.params.number, here.params.job, here.body.requestId);
      return changed(here, result.job);
    }),
    post(
      '/work-orders/:number/jobs/:job/options',
      { may: 'job.edit', params: OneJob, body: OptionInput, form: refusedAt },
      async (here) => {
        const { name, requestId } = here.body;
        const { result } = await addOption(db, here.viewer, here.params.number, here.params.job, name, requestId);
        return changed(here, result.job);
      },
    ),
    post('/work-orders/:number/jobs/:job/picks', { may: 'job.edit', params: OneJob, body: Nothing, form: refusedAt }, async (here) => {
      await pickOption(db, here.viewer, here.params.number, here.params.job);
      return changed(here, here.params.job);
    }),
    post(
      '/work-orders/:number/readings',
      { may: 'job.write-up', params: OneOrder, body: ReadingInput, form: refusedAt },
      async ({ viewer, params, body, frame }) => {
        const original = {
          ...(body['original.in'] !== undefined && { in: body['original.in'] }),
          ...(body['original.out'] !== undefined && { out: body['original.out'] }),
        };
        const warning = await readMeter(db, viewer, params.number, body.meter, { in: body.in, out: body.out }, original);
        const fragments = await pages.partsAndActions(viewer, params.number, frame());
        const told = warning ? services.views.render('work-orders/problem', { problem: warning }) : '';
        return done(`/work-orders/${params.number}`, { flash: { text: warning ?? 'Saved.' }, fragments: fragments + told });
      },
    ),
  ];
}

function withoutOriginals<Body extends object>(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !name.startsWith('original.'))) as Body;
}
