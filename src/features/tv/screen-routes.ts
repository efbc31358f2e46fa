import { z } from 'zod';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { showClock } from '../../platform/time.js';
import { bytes, page } from '../../platform/web/answers.js';
import { get, type Route } from '../../platform/web/routes.js';
import { answerMissed, SinceQuery } from '../../platform/web/screens.js';
import { findTvLink } from './links.js';
import type { Walls } from './walls.js';

const Screen = z.object({ token: z.string().max(100) });

/** What a wall TV itself asks for. The token is all it has: mounted before the sessions, so no cookie is read or set. */
export function tvScreenRoutes({ db, assets }: Services, walls: Walls): Route[] {
  return [
    get('/tv/:token', { may: 'anyone', params: Screen }, async ({ params }) => {
      const link = await findTvLink(db, params.token);
      if (!link)
        throw new NotFound('This screen’s link does not work any more. A manager makes a new one in the settings, under Wall TVs.');
      const wall = await walls.get(link.shop, link.variant, link.version);
      const now = new Date();
      return page('tv/screen', {
        title: link.name,
        shopName: link.shopName,
        timeZone: link.timeZone,
        variant: link.variant,
        version: wall.version,
        content: wall.content,
        now: now.toISOString(),
        clock: showClock(now, link.timeZone),
      });
    }),
    get('/tv/:token/changes', { may: 'anyone', params: Screen, query: SinceQuery }, async ({ params, query }) => {
      const link = await findTvLink(db, params.token);
      // With X-Assets the screen knows that it was this program that said no, not a proxy in trouble.
      if (!link) return bytes(null, { 'X-Assets': assets.revision, 'Cache-Control': 'no-store' }, 404);
      return answerMissed(query.since, link.version, () => walls.get(link.shop, link.variant, link.version), assets.revision);
    }),
  ];
}
