import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { bytes, page } from '../../platform/web/answers.js';
import { get, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { audienceOf } from '../work-orders/audiences.js';
import { todayPart } from './live.js';
import { showToday } from './shown.js';
import { readToday } from './today.js';

const SinceQuery = z.object({ since: z.coerce.number().int().default(-1) });

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
    get('/today/changes', { may: 'board.see', query: SinceQuery }, async ({ viewer, query }) => {
      if (query.since >= viewer.version) return bytes(null, { 'X-Version': String(viewer.version) }, 204);
      const { version, content } = await todayPart(services, viewer.shop, whoseToday(viewer));
      return bytes(content, { 'X-Version': String(version), 'Content-Type': 'text/html; charset=utf-8' });
    }),
  ];
}
