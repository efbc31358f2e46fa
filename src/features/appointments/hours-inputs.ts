import { z } from 'zod';
import { optional } from '../../platform/web/forms.js';
import { editInput } from '../settings/edit-input.js';
import { WEEK, WEEKDAYS } from './hours.js';
import { readIntervals } from './intervals.js';

/** The hours of a day as they are typed. */
const Hours = optional('The hours').transform((typed, context) => {
  const read = readIntervals(typed);
  if (Array.isArray(read)) return read;
  context.addIssue({ code: 'custom', message: read });
  return z.NEVER;
});

export const WeekInput = editInput(WEEK, Object.fromEntries(WEEKDAYS.map((name) => [name, Hours])));

/** A day of the calendar, of this century: `2026-12-24`. */
export const Day = z.iso
  .date('Please choose a day.')
  .refine((day) => day >= '2000' && day < '2100', 'Please choose a day of this century.');

export const SpecialDaysInput = z
  .strictObject({ first: Day, last: z.union([z.literal(''), Day]).default(''), note: optional('The note', 100), hours: Hours })
  .transform(({ first, last, note, hours }) => ({ first, last: last || first, note, intervals: hours }));
