import { z } from 'zod';
import { Id, RequestId, required } from '../../platform/web/forms.js';
import { orEmpty, Quantity } from '../billing/amounts.js';
import { Day } from './hours-inputs.js';
import type { Week } from './technicians.js';

const VehiclesPerDay = z
  .string({ error: 'Please fill this in.' })
  .trim()
  .regex(/^\d{1,2}$/, 'Please write a whole number.')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 50, 'Please choose from 1 to 50.');

const bay = { name: required('The name', 40), vehiclesPerDay: VehiclesPerDay };
export const BayInput = z.strictObject(bay);
export const NewBayInput = z.strictObject({ ...bay, requestId: RequestId });

const TURNED = 'The last day is before the first.';
export const AbsenceInput = z
  .strictObject({
    ...{ staff: Id, first: Day, last: z.union([z.literal(''), Day]).default(''), requestId: RequestId },
  })
  .transform(({ last, ...rest }) => ({ ...rest, last: last || rest.first }))
  .refine(({ first, last }) => first <= last, { path: ['last'], error: TURNED });

const DayHours = orEmpty(Quantity('The hours', { max: 2400 }));
const Cell = z.string().max(40, 'That is too long.');
const NAME = /^(?:hours\.([1-9]\d{0,14})\.([1-7])|was\.([1-9]\d{0,14}))$/;

/** A grid of people and weekdays: `hours.<person>.<weekday>`, and what it showed of each person as `was.<person>`. */
export const WeeksInput = z
  .object({})
  .catchall(Cell)
  .transform((typed: Record<string, string>, context): Week[] => {
    const weeks = new Map<number, Week>();
    const weekOf = (staff: number) => weeks.get(staff) ?? { staff, hours: [0, 0, 0, 0, 0, 0, 0], was: null };
    for (const [name, value] of Object.entries(typed)) {
      const [, cell, weekday, shown] = NAME.exec(name) ?? [];
      const staff = Number(cell ?? shown);
      if (!staff) context.addIssue({ code: 'custom', message: `This form has no field “${name}”.`, path: [''] });
      const week = weekOf(staff);
      weeks.set(staff, week);
      if (!weekday) {
        week.was = value;
        continue;
      }
      const { data, error } = DayHours.safeParse(value);
      if (error) context.addIssue({ code: 'custom', message: error.issues[0]?.message ?? '', path: [name] });
      week.hours[Number(weekday) - 1] = data ?? 0;
    }
    return [...weeks.values()];
  });
