import { z } from 'zod';
import { Email, Id, OptionalId, optional, RequestId, required, Tick } from '../../platform/web/forms.js';
import { KINDS } from '../appointments/booking.js';
import { editInput } from '../settings/edit-input.js';
import type { Row } from '../settings/fields.js';
import type { Who } from './changes.js';
import { EDITED } from './edits.js';

/** A day of the calendar, of a time that any of us sees. */
export const Day = z
  .string()
  .regex(/^20\d\d-\d\d-\d\d$/, 'That is not a day.')
  .refine(
    (day) => !Number.isNaN(Date.parse(`${day}T00:00Z`)) && new Date(`${day}T00:00Z`).toISOString().startsWith(day),
    'That is not a day.',
  );

export const OneAppointment = z.object({ appointment: Id });
export const Nothing = z.strictObject({});
const Kinds = z.enum(KINDS, 'Please choose how it comes.');

/** A choice that may be left out: then it stays. Empty is nobody, or nowhere. */
const Choice = z.union([z.literal('').transform(() => null), Id], { error: 'That is not one of the choices.' }).optional();
const Slot = optional('The time', 40);

export const MoveInput = z.strictObject({
  slot: Slot,
  time: Slot,
  technician: Choice,
  bay: Choice,
  kind: Kinds.optional(),
  anyway: Tick,
  requestId: RequestId,
});

export const CancelInput = z.strictObject({ reason: optional('The reason', 500) });

/** `vehicle:12`, `customer:7`, or somebody new. */
const WhoInput = z
  .string()
  .regex(/^(new|(vehicle|customer):[1-9]\d{0,14})$/, 'That is not one of the choices.')
  .transform((text): Who => {
    const [kind, id] = text.split(':');
    return { vehicle: kind === 'vehicle' ? Number(id) : null, customer: kind === 'customer' ? Number(id) : null };
  });
export const LinkInput = z.strictObject({ who: WhoInput });
export const CheckInInput = z.strictObject({
  who: WhoInput.optional(),
  odometer: optional('The odometer', 20),
  promised: optional('The promised time', 40),
});

const MailOrNothing = z.union([z.literal('').transform(() => ''), Email]).default('');
/** Hours of work with at most two places, as hundredths. */
const Hours = z
  .string({ error: 'Please fill this in.' })
  .trim()
  .regex(/^\d{1,2}([.,]\d{1,2})?$/, 'Please write hours like 1.5.')
  .transform((typed) => Math.round(Number(typed.replace(',', '.')) * 100));

const given = {
  phone: optional('The phone number', 40),
  email: MailOrNothing,
  plate: optional('The plate', 20),
  concern: optional('The concern', 5000),
};
/** Choices of services that the form of an appointment can have. */
export const MOST_SERVICES = 20;
const IS_SERVICE = /^service\d+$/;
const said = { name: required('The name'), vehicle: required('The vehicle'), ...given, hours: Hours, anyway: Tick };
const picks = Object.fromEntries(Array.from({ length: MOST_SERVICES }, (_, index) => [`service${index}`, Choice]));
export const EditInput = editInput(EDITED, { ...said, ...picks }, (typed: Row) => {
  const rest = Object.entries(typed).filter(([name]) => !IS_SERVICE.test(name));
  const chosen = Object.entries(typed).filter(([name, value]) => IS_SERVICE.test(name) && value !== undefined);
  const services = [...new Set(chosen.flatMap(([, id]) => (id === null ? [] : [id])))];
  return { ...Object.fromEntries(rest), ...(chosen.length > 0 && { services }) };
});

export const NewInput = z.strictObject({
  ...given,
  find: optional('The search', 100),
  customer: OptionalId,
  vehicle: OptionalId,
  name: optional('The name'),
  description: optional('The vehicle'),
  time: Slot,
  kind: Kinds,
  service: OptionalId,
  technician: OptionalId,
  bay: OptionalId,
  anyway: Tick,
  requestId: RequestId,
});
/** What a form is opened with, or sent back with: shown again as it is. */
export const Typed = z.record(z.string(), z.string().max(6000).catch(''));
