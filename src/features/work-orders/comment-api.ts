import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, Person, pageOf, pageQuery, showTime, showTimeOrNull, Time, toPage } from '../../platform/web/api-fields.js';
import { Id } from '../../platform/web/forms.js';
import { addComment, type CommentRow, deleteComment, editComment, listComments, readComment } from './comments.js';
import { isWorkOrder } from './find.js';
import { CommentText } from './inputs.js';

const CommentJson = z
  .strictObject({ id: JsonId, author: Person, text: z.string(), created_at: Time, edited_at: Time.nullable() })
  .meta({ id: 'Comment' });
const OfOrder = z.object({ number: Id });
const One = z.object({ number: Id, comment: Id });
const Body = z.strictObject({ text: CommentText });

/** What people write to each other about a work order. */
export function commentOperations({ db }: Services): Operation[] {
  const read = async (from: Database, viewer: ApiViewer, { number, comment }: z.output<typeof One>) =>
    toJson(await readComment(from, viewer.shop, number, comment), viewer);
  const one = { tag: 'Comments', may: 'comment.write', params: One, match: read } as const;
  return [
    api(
      'get',
      '/work-orders/:number/comments',
      {
        ...{ id: 'listComments', tag: 'Comments', summary: 'The comments of a work order, the oldest first', may: 'board.see' },
        ...{ params: OfOrder, query: pageQuery(JsonId), answer: pageOf(CommentJson) },
        example: { params: { number: '1001' } },
      },
      async ({ viewer, params, query }) => {
        const rows = await listComments(db, viewer.shop, params.number, query.after ?? 0, query.limit + 1);
        if (rows.length === 0 && !(await isWorkOrder(db, viewer.shop, params.number))) throw new NotFound('That work order is not here.');
        return toPage(
          rows,
          query.limit,
          ({ id }) => id,
          (row) => toJson(row, viewer),
        );
      },
    ),
    api(
      'post',
      '/work-orders/:number/comments',
      {
        ...{ id: 'addComment', tag: 'Comments', summary: 'Comments a work order', may: 'comment.write', params: OfOrder, body: Body },
        ...{ answer: CommentJson, status: 201 },
        example: { params: { number: '1001' }, body: { text: 'The customer waits in the lobby.' } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await addComment(db, viewer, params.number, body.text);
        return read(db, viewer, { ...params, ...result });
      },
    ),
    api(
      'get',
      '/work-orders/:number/comments/:comment',
      {
        ...{ id: 'getComment', tag: 'Comments', summary: 'One comment', may: 'board.see', params: One, answer: CommentJson },
        example: { params: { number: '1001', comment: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'put',
      '/work-orders/:number/comments/:comment',
      {
        ...{ ...one, id: 'editComment', summary: 'Changes one’s own comment', body: Body, answer: CommentJson },
        example: { params: { number: '1001', comment: '2' }, body: { text: 'The customer has called back.' } },
      },
      async ({ viewer, params, body }) => {
        await editComment(db, viewer, params.number, params.comment, body.text);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/work-orders/:number/comments/:comment',
      {
        ...{ ...one, id: 'deleteComment', summary: 'Deletes one’s own comment; managers anybody’s', answer: null },
        example: { params: { number: '1001', comment: '3' } },
      },
      ({ viewer, params }) => deleteComment(db, viewer, params.number, params.comment),
    ),
  ];
}

function toJson({ id, authorId, author, text, at, editedAt }: CommentRow, viewer: ApiViewer): z.input<typeof CommentJson> {
  return {
    id,
    author: { id: authorId, name: author },
    text,
    created_at: showTime(at, viewer),
    edited_at: showTimeOrNull(editedAt, viewer),
  };
}
