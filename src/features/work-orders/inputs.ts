import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import { fromLocalInput } from '../../platform/time.js';
import { Email, OptionalId, optional, RequestId, required } from '../../platform/web/forms.js';
import { BLOCK_REASONS, type BlockReason } from './blocks.js';
import { EDITABLE } from './edit.js';

const MailOrNothing = z.union([z.literal('').transform(() => ''), Email]).default('');

/** What is known of it from the first moment. */
export const orderFields = {
  concern: optional('The concern', 5000),
  promised: optional('The promised time', 40),
  company: optional('The company'),
  phone: optional('The phone number', 40),
  email: MailOrNothing,
  plate: optional('The plate', 20),
};

/** What people write to each other about it. */
export const CommentText = required('The comment', 5000);

/** Who and what is new. */
export const newcomerFields = { customerName: optional('The name'), vehicleDescription: optional('The vehicle') };

/** Either an id that was found, or what is needed to make a new one. @returns a sentence for each field that is missing */
export function findMissing(input: {
  customer: number | null;
  vehicle: number | null;
  customerName: string;
  vehicleDescription: string;
}): Record<string, string> {
  const missing: Record<string, string> = {};
  if (!input.vehicle && !input.customer && !input.customerName) missing.customerName = 'Who brings it? Type a name, or find them above.';
  if (!input.vehicle && !input.vehicleDescription) missing.vehicleDescription = 'What is it? For example “2019 Toyota Corolla, blue”.';
  return missing;
}

export const NewWorkOrderInput = z
  .strictObject({
    ...orderFields,
    ...newcomerFields,
    find: optional('The search', 100),
    customer: OptionalId,
    vehicle: OptionalId,
    mechanic: OptionalId,
    odometer: optional('The odometer', 20),
    requestId: RequestId,
  })
  .superRefine((input, context) => {
    for (const [field, message] of Object.entries(findMissing(input))) context.addIssue({ code: 'custom', path: [field], message });
  });

export const BlockInput = z.strictObject({
  reason: z.enum(Object.keys(BLOCK_REASONS) as [BlockReason, ...BlockReason[]], 'Please choose a reason.'),
  note: optional('The note', 200),
});
export const ReasonInput = z.strictObject({ reason: optional('The reason', 500) });

const names = { customerName: required('The name'), vehicleDescription: required('The vehicle') };
const papers = {
  poNumber: optional('The PO number', 60),
  tag: optional('The tag', 20),
  internalNote: optional('The internal note', 10_000),
};
/** What can be changed of it as text, once it is open. */
export const editableTexts = { ...orderFields, ...names, ...papers };
/** What of it is written down only then. */
const ofTheOrder = {
  billTo: z
    .string()
    .regex(/^([1-9]\d{0,14})?$/, 'That is not one of the choices.')
    .default(''),
  ...papers,
};

/** Each field, and what it held when the form was opened (`original.…`). */
export const EditInput = z.strictObject({
  ...orderFields,
  ...names,
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
} as typeof orderFields & typeof ofTheOrder & typeof names & Record<`original.${(typeof EDITABLE)[number]}`, z.ZodType<string>>);

/** @returns the promised time, or null when none was given @throws Invalid when it is no time */
export function checkPromise(value: string, timeZone: string): Date | null {
  if (!value) return null;
  const at = fromLocalInput(value, timeZone);
  const year = at?.getUTCFullYear() ?? 0;
  if (!at || year < 2000 || year > 2100) throw new Invalid({ promised: 'That is not a date and time.' });
  return at;
}
