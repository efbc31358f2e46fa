import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf, showTime, Time } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { listChoices } from '../work-orders/choices.js';
import { readWorkOrder } from '../work-orders/json.js';
import { addCannedJob } from './canned.js';
import { bringJob } from './deferred.js';
import { OptionInput, Shift } from './inputs.js';
import { copyJob, shiftJob } from './jobs.js';
import { JobJson, LineJson } from './json.js';
import { copyLine, shiftLine } from './lines.js';
import { addOption, pickOption } from './options.js';
import { readJob, readLine } from './read.js';

const OfOrder = z.object({ number: Id });
const OneJob = OfOrder.extend({ job: Id });
const OneLine = OfOrder.extend({ line: Id });
const LeftJson = z
  .strictObject({
    ...{ id: JsonId, name: z.string(), consent: z.enum(['declined', 'deferred']), reason: z.string(), at: Time },
    work_order: JsonId.nullable().meta({ description: 'Of the visit; null of a former owner’s.' }),
  })
  .meta({ id: 'LeftJob' });

const job = { tag: 'Jobs', may: 'job.edit', answer: JobJson } as const;
const line = { tag: 'Lines', may: 'job.edit', answer: LineJson, params: OneLine } as const;

/** Jobs and lines that are made of others, and their order. */
export function arrangingOperations({ db }: Services): Operation[] {
  const made = (viewer: ApiViewer, number: number, { result }: { result: { job: number } }) => readJob(db, viewer, { number, ...result });
  return [
    api(
      'post',
      '/work-orders/:number/canned-jobs',
      {
        ...{ ...job, id: 'useCannedJob', summary: 'Adds a canned job with its lines, at the rates of now', params: OfOrder, status: 201 },
        ...{ body: z.strictObject({ canned: JsonId }), example: { params: { number: '1003' }, body: { canned: 1 } } },
      },
      async ({ viewer, params, body }) => made(viewer, params.number, await addCannedJob(db, viewer, params.number, body.canned)),
    ),
    api(
      'get',
      '/work-orders/:number/left-jobs',
      {
        ...{ id: 'listLeftJobs', tag: 'Jobs', summary: 'What its vehicle still waits for from earlier visits', may: 'job.edit' },
        ...{ params: OfOrder, answer: pageOf(LeftJson), example: { params: { number: '1007' } } },
      },
      async ({ viewer, params }) => {
        const { left } = await listChoices(db, viewer.shop, params.number);
        // Of an order that is not here there are no choices either.
        if (left.length === 0) await readWorkOrder(db, viewer, params);
        const items = left.map(({ id, name, consent, reason, at, number, former }) => ({
          ...{ id, name, consent, reason, at: showTime(new Date(at), viewer), work_order: former ? null : number },
        }));
        return asPage(items, null);
      },
    ),
    api(
      'post',
      '/work-orders/:number/brought-jobs',
      {
        ...{ ...job, id: 'bringJob', summary: 'Brings a job of an earlier visit back, at the rates of now', params: OfOrder, status: 201 },
        ...{ body: z.strictObject({ job: JsonId }), example: { params: { number: '1007' }, body: { job: 4 } } },
      },
      async ({ viewer, params, body }) => made(viewer, params.number, await bringJob(db, viewer, params.number, body.job)),
    ),
    api(
      'post',
      '/work-orders/:number/jobs/:job/copies',
      {
        ...{ ...job, id: 'copyJob', summary: 'Makes another job like this one, with its lines', params: OneJob, status: 201 },
        example: { params: { number: '1003', job: '3' } },
      },
      async ({ viewer, params }) => made(viewer, params.number, await copyJob(db, viewer, params.number, params.job)),
    ),
    api(
      'post',
      '/work-orders/:number/jobs/:job/options',
      {
        ...{ ...job, id: 'addOption', summary: 'Adds an alternative to a job: a copy of it, which is not picked', params: OneJob },
        ...{ status: 201, body: z.strictObject({ name: OptionInput.shape.name.meta({ description: 'Empty: Good, Better, Best.' }) }) },
        example: { params: { number: '1003', job: '3' }, body: { name: 'Better' } },
      },
      async ({ viewer, params, body }) => made(viewer, params.number, await addOption(db, viewer, params.number, params.job, body.name)),
    ),
    api(
      'put',
      '/work-orders/:number/jobs/:job/pick',
      {
        ...{ ...job, id: 'pickOption', summary: 'Picks one of the alternatives: it counts, the others do not', params: OneJob },
        ...{ match: readJob, example: { params: { number: '1007', job: '8' } } },
      },
      async ({ viewer, params }) => {
        await pickOption(db, viewer, params.number, params.job);
        return readJob(db, viewer, params);
      },
    ),
    api(
      'post',
      '/work-orders/:number/jobs/:job/shifts',
      {
        ...{ id: 'shiftJob', tag: 'Jobs', summary: 'Moves a job one place up or down', may: 'job.edit', params: OneJob, body: Shift },
        ...{ answer: null, example: { params: { number: '1003', job: '3' }, body: { direction: 'down' } } },
      },
      ({ viewer, params, body }) => shiftJob(db, viewer, params.number, params.job, body.direction),
    ),
    api(
      'post',
      '/work-orders/:number/lines/:line/copies',
      {
        ...{ ...line, id: 'copyLine', summary: 'Makes another line like this one', status: 201 },
        example: { params: { number: '1003', line: '1' } },
      },
      async ({ viewer, params }) => {
        const { result } = await copyLine(db, viewer, params.number, params.line);
        return readLine(db, viewer, { ...params, ...result });
      },
    ),
    api(
      'post',
      '/work-orders/:number/lines/:line/shifts',
      {
        ...{ id: 'shiftLine', tag: 'Lines', summary: 'Moves a line one place up or down', may: 'job.edit', params: OneLine, body: Shift },
        ...{ answer: null, example: { params: { number: '1003', line: '1' }, body: { direction: 'down' } } },
      },
      ({ viewer, params, body }) => shiftLine(db, viewer, params.number, params.line, body.direction),
    ),
  ];
}
