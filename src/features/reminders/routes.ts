import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showCalendarDay } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id, RequestId, required } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { endDue, listDue, noteDue } from './services-due.js';

const One = z.object({ vehicle: Id });
const OneService = One.extend({ service: Id });
const Day = z.union([z.literal('').transform(() => null), z.iso.date('That is no day.')]).default(null);
const Distance = z
  .union([
    z.literal('').transform(() => null),
    z
      .string()
      .regex(/^[\d,. ]{1,12}$/, 'That is no distance.')
      .transform((typed) => Number(typed.replace(/\D/g, '')) * 10),
  ])
  .default(null);
const DueFields = z.strictObject({ what: required('What is due', 200), on: Day, distance: Distance, requestId: RequestId });
const DueInput = DueFields.superRefine(({ on, distance }, context) => {
  if (on === null && !distance) context.addIssue({ code: 'custom', path: ['on'], message: 'Please give a day, a distance, or both.' });
});

/** What a vehicle is due for: noted at the desk, and customers are reminded of it. */
export function serviceDueRoutes({ db }: Services): Route[] {
  const may = 'customer.edit';
  const show = async (viewer: Viewer, vehicle: number, refused: Refused | null): Promise<Answer> => {
    const found = await listDue(db, viewer.shop, vehicle);
    return page('reminders/services', {
      ...{ title: `Service of ${found.vehicle}`, here: `/vehicles/${vehicle}`, ...found, requestId: randomUUID() },
      due: found.due.map((one) => ({
        ...one,
        day: one.on && showCalendarDay(one.on),
        distance: one.tenths && Math.round(one.tenths / 10).toLocaleString('en-US'),
      })),
      ...{ values: refused?.values ?? {}, errors: refused?.fields ?? {} },
    });
  };
  return [
    get('/vehicles/:vehicle/services', { may, params: One }, ({ viewer, params }) => show(viewer, params.vehicle, null)),
    post(
      '/vehicles/:vehicle/services',
      { may, params: One, body: DueInput, form: ({ viewer, params }, refused) => show(viewer, params.vehicle, refused) },
      async ({ viewer, params, body }) => {
        await noteDue(db, viewer, params.vehicle, { what: body.what, on: body.on, tenths: body.distance || null }, body.requestId);
        return done(`/vehicles/${params.vehicle}/services`);
      },
    ),
    post(
      '/vehicles/:vehicle/services/:service/endings',
      { may, params: OneService, body: z.strictObject({}) },
      async ({ viewer, params }) => {
        await endDue(db, viewer, params.vehicle, params.service);
        return done(`/vehicles/${params.vehicle}/services`);
      },
    ),
  ];
}
