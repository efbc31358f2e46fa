import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { Id, required } from '../../platform/web/forms.js';
import { endDue, listDue, noteDue, type ServiceDue } from './services-due.js';

const DueJson = z
  .strictObject({
    ...{ id: JsonId, what: z.string(), due_on: z.iso.date().nullable() },
    due_tenths: z.int().nullable().meta({ description: 'Reading of the vehicle’s first meter, in tenths of its unit.' }),
  })
  .meta({ id: 'ServiceDue' });
const One = z.object({ vehicle: Id });
const OneService = One.extend({ service: Id });
const Body = z
  .strictObject({
    what: required('What is due', 200),
    due_on: z.iso.date('That is no day.').nullable().default(null),
    due_tenths: z.int('That is no reading.').min(1, 'That is no reading.').max(999_999_999, 'That is no reading.').nullable().default(null),
  })
  .refine((body) => body.due_on !== null || body.due_tenths !== null, {
    path: ['due_on'],
    error: 'Please give a day, a reading, or both.',
  });

/** What vehicles are due for. */
export function serviceDueOperations({ db }: Services): Operation[] {
  const tag = 'Vehicles';
  const may = 'customer.edit';
  return [
    api(
      'get',
      '/vehicles/:vehicle/services',
      {
        ...{ id: 'listServicesDue', tag, summary: 'What a vehicle is due for, the earliest date first', may: 'vehicle.see', params: One },
        ...{ answer: pageOf(DueJson), example: { params: { vehicle: '1' } } },
      },
      async ({ viewer, params }) => ({ items: (await listDue(db, viewer.shop, params.vehicle)).due.map(toJson), next: null }),
    ),
    api(
      'post',
      '/vehicles/:vehicle/services',
      {
        ...{
          id: 'noteServiceDue',
          tag,
          summary: 'Notes what a vehicle is due for',
          may,
          params: One,
          body: Body,
          answer: DueJson,
          status: 201,
        },
        example: { params: { vehicle: '1' }, body: { what: 'Oil change', due_on: '2027-03-01', due_tenths: 900_000 } },
      },
      async ({ viewer, params, body }) => {
        const input = { what: body.what, on: body.due_on, tenths: body.due_tenths };
        const { result } = await noteDue(db, viewer, params.vehicle, input);
        return toJson({ id: result.service, ...input });
      },
    ),
    api(
      'delete',
      '/vehicles/:vehicle/services/:service',
      {
        ...{ id: 'endServiceDue', tag, summary: 'Takes it off: it was done, or is not wanted', may, params: OneService, answer: null },
        example: { params: { vehicle: '1', service: '1' } },
      },
      ({ viewer, params }) => endDue(db, viewer, params.vehicle, params.service),
    ),
  ];
}

function toJson({ id, what, on, tenths }: ServiceDue) {
  return { id, what, due_on: on, due_tenths: tenths };
}
