import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { API_ROOT, type ApiViewer, api, FILE, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf, showTime, Time } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { getWorkOrder } from '../work-orders/details.js';
import { drawOn } from './drawings.js';
import { bringBackMedium, editMedium, type MediumFields, releaseMedium, removeMedium, shiftMedium } from './edits.js';
import { mediaFile, save, show } from './files.js';
import { AddInput, Caption, MOST_FILES, OneFile, OneMedium, OneOrder, ShiftInput } from './inputs.js';
import { addMedia } from './media.js';
import type { Medium } from './of-order.js';
import { MOST_MARKS, SHAPES, WHOLE } from './rules.js';

const MediumJson = z
  .strictObject({
    ...{ id: JsonId, kind: z.enum(['photo', 'video']), name: z.string(), caption: z.string() },
    job: JsonId.nullable(),
    finding: JsonId.nullable().meta({ description: 'What was found at an inspection, and this shows.' }),
    arrival: z.boolean().meta({ description: 'Taken when the vehicle came in, before any work.' }),
    released: z.boolean().meta({ description: 'Somebody chose it for the customer.' }),
    seen: z.boolean().meta({ description: 'The customer sees it: it was chosen, or what was found was released with its pictures.' }),
    ...{ width: z.int(), height: z.int(), duration_hundredths: z.int().meta({ description: 'Of a second.' }) },
    state: z.enum(['ready', 'waiting', 'failed']).meta({ description: 'Of what is made of a video.' }),
    ...{ added_by: z.string(), added_at: Time },
    files: z.array(z.strictObject({ use: z.string(), url: z.string() })).meta({ description: 'Where they are, for the same token.' }),
  })
  .meta({ id: 'Medium' });
const OutcomeJson = z
  .strictObject({
    ...{ name: z.string(), state: z.enum(['added', 'already', 'refused']), media: JsonId.nullable() },
    why: z.string().nullable().meta({ description: 'Why it was refused.' }),
  })
  .meta({ id: 'UploadOutcome' });

const { job, finding, arrival } = AddInput.shape;
const UploadBody = z.strictObject({ job, finding, arrival });
const ChangeBody = z
  .strictObject({
    ...{ caption: Caption.unwrap().optional(), arrival: z.boolean().optional() },
    ...{ job: JsonId.nullable().optional(), finding: JsonId.nullable().optional() },
  })
  .refine((body) => !(body.job && body.finding), { path: ['finding'], error: 'It shows a job or a finding, not both.' });
const Place = z.int().min(0).max(WHOLE);
const Point = z.strictObject({ x: Place, y: Place });
const DrawingBody = z.strictObject({
  marks: z
    .array(z.strictObject({ shape: z.enum(SHAPES, 'Please choose a shape.'), from: Point, to: Point }))
    .min(1)
    .max(MOST_MARKS)
    .meta({ description: 'Places are ten-thousandths of the picture’s width and height.' }),
});
const ReleaseBody = z.strictObject({ shown: z.boolean() });

async function list(db: Database, viewer: ApiViewer, { number }: { number: number }): Promise<z.input<typeof MediumJson>[]> {
  const { visit } = await getWorkOrder(db, viewer.shop, number);
  return visit.media.map((medium) => toJson(medium, number, viewer));
}

async function read(db: Database, viewer: ApiViewer, params: z.output<typeof OneMedium>) {
  const found = (await list(db, viewer, params)).find(({ id }) => id === params.media);
  if (!found) throw new NotFound('That picture is not here any more.');
  return found;
}

const tag = 'Media';
const one = { tag, params: OneMedium, match: read } as const;

/** Photos and videos of a work order. */
export function mediaOperations(services: Services): Operation[] {
  const { db, config } = services;
  return [
    api(
      'get',
      '/work-orders/:number/media',
      {
        ...{ id: 'listMedia', tag, summary: 'The photos and videos of a work order', may: 'board.see', params: OneOrder },
        answer: pageOf(MediumJson),
        example: { params: { number: '1001' } },
      },
      async ({ viewer, params }) => asPage(await list(db, viewer, params), null),
    ),
    api(
      'post',
      '/work-orders/:number/media',
      {
        ...{ id: 'addMedia', tag, summary: 'Puts photos and videos on a work order', may: 'media.add', params: OneOrder, body: UploadBody },
        details: 'Each file is judged by itself, by what it is and not by its name. The same content is on a work order once.',
        files: { field: 'files', maxFiles: MOST_FILES, maxBytes: Math.max(config.maxPhotoBytes, config.maxVideoBytes) },
        ...{ answer: z.strictObject({ files: z.array(OutcomeJson) }), status: 201 },
        example: { params: { number: '1001' }, body: { arrival: 'on' } },
      },
      async ({ viewer, params, body, files }) => {
        if (files.length === 0) throw new Invalid({ files: 'There is no file in it.' });
        const outcomes = await addMedia(services, viewer, params.number, files, body);
        const told = outcomes.map((outcome) =>
          outcome.state === 'refused' ? { ...outcome, media: null } : { ...plain(outcome), why: null },
        );
        const [first] = told;
        if (first?.why && told.every(({ state }) => state === 'refused')) throw new Invalid({ files: first.why });
        return { files: told };
      },
    ),
    api(
      'get',
      '/work-orders/:number/media/:media',
      {
        ...{ id: 'getMedium', tag, summary: 'One photo or video', may: 'board.see', params: OneMedium, answer: MediumJson },
        example: { params: { number: '1001', media: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'patch',
      '/work-orders/:number/media/:media',
      {
        ...{ ...one, id: 'changeMedium', summary: 'Changes the caption, and what it shows', may: 'media.add', body: ChangeBody },
        ...{ answer: MediumJson, fields: { place: 'job' } },
        example: { params: { number: '1001', media: '1' }, body: { caption: 'Front pads, 2 mm', job: 1 } },
      },
      async ({ viewer, params, body }) => {
        await editMedium(db, viewer, params.number, params.media, {}, toFields(body));
        return read(db, viewer, params);
      },
    ),
    api(
      'put',
      '/work-orders/:number/media/:media/release',
      {
        ...{ ...one, id: 'releaseMedium', summary: 'Shows it to the customer, or takes it back', may: 'media.release' },
        ...{ body: ReleaseBody, answer: MediumJson },
        example: { params: { number: '1001', media: '1' }, body: { shown: true } },
      },
      async ({ viewer, params, body }) => {
        await releaseMedium(db, viewer, params.number, params.media, body.shown);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/work-orders/:number/media/:media',
      {
        ...{ ...one, id: 'removeMedium', summary: 'Removes a picture; within a day it can be brought back', may: 'media.remove' },
        ...{ answer: null, example: { params: { number: '1001', media: '2' } } },
      },
      ({ viewer, params }) => removeMedium(db, viewer, params.number, params.media),
    ),
    ...moreOf(services),
    api(
      'get',
      '/work-orders/:number/media/:media/files/original',
      {
        ...{ id: 'getOriginal', tag, summary: 'The file as it was sent', may: 'media.release', params: OneMedium, answer: FILE },
        example: { params: { number: '1001', media: '1' } },
      },
      async ({ viewer, params }) => save(services, await mediaFile(db, viewer.shop, params.number, params.media, 'original')),
    ),
    api(
      'get',
      '/work-orders/:number/media/:media/files/:use',
      {
        ...{ id: 'getMediaFile', tag, summary: 'One of the files that were made of it', may: 'board.see', params: OneFile, answer: FILE },
        example: { params: { number: '1001', media: '1', use: 'screen' } },
      },
      async ({ viewer, params }) => show(services, await mediaFile(db, viewer.shop, params.number, params.media, params.use)),
    ),
  ];
}

/** What else is done with one picture. */
function moreOf(services: Services): Operation[] {
  const { db } = services;
  return [
    api(
      'post',
      '/work-orders/:number/media/:media/drawings',
      {
        ...{
          id: 'drawOnMedium',
          tag,
          summary: 'Draws on a copy of a photo; the photo stays as it is',
          may: 'media.add',
          params: OneMedium,
        },
        ...{ body: DrawingBody, answer: MediumJson, status: 201 },
        example: {
          params: { number: '1001', media: '1' },
          body: { marks: [{ shape: 'arrow', from: { x: 1000, y: 1000 }, to: { x: 4800, y: 5200 } }] },
        },
      },
      async ({ viewer, params, body }) =>
        read(db, viewer, { ...params, media: await drawOn(services, viewer, params.number, params.media, body.marks) }),
    ),
    api(
      'post',
      '/work-orders/:number/media/:media/shifts',
      {
        ...{ id: 'shiftMedium', tag, summary: 'Moves a picture one place among those it is shown with', may: 'media.add' },
        ...{ params: OneMedium, body: ShiftInput, answer: null },
        example: { params: { number: '1001', media: '1' }, body: { direction: 'later' } },
      },
      ({ viewer, params, body }) => shiftMedium(db, viewer, params.number, params.media, body.direction),
    ),
    api(
      'post',
      '/work-orders/:number/media/:media/returns',
      {
        ...{ id: 'bringBackMedium', tag, summary: 'Takes back that a picture was removed, within a day', may: 'media.remove' },
        ...{ params: OneMedium, answer: MediumJson, example: { params: { number: '1001', media: '3' } } },
      },
      async ({ viewer, params }) => {
        await bringBackMedium(db, viewer, params.number, params.media);
        return read(db, viewer, params);
      },
    ),
  ];
}

function plain<State extends string>({ name, state, media }: { name: string; state: State; media: number }) {
  return { name, state, media };
}

/** What is given, as the form of the page has it: one place for both. */
function toFields({ caption, arrival, job, finding }: z.output<typeof ChangeBody>): Partial<MediumFields> {
  const place = job ? `job-${job}` : finding ? `finding-${finding}` : job === null || finding === null ? '' : undefined;
  return {
    ...(caption !== undefined && { caption }),
    ...(arrival !== undefined && { arrival: arrival ? 'on' : '' }),
    ...(place !== undefined && { place }),
  };
}

function toJson(medium: Medium, number: number, viewer: ApiViewer): z.input<typeof MediumJson> {
  const { id, kind, job, finding, name, caption, seen, width, height, state } = medium;
  return {
    ...{ id, kind, job, finding, name, caption, seen, width, height, state },
    ...{ arrival: medium.isArrival, released: medium.toCustomer, duration_hundredths: medium.duration },
    ...{ added_by: medium.addedBy, added_at: showTime(new Date(medium.addedAt), viewer) },
    files: medium.uses.map((use) => ({ use, url: `${API_ROOT}/work-orders/${number}/media/${id}/files/${use}` })),
  };
}
