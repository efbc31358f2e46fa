import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { Id } from '../../platform/web/forms.js';
import { readWorkOrder, WorkOrderJson } from '../work-orders/json.js';
import { makeInvoice, postInvoice, unpostInvoice } from './documents.js';
import { UnpostInput } from './inputs.js';

const ShownBody = z.strictObject({
  shown_cents: z.int().meta({ description: 'What it comes to, as it was read: refused when it is another sum by now.' }),
});
const one = { tag: 'Invoices', params: z.object({ number: Id }), match: readWorkOrder, answer: WorkOrderJson } as const;

/** What becomes of a repair order at its end. */
export function invoiceOperations({ db }: Services): Operation[] {
  return [
    api(
      'post',
      '/work-orders/:number/invoices',
      {
        ...{ ...one, id: 'makeInvoice', summary: 'Makes an invoice, with the shop’s next number', may: 'invoice.make', body: ShownBody },
        ...{ status: 201, example: { params: { number: '1006' }, body: { shown_cents: 15_000 } } },
      },
      async ({ viewer, params, body }) => {
        await makeInvoice(db, viewer, params.number, body.shown_cents);
        return readWorkOrder(db, viewer, params);
      },
    ),
    api(
      'post',
      '/work-orders/:number/postings',
      {
        ...{ ...one, id: 'postInvoice', summary: 'Posts an invoice: nothing of it changes from then on', may: 'invoice.make' },
        ...{ body: ShownBody, status: 201, example: { params: { number: '1006' }, body: { shown_cents: 15_000 } } },
      },
      async ({ viewer, params, body }) => {
        await postInvoice(db, viewer, params.number, body.shown_cents);
        return readWorkOrder(db, viewer, params);
      },
    ),
    api(
      'post',
      '/work-orders/:number/unpostings',
      {
        ...{ ...one, id: 'unpostInvoice', summary: 'Opens a posted invoice again, with a reason', may: 'invoice.unpost' },
        ...{ body: UnpostInput, example: { params: { number: '1006' }, body: { reason: 'The wrong company pays.' } } },
      },
      async ({ viewer, params, body }) => {
        await unpostInvoice(db, viewer, params.number, body.reason);
        return readWorkOrder(db, viewer, params);
      },
    ),
  ];
}
