import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { dateOf } from '../../platform/time.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { optional } from '../../platform/web/forms.js';
import { dropSpecialDays, listSpecialDays, readWeek, saveWeek, setSpecialDays, WEEKDAYS } from './hours.js';
import { Day } from './hours-inputs.js';
import { readIntervals, showIntervals } from './intervals.js';
import type { Interval } from './slots.js';

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'That is no time, like 08:00.');
const Hours = z
  .array(z.strictObject({ opens: Clock, closes: Clock }))
  .max(4)
  .meta({ description: 'On the shop’s clock; what lies between two is a break. Empty: closed.' });
const Week = z.strictObject(Object.fromEntries(WEEKDAYS.map((name) => [name, Hours]))).meta({ id: 'OpeningHours' });
const SpecialDayJson = z.strictObject({ day: z.iso.date(), note: z.string(), hours: Hours }).meta({ id: 'SpecialDay' });
const One = z.object({ day: Day });
const may = 'hours.manage' as const;

/** Checked as if it had been typed. @throws Invalid */
function checked(field: string, intervals: Interval[]): Interval[] {
  const read = readIntervals(showIntervals(intervals));
  if (typeof read === 'string') throw new Invalid({ [field]: read });
  return read;
}

/** When the shop is open. */
export function hoursOperations({ db }: Services): Operation[] {
  const readHours = async (from: Database, viewer: ApiViewer) => (await readWeek(from, viewer.shop)) as z.output<typeof Week>;
  const hours = { tag: 'Appointments', may, answer: Week } as const;
  const workday = [
    { opens: '08:00', closes: '12:00' },
    { opens: '13:00', closes: '17:00' },
  ];
  return [
    api(
      'get',
      '/settings/opening-hours',
      { ...hours, id: 'getOpeningHours', summary: 'When the shop is open in a week', example: {} },
      (here) => readHours(db, here.viewer),
    ),
    api(
      'put',
      '/settings/opening-hours',
      {
        ...{ ...hours, id: 'changeOpeningHours', summary: 'Changes when the shop is open in a week', body: Week, match: readHours },
        example: { body: Object.fromEntries(WEEKDAYS.map((name, at) => [name, at < 5 ? workday : []])) },
      },
      async ({ viewer, body }) => {
        const week = Object.entries(body).map(([name, intervals]) => [name, checked(name, intervals)]);
        await saveWeek(db, viewer, {}, Object.fromEntries(week));
        return readHours(db, viewer);
      },
    ),
    ...specialDays(db),
  ];
}

function specialDays(db: Database): Operation[] {
  const list = async (from: Database, viewer: ApiViewer, day: string) =>
    (await listSpecialDays(from, viewer.shop, day)).map(({ intervals, ...rest }) => ({ ...rest, hours: intervals }));
  const read = async (from: Database, viewer: ApiViewer, { day }: z.output<typeof One>) => {
    const found = (await list(from, viewer, day)).find((one) => one.day === day);
    if (!found) throw new NotFound('That day is as any other.');
    return found;
  };
  const one = { tag: 'Appointments', may, params: One } as const;
  const example = { params: { day: '2030-12-24' } };
  return [
    api(
      'get',
      '/special-days',
      {
        ...{
          id: 'listSpecialDays',
          tag: 'Appointments',
          summary: 'Days that are not as their weekday is',
          may,
          answer: pageOf(SpecialDayJson),
        },
        query: z.strictObject({ from: Day.optional().meta({ description: 'The first; without it, today.' }) }),
        example: { query: { from: '2030-01-01' } },
      },
      async ({ viewer, query }) => asPage(await list(db, viewer, query.from ?? dateOf(new Date(), viewer.timeZone)), null),
    ),
    api('get', '/special-days/:day', { ...one, id: 'getSpecialDay', summary: 'One such day', answer: SpecialDayJson, example }, (here) =>
      read(db, here.viewer, here.params),
    ),
    api(
      'post',
      '/special-days',
      {
        ...{
          id: 'setSpecialDays',
          tag: 'Appointments',
          summary: 'Says how a day is, or some in a row',
          may,
          answer: pageOf(SpecialDayJson),
        },
        details: 'Without hours the shop is closed. What was said of these days before is replaced.',
        body: z.strictObject({ first: Day, last: Day, note: optional('The note', 100), hours: Hours }),
        ...{ status: 201, example: { body: { first: '2031-12-24', last: '2031-12-26', note: 'Christmas', hours: [] } } },
      },
      async ({ viewer, body: { hours, ...body } }) => {
        await setSpecialDays(db, viewer, { ...body, intervals: checked('hours', hours) });
        const said = await list(db, viewer, body.first);
        return asPage(
          said.filter(({ day }) => day <= body.last),
          null,
        );
      },
    ),
    api(
      'delete',
      '/special-days/:day',
      { ...one, id: 'dropSpecialDay', summary: 'The day is as its weekday is again', answer: null, match: read, example },
      ({ viewer, params }) => dropSpecialDays(db, viewer, params.day),
    ),
  ];
}
