import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { readWorkOrder } from '../work-orders/json.js';
import { checkWork } from './checks.js';
import { acknowledge, listOpenHolds, release } from './holds.js';
import { acknowledgementFields, checkFields, refuseSilentNo, releaseFields } from './inputs.js';

const OfOrder = z.object({ number: Id });
const HoldJson = z
  .strictObject({
    ...{ id: JsonId, name: z.string().meta({ description: 'What was found.' }), note: z.string(), found_by: z.string() },
    acknowledged: z.boolean().meta({ description: 'The customer knows of it.' }),
    acknowledgement_taken_by: z.string().nullable(),
  })
  .meta({ id: 'Hold' });
const Holds = z.array(JsonId).min(1).max(100).meta({ description: 'Those that were read: refused when there are others by now.' });

const tag = 'Safety';

/** What keeps an unsafe vehicle here, and the look of a second person at the work. */
export function safetyOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/work-orders/:number/holds',
      {
        ...{ id: 'listHolds', tag, summary: 'What is unsafe and keeps the vehicle here', may: 'board.see', params: OfOrder },
        ...{ answer: pageOf(HoldJson), example: { params: { number: '1003' } } },
      },
      async ({ viewer, params }) => {
        const holds = await listOpenHolds(db, viewer.shop, params.number);
        // Of an order that is not here there are none either.
        if (holds.length === 0) await readWorkOrder(db, viewer, params);
        const items = holds.map(({ id, name, note, finder, acknowledged, taker }) => ({
          ...{ id, name, note, found_by: finder, acknowledged, acknowledgement_taken_by: taker },
        }));
        return asPage(items, null);
      },
    ),
    api(
      'post',
      '/work-orders/:number/acknowledgements',
      {
        ...{ id: 'acknowledgeHolds', tag, summary: 'Writes down that the customer knows of what is unsafe', may: 'hold.acknowledge' },
        body: z.strictObject({
          holds: Holds,
          ...{ given_by: acknowledgementFields.givenBy, note: acknowledgementFields.note, how: acknowledgementFields.how },
        }),
        ...{ params: OfOrder, answer: null, fields: { givenBy: 'given_by' } },
        example: { params: { number: '1009' }, body: { holds: [1], given_by: 'Dana Whitfield', how: 'phone' } },
      },
      async ({ viewer, params, body: { given_by: givenBy, ...rest } }) => {
        await acknowledge(db, viewer, params.number, { ...rest, givenBy });
      },
    ),
    api(
      'post',
      '/work-orders/:number/releases',
      {
        ...{ id: 'releaseHolds', tag, summary: 'Releases a held vehicle, as the second person', may: 'hold.release', params: OfOrder },
        body: z.strictObject({ holds: Holds, note: releaseFields.note.describe('How it leaves.') }),
        answer: z.strictObject({ left: z.int().meta({ description: 'What still holds it.' }) }),
        ...{ status: 201, example: { params: { number: '1010' }, body: { holds: [2], note: 'On a tow truck' } } },
      },
      async ({ viewer, params, body }) => (await release(db, viewer, params.number, body)).result,
    ),
    api(
      'post',
      '/work-orders/:number/quality-checks',
      {
        ...{ id: 'checkWork', tag, summary: 'Says whether somebody else’s work is good', may: 'quality.check', params: OfOrder },
        ...{ body: z.strictObject({ passed: z.boolean(), note: checkFields.note }), answer: null },
        example: { params: { number: '1002' }, body: { passed: true } },
      },
      async ({ viewer, params, body }) => {
        refuseSilentNo(body);
        await checkWork(db, viewer, params.number, body);
      },
    ),
  ];
}
