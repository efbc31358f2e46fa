import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { sheetOperations, Words } from '../settings/sheet-operations.js';
import { BOOKING, BOOKING_INPUTS, saveBooking } from './booking-settings.js';
import { listServices, setService } from './services.js';

const may = 'hours.manage' as const;
const Hundredths = z.int().meta({ description: 'Hours of work, in hundredths.' });
const Minutes = z.int();
const Count = z.int();
const ServiceJson = z.strictObject({ id: JsonId, name: z.string(), hundredths: Hundredths.nullable() }).meta({ id: 'BookableJob' });
const One = z.object({ canned: Id });

/** How appointments are booked, and what for. */
export function bookingSettingsOperations(services: Services): Operation[] {
  const sheet = sheetOperations(services, {
    ...{ path: '/settings/booking', name: 'BookingSettings', summary: 'How appointments are booked', may, sheet: BOOKING },
    ...{ inputs: BOOKING_INPUTS, columns: {} },
    json: z.strictObject({
      ...{ is_online: z.boolean(), slug: Words.nullable(), slot_minutes: Minutes, notice_minutes: Minutes, days_ahead: Count },
      ...{ arrivals_per_slot: Count, waiters_per_slot: Count, day_hundredths: Hundredths, concern_hundredths: Hundredths },
      ...{ takes_after_hours: z.boolean(), after_hours_text: Words, offers_rides: z.boolean(), confirms_itself: z.boolean() },
      ...{ no_show_minutes: Minutes, greeting: Words, consent_text: Words },
    }),
    example: {
      ...{ is_online: true, slug: null, slot_minutes: 30, notice_minutes: 120, days_ahead: 60, arrivals_per_slot: 2, waiters_per_slot: 1 },
      ...{ day_hundredths: 1600, concern_hundredths: 100, takes_after_hours: true, after_hours_text: 'The red box beside the door.' },
      ...{ offers_rides: true, confirms_itself: false, no_show_minutes: 120, greeting: 'Welcome', consent_text: '' },
    },
    save: (db, viewer, mine) => saveBooking(db, viewer, {}, mine),
  });
  return [...sheet, ...bookableJobs(services.db)];
}

function bookableJobs(db: Database): Operation[] {
  const read = async (from: Database, viewer: ApiViewer, { canned }: z.output<typeof One>) => {
    const found = (await listServices(from, viewer.shop)).find(({ id }) => id === canned);
    if (!found) throw new NotFound('That canned job is not here any more.');
    return found;
  };
  const one = { tag: 'Appointments', may, params: One } as const;
  const path = '/settings/booking/services/:canned';
  const example = { params: { canned: '1' } };
  return [
    api(
      'get',
      '/settings/booking/services',
      {
        ...{ id: 'listBookableJobs', tag: 'Appointments', summary: 'Canned jobs, and how long each takes for whoever books it', may },
        ...{ answer: pageOf(ServiceJson), example: {} },
        details: 'Those without a time can’t be booked by customers.',
      },
      async ({ viewer }) => asPage(await listServices(db, viewer.shop), null),
    ),
    api('get', path, { ...one, id: 'getBookableJob', summary: 'One of them', answer: ServiceJson, example }, (here) =>
      read(db, here.viewer, here.params),
    ),
    api(
      'put',
      path,
      {
        ...{ ...one, id: 'offerJob', summary: 'Lets customers book a canned job', answer: ServiceJson, match: read },
        body: z.strictObject({ hundredths: z.int().min(1).max(4000).meta({ description: 'Hours that it takes, in hundredths.' }) }),
        example: { ...example, body: { hundredths: 75 } },
      },
      async ({ viewer, params, body }) => {
        await setService(db, viewer, params.canned, body.hundredths);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      path,
      { ...one, id: 'withdrawJob', summary: 'Customers can’t book it any more', answer: null, match: read, example },
      ({ viewer, params }) => setService(db, viewer, params.canned, null),
    ),
  ];
}
