import { z } from 'zod';
import { Id, OptionalId, optional, RequestId, Tick } from '../../platform/web/forms.js';
import { STAFF_USES } from './files.js';
import { placeOf, readMarks, SHAPES } from './rules.js';

/** Of one request; from a page without scripts many come in one form, with them each file is a request. */
export const MOST_FILES = 20;

export const OneOrder = z.object({ number: Id });
export const OneMedium = OneOrder.extend({ media: Id });
export const OneFile = OneMedium.extend({ use: z.enum(STAFF_USES) });
export const Nothing = z.strictObject({});

export const AddInput = z.strictObject({ job: OptionalId, finding: OptionalId, arrival: Tick, requestId: RequestId });

export const Caption = optional('The caption', 500);
const Chosen = z
  .string()
  .regex(/^((job|finding)-[1-9]\d{0,14})?$/, 'That is not one of the choices.')
  .default('');
const Ticked = z.enum(['on', '']).default('');
/** `original.…` is what the form showed when it was opened. */
export const EditInput = z.strictObject({
  ...{ caption: Caption, place: Chosen, arrival: Ticked },
  ...{ 'original.caption': Caption, 'original.place': Chosen, 'original.arrival': Ticked },
});

export const ReleaseInput = z.strictObject({ shown: z.enum(['yes', 'no']) });
export const ShiftInput = z.strictObject({ direction: z.enum(['earlier', 'later']) });

const Pixel = z
  .string()
  .regex(/^\d{1,5}$/, 'That is no place on the picture.')
  .transform(Number)
  .optional();
/** Drawn by hand (`marks`), or a shape with a place: one of nine, or where the picture was clicked, in pixels of it as shown. */
export const DrawingInput = z.strictObject({
  marks: z
    .string()
    .transform((text) => (text === '' ? [] : readMarks(text)))
    .refine((marks) => marks !== null, 'These marks can’t be drawn. Please draw them again.')
    .transform((marks) => marks ?? [])
    .default([]),
  shape: z.enum(SHAPES, 'Please choose a shape.').default('arrow'),
  place: z
    .string()
    .regex(/^[1-9]?$/, 'Please choose a place.')
    .transform((ninth) => (ninth ? placeOf(Number(ninth)) : null))
    .default(null),
  'at.x': Pixel,
  'at.y': Pixel,
  requestId: RequestId,
});
