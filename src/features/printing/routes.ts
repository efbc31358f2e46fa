import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, type Route } from '../../platform/web/routes.js';
import { getWorkOrder } from '../work-orders/details.js';
import { toSheets } from './sheets.js';

const Numbered = z.object({ number: Id });

/** What goes on paper. */
export function printRoutes({ db, config }: Services): Route[] {
  return [
    get('/work-orders/:number/print', { may: 'work-order.print', params: Numbered }, async ({ viewer, params, request }) => {
      const order = await getWorkOrder(db, viewer.shop, params.number);
      const origin = config.publicUrl ?? `${request.protocol}://${request.get('host')}`;
      const sheets = await toSheets(order, `${origin}/work-orders/${order.number}`, viewer.timeZone);
      // A phone can't open the address of the computer that this one calls itself.
      const onlyHere = /^https?:\/\/(localhost|127\.|\[::1\])/.test(origin);
      return page('printing/work-order', { title: `WO-${order.number}`, order, onlyHere, ...sheets });
    }),
  ];
}
