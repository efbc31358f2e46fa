import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { originOf } from '../../platform/web/addresses.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, Person, pageOf, pageQuery, showTime, showTimeOrNull, Time, TimeInput, toPage } from '../../platform/web/api-fields.js';
import { Email, Id, optional, required } from '../../platform/web/forms.js';
import { KINDS } from '../appointments/booking.js';
import { type Appointment, getAppointment, listAppointments } from './appointment.js';
import { bookAppointment, cancel, confirm, moveByStaff } from './changes.js';
import { checkIn } from './check-in.js';
import { editAppointment } from './edits.js';
import { Day } from './inputs.js';

const One = z.object({ appointment: Id });
const Kind = z.enum(KINDS);
const Named = z.strictObject({ id: JsonId, name: z.string() });
const Hundredths = z.int().meta({ description: 'Hours of work, in hundredths.' });
const AppointmentJson = z
  .strictObject({
    ...{
      id: JsonId,
      state: z.enum(['requested', 'confirmed', 'arrived', 'no-show', 'cancelled']),
      kind: Kind,
      starts_at: Time,
      day: z.iso.date(),
    },
    ...{ hundredths: Hundredths, services: z.array(z.strictObject({ name: z.string(), hundredths: Hundredths })), concern: z.string() },
    ...{ name: z.string(), phone: z.string(), email: z.string(), vehicle: z.string(), plate: z.string() },
    ...{ technician: Person.nullable(), bay: Named.nullable() },
    customer: JsonId.nullable().meta({ description: 'Who it is in the shop’s books.' }),
    known_vehicle: JsonId.nullable().meta({ description: 'Which vehicle it is there.' }),
    work_order: JsonId.nullable().meta({ description: 'Number of the work order that became of it.' }),
    ...{ booked_at: Time, arrived_at: Time.nullable(), reason: z.string().meta({ description: 'Why it was cancelled.' }) },
  })
  .meta({ id: 'Appointment' });

const ListQuery = pageQuery(z.tuple([z.iso.datetime(), JsonId])).extend({
  from: Day.meta({ description: 'The first day, on the shop’s calendar.', format: 'date' }),
  to: Day.meta({ description: 'The last day.', format: 'date' }),
});
const Anyway = z.boolean().default(false).meta({ description: 'In spite of what speaks against it; without it that is a refusal.' });
const NewBody = z.strictObject({
  ...{ starts_at: TimeInput, kind: Kind, concern: optional('The concern', 5000), services: z.array(JsonId).max(20).default([]) },
  ...{ name: optional('The name'), phone: optional('The phone number', 40), email: optional('The e-mail address', 254) },
  ...{ vehicle: optional('The vehicle'), plate: optional('The plate', 20) },
  customer: JsonId.nullable()
    .default(null)
    .meta({ description: 'One of the shop’s books, whose name and phone are taken where none are given.' }),
  known_vehicle: JsonId.nullable().default(null).meta({ description: 'One of the shop’s books, with its owner.' }),
  ...{ technician: JsonId.nullable().default(null), bay: JsonId.nullable().default(null), anyway: Anyway },
});
const MoveBody = z.strictObject({
  starts_at: TimeInput,
  ...{ technician: JsonId.nullable().optional(), bay: JsonId.nullable().optional(), kind: Kind.optional(), anyway: Anyway },
});
const Said = (label: string, max?: number) => optional(label, max).optional();
const ChangeBody = z.strictObject({
  ...{ name: required('The name').optional(), phone: Said('The phone number', 40), email: z.union([z.literal(''), Email]).optional() },
  ...{ vehicle: required('The vehicle').optional(), plate: Said('The plate', 20), concern: Said('The concern', 5000) },
  services: z.array(JsonId).max(20).optional().meta({ description: 'Canned jobs; they change the hours, unless these are given, too.' }),
  hundredths: z.int().min(0).max(9999).optional().meta({ description: 'Hours of work, in hundredths.' }),
  anyway: Anyway,
});
const CheckInBody = z.strictObject({
  customer: JsonId.nullable().default(null).meta({ description: 'Who it is, where the appointment does not say so.' }),
  ...{
    known_vehicle: JsonId.nullable().default(null),
    odometer: optional('The odometer', 20),
    promised_at: TimeInput.nullable().default(null),
  },
});

const read = async (db: Database, viewer: ApiViewer, { appointment }: z.output<typeof One>) =>
  appointmentJson(await getAppointment(db, viewer.shop, appointment), viewer);

function appointmentJson(one: Appointment, viewer: ApiViewer): z.input<typeof AppointmentJson> {
  const { id, state, kind, day, hundredths, concern, name, phone, email, vehicle, plate, technician, bay, reason } = one;
  return {
    ...{ id, state, kind, day, hundredths, concern, name, phone, email, vehicle, plate, technician, bay, reason },
    starts_at: showTime(one.startsAt, viewer),
    services: one.services.map((service) => ({ name: service.name, hundredths: service.hundredths })),
    ...{ customer: one.customer?.id ?? null, known_vehicle: one.known?.id ?? null, work_order: one.workOrder },
    ...{ booked_at: showTime(one.bookedAt, viewer), arrived_at: showTimeOrNull(one.arrivedAt, viewer) },
  };
}

const tag = 'Appointments';
const may = 'appointment.change';
const one = { tag, may, params: One, match: read, answer: AppointmentJson } as const;
const fields = { slot: 'starts_at', time: 'starts_at' };

/** Appointments: found, booked, moved, confirmed, cancelled, checked in. */
export function appointmentOperations({ db, config }: Services): Operation[] {
  const origin = originOf(config);
  return [
    api(
      'get',
      '/appointments',
      {
        ...{ id: 'listAppointments', tag, summary: 'Appointments of some days, by time', may: 'appointment.see', query: ListQuery },
        ...{ answer: pageOf(AppointmentJson), example: { query: { from: '2030-12-01', to: '2030-12-31' } } },
      },
      async ({ viewer, query: { from, to, after, limit } }) => {
        const key: [Date, number] | null = after ? [new Date(after[0]), after[1]] : null;
        const rows = await listAppointments(db, viewer.shop, { first: from, last: to, after: key, limit: limit + 1 });
        return toPage(
          rows,
          limit,
          (row) => [row.startsAt.toISOString(), row.id],
          (row) => appointmentJson(row, viewer),
        );
      },
    ),
    api(
      'post',
      '/appointments',
      {
        ...{
          id: 'bookAppointment',
          tag,
          summary: 'Books an appointment, confirmed at once',
          may,
          body: NewBody,
          answer: AppointmentJson,
          status: 201,
        },
        fields: { ...fields, vehicle: 'vehicle' },
        example: {
          body: {
            starts_at: '2030-12-10T10:00:00-06:00',
            kind: 'drop-off',
            name: 'Kim',
            vehicle: '2016 Honda Civic',
            concern: 'It squeals',
          },
        },
      },
      async ({ viewer, body }) => {
        const { starts_at, customer, known_vehicle, technician, bay, anyway, ...given } = body;
        const when = { slot: starts_at.toISOString(), time: '' };
        const { result } = await bookAppointment(db, viewer, {
          given,
          who: { customer, vehicle: known_vehicle },
          when,
          technician,
          bay,
          anyway,
          origin,
        });
        return read(db, viewer, { appointment: result.appointment });
      },
    ),
    api(
      'get',
      '/appointments/:appointment',
      {
        ...one,
        id: 'getAppointment',
        summary: 'One appointment',
        may: 'appointment.see',
        match: undefined,
        example: { params: { appointment: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'patch',
      '/appointments/:appointment',
      {
        ...{ ...one, id: 'changeAppointment', summary: 'Changes what was said at the booking; what is not given stays', body: ChangeBody },
        example: { params: { appointment: '1' }, body: { concern: 'It squeals in the cold' } },
      },
      async ({ viewer, params, body: { anyway, hundredths: hours, ...mine } }) => {
        await editAppointment(db, viewer, params.appointment, {}, { ...mine, hours }, anyway);
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/appointments/:appointment/moves',
      {
        ...{ ...one, id: 'moveAppointment', summary: 'Gives an appointment another time, technician, bay or kind', body: MoveBody, fields },
        example: { params: { appointment: '1' }, body: { starts_at: '2030-12-11T10:00:00-06:00' } },
      },
      async ({ viewer, params, body: { starts_at, ...input } }) => {
        await moveByStaff(db, viewer, params.appointment, { ...input, slot: starts_at.toISOString(), time: '', origin });
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/appointments/:appointment/confirmations',
      { ...one, id: 'confirmAppointment', summary: 'Says yes to what a customer asked for', example: { params: { appointment: '2' } } },
      async ({ viewer, params }) => {
        await confirm(db, viewer, params.appointment, origin);
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/appointments/:appointment/cancellations',
      {
        ...{
          ...one,
          id: 'cancelAppointment',
          summary: 'Cancels an appointment',
          body: z.strictObject({ reason: optional('The reason', 500) }),
        },
        example: { params: { appointment: '3' }, body: { reason: 'Sold it' } },
      },
      async ({ viewer, params, body }) => {
        await cancel(db, viewer, params.appointment, body.reason);
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/appointments/:appointment/check-ins',
      {
        ...{
          ...one,
          id: 'checkInAppointment',
          summary: 'The vehicle came: opens its work order, once',
          body: CheckInBody,
          fields: { promised: 'promised_at' },
        },
        example: { params: { appointment: '4' }, body: { odometer: '84512' } },
      },
      async ({ viewer, params, body: { customer, known_vehicle, odometer, promised_at } }) => {
        await checkIn(db, viewer, params.appointment, { who: { customer, vehicle: known_vehicle }, odometer, promisedAt: promised_at });
        return read(db, viewer, params);
      },
    ),
  ];
}
