import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { JsonId } from '../../platform/web/api-fields.js';
import { Id } from '../../platform/web/forms.js';
import { mergeCustomers } from '../customers/merges.js';
import { mergeVehicles, undoMerge } from './merges.js';

const MergeJson = z
  .strictObject({ id: JsonId, kind: z.enum(['customer', 'vehicle']), kept: JsonId, gone: JsonId.meta({ description: 'The duplicate.' }) })
  .meta({ id: 'Merge' });
const Body = z.strictObject({ into: JsonId.meta({ description: 'The one that is kept.' }) });

const shared = { may: 'customer.merge', body: Body, answer: MergeJson, status: 201 } as const;

/** Customers and vehicles that are here twice. */
export function mergeOperations({ db }: Services): Operation[] {
  return [
    api(
      'post',
      '/customers/:customer/merges',
      {
        ...{ ...shared, id: 'mergeCustomers', tag: 'Customers', summary: 'Puts a duplicate together with the customer that is kept' },
        details:
          'Vehicles, visits and contacts move to the one that is kept, and its gaps are filled. `DELETE /merges/{merge}` takes it back.',
        params: z.object({ customer: Id }),
        example: { params: { customer: '7' }, body: { into: 4 } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await mergeCustomers(db, viewer, params.customer, body.into);
        return { id: result.merge, kind: 'customer' as const, kept: body.into, gone: params.customer };
      },
    ),
    api(
      'post',
      '/vehicles/:vehicle/merges',
      {
        ...{ ...shared, id: 'mergeVehicles', tag: 'Vehicles', summary: 'Puts a duplicate together with the vehicle that is kept' },
        details: 'Visits and meters move to the one that is kept, whose owner stays the owner. `DELETE /merges/{merge}` takes it back.',
        params: z.object({ vehicle: Id }),
        example: { params: { vehicle: '7' }, body: { into: 4 } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await mergeVehicles(db, viewer, params.vehicle, body.into);
        return { id: result.merge, kind: 'vehicle' as const, kept: body.into, gone: params.vehicle };
      },
    ),
    api(
      'delete',
      '/merges/:merge',
      {
        ...{ id: 'undoMerge', tag: 'Customers', summary: 'Takes a merge of customers or vehicles back', may: 'customer.merge' },
        ...{ params: z.object({ merge: Id }), answer: MergeJson, example: { params: { merge: '1' } } },
        details: 'What moved then and is still there goes back. The merges of a customer or vehicle that can be taken back stand in it.',
      },
      async ({ viewer, params }) => {
        const { id, kind, kept, gone } = await undoMerge(db, viewer, params.merge);
        return { id, kind, kept, gone };
      },
    ),
  ];
}
