import type { Services } from '../../platform/services.js';
import { page } from '../../platform/web/answers.js';
import { get, type Route } from '../../platform/web/routes.js';
import { answerMissed, SinceQuery } from '../../platform/web/screens.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { audienceOf } from '../work-orders/audiences.js';
import { todayPart } from './live.js';
import { showToday } from './shown.js';
import { readToday } from './today.js';

/** Whose morning somebody sees: the shop's at the desk, their own as a mechanic. */
export function whoseToday(viewer: Pick<Viewer, 'role' | 'staff'>): number | null {
  return audienceOf(viewer.role) === 'desk' ? null : viewer.staff;
}

/** What today needs somebody, on one page. */
export function todayRoutes(services: Services): Route[] {
  const { db } = services;
  return [
    get('/today', { may: 'board.see' }, async ({ viewer }) => {
      const whose = whoseToday(viewer);
      return page('today/show', { title: 'Today', ...showToday(await readToday(db, viewer.shop, whose), whose === null) });
    }),
    get('/today/changes', { may: 'board.see', query: SinceQuery }, ({ viewer, query }) =>
      answerMissed(query.since, viewer.version, () => todayPart(services, viewer.shop, whoseToday(viewer)), services.assets.revision),
    ),
  ];
}
