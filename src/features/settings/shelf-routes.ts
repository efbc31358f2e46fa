import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id, RequestId } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { editInput } from './edit-input.js';
import { formState, type Row, showRow, typedTexts } from './fields.js';
import type { ShelfPage } from './shelf-pages.js';
import { addToShelf, archiveOnShelf, changeable, changeOnShelf, type Entry, listShelf, makeStandard } from './shelves.js';

/** The page of a shelf, and what changes it. */
export function shelfRoutes(services: Services, shown: ShelfPage): Route[] {
  const { shelf, param } = shown;
  const path = `/settings/${shown.view}`;
  const one = `${path}/:${param}` as const;
  const { db } = services;
  const may = 'billing.manage';
  const params = z.object({ [param]: Id });
  const idOf = (given: Record<string, unknown>) => Number(given[param]);
  const later = Object.fromEntries(Object.entries(shown.inputs).filter(([name]) => !shelf.fixed?.includes(name)));
  const Added = z.strictObject({ ...shown.inputs, requestId: RequestId }).transform(({ requestId, ...typed }: Row, context) => ({
    requestId: requestId as string | undefined,
    mine: shown.gather ? shown.gather(typed, context) : typed,
  }));
  const list = (viewer: Viewer, refused: Refused | null, at: number | null) => showShelf(services, shown, viewer, refused, at);
  const again = ({ viewer, params }: { viewer: Viewer; params: Record<string, unknown> }, refused: Refused) =>
    list(viewer, refused, idOf(params));
  const archive = (action: string, archived: boolean, text: string) =>
    post(`${one}/${action}`, { may, params, body: z.strictObject({}), form: again }, async ({ viewer, params }) => {
      await archiveOnShelf(db, viewer, shelf, idOf(params), archived);
      return done(path, { flash: { text } });
    });
  return [
    get(path, { may }, ({ viewer }) => list(viewer, null, null)),
    post(path, { may, body: Added, form: ({ viewer }, refused) => list(viewer, refused, null) }, async ({ viewer, body }) => {
      await addToShelf(db, viewer, shelf, body.mine, body.requestId);
      return done(path, { flash: { text: `The ${shelf.noun} “${body.mine.name}” is here.` } });
    }),
    post(one, { may, params, body: editInput(changeable(shelf), later, shown.gather), form: again }, async ({ viewer, params, body }) => {
      await changeOnShelf(db, viewer, shelf, idOf(params), body.original, body.mine);
      return done(path, { flash: { text: 'Saved. Orders that have their lines already stay as they are.' } });
    }),
    archive('removals', true, `Archived. Old lines keep the ${shelf.noun}; new ones don’t offer it.`),
    archive('restorations', false, `The ${shelf.noun} can be used again.`),
    ...(shelf.standard ? [standardRoute(services, shown, again)] : []),
  ];
}

function standardRoute(
  { db }: Services,
  { shelf, view, param }: ShelfPage,
  form: (context: { viewer: Viewer; params: Record<string, unknown> }, refused: Refused) => Promise<Answer>,
): Route {
  const body = z.strictObject({ on: z.enum(['yes', 'no']) });
  const spec = { may: 'billing.manage' as const, params: z.object({ [param]: Id }), body, form };
  return post(`/settings/${view}/:${param}/defaults`, spec, async ({ viewer, params, body }) => {
    await makeStandard(db, viewer, shelf, Number((params as Record<string, unknown>)[param]), body.on === 'yes');
    return done(`/settings/${view}`, { flash: { text: 'Saved.' } });
  });
}

/**
 * The page of a shelf.
 * @param at the one whose form was refused; null: the form for a new one
 * @param more what else it shows, where that is not as usual
 */
export async function showShelf(
  { db }: Services,
  shown: ShelfPage,
  viewer: Viewer,
  refused: Refused | null,
  at: number | null,
  more?: object,
): Promise<Answer> {
  const everything = await listShelf(db, viewer.shop, shown.shelf);
  const present = (entry: Entry) => ({
    ...entry,
    told: shown.tell(entry.row),
    texts: showRow(shown.shelf.fields, entry.row),
    errors: at === entry.id ? (refused?.fields ?? {}) : {},
    ...formState(changeable(shown.shelf), entry.row, at === entry.id ? (refused?.values ?? null) : null),
  });
  const entries = everything.filter((entry) => !entry.archived).map(present);
  const gone = refused && at !== null && !entries.some((entry) => entry.id === at);
  return page(`settings/${shown.view}`, {
    title: shown.title,
    noun: shown.shelf.noun,
    path: `/settings/${shown.view}`,
    standard: shown.shelf.standard ?? null,
    entries,
    // About one that is archived or not here: then there is no form to say it in.
    problem: gone ? refused.fields : {},
    archived: everything.filter((entry) => entry.archived),
    at,
    adding: { values: at === null && refused ? typedTexts(refused.values) : {}, errors: at === null ? (refused?.fields ?? {}) : {} },
    requestId: randomUUID(),
    ...(more ?? (await shown.more?.(viewer))),
  });
}
