import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { optional } from '../../platform/web/forms.js';
import { JobJson } from '../jobs/json.js';
import { readJob } from '../jobs/read.js';
import { COLORS, REASONS } from './content.js';
import { carryForward, releaseFinding, saveItem } from './findings.js';
import { OneFindingOfOrder, OneInspection, OneItem, OneOrder } from './inputs.js';
import { finishInspection, releaseInspection, reopenInspection, startInspection } from './inspections.js';
import { ItemJson, MeasuredJson, readItem, readSheet, SheetJson, TemplateItemJson, templateItemJson, toMeasured } from './item-json.js';
import { proposeJob } from './proposals.js';
import { listTemplates } from './templates.js';

const CHOICE = 'That is not one of the choices.';
const TemplateJson = z
  .strictObject({
    ...{ id: JsonId, name: z.string(), vehicle_type: z.string(), version: z.int(), archived: z.boolean() },
    sections: z.array(z.strictObject({ name: z.string(), items: z.array(TemplateItemJson) })),
  })
  .meta({ id: 'InspectionTemplate' });
/** What is not given stays as it is. */
const ItemBody = z.strictObject({
  color: z.enum(COLORS, CHOICE).optional().meta({ description: 'Without it, what is measured says the color.' }),
  reason: z.enum(REASONS, CHOICE).optional(),
  note: optional('The note', 2000).unwrap().optional(),
  measures: z
    .array(MeasuredJson)
    .max(10)
    .optional()
    .meta({ description: 'All that is measured at it: a position that is left out has no value any more.' }),
});
const ShownBody = z.strictObject({ shown: z.boolean() });

const tag = 'Inspections';
const sheet = { tag, may: 'inspection.fill', params: OneInspection, answer: SheetJson } as const;
const item = { tag, may: 'inspection.fill', params: OneItem, answer: ItemJson } as const;

/** Inspecting a vehicle: item by item, then finished, then released to the customer. */
export function fillingOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/inspection-templates',
      {
        ...{ id: 'listInspectionTemplates', tag, summary: 'What can be inspected, item by item', may: 'inspection.fill' },
        ...{ answer: pageOf(TemplateJson), example: {} },
      },
      async ({ viewer }) => {
        const items = (await listTemplates(db, viewer.shop)).map(({ id, name, vehicleType, version, archived, content }) => ({
          ...{ id, name, version, archived, vehicle_type: vehicleType },
          sections: content.sections.map((section) => ({ name: section.name, items: section.items.map(templateItemJson) })),
        }));
        return asPage(items, null);
      },
    ),
    api(
      'post',
      '/work-orders/:number/inspections',
      {
        ...{ ...sheet, id: 'startInspection', summary: 'Starts an inspection; once for each template', params: OneOrder, status: 201 },
        body: z.strictObject({ template: JsonId }),
        example: { params: { number: '1002' }, body: { template: 1 } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await startInspection(db, viewer, params.number, body);
        return readSheet(db, viewer, { ...params, ...result });
      },
    ),
    api(
      'get',
      '/work-orders/:number/inspections/:inspection',
      {
        ...{ ...sheet, id: 'getInspection', summary: 'An inspection with all its items, and what is missing' },
        example: { params: { number: '1003', inspection: '1' } },
      },
      ({ viewer, params }) => readSheet(db, viewer, params),
    ),
    api(
      'get',
      '/work-orders/:number/inspections/:inspection/items/:item',
      {
        ...{ ...item, id: 'getInspectionItem', summary: 'One item, with what was found' },
        example: { params: { number: '1003', inspection: '1', item: 'pads' } },
      },
      ({ viewer, params }) => readItem(db, viewer, params),
    ),
    api(
      'patch',
      '/work-orders/:number/inspections/:inspection/items/:item',
      {
        ...{ ...item, id: 'saveInspectionItem', summary: 'Says how an item is; what is not given stays', body: ItemBody, match: readItem },
        example: { params: { number: '1003', inspection: '1', item: 'tires' }, body: { color: 'yellow', note: '4 mm left' } },
      },
      async ({ viewer, params, body }) => {
        const { measures, ...said } = body;
        const input = { ...said, ...(measures && { measures: toMeasured(measures) }) };
        await saveItem(db, viewer, params.number, params.inspection, params.item, input);
        return readItem(db, viewer, params);
      },
    ),
    api(
      'post',
      '/work-orders/:number/inspections/:inspection/items/:item/carries',
      {
        ...{ ...item, id: 'carryForward', summary: 'Confirms what was found at an earlier visit: it is so again', match: readItem },
        body: z.strictObject({ finding: JsonId.meta({ description: 'Of the earlier visit.' }) }),
        example: { params: { number: '1007', inspection: '3', item: 'wipers' }, body: { finding: 6 } },
      },
      async ({ viewer, params, body }) => {
        await carryForward(db, viewer, params.number, params.inspection, params.item, body.finding);
        return readItem(db, viewer, params);
      },
    ),
    ...endings({ db }),
  ];
}

/** What becomes of an inspection, and of what was found. */
function endings({ db }: Pick<Services, 'db'>): Operation[] {
  const stage = (verb: string, id: string, summary: string, act: typeof finishInspection) =>
    api(
      'post',
      `/work-orders/:number/inspections/:inspection/${verb}`,
      { ...sheet, id, summary, match: readSheet, example: { params: { number: '1001', inspection: '4' } } },
      async ({ viewer, params }) => {
        await act(db, viewer, params.number, params.inspection);
        return readSheet(db, viewer, params);
      },
    );
  return [
    api(
      'put',
      '/work-orders/:number/inspections/:inspection/release',
      {
        ...{ ...sheet, id: 'releaseInspection', summary: 'Shows what was found to the customer, or takes it back', match: readSheet },
        ...{ may: 'inspection.release', body: ShownBody },
        example: { params: { number: '1001', inspection: '4' }, body: { shown: true } },
      },
      async ({ viewer, params, body }) => {
        await releaseInspection(db, viewer, params.number, params.inspection, body.shown);
        return readSheet(db, viewer, params);
      },
    ),
    stage('reopenings', 'reopenInspection', 'Opens a finished inspection again', reopenInspection),
    stage('finishes', 'finishInspection', 'Finishes an inspection: nothing of it changes from then on', finishInspection),
    api(
      'put',
      '/work-orders/:number/findings/:finding/release',
      {
        ...{ id: 'releaseFinding', tag, summary: 'Chooses whether the customer sees a finding', may: 'inspection.release' },
        ...{ params: OneFindingOfOrder, body: ShownBody, answer: null },
        example: { params: { number: '1003', finding: '1' }, body: { shown: false } },
      },
      ({ viewer, params, body }) => releaseFinding(db, viewer, params.number, params.finding, body.shown),
    ),
    api(
      'post',
      '/work-orders/:number/findings/:finding/jobs',
      {
        ...{ id: 'proposeJob', tag, summary: 'Proposes a job for what was found', may: 'inspection.fill', params: OneFindingOfOrder },
        ...{ answer: JobJson, status: 201, example: { params: { number: '1003', finding: '1' } } },
      },
      async ({ viewer, params }) => {
        const { result } = await proposeJob(db, viewer, params.number, params.finding);
        return readJob(db, viewer, { ...params, ...result });
      },
    ),
  ];
}
