/** What the form of a customer holds, all as text: ticks are `on` or empty, choices are ids or empty. */
export const CUSTOMER_FIELDS = [
  ...(['kind', 'name', 'company', 'phone', 'email', 'address', 'billingAddress', 'notes'] as const),
  ...(['poRequired', 'onAccount', 'taxExempt', 'taxCertificate', 'laborRate', 'priceMatrix'] as const),
] as const;

export type CustomerField = (typeof CUSTOMER_FIELDS)[number];
export type CustomerFields = Record<CustomerField, string>;

/** A customer about whom nothing is known yet. */
export const NO_FIELDS: CustomerFields = {
  ...{ kind: 'person', name: '', company: '', phone: '', email: '', address: '', billingAddress: '', notes: '' },
  ...{ poRequired: '', onAccount: '', taxExempt: '', taxCertificate: '', laborRate: '', priceMatrix: '' },
};

/** How each field is called beside it, and in the history. */
export const CUSTOMER_LABELS: Record<CustomerField, string> = {
  ...{ kind: 'Kind', name: 'Name', company: 'Company', phone: 'Phone', email: 'E-mail', address: 'Address' },
  ...{ billingAddress: 'Billing address', notes: 'Notes', poRequired: 'Purchase order number required', onAccount: 'Pays on account' },
  ...{ taxExempt: 'Tax-exempt', taxCertificate: 'Tax certificate', laborRate: 'Labor rate', priceMatrix: 'Price matrix' },
};

/** @returns a sentence for each field that does not go with the others */
export function findProblems(fields: Pick<CustomerFields, 'kind' | 'company' | 'taxExempt' | 'taxCertificate'>): Record<string, string> {
  const problems: Record<string, string> = {};
  if (fields.kind === 'company' && !fields.company) problems.company = 'What is the company called?';
  if (fields.taxExempt && !fields.taxCertificate)
    problems.taxCertificate = 'Without the number of the certificate the customer can’t be tax-exempt.';
  return problems;
}

/** `Whitfield Plumbing (Dana Whitfield)`, or the name alone. */
export function fullName({ name, company }: { name: string; company: string }): string {
  return company && company !== name ? `${company} (${name})` : company || name;
}
