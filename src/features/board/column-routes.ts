import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id, RequestId } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { columnFields, MOST_LIMIT } from './column-inputs.js';
import { addColumn, COLORS, changeColumn, listColumns, MEANINGS, removeColumn, shiftColumn } from './columns.js';

const One = z.object({ column: Id });
const Limit = z
  .union([z.literal('').transform(() => null), z.coerce.number().int().min(1).max(MOST_LIMIT)], {
    error: 'The limit is a number from 1 to 999, or empty.',
  })
  .default(null);
const fields = {
  ...columnFields,
  limit: Limit,
};

/** The columns of the board, in the settings of the shop. */
export function columnRoutes({ db }: Services): Route[] {
  const list = async (viewer: Viewer, refused: Refused | null, at: number | null): Promise<Answer> =>
    page('board/columns', {
      title: 'Columns',
      columns: await listColumns(db, viewer.shop),
      colors: COLORS,
      meanings: MEANINGS,
      at,
      values: refused?.values ?? {},
      errors: refused?.fields ?? {},
      requestId: randomUUID(),
    });
  const again = ({ viewer, params }: { viewer: Viewer; params: { column: number } }, refused: Refused) =>
    list(viewer, refused, params.column);
  return [
    get('/settings/columns', { may: 'columns.manage' }, ({ viewer }) => list(viewer, null, null)),
    post(
      '/settings/columns',
      {
        may: 'columns.manage',
        body: z.strictObject({ ...fields, requestId: RequestId }),
        form: ({ viewer }, refused) => list(viewer, refused, null),
      },
      async ({ viewer, body }) => {
        const { requestId, ...input } = body;
        await addColumn(db, viewer, input, requestId);
        return done('/settings/columns', { flash: { text: `The column “${body.name}” is on the board.` } });
      },
    ),
    post(
      '/settings/columns/:column',
      { may: 'columns.manage', params: One, body: z.strictObject(fields), form: again },
      async ({ viewer, params, body }) => {
        await changeColumn(db, viewer, params.column, body);
        return done('/settings/columns', { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/settings/columns/:column/shifts',
      { may: 'columns.manage', params: One, body: z.strictObject({ direction: z.enum(['left', 'right']) }), form: again },
      async ({ viewer, params, body }) => {
        await shiftColumn(db, viewer, params.column, body.direction);
        return done('/settings/columns');
      },
    ),
    post(
      '/settings/columns/:column/removals',
      { may: 'columns.manage', params: One, body: z.strictObject({}), form: again },
      async ({ viewer, params }) => {
        await removeColumn(db, viewer, params.column);
        return done('/settings/columns', { flash: { text: 'The column is gone.' } });
      },
    ),
  ];
}
