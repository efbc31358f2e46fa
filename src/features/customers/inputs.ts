import { z } from 'zod';
import { Email, Id, OptionalId, optional, RequestId, required, Tick } from '../../platform/web/forms.js';
import { CONTACT_FIELDS, type ContactFields } from './contacts.js';
import { CUSTOMER_FIELDS, type CustomerFields } from './rules.js';

const MailOrNothing = z.union([z.literal('').transform(() => ''), Email]).default('');
const MOST_NOTES = 10_000;

/** What is typed of a customer as text. */
export const customerTexts = {
  kind: z.enum(['person', 'company'], 'Person or company?').default('person'),
  name: required('The name'),
  company: optional('The company'),
  phone: optional('The phone number', 40),
  email: MailOrNothing,
  address: optional('The address', 1000),
  billingAddress: optional('The billing address', 1000),
  notes: optional('The notes', MOST_NOTES),
  taxCertificate: optional('The certificate', 100),
};
const fields = {
  ...customerTexts,
  poRequired: Tick,
  onAccount: Tick,
  taxExempt: Tick,
  laborRate: OptionalId,
  priceMatrix: OptionalId,
};

/** What each field held when the form was opened, by `original.<field>`. */
export function originals<Field extends string>(names: readonly Field[]) {
  const was = optional('What it held before', MOST_NOTES);
  return Object.fromEntries(names.map((name) => [`original.${name}`, was])) as Record<`original.${Field}`, typeof was>;
}

/** The fields of a form as text, by their own names. @param prefix `original.` for what they held before */
export function textsOf<Field extends string>(
  body: Record<string, string | number | boolean | null | undefined>,
  names: readonly Field[],
  prefix = '',
) {
  const text = (value: string | number | boolean | null | undefined) =>
    value === true ? 'on' : value === false ? '' : String(value ?? '');
  return Object.fromEntries(names.map((name) => [name, text(body[prefix + name])])) as Record<Field, string>;
}

export const NewCustomerInput = z.strictObject({ ...fields, requestId: RequestId });
export const EditCustomerInput = z.strictObject({ ...fields, ...originals(CUSTOMER_FIELDS) });
export const customerFields = (body: object) => textsOf(body as Record<string, string>, CUSTOMER_FIELDS) as CustomerFields;

/** What is typed of a contact. */
export const contactTexts = {
  name: required('The name'),
  role: optional('The role', 100),
  phone: optional('The phone number', 40),
  email: MailOrNothing,
};
export const NewContactInput = z.strictObject({ ...contactTexts, requestId: RequestId });
export const EditContactInput = z.strictObject({ ...contactTexts, ...originals(CONTACT_FIELDS) });
export const contactFields = (body: object) => textsOf(body as Record<string, string>, CONTACT_FIELDS) as ContactFields;

export const PayerInput = z.strictObject({ payer: OptionalId });
/** Chosen from what was found. */
export const IntoInput = z.strictObject({ into: z.string('Choose one of them first.').pipe(Id) });
