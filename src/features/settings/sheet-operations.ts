import { type ZodObject, type ZodType, z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import type { Permission } from '../staff/permissions.js';
import { editInput } from './edit-input.js';
import type { Fields, Row } from './fields.js';
import { readSheet, type Sheet, saveSheet } from './sheets.js';
import { renamed } from './shelf-api.js';
import { readTyped } from './typed.js';

/** How a sheet stands in the API: as JSON it holds the same, under the names of its columns or others. */
export interface SheetApi {
  /** `/settings/paper` */
  path: string;
  /** `Paper`: the name of its schema, and in the ids of its operations. */
  name: string;
  /** What it is about. */
  summary: string;
  may: Permission;
  sheet: Sheet;
  inputs: Record<string, ZodType>;
  /** The same shape is read and written. */
  json: ZodObject;
  /** What is called here otherwise than the column: `{ share_ppm: 'supplies_ppm' }`. */
  columns: Record<string, string>;
  example: Row;
  /** What it holds beside the row of the sheet. */
  more?: { fields: Fields; read(db: Database, shop: number): Promise<Row> };
  /** Where more than the row is written. */
  save?(db: Database, viewer: ApiViewer, mine: Row): Promise<void>;
}

/** Reads a sheet, and writes it as a whole: what is not to change is given as it was read, with its ETag. */
export function sheetOperations({ db }: Services, one: SheetApi): Operation[] {
  const { path, name, summary, may, sheet, json: body, example } = one;
  const fields = { ...sheet.fields, ...one.more?.fields };
  const input = editInput(fields, one.inputs);
  const names = Object.keys(body.shape);
  const columnOf = (field: string) => one.columns[field] ?? field;
  const rename = (field: string) => {
    const column = (fields[field] as { column: string } | undefined)?.column;
    return names.find((given) => columnOf(given) === column) ?? renamed(field, {});
  };
  const answer = body.meta({ id: name });

  const read = async (from: Database, viewer: ApiViewer): Promise<Record<string, unknown>> => {
    const row = { ...(await readSheet(from, viewer.shop, sheet)), ...(await one.more?.read(from, viewer.shop)) };
    return Object.fromEntries(names.map((field) => [field, row[columnOf(field)]]));
  };
  return [
    api('get', path, { id: `get${name}`, tag: 'Settings', summary, may, answer, example: {} }, ({ viewer }) => read(db, viewer)),
    api(
      'put',
      path,
      {
        ...{ id: `change${name}`, tag: 'Settings', summary: `Changes this: ${summary.toLowerCase()}`, may, body, answer },
        ...{ match: (from, viewer) => read(from, viewer), example: { body: example as never } },
      },
      async ({ viewer, body }) => {
        const row = Object.fromEntries(Object.entries(body).map(([field, value]) => [columnOf(field), value]));
        const mine = readTyped(fields, input, row, rename);
        await (one.save ? one.save(db, viewer, mine) : saveSheet(db, viewer, sheet, {}, mine));
        return read(db, viewer);
      },
    ),
  ];
}

/** Words that the form checks. */
export const Words = z.string().max(5000);
