import type { Selectable } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Customers } from '../../platform/database/schema.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import { type CustomerFields, findProblems } from './rules.js';

const COLUMNS = [
  ...(['id', 'kind', 'name', 'company', 'phone', 'email', 'address', 'billing_address', 'notes', 'bill_to_id'] as const),
  ...(['po_required', 'on_account', 'tax_exempt', 'tax_certificate', 'labor_rate_id', 'price_matrix_id', 'merged_into_id'] as const),
] as const;

export type CustomerRow = Pick<Selectable<Customers>, (typeof COLUMNS)[number]>;

/** A customer as the database has it, also one that was merged into another. @throws NotFound when the shop has no such customer */
export async function getCustomerRow(db: Database, shop: number, id: number): Promise<CustomerRow> {
  const row = await db.selectFrom('customers').select(COLUMNS).where('shop_id', '=', shop).where('id', '=', id).executeTakeFirst();
  if (!row) throw new NotFound('That customer is not here.');
  return row;
}

/** As getCustomerRow, of one that something new is written for. @throws NotFound also when it was merged into another */
export async function getKeptCustomer(db: Database, shop: number, id: number): Promise<CustomerRow> {
  const row = await getCustomerRow(db, shop, id);
  if (row.merged_into_id) throw new NotFound('That customer was put together with another one.');
  return row;
}

/** The fields of the form as the database holds them. */
export function toFields(row: CustomerRow): CustomerFields {
  return {
    ...{ kind: row.kind, name: row.name, company: row.company, phone: row.phone, email: row.email, notes: row.notes },
    ...{ address: row.address, billingAddress: row.billing_address, taxCertificate: row.tax_certificate },
    ...{ poRequired: tick(row.po_required), onAccount: tick(row.on_account), taxExempt: tick(row.tax_exempt) },
    ...{ laborRate: String(row.labor_rate_id ?? ''), priceMatrix: String(row.price_matrix_id ?? '') },
  };
}

function tick(on: boolean): string {
  return on ? 'on' : '';
}

/** The columns of some fields. */
export function toColumns(fields: Partial<CustomerFields>): Partial<Omit<CustomerRow, 'id'>> {
  const { billingAddress, poRequired, onAccount, taxExempt, taxCertificate, laborRate, priceMatrix, kind, ...same } = fields;
  return {
    ...same,
    ...(kind !== undefined && { kind: kind === 'company' ? 'company' : 'person' }),
    ...(billingAddress !== undefined && { billing_address: billingAddress }),
    ...(poRequired !== undefined && { po_required: poRequired === 'on' }),
    ...(onAccount !== undefined && { on_account: onAccount === 'on' }),
    ...(taxExempt !== undefined && { tax_exempt: taxExempt === 'on' }),
    ...(taxCertificate !== undefined && { tax_certificate: taxCertificate }),
    ...(laborRate !== undefined && { labor_rate_id: Number(laborRate) || null }),
    ...(priceMatrix !== undefined && { price_matrix_id: Number(priceMatrix) || null }),
  };
}

/**
 * Adds a customer inside a change, and records it.
 * @param given what is known of them; at least the name
 * @throws Invalid with a sentence by field, NotFound for a rate or matrix of another shop
 */
export async function insertCustomer(tx: Change, given: Partial<CustomerFields> & { name: string }): Promise<number> {
  const problems = findProblems({ kind: 'person', company: '', taxExempt: '', taxCertificate: '', ...given });
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  await refuseForeignChoices(tx, given);
  const kind = given.kind ?? (given.company ? 'company' : 'person');
  const { id } = await tx.db
    .insertInto('customers')
    .values({ shop_id: tx.shop, created_at: tx.now, ...toColumns({ ...given, kind }), name: given.name })
    .returning('id')
    .executeTakeFirstOrThrow();
  tx.record('customer.added', null, { customer: id });
  return id;
}

/** Adds a customer. @returns the id */
export function addCustomer(
  db: Database,
  actor: Actor,
  fields: CustomerFields,
  requestId?: string,
): Promise<Changed<{ customer: number }>> {
  return change(db, actor, { requestId: requestId && `customers/${requestId}` }, async (tx) => ({
    customer: await insertCustomer(tx, fields),
  }));
}

/** @throws NotFound when a labor rate or price matrix is not this shop's */
export async function refuseForeignChoices(tx: Change, { laborRate, priceMatrix }: Partial<CustomerFields>): Promise<void> {
  if (laborRate && !(await choices(tx.db, tx.shop)).laborRates.some((rate) => String(rate.id) === laborRate))
    throw new NotFound('That labor rate is not here.');
  if (priceMatrix && !(await choices(tx.db, tx.shop)).priceMatrices.some((matrix) => String(matrix.id) === priceMatrix))
    throw new NotFound('That price matrix is not here.');
}

export interface Choice {
  id: number;
  name: string;
}

/** The labor rates and price matrices of the shop that can be chosen, and those that somebody has already. */
export async function choices(db: Database, shop: number): Promise<{ laborRates: Choice[]; priceMatrices: Choice[] }> {
  const list = (table: 'labor_rates' | 'price_matrices') =>
    db
      .selectFrom(table)
      .select(['id', 'name'])
      .where('shop_id', '=', shop)
      .where('archived_at', 'is', null)
      .$if(table === 'price_matrices', (query) => query.where('kind' as never, '=', 'part' as never))
      .orderBy('name')
      .execute();
  const [laborRates, priceMatrices] = await Promise.all([list('labor_rates'), list('price_matrices')]);
  return { laborRates, priceMatrices };
}
