import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { camelKeys, JsonId, pageOf, pageQuery } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { patchOf } from '../../platform/web/api-patch.js';
import { Id, optional } from '../../platform/web/forms.js';
import { ContactJson } from './contact-api.js';
import { addCustomer } from './customers.js';
import { getCustomer } from './details.js';
import { editCustomer, setPayer } from './edit.js';
import { customerFields, customerTexts, textsOf } from './inputs.js';
import { MergesJson } from './json.js';
import { findCustomers, type Listed, listCustomers } from './list.js';
import { CUSTOMER_FIELDS, type CustomerFields } from './rules.js';

const One = z.object({ customer: Id });
const ListQuery = pageQuery(JsonId).extend({
  find: optional('The search', 100).meta({ description: 'A name, also with mistakes, or a phone number: the best ones, on one page.' }),
});
const Named = z.strictObject({ id: JsonId, name: z.string() });

const ListedJson = z
  .strictObject({ id: JsonId, name: z.string(), company: z.string(), phone: z.string(), vehicles: z.string() })
  .meta({ id: 'CustomerInList' });
const CustomerJson = z
  .strictObject({
    ...{ id: JsonId, kind: z.enum(['person', 'company']), name: z.string(), company: z.string(), phone: z.string(), email: z.string() },
    ...{ address: z.string(), billing_address: z.string(), notes: z.string().meta({ description: 'Never shown to the customer.' }) },
    ...{ po_required: z.boolean(), on_account: z.boolean(), tax_exempt: z.boolean(), tax_certificate: z.string() },
    ...{ labor_rate: JsonId.nullable(), price_matrix: JsonId.nullable() },
    bill_to: Named.nullable().meta({ description: 'Who pays for this customer.' }),
    contacts: z.array(ContactJson),
    merged_into: JsonId.nullable().meta({ description: 'Of a duplicate: the customer that it was put together with.' }),
    merges: MergesJson,
  })
  .meta({ id: 'Customer' });

const { kind, name, company, phone, email, address, notes, billingAddress, taxCertificate } = customerTexts;
const NewBody = z.strictObject({
  ...{ kind, name, company, phone, email, address, notes, billing_address: billingAddress, tax_certificate: taxCertificate },
  ...{ po_required: z.boolean().default(false), on_account: z.boolean().default(false), tax_exempt: z.boolean().default(false) },
  ...{ labor_rate: JsonId.nullable().default(null), price_matrix: JsonId.nullable().default(null) },
});
const ChangeBody = patchOf(NewBody.shape);

async function read(db: Database, viewer: ApiViewer, { customer }: z.output<typeof One>): Promise<z.input<typeof CustomerJson>> {
  const { id, fields, billTo, contacts, mergedInto, merges } = await getCustomer(db, viewer.shop, viewer.timeZone, customer);
  return {
    ...{ id, kind: fields.kind as 'person' | 'company', name: fields.name, company: fields.company, phone: fields.phone },
    ...{ email: fields.email, address: fields.address, billing_address: fields.billingAddress, notes: fields.notes },
    ...{ po_required: fields.poRequired === 'on', on_account: fields.onAccount === 'on', tax_exempt: fields.taxExempt === 'on' },
    ...{ tax_certificate: fields.taxCertificate, labor_rate: Number(fields.laborRate) || null },
    ...{ price_matrix: Number(fields.priceMatrix) || null, bill_to: billTo, contacts, merged_into: mergedInto },
    merges: merges.map(({ id, name }) => ({ id, name })),
  };
}

const one = { tag: 'Customers', may: 'customer.edit', params: One, match: read, answer: CustomerJson } as const;

/** Customers, and who pays for them. */
export function customerOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/customers',
      {
        ...{ id: 'listCustomers', tag: 'Customers', summary: 'Customers by name, or those that fit a search', may: 'customer.see' },
        ...{ query: ListQuery, answer: pageOf(ListedJson) },
        example: { query: { find: 'Whitfield' } },
      },
      async ({ viewer, query }) => {
        if (query.find) return asPage((await findCustomers(db, viewer.shop, query.find, query.limit)).map(listedJson), null);
        const { customers, next } = await listCustomers(db, viewer.shop, query.after ?? null, query.limit);
        return asPage(customers.map(listedJson), next);
      },
    ),
    api(
      'post',
      '/customers',
      {
        ...{ id: 'addCustomer', tag: 'Customers', summary: 'Adds a customer', may: 'customer.edit', body: NewBody },
        ...{ answer: CustomerJson, status: 201 },
        example: { body: { name: 'Ivy Okafor', phone: '555 0177', email: 'ivy@example.com' } },
      },
      async ({ viewer, body }) => {
        const { result } = await addCustomer(db, viewer, customerFields(camelKeys(body)));
        return read(db, viewer, result);
      },
    ),
    api(
      'get',
      '/customers/:customer',
      {
        ...{ id: 'getCustomer', tag: 'Customers', summary: 'One customer', may: 'customer.see', params: One, answer: CustomerJson },
        example: { params: { customer: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'patch',
      '/customers/:customer',
      {
        ...{ ...one, id: 'changeCustomer', summary: 'Changes a customer; what is not given stays', body: ChangeBody },
        example: { params: { customer: '1' }, body: { email: 'dana@example.com', po_required: true } },
      },
      async ({ viewer, params, body }) => {
        const given = CUSTOMER_FIELDS.filter((field) => field in camelKeys(body));
        const mine: Partial<CustomerFields> = textsOf(camelKeys(body), given);
        await editCustomer(db, viewer, params.customer, {}, mine);
        return read(db, viewer, params);
      },
    ),
    api(
      'put',
      '/customers/:customer/payer',
      {
        ...{ ...one, id: 'setPayer', summary: 'Says who pays for a customer: another one, or null' },
        body: z.strictObject({ payer: JsonId.nullable() }),
        example: { params: { customer: '2' }, body: { payer: 1 } },
      },
      async ({ viewer, params, body }) => {
        await setPayer(db, viewer, params.customer, body.payer);
        return read(db, viewer, params);
      },
    ),
  ];
}

function listedJson({ id, name, company, phone, vehicles }: Listed): z.input<typeof ListedJson> {
  return { id, name, company, phone, vehicles };
}
