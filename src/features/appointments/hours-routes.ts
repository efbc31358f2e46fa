import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { dateOf, showCalendarDay } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { formState } from '../settings/fields.js';
import { dropSpecialDays, listSpecialDays, readWeek, saveWeek, setSpecialDays, WEEK, WEEKDAYS } from './hours.js';
import { Day, SpecialDaysInput, WeekInput } from './hours-inputs.js';
import { showIntervals } from './intervals.js';
import { spansOf } from './spans.js';

const One = z.object({ day: Day });

/** When the shop is open. */
export function hoursRoutes({ db }: Services): Route[] {
  const may = 'hours.manage';
  const show = async (viewer: Viewer, week: Refused | null, special: Refused | null): Promise<Answer> => {
    const days = await listSpecialDays(db, viewer.shop, dateOf(new Date(), viewer.timeZone));
    return page('appointments/hours', {
      title: 'Opening hours',
      weekdays: WEEKDAYS,
      form: { ...formState(WEEK, await readWeek(db, viewer.shop), week?.values ?? null), errors: week?.fields ?? {} },
      special: spansOf(days).map((one) => ({
        ...one,
        name: one.first === one.last ? showCalendarDay(one.first) : `${showCalendarDay(one.first)} to ${showCalendarDay(one.last)}`,
        hours: showIntervals(one.intervals),
      })),
      typed: special?.values ?? {},
      errors: special?.fields ?? {},
    });
  };
  return [
    get('/settings/hours', { may }, ({ viewer }) => show(viewer, null, null)),
    post(
      '/settings/hours',
      { may, body: WeekInput, form: ({ viewer }, refused) => show(viewer, refused, null) },
      async ({ viewer, body }) => {
        await saveWeek(db, viewer, body.original, body.mine);
        return done('/settings/hours', { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/settings/hours/special-days',
      { may, body: SpecialDaysInput, form: ({ viewer }, refused) => show(viewer, null, refused) },
      async ({ viewer, body }) => {
        await setSpecialDays(db, viewer, body);
        return done('/settings/hours', { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/settings/hours/special-days/:day/removals',
      { may, params: One, body: z.strictObject({ last: Day.optional() }), form: ({ viewer }, refused) => show(viewer, null, refused) },
      async ({ viewer, params, body }) => {
        await dropSpecialDays(db, viewer, params.day, body.last);
        return done('/settings/hours', { flash: { text: 'Removed: it is as on any other week.' } });
      },
    ),
  ];
}
