import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { dateOf } from '../../platform/time.js';
import { get, type Route } from '../../platform/web/routes.js';
import { answerMissed, SinceQuery } from '../../platform/web/screens.js';
import { Day } from './inputs.js';
import { calendarPage, calendarPart, SCREEN_NAMES, screenOf } from './pages.js';
import { VIEWS } from './rules.js';

const CalendarQuery = z.object({
  view: z.enum(VIEWS).catch('week').default('week'),
  date: Day.nullable().catch(null).default(null),
  by: z.enum(['technician', 'bay']).catch('technician').default('technician'),
});
const OneScreen = z.object({ screen: z.enum(SCREEN_NAMES), date: Day });

/** The staff's calendar. */
export function calendarRoutes(services: Services): Route[] {
  const { db } = services;
  return [
    get('/calendar', { may: 'appointment.see', query: CalendarQuery }, ({ viewer, query }) =>
      calendarPage(db, viewer, { ...query, date: query.date ?? dateOf(new Date(), viewer.timeZone) }),
    ),
    get(
      '/calendar/:screen/:date/changes',
      { may: 'appointment.see', params: OneScreen, query: SinceQuery },
      ({ viewer, params, query }) => {
        const read = () => calendarPart(services, viewer.shop, screenOf(params.screen, params.date));
        return answerMissed(query.since, viewer.version, read, services.assets.revision);
      },
    ),
  ];
}
