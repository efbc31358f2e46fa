import { z } from 'zod';
import { Id, optional, RequestId, required } from '../../platform/web/forms.js';
import { VEHICLE_TYPES, type VehicleType } from '../vehicles/rules.js';
import { COLORS, type Measured, NEEDS, positionsOf, REASONS, type TemplateItem } from './content.js';
import type { ItemInput } from './findings.js';
import { ITEM_FIELDS, MOST_POSITIONS } from './item-fields.js';
import { readHundredths } from './reading.js';
import type { ItemOriginal } from './replaced.js';
import { STARTER_TEMPLATES, type Starter } from './starter-templates.js';

const CHOICE = 'That is not one of the choices.';
const Key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, CHOICE);
export const Nothing = z.strictObject({});
export const OneOrder = z.object({ number: Id });
export const OneInspection = OneOrder.extend({ inspection: Id });
export const OneItem = OneInspection.extend({ item: Key });
export const OneFindingOfOrder = OneOrder.extend({ finding: Id });
export const OneTemplate = z.object({ template: Id });
export const OneSection = OneTemplate.extend({ section: Key });
export const OneTemplateItem = OneTemplate.extend({ item: Key });

/** `item`: the one that is shown, else all of them. `part`: only what follows from it, for a page that is there. */
export const InspectionQuery = z.object({ item: Key.optional().catch(undefined), part: z.literal('state').optional().catch(undefined) });

export const StartInput = z
  .strictObject({
    template: Id.optional(),
    starter: z.enum(Object.keys(STARTER_TEMPLATES) as [Starter, ...Starter[]], CHOICE).optional(),
    requestId: RequestId,
  })
  .refine(({ template, starter }) => (template === undefined) !== (starter === undefined), 'Please choose a template.');

const Text = optional('The note', 2000);
/** Text as it was typed: each item reads its own. */
const Cell = z
  .string()
  .max(40, 'That is too long.')
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'There is a character in it that can’t be saved.')
  .transform((value) => value.trim())
  .optional();
const cells = Object.fromEntries(
  Array.from({ length: MOST_POSITIONS }, (_, index) => [
    [`measure.${index}`, Cell],
    [`original.measure.${index}`, Cell],
  ]).flat() as [string, typeof Cell][],
);

export const ItemFormInput = z.strictObject({
  color: z.enum(COLORS, CHOICE).optional(),
  'original.color': z.enum([...COLORS, ''], CHOICE).optional(),
  reason: z.enum(REASONS, CHOICE).optional(),
  note: Text.removeDefault().optional(),
  'original.note': Text.removeDefault().optional(),
  /** Index of a ready-made sentence, to be added to the note. */
  phrase: z
    .string()
    .regex(/^\d{1,2}$/, CHOICE)
    .transform(Number)
    .optional(),
  go: z.enum(['next', 'previous', 'all', 'stay'], CHOICE).optional(),
  ...cells,
});

/**
 * What was typed at an item, as it is saved, and what the form showed.
 * @param refuse told the field and what is wrong with it
 */
export function readItemForm(
  item: TemplateItem,
  body: z.output<typeof ItemFormInput>,
  refuse: (field: string, sentence: string) => void,
): { input: ItemInput; original: ItemOriginal } {
  const fields = body as Record<string, unknown>;
  const positions = positionsOf(item.measure);
  const read = (prefix: string, complain: boolean): Measured[] | undefined => {
    if (!positions.some((_, index) => fields[`${prefix}measure.${index}`] !== undefined)) return undefined;
    return positions.flatMap((position, index) => {
      const name = `${prefix}measure.${index}`;
      const text = String(fields[name] ?? '');
      const value = readHundredths(text);
      if (value === undefined && complain) refuse(name, 'Please write a number like 3.5.');
      return value === undefined || value === null ? [] : [{ position, value }];
    });
  };
  const wasColor = body['original.color'];
  const phrase = body.phrase === undefined ? undefined : item.phrases[body.phrase];
  if (body.phrase !== undefined && phrase === undefined) refuse('', CHOICE);
  const note = phrase === undefined ? body.note : [body.note, phrase].filter(Boolean).join(' ');
  return {
    input: { color: body.color, reason: body.reason, note, measures: read('', true) },
    original: { color: wasColor === '' ? null : wasColor, note: body['original.note'], measures: read('original.', false) },
  };
}

export const CarryInput = z.strictObject({ finding: Id });
export const ReleaseInput = z.strictObject({ on: z.enum(['yes', 'no'], CHOICE) });
export const ProposeInput = z.strictObject({ requestId: RequestId });

// Templates ------------------------------------------------------------------------------------------------------------

const vehicleType = z.enum(Object.keys(VEHICLE_TYPES) as [VehicleType, ...VehicleType[]], CHOICE).default('');
/** What the fields held when the form was opened; what is not sent is taken as it is now. */
const were = <Field extends string>(fields: readonly Field[]) => {
  const was = optional('What it held before', 6000).removeDefault().optional();
  return Object.fromEntries(fields.map((field) => [`original.${field}`, was])) as Record<`original.${Field}`, typeof was>;
};

export const TEMPLATE_FIELDS = ['name', 'vehicleType'] as const;

export const NewTemplateInput = z.strictObject({
  ...{ name: required('The name', 80), vehicleType, requestId: RequestId },
  from: z.union([z.literal('').transform(() => null), Id], CHOICE).default(null),
});
export const EditTemplateInput = z.strictObject({
  ...{ name: required('The name', 80), vehicleType, ...were(TEMPLATE_FIELDS) },
});
export const NewSectionInput = z.strictObject({ name: required('The name', 80), requestId: RequestId });
export const EditSectionInput = z.strictObject({ name: required('The name', 80), ...were(['name']) });
export const NewItemInput = z.strictObject({ section: Key, name: required('The name', 100), requestId: RequestId });
export const ShiftInput = z.strictObject({ direction: z.enum(['up', 'down'], CHOICE) });

const need = z.enum(NEEDS, CHOICE).default('never');
export const EditItemInput = z.strictObject({
  ...{ name: required('The name', 100), note: need, photo: need, measured: need },
  safety: z.enum(['on', '']).default(''),
  unit: optional('The unit', 20),
  positions: optional('The positions', 200),
  bad: z.enum(['low', 'high'], CHOICE).default('low'),
  ...{ yellow: optional('The bound', 20), red: optional('The bound', 20) },
  phrases: optional('The sentences', 3000),
  ...were(ITEM_FIELDS),
});
