import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { done } from '../../platform/web/answers.js';
import { Id, OptionalId, optional } from '../../platform/web/forms.js';
import { type FormContext, get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { addContact, CONTACT_FIELDS, changeContact, removeContact } from './contacts.js';
import { addCustomer } from './customers.js';
import { EditConflict, editCustomer, setPayer } from './edit.js';
import {
  contactFields,
  customerFields,
  EditContactInput,
  EditCustomerInput,
  IntoInput,
  NewContactInput,
  NewCustomerInput,
  PayerInput,
  textsOf,
} from './inputs.js';
import { mergeCustomers } from './merges.js';
import { choosePage, editPage, listPage, newPage, showPage } from './pages.js';
import { CUSTOMER_FIELDS } from './rules.js';

const One = z.object({ customer: Id });
const OneContact = One.extend({ contact: Id });
const Nothing = z.strictObject({});
const ListQuery = z.object({ find: optional('The search', 100), after: OptionalId.catch(null) });
const VisitsQuery = z.object({ before: OptionalId.catch(null) });
const FindQuery = z.object({ find: optional('The search', 100) });

type Here = FormContext<string, typeof One>;
type AtContact = FormContext<string, typeof OneContact>;

export function customerRoutes({ db }: Services): Route[] {
  const see = 'customer.see';
  const edit = 'customer.edit';
  const newContactAgain = ({ viewer, params }: Here, refused: Refused) =>
    showPage(db, viewer, params.customer, null, { ...refused, contact: 0 });
  const contactAgain = ({ viewer, params }: AtContact, refused: Refused) =>
    showPage(db, viewer, params.customer, null, { ...refused, contact: params.contact });
  const chooseAgain = (what: 'payers' | 'merges') => async (context: Here, refused: Refused) =>
    choosePage(db, context.viewer, context.params.customer, what, '', refused);

  return [
    get('/customers', { may: see, query: ListQuery }, ({ viewer, query }) => listPage(db, viewer, query.find, query.after)),
    get('/customers/new', { may: edit }, ({ viewer }) => newPage(db, viewer, null)),
    post(
      '/customers',
      { may: edit, body: NewCustomerInput, form: ({ viewer }, refused) => newPage(db, viewer, refused) },
      async ({ viewer, body }) => {
        const { result } = await addCustomer(db, viewer, customerFields(body), body.requestId);
        return done(`/customers/${result.customer}`, { flash: { text: `${body.company || body.name} is here.` } });
      },
    ),
    get('/customers/:customer', { may: see, params: One, query: VisitsQuery }, ({ viewer, params, query }) =>
      showPage(db, viewer, params.customer, query.before),
    ),
    get('/customers/:customer/edit', { may: edit, params: One }, ({ viewer, params }) => editPage(db, viewer, params.customer, null)),
    post(
      '/customers/:customer/edits',
      {
        may: edit,
        params: One,
        body: EditCustomerInput,
        form: ({ viewer, params }, refused) => editPage(db, viewer, params.customer, refused),
      },
      async ({ viewer, params, body, request }) => {
        try {
          await editCustomer(db, viewer, params.customer, textsOf(body, CUSTOMER_FIELDS, 'original.'), customerFields(body));
        } catch (error) {
          if (!(error instanceof EditConflict)) throw error;
          return editPage(db, viewer, params.customer, { values: request.body, fields: { '': error.message } }, error);
        }
        return done(`/customers/${params.customer}`, { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/customers/:customer/contacts',
      { may: edit, params: One, body: NewContactInput, form: newContactAgain },
      async ({ viewer, params, body }) => {
        await addContact(db, viewer, params.customer, contactFields(body), body.requestId);
        return done(`/customers/${params.customer}`, { flash: { text: `${body.name} is here.` } });
      },
    ),
    post(
      '/customers/:customer/contacts/:contact',
      { may: edit, params: OneContact, body: EditContactInput, form: contactAgain },
      async ({ viewer, params, body, request }) => {
        try {
          await changeContact(db, viewer, params.customer, params.contact, textsOf(body, CONTACT_FIELDS, 'original.'), contactFields(body));
        } catch (error) {
          if (!(error instanceof EditConflict)) throw error;
          const { conflicts } = error;
          const refused = { values: request.body, fields: { '': error.message }, contact: params.contact, conflicts };
          return { ...(await showPage(db, viewer, params.customer, null, refused)), status: 409 };
        }
        return done(`/customers/${params.customer}`, { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/customers/:customer/contacts/:contact/removals',
      { may: edit, params: OneContact, body: Nothing, form: contactAgain },
      async ({ viewer, params }) => {
        await removeContact(db, viewer, params.customer, params.contact);
        return done(`/customers/${params.customer}`, { flash: { text: 'The contact is gone.' } });
      },
    ),
    get('/customers/:customer/payers/new', { may: edit, params: One, query: FindQuery }, ({ viewer, params, query }) =>
      choosePage(db, viewer, params.customer, 'payers', query.find, null),
    ),
    post(
      '/customers/:customer/payers',
      { may: edit, params: One, body: PayerInput, form: chooseAgain('payers') },
      async ({ viewer, params, body }) => {
        await setPayer(db, viewer, params.customer, body.payer);
        return done(`/customers/${params.customer}`, { flash: { text: 'Saved.' } });
      },
    ),
    get('/customers/:customer/merges/new', { may: 'customer.merge', params: One, query: FindQuery }, ({ viewer, params, query }) =>
      choosePage(db, viewer, params.customer, 'merges', query.find, null),
    ),
    post(
      '/customers/:customer/merges',
      { may: 'customer.merge', params: One, body: IntoInput, form: chooseAgain('merges') },
      async ({ viewer, params, body }) => {
        await mergeCustomers(db, viewer, params.customer, body.into);
        return done(`/customers/${body.into}`, { flash: { text: 'They are one now. Below it can be taken back.' } });
      },
    ),
  ];
}
