import { z } from 'zod';
import { Id, OptionalId, optional, RequestId, required } from '../../platform/web/forms.js';
import { orEmpty, Quantity } from '../billing/amounts.js';
import { JOB_FIELDS, WRITE_UP_FIELDS } from './jobs.js';
import { LINE_FIELDS, NewLineExtras } from './line-fields.js';

export const PAY_TYPES = { customer: 'Customer', warranty: 'Warranty', internal: 'Internal', comeback: 'Comeback' } as const;
export const PROGRESS = { pending: 'Not begun', 'in-progress': 'In progress', 'on-hold': 'On hold', complete: 'Complete' } as const;

const Numbered = z.object({ number: Id });
export const OneOrder = Numbered;
export const OneJob = Numbered.extend({ job: Id });
export const OneLine = Numbered.extend({ line: Id });
export const Nothing = z.strictObject({});
export const Again = z.strictObject({ requestId: RequestId });
export const Shift = z.strictObject({ direction: z.enum(['up', 'down']) });

/** What a field held when the form was opened: only compared, never saved. */
const Was = z
  .string()
  .max(12_000)
  .transform((value) => value.replace(/\r\n?/g, '\n').trim())
  .optional();
const were = (fields: readonly string[]): Record<`original.${string}`, typeof Was> =>
  Object.fromEntries(fields.map((field) => [`original.${field}`, Was]));

export const newJob = { name: required('The name of the job', 120), concern: optional('The concern', 10_000) };
export const NewJobInput = z.strictObject({ ...newJob, requestId: RequestId });
export const CannedInput = z.strictObject({ canned: Id, requestId: RequestId });
export const BringInput = z.strictObject({ job: Id, requestId: RequestId });
export const OptionInput = z.strictObject({ name: optional('The name of the option', 40), requestId: RequestId });

/** The most hours that can be clocked on a job, hundredths. */
export const MOST_CLOCKED = 1_000_000;
/** What the floor writes, but for the hours. */
export const writeUpFields = {
  ...{ cause: optional('The cause', 10_000), correction: optional('The correction', 10_000) },
  progress: z.enum(Object.keys(PROGRESS) as [keyof typeof PROGRESS], 'That is not one of the choices.'),
};
/** What only the desk writes. */
export const deskFields = {
  ...newJob,
  internalNote: optional('The internal note', 10_000),
  payType: z.enum(Object.keys(PAY_TYPES) as [keyof typeof PAY_TYPES], 'That is not one of the choices.'),
};
const writeUp = { ...writeUpFields, clocked: orEmpty(Quantity('Clocked hours', { max: MOST_CLOCKED })) };

export const WriteUpInput = z.strictObject({ ...writeUp, ...were(WRITE_UP_FIELDS) });
export const JobEditInput = z.strictObject({
  ...deskFields,
  ...writeUp,
  mechanic: OptionalId,
  supplies: z
    .literal('on')
    .optional()
    .transform((value) => value === 'on'),
  ...were(JOB_FIELDS),
});

/** Text as it was typed, or not sent at all; each kind of line reads its own. */
const Raw = z
  .string()
  .max(600, 'That is too long.')
  .transform((value) => value.trim())
  .optional();
const raw = Object.fromEntries(LINE_FIELDS.map((field) => [field, Raw])) as Record<(typeof LINE_FIELDS)[number], typeof Raw>;

export const NewLineInput = z.strictObject({ ...raw, ...NewLineExtras, requestId: RequestId });
export const LineEditInput = z.strictObject({ ...raw, ...were(LINE_FIELDS) });
export const ReadingInput = z.strictObject({
  ...{ meter: Id, in: optional('The reading', 40), out: optional('The reading', 40) },
  ...{ 'original.in': Was, 'original.out': Was },
});

/** The fields of a form, or what they held when it was opened. */
export function pickFields(body: object, fields: readonly string[], prefix = ''): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = (body as Record<string, unknown>)[`${prefix}${field}`];
      return typeof value === 'string' ? [[field, value]] : [];
    }),
  );
}
