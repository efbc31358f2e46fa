import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { type Answer, bytes, done, page } from '../../platform/web/answers.js';
import { Id, OptionalId, optional, RequestId } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { answerMissed, SinceQuery } from '../../platform/web/screens.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { type LineForm, lineForm, newLineForm } from '../jobs/forms.js';
import { ADDABLE } from '../jobs/line-fields.js';
import { setLabel } from '../labels/labels.js';
import { can } from '../staff/permissions.js';
import { assign, take } from './assignments.js';
import { audienceOf } from './audiences.js';
import { block, unblock } from './blocks.js';
import { addComment, deleteComment, editComment } from './comments.js';
import { createWorkOrder } from './create.js';
import { EDITABLE, EditConflict, type EditFields, editWorkOrder } from './edit.js';
import { listFinished } from './finished.js';
import { editForm, newForm } from './form-pages.js';
import { bringBack, handOver } from './hand-overs.js';
import { BlockInput, CommentText, checkPromise, EditInput, NewWorkOrderInput, ReasonInput } from './inputs.js';
import { findMatches } from './lookup.js';
import { WorkOrderPages } from './pages.js';

const Numbered = z.object({ number: Id });
const FinishedQuery = z.object({ find: optional('The search', 100), before: z.coerce.number().int().nullable().default(null).catch(null) });
const Typed = z.record(z.string(), z.string().max(6000).catch(''));
const OneComment = Numbered.extend({ comment: Id });
const CommentInput = z.strictObject({ text: CommentText, requestId: RequestId });
const Nothing = z.strictObject({});
/** Where on the page a line is being written, for whoever has no JavaScript: `?line=12`, or `?kind=part&job=5`. */
const PlaceQuery = z.object({ line: Id.optional(), kind: z.enum(ADDABLE).optional(), job: OptionalId });
/** `original.…` is what the form showed: without it a choice is taken as it is. */
const AssignInput = z.strictObject({
  mechanic: OptionalId,
  advisor: OptionalId,
  // Without their default: a script that does not say what it saw means what it sends.
  'original.mechanic': OptionalId.unwrap().optional(),
  'original.advisor': OptionalId.unwrap().optional(),
});
const LabelInput = z.strictObject({ label: Id, on: z.enum(['yes', 'no']) });

export function workOrderRoutes(services: Services): Route[] {
  const { db } = services;
  const pages = new WorkOrderPages(services);
  type Here = { viewer: Viewer; params: { number: number }; frame(): object };
  /** After a change: the page of the work order, or its live parts and what can be done next. */
  const changed = async ({ viewer, params, frame }: Here, text?: string): Promise<Answer> =>
    done(`/work-orders/${params.number}`, {
      flash: text ? { text } : undefined,
      fragments: await pages.partsAndActions(viewer, params.number, frame()),
    });
  /** After a comment: the buttons stay as they are, with what may be typed beside them. */
  const commented = async ({ viewer, params }: Here): Promise<Answer> =>
    done(`/work-orders/${params.number}`, { fragments: await pages.parts(viewer.shop, params.number, audienceOf(viewer.role)) });
  const refusedAt = (context: { viewer: Viewer; params: { number: number }; htmx: boolean }, refused: Refused) =>
    pages.show(context.viewer, context.params.number, refused, context.htmx);

  /** The choices are shown as they are by now, beside the sentence that says why. */
  const assignRefused = async (here: Here & { htmx: boolean }, refused: Refused): Promise<Answer> => {
    if (!here.htmx) return refusedAt(here, refused);
    const problem = services.views.render('work-orders/problem', { problem: Object.values(refused.fields)[0] ?? '' });
    const actions = await pages.partsAndActions(here.viewer, here.params.number, here.frame());
    return bytes(actions + problem, { 'Content-Type': 'text/html; charset=utf-8' }, 409);
  };

  return [
    get('/work-orders', { may: 'board.see', query: FinishedQuery }, async ({ viewer, query }) => {
      const found = await listFinished(db, viewer.shop, viewer.timeZone, query.before, query.find);
      return page('work-orders/finished', { title: 'Finished', find: query.find, ...found });
    }),
    // Without JavaScript looking something up is a GET of the whole form.
    get('/work-orders/new', { may: 'work-order.create', query: Typed }, ({ viewer, query }) =>
      newForm(db, viewer, { values: query, fields: {} }),
    ),
    get(
      '/work-orders/matches',
      { may: 'work-order.create', query: z.object({ find: optional('The search', 100) }) },
      async ({ viewer, query }) =>
        page('work-orders/matches', { matches: await findMatches(db, viewer.shop, query.find), find: query.find }, 'work-orders/matches'),
    ),
    post(
      '/work-orders',
      { may: 'work-order.create', body: NewWorkOrderInput, form: ({ viewer }, refused) => newForm(db, viewer, refused) },
      async ({ viewer, body, htmx }) => {
        const { result } = await createWorkOrder(
          db,
          viewer,
          { ...body, promisedAt: checkPromise(body.promised, viewer.timeZone) },
          body.requestId,
        );
        if (htmx) return pages.show(viewer, result.number, null, true);
        return done(`/work-orders/${result.number}#work-order-media`, {
          flash: { text: `WO-${result.number} is open. Now the photos of its arrival.` },
        });
      },
    ),
    get('/work-orders/:number', { may: 'board.see', params: Numbered, query: PlaceQuery }, async ({ viewer, params, query, htmx }) =>
      pages.show(viewer, params.number, null, htmx, await formAt(db, viewer, params.number, query)),
    ),
    get('/work-orders/:number/changes', { may: 'board.see', params: Numbered, query: SinceQuery }, ({ viewer, params, query }) =>
      answerMissed(query.since, viewer.version, () => pages.parts(viewer.shop, params.number, audienceOf(viewer.role))),
    ),
    get('/work-orders/:number/actions', { may: 'board.see', params: Numbered }, ({ viewer, params }) =>
      pages.actions(viewer, params.number),
    ),
    get('/work-orders/:number/edit', { may: 'work-order.edit', params: Numbered }, ({ viewer, params }) =>
      editForm(db, viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/edits',
      {
        may: 'work-order.edit',
        params: Numbered,
        body: EditInput,
        form: ({ viewer, params }, refused) => editForm(db, viewer, params.number, refused),
      },
      async ({ viewer, params, body, htmx }) => {
        const pick = (prefix: string) =>
          Object.fromEntries(EDITABLE.map((field) => [field, body[`${prefix}${field}` as keyof typeof body]])) as EditFields;
        checkPromise(body.promised, viewer.timeZone);
        try {
          await editWorkOrder(db, viewer, viewer.timeZone, params.number, pick('original.'), pick(''));
        } catch (error) {
          if (!(error instanceof EditConflict)) throw error;
          return editForm(db, viewer, params.number, { values: body, fields: { '': error.message } }, error);
        }
        if (htmx) return pages.show(viewer, params.number, null, true);
        return done(`/work-orders/${params.number}`, { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/work-orders/:number/assignments',
      { may: 'work-order.assign', params: Numbered, body: AssignInput, form: assignRefused },
      async (here) => {
        const { mechanic, advisor, 'original.mechanic': wasMechanic, 'original.advisor': wasAdvisor } = here.body;
        await assign(db, here.viewer, here.params.number, { mechanic, advisor }, { mechanic: wasMechanic, advisor: wasAdvisor });
        return changed(here);
      },
    ),
    post('/work-orders/:number/takes', { may: 'work-order.take', params: Numbered, body: Nothing, form: refusedAt }, async (here) => {
      await take(db, here.viewer, here.params.number);
      return changed(here);
    }),
    post('/work-orders/:number/blocks', { may: 'work-order.block', params: Numbered, body: BlockInput, form: refusedAt }, async (here) => {
      await block(db, here.viewer, here.params.number, here.body);
      return changed(here);
    }),
    post(
      '/work-orders/:number/blocks/removals',
      { may: 'work-order.block', params: Numbered, body: Nothing, form: refusedAt },
      async (here) => {
        await unblock(db, here.viewer, here.params.number);
        return changed(here);
      },
    ),
    post('/work-orders/:number/labels', { may: 'work-order.label', params: Numbered, body: LabelInput, form: refusedAt }, async (here) => {
      await setLabel(db, here.viewer, here.params.number, here.body.label, here.body.on === 'yes');
      return changed(here);
    }),
    post(
      '/work-orders/:number/hand-overs',
      { may: 'work-order.hand-over', params: Numbered, body: ReasonInput, form: refusedAt },
      async (here) => {
        await handOver(db, here.viewer, here.params.number, here.body.reason);
        return changed(here, `WO-${here.params.number} was handed over.`);
      },
    ),
    post('/work-orders/:number/returns', { may: 'board.reopen', params: Numbered, body: ReasonInput, form: refusedAt }, async (here) => {
      await bringBack(db, here.viewer, here.params.number, here.body.reason);
      return changed(here, `WO-${here.params.number} is on the board again.`);
    }),
    post('/work-orders/:number/comments', { may: 'comment.write', params: Numbered, body: CommentInput, form: refusedAt }, async (here) => {
      await addComment(db, here.viewer, here.params.number, here.body.text, here.body.requestId);
      return commented(here);
    }),
    post(
      '/work-orders/:number/comments/:comment/edits',
      { may: 'comment.write', params: OneComment, body: CommentInput, form: refusedAt },
      async (here) => {
        await editComment(db, here.viewer, here.params.number, here.params.comment, here.body.text);
        return commented(here);
      },
    ),
    post(
      '/work-orders/:number/comments/:comment/removals',
      { may: 'comment.write', params: OneComment, body: Nothing, form: refusedAt },
      async (here) => {
        await deleteComment(db, here.viewer, here.params.number, here.params.comment);
        return commented(here);
      },
    ),
  ];
}

/** The form row that the address asks for. */
async function formAt(db: Database, viewer: Viewer, number: number, place: z.output<typeof PlaceQuery>): Promise<LineForm | null> {
  if (!can(viewer.role, 'job.edit')) return null;
  if (place.line) return lineForm(db, viewer, number, place.line);
  return place.kind ? newLineForm(db, viewer, number, { kind: place.kind, job: place.job }) : null;
}
