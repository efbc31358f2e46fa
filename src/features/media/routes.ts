import type { Services } from '../../platform/services.js';
import { type Answer, done } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { WorkOrderPages } from '../work-orders/pages.js';
import { drawOn } from './drawings.js';
import { bringBackMedium, editMedium, MediumConflict, type MediumFields, releaseMedium, removeMedium, shiftMedium } from './edits.js';
import { mediaFile, save, show } from './files.js';
import {
  AddInput,
  DrawingInput,
  EditInput,
  MOST_FILES,
  Nothing,
  OneFile,
  OneMedium,
  OneOrder,
  ReleaseInput,
  ShiftInput,
} from './inputs.js';
import { addMedia, tellOutcomes } from './media.js';
import { clickedPlace, drawingPage, picturePage } from './pages.js';
import { marksOf } from './rules.js';

type Here = { viewer: Viewer; params: { number: number; media: number }; htmx: boolean };

export function mediaRoutes(services: Services): Route[] {
  const { db, config, views } = services;
  const orders = new WorkOrderPages(services);
  const one = ({ viewer, params }: Here, refused: Refused | null = null, conflict?: MediumConflict): Promise<Answer> =>
    picturePage(db, viewer, params.number, params.media, refused, conflict);
  /** After a change: the picture as it is now. */
  const changed = async (here: Here, text?: string): Promise<Answer> => {
    const { params, htmx } = here;
    const flash = text === undefined ? undefined : { text };
    return htmx ? one(here) : done(`/work-orders/${params.number}/media/${params.media}`, { flash });
  };

  return [
    post(
      '/work-orders/:number/media',
      {
        ...{ may: 'media.add', params: OneOrder, body: AddInput },
        files: { field: 'files', maxFiles: MOST_FILES, maxBytes: Math.max(config.maxPhotoBytes, config.maxVideoBytes) },
        form: ({ viewer, params, htmx }, refused) => orders.show(viewer, params.number, refused, htmx),
      },
      async ({ viewer, params, body, files }) => {
        const { requestId, ...place } = body;
        const outcomes = await addMedia(services, viewer, params.number, files, place, requestId);
        const text = tellOutcomes(outcomes);
        const fragments = await orders.mediaParts(viewer, params.number);
        // Back to the item that it was taken for, or to the pictures.
        // What could not be taken is said at the top of the page: that is not scrolled past.
        const pictures = outcomes.every((one) => one.state === 'added') ? '#work-order-media' : '';
        const back = place.finding === null ? pictures : `/findings/${place.finding}`;
        return done(`/work-orders/${params.number}${back}`, {
          flash: { text },
          fragments: views.render('media/outcomes', { outcomes }) + fragments,
        });
      },
    ),
    get('/work-orders/:number/media/:media', { may: 'board.see', params: OneMedium }, (here) => one(here)),
    get('/work-orders/:number/media/:media/files/original', { may: 'media.release', params: OneMedium }, async ({ viewer, params }) =>
      save(services, await mediaFile(db, viewer.shop, params.number, params.media, 'original')),
    ),
    get('/work-orders/:number/media/:media/files/:use', { may: 'board.see', params: OneFile }, async ({ viewer, params }) =>
      show(services, await mediaFile(db, viewer.shop, params.number, params.media, params.use)),
    ),
    post('/work-orders/:number/media/:media/edits', { may: 'media.add', params: OneMedium, body: EditInput, form: one }, async (here) => {
      const { viewer, params, body } = here;
      const original = { caption: body['original.caption'], place: body['original.place'], arrival: body['original.arrival'] };
      const mine: MediumFields = { caption: body.caption, place: body.place, arrival: body.arrival };
      try {
        await editMedium(db, viewer, params.number, params.media, original, mine);
      } catch (error) {
        if (!(error instanceof MediumConflict)) throw error;
        return one(here, { values: body, fields: { '': error.message } }, error);
      }
      return changed(here, 'Saved.');
    }),
    post(
      '/work-orders/:number/media/:media/releases',
      { may: 'media.release', params: OneMedium, body: ReleaseInput, form: one },
      async (here) => {
        const shown = here.body.shown === 'yes';
        await releaseMedium(db, here.viewer, here.params.number, here.params.media, shown);
        return changed(here, shown ? 'The customer sees it now.' : 'The customer does not see it any more.');
      },
    ),
    post('/work-orders/:number/media/:media/shifts', { may: 'media.add', params: OneMedium, body: ShiftInput, form: one }, async (here) => {
      await shiftMedium(db, here.viewer, here.params.number, here.params.media, here.body.direction);
      return changed(here, 'Moved.');
    }),
    post(
      '/work-orders/:number/media/:media/removals',
      { may: 'media.remove', params: OneMedium, body: Nothing, form: one },
      async (here) => {
        await removeMedium(db, here.viewer, here.params.number, here.params.media);
        return changed(here);
      },
    ),
    post(
      '/work-orders/:number/media/:media/returns',
      { may: 'media.remove', params: OneMedium, body: Nothing, form: one },
      async (here) => {
        await bringBackMedium(db, here.viewer, here.params.number, here.params.media);
        return changed(here, 'It is back.');
      },
    ),
    get('/work-orders/:number/media/:media/drawings/new', { may: 'media.add', params: OneMedium }, ({ viewer, params }) =>
      drawingPage(db, viewer, params.number, params.media, null),
    ),
    post(
      '/work-orders/:number/media/:media/drawings',
      {
        ...{ may: 'media.add', params: OneMedium, body: DrawingInput },
        form: ({ viewer, params }, refused) => drawingPage(db, viewer, params.number, params.media, refused),
      },
      async ({ viewer, params, body, htmx }) => {
        const { number, media } = params;
        const { marks, shape, place, requestId } = body;
        const click = { x: body['at.x'] ?? 0, y: body['at.y'] ?? 0 };
        // The picture as a button that is pressed by the keyboard is clicked at 0, 0.
        const at = click.x + click.y > 0 ? await clickedPlace(db, viewer, number, media, click) : place;
        const copy = await drawOn(services, viewer, number, media, marksOf(marks, shape, at), requestId);
        if (htmx) return picturePage(db, viewer, number, copy);
        return done(`/work-orders/${number}/media/${copy}`, {
          flash: { text: 'Here is the copy with the marks. The photo itself is as it was.' },
        });
      },
    ),
  ];
}
