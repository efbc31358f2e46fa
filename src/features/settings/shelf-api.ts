import { type ZodType, z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { readCurrency } from '../billing/terms.js';
import { editInput } from './edit-input.js';
import type { Row } from './fields.js';
import type { ShelfPage } from './shelf-pages.js';
import { addToShelf, archiveOnShelf, changeable, changeOnShelf, type Entry, listShelf, makeStandard } from './shelves.js';
import { readTyped } from './typed.js';

/** How a shelf stands in the API. */
export interface ShelfApi {
  shown: ShelfPage;
  /** `/labor-rates` */
  path: string;
  /** `LaborRate`: the name of its schema, and in the ids of its operations. */
  name: string;
  /** What is given of one. Fields that are said once are not taken when it is changed. */
  body: Record<string, ZodType>;
  /** What is told of one, beside what all have. */
  json: Record<string, ZodType>;
  /** From what is given to the columns. */
  toRow(body: Row): Row;
  toJson(row: Row, currency: string): object;
  /** What the form calls a field, as it is called here. */
  rename: Record<string, string>;
  /** A new one for the example, the one that it changes, and the one that it archives. */
  example: Row;
  exampleId: string;
  archivedId: string;
}

const given = {
  is_default: z.boolean(),
  archived: z.boolean().meta({ description: 'Old lines go on naming it; new ones don’t offer it.' }),
};

/** One set of operations for all shelves; see shelves.ts. */
export function shelfOperations({ db }: Services, shelf: ShelfApi): Operation[] {
  const { path, name, shown } = shelf;
  const { noun, fixed = [] } = shown.shelf;
  const params = z.object({ id: Id });
  const answer = z.strictObject({ id: JsonId, ...shelf.json, ...given }).meta({ id: name });
  const Later = Object.fromEntries(Object.entries(shelf.body).filter(([field]) => !fixed.includes(field)));
  const later = Object.fromEntries(Object.entries(shown.inputs).filter(([field]) => !fixed.includes(field)));
  const rename = (field: string) => renamed(field, shelf.rename);

  const list = async (from: Database, viewer: ApiViewer) => {
    const currency = await readCurrency(from, viewer.shop);
    return (await listShelf(from, viewer.shop, shown.shelf)).map((entry) => entryJson(entry, shelf, currency));
  };
  const read = async (from: Database, viewer: ApiViewer, { id }: z.output<typeof params>) => {
    const found = (await list(from, viewer)).find((one) => one.id === id);
    if (!found) throw new NotFound(`That ${noun} is not here.`);
    return found;
  };
  const seen = { tag: 'Settings', may: 'price.see', params, answer } as const;
  const one = { ...seen, may: 'billing.manage', match: read } as const;
  const example = { params: { id: shelf.exampleId } };
  const changed = Object.entries({ ...shelf.example, name: `${shelf.example.name}, changed` }).filter(([field]) => !fixed.includes(field));

  return [
    api(
      'get',
      path,
      { id: `list${name}s`, tag: 'Settings', summary: `Every ${noun} by name`, may: 'price.see', answer: pageOf(answer), example: {} },
      async ({ viewer }) => asPage(await list(db, viewer), null),
    ),
    api(
      'post',
      path,
      {
        ...{ id: `add${name}`, tag: 'Settings', summary: `Adds a ${noun}`, may: 'billing.manage', body: z.strictObject(shelf.body) },
        ...{ answer, status: 201, example: { body: shelf.example } },
      },
      async ({ viewer, body }) => {
        const { fields } = shown.shelf;
        const mine = readTyped(fields, editInput(fields, shown.inputs, shown.gather), shelf.toRow(body), rename);
        const { result } = await addToShelf(db, viewer, shown.shelf, mine);
        return read(db, viewer, result);
      },
    ),
    api('get', `${path}/:id`, { ...seen, id: `get${name}`, summary: `One ${noun}`, example }, (here) => read(db, here.viewer, here.params)),
    api(
      'put',
      `${path}/:id`,
      {
        ...{ ...one, id: `change${name}`, summary: `Changes a ${noun}`, body: z.strictObject(Later) },
        details: 'Orders that have their lines already stay as they are.',
        example: { ...example, body: Object.fromEntries(changed) },
      },
      async ({ viewer, params, body }) => {
        const fields = changeable(shown.shelf);
        const mine = readTyped(fields, editInput(fields, later, shown.gather), shelf.toRow(body), rename);
        await changeOnShelf(db, viewer, shown.shelf, params.id, {}, mine);
        return read(db, viewer, params);
      },
    ),
    ...([true, false] as const).map((archived) =>
      api(
        archived ? 'put' : 'delete',
        `${path}/:id/archive`,
        {
          ...one,
          id: `${archived ? 'archive' : 'restore'}${name}`,
          summary: `${archived ? 'Archives a' : 'Takes back into use a'} ${noun}`,
          example: { params: { id: shelf.archivedId } },
        },
        async ({ viewer, params }) => {
          await archiveOnShelf(db, viewer, shown.shelf, params.id, archived);
          return read(db, viewer, params);
        },
      ),
    ),
    ...(shown.shelf.standard ? [true, ...(shown.shelf.standard.required ? [] : [false])] : []).map((on) =>
      api(
        on ? 'put' : 'delete',
        `${path}/:id/default`,
        {
          ...{ ...one, id: `${on ? 'useByDefault' : 'endDefault'}${name}`, example },
          summary: on ? `Takes this ${noun} when nothing else is said` : `Takes no ${noun} when nothing else is said`,
        },
        async ({ viewer, params }) => {
          await makeStandard(db, viewer, shown.shelf, params.id, on);
          return read(db, viewer, params);
        },
      ),
    ),
  ];
}

function entryJson({ id, archived, isDefault, row }: Entry, shelf: ShelfApi, currency: string) {
  return { id, ...shelf.toJson(row, currency), is_default: isDefault, archived };
}

/** `line.0.price` → `lines.0.price_cents`: each part by the list. */
export function renamed(field: string, names: Record<string, string>): string {
  if (names[field] !== undefined) return names[field];
  return field
    .split('.')
    .map((part) => names[part] ?? part)
    .join('.');
}
