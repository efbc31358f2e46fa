import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { camelKeys, JsonId } from '../../platform/web/api-fields.js';
import { patchOf } from '../../platform/web/api-patch.js';
import { Id } from '../../platform/web/forms.js';
import { deskFields, MOST_CLOCKED, newJob, writeUpFields } from './inputs.js';
import { addJob, editJob, JOB_FIELDS, type JobInput, removeJob, WRITE_UP_FIELDS } from './jobs.js';
import { JobJson } from './json.js';
import { readJob } from './read.js';

const OfOrder = z.object({ number: Id });
const One = z.object({ number: Id, job: Id });

const Clocked = z.int().min(0).max(MOST_CLOCKED).meta({ description: 'Hours that were worked, in hundredths.' });
const writeUp = { ...writeUpFields, clocked_hundredths: Clocked };
const { internalNote, payType, ...names } = deskFields;
const NewBody = z.strictObject(newJob);
const WriteUpBody = patchOf(writeUp);
const ChangeBody = patchOf({
  ...{ ...names, ...writeUp, internal_note: internalNote, pay_type: payType, mechanic: JsonId.nullable() },
  supplies: z.boolean().meta({ description: 'Whether shop supplies are charged on it.' }),
});

const fields = { clocked: 'clocked_hundredths' };
const one = { tag: 'Jobs', params: One, match: readJob, fields } as const;

/** The jobs of a work order: what is to be done, and what was found and done. */
export function jobOperations({ db }: Services): Operation[] {
  const change = async (
    viewer: ApiViewer,
    params: z.output<typeof One>,
    names: typeof JOB_FIELDS | typeof WRITE_UP_FIELDS,
    { clocked_hundredths: clocked, ...body }: z.output<typeof ChangeBody>,
  ) => {
    const input = { ...camelKeys(body), ...(clocked !== undefined && { clocked }) } as Partial<JobInput>;
    await editJob(db, viewer, params.number, params.job, names, {}, input);
    return readJob(db, viewer, params);
  };
  return [
    api(
      'post',
      '/work-orders/:number/jobs',
      {
        ...{ id: 'addJob', tag: 'Jobs', summary: 'Adds a job', may: 'job.edit', params: OfOrder, body: NewBody },
        ...{ answer: JobJson, status: 201 },
        example: { params: { number: '1001' }, body: { name: 'Front brakes', concern: 'They squeal when cold.' } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await addJob(db, viewer, params.number, body);
        return readJob(db, viewer, { ...params, ...result });
      },
    ),
    api(
      'get',
      '/work-orders/:number/jobs/:job',
      {
        ...{ id: 'getJob', tag: 'Jobs', summary: 'One job with its lines', may: 'board.see', params: One, answer: JobJson },
        example: { params: { number: '1001', job: '1' } },
      },
      ({ viewer, params }) => readJob(db, viewer, params),
    ),
    api(
      'patch',
      '/work-orders/:number/jobs/:job',
      {
        ...{ ...one, id: 'changeJob', summary: 'Changes a job; what is not given stays', may: 'job.edit', body: ChangeBody },
        answer: JobJson,
        example: { params: { number: '1001', job: '1' }, body: { name: 'Brakes, front', pay_type: 'customer', mechanic: 1 } },
      },
      ({ viewer, params, body }) => change(viewer, params, JOB_FIELDS, body),
    ),
    api(
      'patch',
      '/work-orders/:number/jobs/:job/write-up',
      {
        ...{ ...one, id: 'writeUpJob', summary: 'Writes what was found and done, and how far it is', may: 'job.write-up' },
        ...{ body: WriteUpBody, answer: JobJson },
        example: {
          params: { number: '1001', job: '1' },
          body: { cause: 'The pads are worn to 2 mm.', progress: 'in-progress', clocked_hundredths: 50 },
        },
      },
      ({ viewer, params, body }) => change(viewer, params, WRITE_UP_FIELDS, body),
    ),
    api(
      'delete',
      '/work-orders/:number/jobs/:job',
      {
        ...{ ...one, id: 'removeJob', summary: 'Takes a job away with its lines', may: 'job.edit', answer: null },
        example: { params: { number: '1002', job: '2' } },
      },
      ({ viewer, params }) => removeJob(db, viewer, params.number, params.job),
    ),
  ];
}
