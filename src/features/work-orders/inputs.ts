import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import { fromLocalInput } from '../../platform/time.js';
import { Email, OptionalId, optional, RequestId, required } from '../../platform/web/forms.js';
import { EDITABLE } from './edit.js';

const MailOrNothing = z.union([z.literal('').transform(() => ''), Email]).default('');

const fields = {
  concern: optional('The concern', 5000),
  promised: optional('The promised time', 40),
  company: optional('The company'),
  phone: optional('The phone number', 40),
  email: MailOrNothing,
  plate: optional('The plate', 20),
};

/** What people write to each other about it. */
export const CommentText = required('The comment', 5000);

/** Either an id that was found, or what is needed to make a new one. */
export const NewWorkOrderInput = z
  .strictObject({
    ...fields,
    find: optional('The search', 100),
    customer: OptionalId,
    vehicle: OptionalId,
    customerName: optional('The name'),
    vehicleDescription: optional('The vehicle'),
    mechanic: OptionalId,
    requestId: RequestId,
  })
  .superRefine((input, context) => {
    if (!input.vehicle && !input.customer && !input.customerName)
      context.addIssue({ code: 'custom', path: ['customerName'], message: 'Who brings it? Type a name, or find them above.' });
    if (!input.vehicle && !input.vehicleDescription)
      context.addIssue({ code: 'custom', path: ['vehicleDescription'], message: 'What is it? For example “2019 Toyota Corolla, blue”.' });
  });

/** What of it is written down only once it is open. */
const ofTheOrder = {
  billTo: z
    .string()
    .regex(/^([1-9]\d{0,14})?$/, 'That is not one of the choices.')
    .default(''),
  poNumber: optional('The PO number', 60),
  tag: optional('The tag', 20),
  internalNote: optional('The internal note', 10_000),
};

/** Each field, and what it held when the form was opened (`original.…`). */
export const EditInput = z.strictObject({
  ...fields,
  customerName: required('The name'),
  vehicleDescription: required('The vehicle'),
  ...ofTheOrder,
  ...Object.fromEntries(
    EDITABLE.map((field) => [
      `original.${field}`,
      z
        .string()
        .max(12_000)
        .transform((value) => value.replace(/\r\n?/g, '\n').trim())
        .default(''),
    ]),
  ),
} as typeof fields &
  typeof ofTheOrder & { customerName: ReturnType<typeof required>; vehicleDescription: ReturnType<typeof required> } & Record<
    `original.${(typeof EDITABLE)[number]}`,
    z.ZodType<string>
  >);

/** @returns the promised time, or null when none was given @throws Invalid when it is no time */
export function checkPromise(value: string, timeZone: string): Date | null {
  if (!value) return null;
  const at = fromLocalInput(value, timeZone);
  const year = at?.getUTCFullYear() ?? 0;
  if (!at || year < 2000 || year > 2100) throw new Invalid({ promised: 'That is not a date and time.' });
  return at;
}
