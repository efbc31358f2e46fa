import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showAge, showDateTime } from '../../platform/time.js';
import { done, page } from '../../platform/web/answers.js';
import { Id, OptionalId } from '../../platform/web/forms.js';
import { get, post, type Route } from '../../platform/web/routes.js';
import { answerMissed, SinceQuery } from '../../platform/web/screens.js';
import { showBell } from './live.js';
import { splitMentions } from './mentions.js';
import { countUnread, listColleagues, listNotices, type Notice, readAllNotices, readNotice } from './notices.js';

const One = z.object({ notice: Id });
const ListQuery = z.object({ before: OptionalId.catch(null) });
const PAGE = 50;

/** Where a notice leads. */
function placeOf({ number, comment, appointment, message }: Notice): string {
  if (number !== null) return `/work-orders/${number}${comment === null ? '' : `#comment-${comment}`}`;
  if (appointment !== null) return `/appointments/${appointment}`;
  return message === null ? '/notices' : '/messages';
}

/** What colleagues, customers and the program tell somebody, and the bell that counts it. */
export function noticeRoutes({ db, views }: Services): Route[] {
  const may = 'notice.read';
  return [
    get('/notices', { may, query: ListQuery }, async ({ viewer, query }) => {
      const [rows, people] = await Promise.all([listNotices(db, viewer, query.before, PAGE + 1), listColleagues(db, viewer.shop)]);
      const now = new Date();
      const notices = rows.slice(0, PAGE).map((notice) => ({
        ...notice,
        age: showAge(notice.at, now),
        time: showDateTime(notice.at, viewer.timeZone),
        pieces: splitMentions(shorten(notice.text), people),
      }));
      return page('notices/list', {
        ...{ title: 'Notices', notices, isFirst: query.before === null },
        newest: notices[0]?.id ?? null,
        next: rows.length > PAGE ? notices.at(-1)?.id : null,
      });
    }),
    get('/notices/changes', { may, query: SinceQuery }, ({ viewer, query }) =>
      answerMissed(query.since, viewer.version, async () => showBell(views, await countUnread(db, viewer.shop, viewer.staff))),
    ),
    post('/notices/readings', { may, body: z.strictObject({ upTo: Id }) }, async ({ viewer, body }) => {
      await readAllNotices(db, viewer, body.upTo);
      return done('/notices');
    }),
    post('/notices/:notice/readings', { may, params: One, body: z.strictObject({}) }, async ({ viewer, params }) =>
      done(placeOf(await readNotice(db, viewer, params.notice))),
    ),
  ];
}

const MOST = 240;

function shorten(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST - 1).trimEnd()}…` : text;
}
