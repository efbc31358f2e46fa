import { Invalid, NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type Answer, done } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { WorkOrderPages } from '../work-orders/pages.js';
import { itemsOf } from './content.js';
import { carryForward, findPlace, releaseFinding, saveItem } from './findings.js';
import {
  CarryInput,
  InspectionQuery,
  ItemFormInput,
  Nothing,
  OneFindingOfOrder,
  OneInspection,
  OneItem,
  OneOrder,
  ProposeInput,
  ReleaseInput,
  readItemForm,
  StartInput,
} from './inputs.js';
import {
  finishInspection,
  getInspection,
  listFindings,
  releaseInspection,
  reopenInspection,
  startInspection,
  toLines,
} from './inspections.js';
import { itemPage, overviewPage, startPage } from './pages.js';
import { proposeJob } from './proposals.js';
import { isFound } from './rules.js';

type Params = { number: number; inspection: number };
type Here = { viewer: Viewer; params: Params; htmx: boolean };
type AtItem = { viewer: Viewer; params: Params & { item: string }; htmx: boolean };

const addressOf = ({ number, inspection }: Params, item?: string | null) =>
  `/work-orders/${number}/inspections/${inspection}${item ? `?item=${item}` : ''}`;

export function inspectionRoutes(services: Services): Route[] {
  const { db } = services;
  const orders = new WorkOrderPages(services);
  const overview = ({ viewer, params }: Here, refused: Refused | null = null) =>
    overviewPage(db, viewer, params.number, params.inspection, refused);
  /** Back to the inspection, which says what has become of it. */
  const changed = (here: Here, text: string): Promise<Answer> | Answer =>
    here.htmx ? overview(here) : done(addressOf(here.params), { flash: { text } });
  const itemRefused = ({ viewer, params, htmx }: AtItem, refused: Refused) =>
    itemPage(services, viewer, params.number, params.inspection, params.item, { refused, part: htmx ? 'state' : undefined });

  return [
    get('/work-orders/:number/inspections/new', { may: 'inspection.fill', params: OneOrder }, ({ viewer, params }) =>
      startPage(db, viewer, params.number),
    ),
    post(
      '/work-orders/:number/inspections',
      {
        ...{ may: 'inspection.fill', params: OneOrder, body: StartInput },
        form: ({ viewer, params }, refused) => startPage(db, viewer, params.number, refused),
      },
      async ({ viewer, params, body }) => {
        const { template, starter, requestId } = body;
        const chosen = template === undefined ? { starter: starter ?? ('car' as const) } : { template };
        const { inspection } = (await startInspection(db, viewer, params.number, chosen, requestId)).result;
        return done(addressOf({ ...params, inspection }, await firstOpen(services, viewer, { ...params, inspection })));
      },
    ),
    get(
      '/work-orders/:number/inspections/:inspection',
      { may: 'inspection.fill', params: OneInspection, query: InspectionQuery },
      ({ viewer, params, query }) =>
        query.item
          ? itemPage(services, viewer, params.number, params.inspection, query.item, { part: query.part })
          : overviewPage(db, viewer, params.number, params.inspection),
    ),
    post(
      '/work-orders/:number/inspections/:inspection/items/:item',
      { may: 'inspection.fill', params: OneItem, body: ItemFormInput, form: itemRefused },
      async (here) => {
        const { viewer, params, body, htmx } = here;
        const { content } = await getInspection(db, viewer.shop, params.number, params.inspection);
        const items = itemsOf(content);
        const at = items.findIndex(({ key }) => key === params.item);
        const item = items[at];
        if (!item) throw new NotFound('That item is not in this inspection.');
        const wrong: Record<string, string> = {};
        const { input, original } = readItemForm(item, body, (field, sentence) => {
          wrong[field] = sentence;
        });
        if (Object.keys(wrong).length > 0) throw new Invalid(wrong);
        const { result } = await saveItem(db, viewer, params.number, params.inspection, params.item, input, original);
        const told = result.replaced ?? '';
        const to = await placeAfter(services, here, told);
        const key = { next: items[at + 1]?.key ?? null, previous: items[at - 1]?.key ?? null, all: null, stay: params.item }[to];
        if (!htmx) return done(addressOf(params, key), told ? { flash: { text: told } } : {});
        if (key === null) return overview(here);
        const part = key !== params.item ? undefined : body.phrase === undefined ? 'state' : 'fields';
        return itemPage(services, viewer, params.number, params.inspection, key, { told, part });
      },
    ),
    post(
      '/work-orders/:number/inspections/:inspection/items/:item/carries',
      { may: 'inspection.fill', params: OneItem, body: CarryInput, form: itemRefused },
      async ({ viewer, params, body, htmx }) => {
        await carryForward(db, viewer, params.number, params.inspection, params.item, body.finding);
        if (htmx) return itemPage(services, viewer, params.number, params.inspection, params.item, { part: 'fields' });
        return done(addressOf(params, params.item));
      },
    ),
    post(
      '/work-orders/:number/inspections/:inspection/finishes',
      { may: 'inspection.fill', params: OneInspection, body: Nothing, form: overview },
      async (here) => {
        await finishInspection(db, here.viewer, here.params.number, here.params.inspection);
        return changed(here, 'The inspection is finished.');
      },
    ),
    post(
      '/work-orders/:number/inspections/:inspection/reopenings',
      { may: 'inspection.fill', params: OneInspection, body: Nothing, form: overview },
      async (here) => {
        await reopenInspection(db, here.viewer, here.params.number, here.params.inspection);
        return changed(here, 'It can be changed again.');
      },
    ),
    post(
      '/work-orders/:number/inspections/:inspection/releases',
      { may: 'inspection.release', params: OneInspection, body: ReleaseInput, form: overview },
      async (here) => {
        const on = here.body.on === 'yes';
        await releaseInspection(db, here.viewer, here.params.number, here.params.inspection, on);
        return changed(here, on ? 'The customer sees it now.' : 'The customer doesn’t see it any more.');
      },
    ),
    get('/work-orders/:number/findings/:finding', { may: 'inspection.fill', params: OneFindingOfOrder }, async ({ viewer, params }) => {
      const { inspection, item } = await findPlace(db, viewer.shop, params.number, params.finding);
      return itemPage(services, viewer, params.number, inspection, item);
    }),
    post(
      '/work-orders/:number/findings/:finding/releases',
      {
        ...{ may: 'inspection.release', params: OneFindingOfOrder, body: ReleaseInput },
        form: ({ viewer, params, htmx }, refused) => orders.show(viewer, params.number, refused, htmx),
      },
      async ({ viewer, params, body, htmx }) => {
        await releaseFinding(db, viewer, params.number, params.finding, body.on === 'yes');
        const { inspection } = await findPlace(db, viewer.shop, params.number, params.finding);
        return changed({ viewer, params: { number: params.number, inspection }, htmx }, 'Saved.');
      },
    ),
    post(
      '/work-orders/:number/findings/:finding/jobs',
      {
        ...{ may: 'inspection.fill', params: OneFindingOfOrder, body: ProposeInput },
        form: ({ viewer, params, htmx }, refused) => orders.show(viewer, params.number, refused, htmx),
      },
      async ({ viewer, params, body, frame }) => {
        const { job } = (await proposeJob(db, viewer, params.number, params.finding, body.requestId)).result;
        const fragments = await orders.partsAndActions(viewer, params.number, frame());
        return done(`/work-orders/${params.number}#job-${job}`, { flash: { text: 'The job is proposed. The desk prices it.' }, fragments });
      },
    ),
  ];
}

/** Where to begin, or to go on. */
async function firstOpen({ db }: Services, viewer: Viewer, { number, inspection }: Params): Promise<string | null> {
  const { content } = await getInspection(db, viewer.shop, number, inspection);
  const lines = toLines(content, await listFindings(db, viewer.shop, inspection));
  return lines.find(({ missing }) => missing.length > 0)?.key ?? null;
}

/** Where one goes from an item that was saved: a good one leads on, at what was found there is more to say. */
async function placeAfter(
  { db }: Services,
  {
    viewer,
    params,
    body,
  }: { viewer: Viewer; params: Params & { item: string }; body: { go?: string | undefined; color?: string | undefined } },
  told: string,
): Promise<'next' | 'previous' | 'all' | 'stay'> {
  if (told) return 'stay';
  if (body.go) return body.go as 'next';
  if (!body.color) return 'stay';
  const { content } = await getInspection(db, viewer.shop, params.number, params.inspection);
  const line = toLines(content, await listFindings(db, viewer.shop, params.inspection)).find(({ key }) => key === params.item);
  return !line || isFound(line.finding.color) || line.missing.length > 0 ? 'stay' : 'next';
}
