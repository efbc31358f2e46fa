import { z } from 'zod';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { showDateTime } from '../../platform/time.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, bytes, done, page } from '../../platform/web/answers.js';
import { Id, OptionalId, required } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { calendarFeed } from '../appointments/calendar-file.js';
import { listChoices } from './appointment.js';
import { listFeedEntries, listFeeds, makeFeed, revokeFeed, useFeed } from './feeds.js';

const may = 'calendar-feeds.manage';
const FeedInput = z.strictObject({ name: required('The name', 60), technician: OptionalId });
const OneFeed = z.object({ feed: Id });
const Token = z.object({ token: z.string().max(100) });

/** The manager's page of the addresses by which other calendars read this one. */
export function feedSettingsRoutes({ db, config }: Services): Route[] {
  const list = async (viewer: Viewer, refused: Refused | null, made: { name: string; url: string } | null = null): Promise<Answer> => {
    const [feeds, { technicians }] = await Promise.all([listFeeds(db, viewer.shop), listChoices(db, viewer.shop)]);
    const show = (at: Date | null) => at && showDateTime(at, viewer.timeZone);
    return page('calendar/feeds', {
      title: 'Calendar feeds',
      feeds: feeds.map((feed) => ({ ...feed, made: show(feed.madeAt), used: show(feed.lastUsedAt), revoked: show(feed.revokedAt) })),
      ...{ technicians, made, values: refused?.values ?? {}, errors: refused?.fields ?? {} },
    });
  };
  const form = ({ viewer }: { viewer: Viewer }, refused: Refused) => list(viewer, refused);
  return [
    get('/settings/calendar-feeds', { may }, ({ viewer }) => list(viewer, null)),
    post('/settings/calendar-feeds', { may, body: FeedInput, form }, async ({ viewer, body, request }) => {
      const token = await makeFeed(db, viewer, body);
      // Shown once: only the hash of the token is kept.
      return list(viewer, null, { name: body.name, url: `${originOf(config, request)}/calendar/feeds/${token}.ics` });
    }),
    post(
      '/settings/calendar-feeds/:feed/revocations',
      { may, params: OneFeed, body: z.strictObject({}), form },
      async ({ viewer, params }) => {
        await revokeFeed(db, viewer, params.feed);
        return done('/settings/calendar-feeds', { flash: { text: 'The address is revoked. Calendars that read it get nothing new.' } });
      },
    ),
  ];
}

/** What other calendars read (iCalendar, RFC 5545). The token is all that they have: no session is met. */
export function feedRoutes({ db }: Services): Route[] {
  return [
    get('/calendar/feeds/:token.ics', { may: 'anyone', params: Token }, async ({ params, request }) => {
      const feed = await useFeed(db, params.token);
      if (!feed) throw new NotFound('This calendar’s address does not work any more. A manager makes a new one in the settings.');
      const now = new Date();
      const etag = `W/"${feed.id}-${feed.version}-${now.toISOString().slice(0, 10)}"`;
      const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' };
      if (request.get('If-None-Match') === etag) return bytes(null, headers, 304);
      const entries = await listFeedEntries(db, feed);
      const name = `${feed.shopName}: ${feed.name}`;
      const body = calendarFeed(
        name,
        entries.map((entry) => ({ ...entry, shop: feed.shop, location: '', url: '' })),
        now,
      );
      return bytes(body, { ...headers, 'Content-Type': 'text/calendar; charset=utf-8' });
    }),
  ];
}
