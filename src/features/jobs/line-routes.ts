import { z } from 'zod';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type Answer, bytes, done } from '../../platform/web/answers.js';
import { OptionalId } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { getWorkOrder } from '../work-orders/details.js';
import { WorkOrderPages } from '../work-orders/pages.js';
import { type LineForm, lineForm, newLineForm } from './forms.js';
import { Again, LineEditInput, NewLineInput, Nothing, OneLine, OneOrder, pickFields, Shift } from './inputs.js';
import { ADDABLE, type Addable, LINE_FIELDS } from './line-fields.js';
import { addLine, changeLine, copyLine, LineConflict, removeLine, shiftLine } from './lines.js';

/** What a form row that is asked for again holds by now travels with it. */
const NewQuery = z.object({ kind: z.enum(ADDABLE).default('labor'), job: OptionalId }).catchall(z.string().max(600).catch(''));
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };

export function lineRoutes(services: Services): Route[] {
  const { db } = services;
  const pages = new WorkOrderPages(services);
  type Here = { viewer: Viewer; params: { number: number }; htmx: boolean; frame(): object };
  const refusedAt = ({ viewer, params, htmx }: Here, refused: Refused) => pages.show(viewer, params.number, refused, htmx);
  /** The form row again, with what was typed: in its place for htmx, or on the page. */
  const again = async ({ viewer, params, htmx }: Here, form: LineForm, status = 200): Promise<Answer> => {
    if (htmx) return bytes(pages.row('jobs/line-parts', { form }), HTML, status);
    return { ...(await pages.show(viewer, params.number, null, false, form)), status } as Answer;
  };
  const changed = async ({ viewer, params, frame }: Here, job: number | null, more = ''): Promise<Answer> =>
    done(`/work-orders/${params.number}#job-${job ?? 'none'}`, {
      fragments: (await pages.jobParts(viewer, params.number, frame())) + more,
    });
  const newForm = (here: Here, refused: Refused): Promise<LineForm> => {
    const kind = ADDABLE.find((one) => one === refused.values.kind) ?? 'labor';
    const job = OptionalId.safeParse(refused.values.job).data ?? null;
    return newLineForm(db, here.viewer, here.params.number, { kind, job }, refused);
  };

  return [
    get('/work-orders/:number/lines/new', { may: 'job.edit', params: OneOrder, query: NewQuery }, async ({ viewer, params, query }) => {
      const { kind, job, ...values } = query;
      const form = await newLineForm(db, viewer, params.number, { kind, job }, { values, fields: {} });
      return bytes(pages.row('jobs/line-form', { form }), HTML);
    }),
    get('/work-orders/:number/lines/:line', { may: 'job.edit', params: OneLine }, async ({ viewer, params }) => {
      const order = await getWorkOrder(db, viewer.shop, params.number);
      const line = [...order.jobs.flatMap((job) => job.lines), ...order.orderLines].find((one) => one.id === params.line);
      if (!line) throw new NotFound('That line is not here any more.');
      return bytes(pages.row('jobs/line', { order, line, form: null }), HTML);
    }),
    get('/work-orders/:number/lines/:line/edit', { may: 'job.edit', params: OneLine }, async ({ viewer, params }) =>
      bytes(pages.row('jobs/line-form', { form: await lineForm(db, viewer, params.number, params.line) }), HTML),
    ),
    post(
      '/work-orders/:number/lines',
      {
        may: 'job.edit',
        params: OneOrder,
        body: NewLineInput,
        form: async (here, refused) => again(here, await newForm(here, refused), 422),
      },
      async (here) => {
        const { job, kind, core, fee, requestId } = here.body;
        const input = { job, kind, coreCents: core, fee, fields: pickFields(here.body, LINE_FIELDS) };
        await addLine(db, here.viewer, here.params.number, input, requestId);
        return changed(here, job, here.htmx ? await nextForm(here, kind, job) : '');
      },
    ),
    post(
      '/work-orders/:number/lines/:line/edits',
      {
        may: 'job.edit',
        params: OneLine,
        body: LineEditInput,
        form: async (here, refused) => again(here, await lineForm(db, here.viewer, here.params.number, here.params.line, refused), 422),
      },
      async (here) => {
        const { viewer, params, body } = here;
        try {
          const original = pickFields(body, LINE_FIELDS, 'original.');
          await changeLine(db, viewer, params.number, params.line, original, pickFields(body, LINE_FIELDS));
        } catch (error) {
          if (!(error instanceof LineConflict)) throw error;
          const refused = { values: body, fields: { '': error.message } };
          return again(here, await lineForm(db, viewer, params.number, params.line, refused, error), 409);
        }
        return changed(here, null);
      },
    ),
    post(
      '/work-orders/:number/lines/:line/removals',
      { may: 'job.edit', params: OneLine, body: Nothing, form: refusedAt },
      async (here) => {
        await removeLine(db, here.viewer, here.params.number, here.params.line);
        return changed(here, null);
      },
    ),
    post('/work-orders/:number/lines/:line/shifts', { may: 'job.edit', params: OneLine, body: Shift, form: refusedAt }, async (here) => {
      await shiftLine(db, here.viewer, here.params.number, here.params.line, here.body.direction);
      return changed(here, null);
    }),
    post('/work-orders/:number/lines/:line/copies', { may: 'job.edit', params: OneLine, body: Again, form: refusedAt }, async (here) => {
      await copyLine(db, here.viewer, here.params.number, here.params.line, here.body.requestId);
      return changed(here, null);
    }),
  ];

  /** Below a line that was written waits the form of the next one. */
  async function nextForm({ viewer, params }: Here, kind: Addable, job: number | null): Promise<string> {
    return pages.row('jobs/line-parts', { form: await newLineForm(db, viewer, params.number, { kind, job }) });
  }
}
