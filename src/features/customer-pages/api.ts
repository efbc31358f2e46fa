import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { Id } from '../../platform/web/forms.js';
import { LinkKeys } from '../approvals/tokens.js';
import { makeCustomerPageLink, readOpenPages, revokeCustomerPages } from './links.js';

const One = z.object({ customer: Id });
const LinkJson = z
  .strictObject({ path: z.string().meta({ description: 'Below the address of this installation. Whoever has it sees the page.' }) })
  .meta({ id: 'CustomerPageLink' });

/** The link to a customer's own page. */
export function customerPageOperations({ db, config }: Services): Operation[] {
  const keys = new LinkKeys(config.sessionSecrets, 'customer-page');
  const tag = 'Customers';
  const may = 'link.make';
  return [
    api(
      'post',
      '/customers/:customer/pages',
      {
        ...{ id: 'makeCustomerPageLink', tag, summary: 'Makes a link to the customer’s own page', may, params: One },
        ...{ answer: LinkJson, status: 201, example: { params: { customer: '1' } } },
      },
      async ({ viewer, params }) => {
        let path = '';
        // The token is kept out of the record.
        await change(db, viewer, {}, async (tx) => {
          path = await makeCustomerPageLink(tx, params.customer, keys.token);
          return {};
        });
        return { path };
      },
    ),
    api(
      'delete',
      '/customers/:customer/pages',
      {
        ...{ id: 'revokeCustomerPageLinks', tag, summary: 'No link opens the customer’s own page any more', may, params: One },
        ...{ answer: null, example: { params: { customer: '1' } } },
      },
      async ({ viewer, params }) => {
        await readOpenPages(db, viewer.shop, params.customer, keys.token);
        await revokeCustomerPages(db, viewer, params.customer);
      },
    ),
  ];
}
