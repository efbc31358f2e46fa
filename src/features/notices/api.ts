import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf, pageQuery, showTime, showTimeOrNull, Time, toPage } from '../../platform/web/api-fields.js';
import { Id } from '../../platform/web/forms.js';
import { listNotices, type Notice, readNotice } from './notices.js';

const NoticeJson = z
  .strictObject({
    ...{ id: JsonId, kind: z.enum(['mention', 'message', 'assigned', 'booking']), at: Time, read_at: Time.nullable() },
    work_order: JsonId.nullable().meta({ description: 'Number of the work order that it is about.' }),
    ...{ comment: JsonId.nullable(), author: z.string().nullable(), text: z.string() },
  })
  .meta({ id: 'Notice' });
const One = z.object({ notice: Id });

/** What somebody was told, and that they have read it. */
export function noticeOperations({ db }: Services): Operation[] {
  const tag = 'Notices';
  const may = 'notice.read';
  return [
    api(
      'get',
      '/notices',
      {
        ...{ id: 'listNotices', tag, summary: 'What the person behind the token was told, the latest first', may },
        ...{ query: pageQuery(JsonId), answer: pageOf(NoticeJson), example: {} },
      },
      async ({ viewer, query }) =>
        toPage(
          await listNotices(db, viewer, query.after ?? null, query.limit + 1),
          query.limit,
          ({ id }) => id,
          (notice) => toJson(notice, viewer),
        ),
    ),
    api(
      'post',
      '/notices/:notice/readings',
      {
        ...{ id: 'readNotice', tag, summary: 'Marks a notice as read', may, params: One, answer: NoticeJson },
        example: { params: { notice: '1' } },
      },
      async ({ viewer, params }) => toJson(await readNotice(db, viewer, params.notice), viewer),
    ),
  ];
}

function toJson({ id, kind, at, readAt, number, comment, author, text }: Notice, viewer: ApiViewer) {
  const times = { at: showTime(at, viewer), read_at: showTimeOrNull(readAt, viewer) };
  return { id, kind, ...times, work_order: number, comment, author, text };
}
