import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { Id } from '../../platform/web/forms.js';
import { get, type Route } from '../../platform/web/routes.js';
import type { Permission } from '../staff/permissions.js';
import { showPaper, showStatement } from './pages.js';
import { PAPERS, type PaperName } from './papers.js';

const Numbered = z.object({ number: Id });
const OfCustomer = z.object({ customer: Id });
const Sized = z.object({ size: z.enum(['letter', 'a4'], 'Paper is letter or a4.').optional() });

const MAY: Record<PaperName, Permission> = {
  ...{ estimate: 'price.see', 'repair-order': 'price.see', invoice: 'price.see' },
  ...{ worksheet: 'work-order.print', tag: 'work-order.print' },
};

/** What goes on paper. */
export function printRoutes(services: Services): Route[] {
  return [
    get('/work-orders/:number/print', { may: 'work-order.print', params: Numbered, query: Sized }, (asked) =>
      showPaper(services, 'worksheet', asked.params.number, asked),
    ),
    ...PAPERS.map((name) =>
      get(`/work-orders/:number/print/${name}`, { may: MAY[name], params: Numbered, query: Sized }, (asked) =>
        showPaper(services, name, asked.params.number, asked),
      ),
    ),
    get('/customers/:customer/print/statement', { may: 'customer.see', params: OfCustomer, query: Sized }, (asked) =>
      showStatement(services, asked.params.customer, asked),
    ),
  ];
}
