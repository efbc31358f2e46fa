import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { patchOf } from '../../platform/web/api-patch.js';
import { Id } from '../../platform/web/forms.js';
import { addContact, type ContactFields, changeContact, removeContact } from './contacts.js';
import { getCustomer } from './details.js';
import { contactFields, contactTexts } from './inputs.js';

const OfCustomer = z.object({ customer: Id });
const One = OfCustomer.extend({ contact: Id });

export const ContactJson = z
  .strictObject({ id: JsonId, name: z.string(), role: z.string(), phone: z.string(), email: z.string() })
  .meta({ id: 'Contact' });
const NewBody = z.strictObject(contactTexts);
const ChangeBody = patchOf(contactTexts);

async function list(db: Database, viewer: ApiViewer, customer: number) {
  return (await getCustomer(db, viewer.shop, viewer.timeZone, customer)).contacts;
}

async function read(db: Database, viewer: ApiViewer, { customer, contact }: z.output<typeof One>) {
  const found = (await list(db, viewer, customer)).find(({ id }) => id === contact);
  if (!found) throw new NotFound('That contact is not here any more.');
  return found;
}

const one = { tag: 'Customers', may: 'customer.edit', params: One, match: read } as const;

/** Further people and numbers of a customer. */
export function contactOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/customers/:customer/contacts',
      {
        ...{ id: 'listContacts', tag: 'Customers', summary: 'Further people and numbers of a customer', may: 'customer.see' },
        ...{ params: OfCustomer, answer: pageOf(ContactJson), example: { params: { customer: '1' } } },
      },
      async ({ viewer, params }) => asPage(await list(db, viewer, params.customer), null),
    ),
    api(
      'post',
      '/customers/:customer/contacts',
      {
        ...{ id: 'addContact', tag: 'Customers', summary: 'Adds a person, or a further number', may: 'customer.edit' },
        ...{ params: OfCustomer, body: NewBody, answer: ContactJson, status: 201 },
        example: { params: { customer: '1' }, body: { name: 'Lee Whitfield', role: 'Workshop', phone: '555 0188' } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await addContact(db, viewer, params.customer, contactFields(body));
        return read(db, viewer, { ...params, ...result });
      },
    ),
    api(
      'get',
      '/customers/:customer/contacts/:contact',
      {
        ...{ id: 'getContact', tag: 'Customers', summary: 'One contact', may: 'customer.see', params: One, answer: ContactJson },
        example: { params: { customer: '1', contact: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'patch',
      '/customers/:customer/contacts/:contact',
      {
        ...{ ...one, id: 'changeContact', summary: 'Changes a contact; what is not given stays', body: ChangeBody, answer: ContactJson },
        example: { params: { customer: '1', contact: '1' }, body: { phone: '555 0189' } },
      },
      async ({ viewer, params, body }) => {
        const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Partial<ContactFields>;
        await changeContact(db, viewer, params.customer, params.contact, {}, given);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/customers/:customer/contacts/:contact',
      {
        ...{ ...one, id: 'removeContact', summary: 'Takes a contact away', answer: null },
        example: { params: { customer: '1', contact: '2' } },
      },
      ({ viewer, params }) => removeContact(db, viewer, params.customer, params.contact),
    ),
  ];
}
