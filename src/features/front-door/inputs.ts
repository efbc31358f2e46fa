import { z } from 'zod';
import { Email, optional, RequestId, required, Tick } from '../../platform/web/forms.js';
import { KINDS } from '../appointments/booking.js';
import { MOST, SLOT } from './wishes.js';

export const OneDoor = z.object({ slug: z.string().max(60).optional() });
export const OneToken = z.object({ token: z.string().max(200) });
/** Read by wishIn(), which takes what it can. */
export const Anything = z.record(z.string(), z.unknown());

const Slot = z
  .string({ error: 'Please choose a time.' })
  .regex(SLOT, 'Please choose a time.')
  .refine((slot) => !Number.isNaN(Date.parse(slot)), 'Please choose a time.');
const Services = z
  .string()
  .regex(/^([1-9]\d{0,14}(,[1-9]\d{0,14}){0,19})?$/, 'Please choose again what it is about.')
  .transform((list) => (list ? list.split(',').map(Number) : []))
  .default([]);
const Phone = optional('The phone number', 40).refine(
  (text) => text === '' || text.replace(/\D/g, '').length >= 6,
  'That is not a phone number.',
);
const Mail = z.union([z.literal(''), Email], { error: 'That is not an e-mail address.' }).default('');

export const BookingBody = z
  .strictObject({
    services: Services,
    concern: optional('What it is about', MOST.concern),
    vehicle: required('The vehicle', MOST.vehicle),
    plate: optional('The plate', MOST.plate),
    slot: Slot,
    kind: z.enum(KINDS, 'Please choose how you come.'),
    name: required('Your name', 200),
    phone: Phone,
    email: Mail,
    consentMail: Tick,
    consentSms: Tick,
    // Nobody sees this field: what fills it in is no person.
    website: optional('This field', 200),
    requestId: RequestId,
  })
  .refine(({ phone, email }) => phone !== '' || email !== '', {
    path: ['phone'],
    error: 'A phone number or an e-mail address is missing: else nobody can reach you.',
  })
  .refine(({ phone, consentSms }) => phone !== '' || !consentSms, { path: ['phone'], error: 'The number for text messages is missing.' })
  .refine(({ email, consentMail }) => email !== '' || !consentMail, { path: ['email'], error: 'The address for e-mail is missing.' })
  .refine(({ services, concern }) => services.length > 0 || concern !== '', { path: ['services'], error: 'Please say what it is about.' });

export const MoveBody = z.strictObject({ slot: Slot, requestId: RequestId });
export const CancelBody = z.strictObject({ reason: optional('The reason', 500), requestId: RequestId });
