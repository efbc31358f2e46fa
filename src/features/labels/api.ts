import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { pageOf } from '../../platform/web/api-fields.js';
import { Id } from '../../platform/web/forms.js';
import { LabelInput } from './inputs.js';
import { LabelJson } from './json.js';
import { addLabel, changeLabel, getLabel, type Label, listLabels, removeLabel, setLabel } from './labels.js';

const One = z.object({ label: Id });
const OnOrder = z.object({ number: Id, label: Id });

/** Labels, and which of them a work order has. */
export function labelOperations({ db }: Services): Operation[] {
  const read = async (from: Database, { shop }: ApiViewer, { label }: z.output<typeof One>) =>
    toJson(await getLabel({ db: from, shop }, label));
  const one = { tag: 'Labels', may: 'labels.manage', params: One, match: read } as const;
  return [
    api(
      'get',
      '/labels',
      { id: 'listLabels', tag: 'Labels', summary: 'All labels, by name', may: 'board.see', answer: pageOf(LabelJson), example: {} },
      async ({ viewer }) => ({ items: (await listLabels(db, viewer.shop)).map(toJson), next: null }),
    ),
    api(
      'post',
      '/labels',
      {
        ...{
          id: 'addLabel',
          tag: 'Labels',
          summary: 'Adds a label',
          may: 'labels.manage',
          body: LabelInput,
          answer: LabelJson,
          status: 201,
        },
        example: { body: { name: 'Rush', color: 'red' } },
      },
      async ({ viewer, body }) => read(db, viewer, (await addLabel(db, viewer, body)).result),
    ),
    api(
      'get',
      '/labels/:label',
      {
        ...{ id: 'getLabel', tag: 'Labels', summary: 'One label', may: 'board.see', params: One, answer: LabelJson },
        example: { params: { label: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'put',
      '/labels/:label',
      {
        ...{ ...one, id: 'changeLabel', summary: 'Changes name and colour of a label', body: LabelInput, answer: LabelJson },
        example: { params: { label: '1' }, body: { name: 'Under warranty', color: 'violet' } },
      },
      async ({ viewer, params, body }) => {
        await changeLabel(db, viewer, params.label, body);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/labels/:label',
      {
        ...one,
        id: 'removeLabel',
        summary: 'Takes a label away, also from every work order',
        answer: null,
        example: { params: { label: '3' } },
      },
      ({ viewer, params }) => removeLabel(db, viewer, params.label),
    ),
    api(
      'put',
      '/work-orders/:number/labels/:label',
      {
        ...{
          id: 'putLabel',
          tag: 'Labels',
          summary: 'Puts a label on a work order',
          may: 'work-order.label',
          params: OnOrder,
          answer: null,
        },
        example: { params: { number: '1001', label: '2' } },
      },
      ({ viewer, params }) => setLabel(db, viewer, params.number, params.label, true),
    ),
    api(
      'delete',
      '/work-orders/:number/labels/:label',
      {
        ...{
          id: 'takeLabel',
          tag: 'Labels',
          summary: 'Takes a label off a work order',
          may: 'work-order.label',
          params: OnOrder,
          answer: null,
        },
        example: { params: { number: '1001', label: '2' } },
      },
      ({ viewer, params }) => setLabel(db, viewer, params.number, params.label, false),
    ),
  ];
}

function toJson({ id, name, color }: Label) {
  return { id, name, color: color as z.input<typeof LabelJson>['color'] };
}
