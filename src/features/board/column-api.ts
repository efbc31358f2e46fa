import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { columnFields, MOST_LIMIT } from './column-inputs.js';
import { addColumn, type Column, changeColumn, listColumns, removeColumn, shiftColumn } from './columns.js';

const { meaning, color } = columnFields;
const One = z.object({ column: Id });
const ColumnJson = z.strictObject({ id: JsonId, name: z.string(), meaning, color, limit: z.int().nullable() }).meta({ id: 'Column' });
const Limit = z.int().min(1).max(MOST_LIMIT).nullable().default(null).meta({ description: 'Cards that it should hold at most.' });
const ShiftBody = z.strictObject({ direction: z.enum(['left', 'right']) });
const Body = z.strictObject({ ...columnFields, limit: Limit });

async function read(db: Database, viewer: ApiViewer, params: z.output<typeof One>) {
  const column = (await listColumns(db, viewer.shop)).find(({ id }) => id === params.column);
  if (!column) throw new NotFound('That column is not on the board any more.');
  return toJson(column);
}

const one = { tag: 'Board', may: 'columns.manage', params: One, match: read } as const;

/** The columns of the board, from left to right. */
export function columnOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/columns',
      {
        ...{ id: 'listColumns', tag: 'Board', summary: 'The columns of the board, from left to right', may: 'board.see' },
        ...{ answer: pageOf(ColumnJson), example: {} },
      },
      async ({ viewer }) => asPage((await listColumns(db, viewer.shop)).map(toJson), null),
    ),
    api(
      'post',
      '/columns',
      {
        ...{ id: 'addColumn', tag: 'Board', summary: 'Adds a column at the right end', may: 'columns.manage', body: Body },
        ...{ answer: ColumnJson, status: 201 },
        example: { body: { name: 'Road test', meaning: 'active', color: 'teal', limit: 4 } },
      },
      async ({ viewer, body }) => read(db, viewer, { column: (await addColumn(db, viewer, body)).result }),
    ),
    api(
      'get',
      '/columns/:column',
      {
        ...{ id: 'getColumn', tag: 'Board', summary: 'One column', may: 'board.see', params: One, answer: ColumnJson },
        example: { params: { column: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'put',
      '/columns/:column',
      {
        ...{ ...one, id: 'changeColumn', summary: 'Changes a column', body: Body, answer: ColumnJson },
        example: { params: { column: '3' }, body: { name: 'Waiting for parts', meaning: 'waiting', color: 'violet', limit: null } },
      },
      async ({ viewer, params, body }) => {
        await changeColumn(db, viewer, params.column, body);
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/columns/:column/shifts',
      {
        ...{ id: 'shiftColumn', tag: 'Board', summary: 'Moves a column one place', may: 'columns.manage', params: One, body: ShiftBody },
        ...{ answer: pageOf(ColumnJson), example: { params: { column: '2' }, body: { direction: 'right' } } },
      },
      async ({ viewer, params, body }) => {
        await shiftColumn(db, viewer, params.column, body.direction);
        return asPage((await listColumns(db, viewer.shop)).map(toJson), null);
      },
    ),
    api(
      'delete',
      '/columns/:column',
      {
        ...{ ...one, id: 'removeColumn', summary: 'Takes a column off the board, when it holds no card', answer: null },
        example: { params: { column: '3' } },
      },
      ({ viewer, params }) => removeColumn(db, viewer, params.column),
    ),
  ];
}

function toJson({ id, name, meaning, color, limit }: Column): z.input<typeof ColumnJson> {
  return { id, name, meaning, color: color as z.input<typeof ColumnJson>['color'], limit };
}
