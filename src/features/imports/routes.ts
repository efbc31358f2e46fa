import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { findGap, KINDS, type Kind } from './kinds.js';
import { planImport } from './plan.js';
import { readTable } from './reading.js';
import { runImport } from './runs.js';
import { dropUpload, getUpload, keepUpload, saveMapping } from './uploads.js';

const FILE = { field: 'file', maxBytes: 8_000_000 };
const One = z.object({ import: Id });
const ALL_TARGETS = [...new Set(Object.values(KINDS).flatMap(({ targets }) => targets.map(({ name }) => name)))];
const Column = z
  .union(
    [
      z.literal('').transform(() => null),
      z
        .string()
        .regex(/^\d{1,2}$/)
        .transform(Number),
    ],
    'That is not one of the columns.',
  )
  .default(null);

/** Customers, vehicles and parts lists from CSV files: upload, map, check, read in. */
export function importRoutes({ db }: Services): Route[] {
  const may = 'data.import';
  const start = (refused: Refused | null): Answer =>
    page('imports/start', { title: 'Import', kinds: KINDS, values: refused?.values ?? {}, errors: refused?.fields ?? {} });
  const check = ({ viewer, params }: { viewer: Viewer; params: { import: number } }, refused: Refused | null) =>
    showCheck({ db }, viewer, params.import, refused);
  const upload = {
    may,
    upload: FILE,
    body: z.strictObject({ kind: z.enum(['customers', 'vehicles', 'parts'], 'Please choose what it is.') }),
  } as const;
  return [
    get('/settings/import', { may }, () => start(null)),
    post('/settings/import', { ...upload, form: (_, refused) => start(refused) }, async ({ viewer, body, file }) => {
      if (!file) throw new Invalid({ file: 'Please choose a file.' });
      const { rows } = await readTable(file.bytes);
      return done(`/settings/import/${await keepUpload(db, viewer, body.kind, file.name, rows)}`);
    }),
    get('/settings/import/:import', { may, params: One }, (context) => check(context, null)),
    post('/settings/import/:import/mappings', { may, params: One, body: mappingInput(), form: check }, async ({ viewer, params, body }) => {
      const { kind, rows } = await getUpload(db, viewer, params.import);
      const width = rows[0]?.length ?? 0;
      const chosen = KINDS[kind].targets.flatMap(({ name }) => {
        const column = body[`column.${name}`];
        return typeof column === 'number' && column < width ? [[name, column] as const] : [];
      });
      await saveMapping(db, viewer, params.import, Object.fromEntries(chosen));
      return done(`/settings/import/${params.import}`);
    }),
    post('/settings/import/:import/runs', { may, params: One, body: z.strictObject({}), form: check }, async ({ viewer, params }) => {
      const { kind } = await getUpload(db, viewer, params.import);
      const { count, known } = await runImport(db, viewer, params.import);
      return done('/settings/import', { flash: { text: tellResult(kind, count, known) } });
    }),
    post('/settings/import/:import/removals', { may, params: One, body: z.strictObject({}), form: check }, async ({ viewer, params }) => {
      await getUpload(db, viewer, params.import);
      await dropUpload(db, viewer, params.import);
      return done('/settings/import', { flash: { text: 'The file is gone. Nothing was read in.' } });
    }),
  ];
}

function mappingInput() {
  return z.strictObject(Object.fromEntries(ALL_TARGETS.map((name) => [`column.${name}`, Column])));
}

/** The columns and what they are mapped to, the first rows, and what reading them in would do. */
async function showCheck({ db }: Pick<Services, 'db'>, viewer: Viewer, id: number, refused: Refused | null): Promise<Answer> {
  const upload = await getUpload(db, viewer, id);
  const { title, one, many, targets } = KINDS[upload.kind];
  const gap = findGap(upload.kind, upload.mapping);
  const plan = gap ? null : await planImport(db, viewer.shop, upload);
  const [heads = [], ...rows] = upload.rows;
  return page('imports/check', {
    ...{ title: `Import ${title.toLowerCase()}`, id, fileName: upload.fileName, one, many, targets, heads, gap },
    count: rows.length,
    first: rows.slice(0, 5).map((row) => row.map((cell) => (cell.length > 80 ? `${cell.slice(0, 80)}…` : cell))),
    mapping: upload.mapping,
    plan: plan && { fresh: plan.fresh.length, known: plan.known, problems: plan.problems },
    errors: refused?.fields ?? {},
  });
}

function tellResult(kind: Kind, count: number, known: number): string {
  const { one, many } = KINDS[kind];
  const read = count === 1 ? `1 ${one} was read in.` : `${count.toLocaleString('en-US')} ${many} were read in.`;
  if (known === 0) return read;
  return `${read} ${known === 1 ? 'One row was' : `${known.toLocaleString('en-US')} rows were`} here already and left out.`;
}
