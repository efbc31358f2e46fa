import type { Services } from '../../platform/services.js';
import { type Answer, done } from '../../platform/web/answers.js';
import { get, post, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { WorkOrderPages } from '../work-orders/pages.js';
import { checkWork } from './checks.js';
import { acknowledgementForm, checkForm, releaseForm } from './forms.js';
import { acknowledge, release } from './holds.js';
import { AcknowledgementInput, CheckInput, OneOrder, ReleaseInput, refuseSilentNo } from './inputs.js';

export function safetyRoutes(services: Services): Route[] {
  const { db } = services;
  const pages = new WorkOrderPages(services);
  type Here = { viewer: Viewer; params: { number: number }; htmx: boolean };
  /** Back at the work order, in the dialog or as a page. */
  const back = async ({ viewer, params, htmx }: Here, text: string): Promise<Answer> =>
    htmx ? pages.show(viewer, params.number, null, true) : done(`/work-orders/${params.number}`, { flash: { text } });

  return [
    get('/work-orders/:number/acknowledgements/new', { may: 'hold.acknowledge', params: OneOrder }, ({ viewer, params }) =>
      acknowledgementForm(db, viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/acknowledgements',
      {
        ...{ may: 'hold.acknowledge', params: OneOrder, body: AcknowledgementInput },
        form: ({ viewer, params }, refused) => acknowledgementForm(db, viewer, params.number, refused),
      },
      async (here) => {
        const { requestId, ...input } = here.body;
        await acknowledge(db, here.viewer, here.params.number, input, requestId);
        return back(here, 'It is written down. A second person releases the vehicle now.');
      },
    ),
    get('/work-orders/:number/releases/new', { may: 'hold.release', params: OneOrder }, ({ viewer, params }) =>
      releaseForm(db, viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/releases',
      {
        ...{ may: 'hold.release', params: OneOrder, body: ReleaseInput },
        form: ({ viewer, params }, refused) => releaseForm(db, viewer, params.number, refused),
      },
      async (here) => {
        const { requestId, ...input } = here.body;
        const { result } = await release(db, here.viewer, here.params.number, input, requestId);
        return back(here, result.left > 0 ? 'Released. Something else still holds the vehicle.' : 'The vehicle is released.');
      },
    ),
    get('/work-orders/:number/quality-checks/new', { may: 'quality.check', params: OneOrder }, ({ viewer, params }) =>
      checkForm(db, viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/quality-checks',
      {
        ...{ may: 'quality.check', params: OneOrder, body: CheckInput },
        form: ({ viewer, params }, refused) => checkForm(db, viewer, params.number, refused),
      },
      async (here) => {
        const { requestId, note } = here.body;
        const passed = here.body.passed === 'yes';
        refuseSilentNo({ passed, note });
        await checkWork(db, here.viewer, here.params.number, { passed, note }, requestId);
        return back(here, passed ? 'The work is checked.' : 'It is written down.');
      },
    ),
  ];
}
