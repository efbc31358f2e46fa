import type { Request } from 'express';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { Quantity, showQuantity } from '../billing/amounts.js';
import { editInput } from '../settings/edit-input.js';
import { sheetForm } from '../settings/sheet-forms.js';
import { readSheet } from '../settings/sheets.js';
import { BOOKING, BOOKING_INPUTS, listObstacles, SLOT_MINUTES, saveBooking } from './booking-settings.js';
import { listServices, setService } from './services.js';

const One = z.object({ canned: Id });
const ServiceHours = Quantity('The time', { min: 1, max: 4000 });

interface Trouble {
  sheet?: Refused;
  /** Of the canned job; 'new': of the one to be added. */
  service?: { at: number | 'new'; refused: Refused };
}

/** How appointments are booked, and what for. */
export function bookingSettingsRoutes({ db, config }: Services): Route[] {
  const may = 'hours.manage';
  const path = '/settings/booking';
  const show = async (viewer: Viewer, request: Request, { sheet, service }: Trouble = {}): Promise<Answer> => {
    const { slug, is_online: isOnline } = await readSheet(db, viewer.shop, BOOKING);
    const jobs = await listServices(db, viewer.shop);
    return page('appointments/booking-settings', {
      title: 'Booking',
      form: await sheetForm(db, viewer.shop, BOOKING, sheet ?? null),
      isOnline,
      address: `${config.publicUrl ?? `${request.protocol}://${request.get('host')}`}/book${slug ? `/${slug}` : ''}`,
      obstacles: await listObstacles(db, viewer.shop, new Date()),
      slots: SLOT_MINUTES.map((minutes) => [minutes, `${minutes} minutes`]),
      services: jobs.flatMap(({ hundredths, ...job }) => (hundredths === null ? [] : [{ ...job, hours: showQuantity(hundredths) }])),
      others: jobs.filter(({ hundredths }) => hundredths === null),
      at: service?.at ?? null,
      typed: service?.refused.values ?? {},
      errors: service?.refused.fields ?? {},
    });
  };
  const saved = (text: string) => done(path, { flash: { text } });
  return [
    get(path, { may }, ({ viewer, request }) => show(viewer, request)),
    post(
      path,
      { may, body: editInput(BOOKING.fields, BOOKING_INPUTS), form: ({ viewer, request }, sheet) => show(viewer, request, { sheet }) },
      async ({ viewer, body }) => {
        await saveBooking(db, viewer, body.original, body.mine);
        return saved('Saved.');
      },
    ),
    post(
      `${path}/services`,
      {
        ...{ may, body: z.strictObject({ canned: Id, hours: ServiceHours }) },
        form: ({ viewer, request }, refused) => show(viewer, request, { service: { at: 'new', refused } }),
      },
      async ({ viewer, body }) => {
        await setService(db, viewer, body.canned, body.hours);
        return saved('Customers can book it.');
      },
    ),
    post(
      `${path}/services/:canned`,
      {
        ...{ may, params: One, body: z.strictObject({ hours: ServiceHours }) },
        form: ({ viewer, request, params }, refused) => show(viewer, request, { service: { at: params.canned, refused } }),
      },
      async ({ viewer, params, body }) => {
        await setService(db, viewer, params.canned, body.hours);
        return saved('Saved. What is booked already keeps its time.');
      },
    ),
    post(
      `${path}/services/:canned/removals`,
      {
        ...{ may, params: One, body: z.strictObject({}) },
        form: ({ viewer, request, params }, refused) => show(viewer, request, { service: { at: params.canned, refused } }),
      },
      async ({ viewer, params }) => {
        await setService(db, viewer, params.canned, null);
        return saved('Customers can’t book it any more. What is booked already stays.');
      },
    ),
  ];
}
