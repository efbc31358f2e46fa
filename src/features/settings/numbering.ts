import { z } from 'zod';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { optional, Tick } from '../../platform/web/forms.js';
import { Percent } from '../billing/amounts.js';
import { type Fields, percent, type Row, type Texts, text, tick } from './fields.js';
import { type Sheet, saveSheetWithin } from './sheets.js';

/** What is numbered how, and how far discounts and unapproved work may go. */
export const HOUSE_RULES: Sheet = {
  table: 'billing_settings',
  event: 'house-rules.changed',
  fields: {
    invoicePrefix: text('invoice_prefix'),
    currency: text('currency'),
    advisorDiscount: percent('advisor_discount_ppm'),
    managerDiscount: percent('manager_discount_ppm'),
    workNeedsConsent: tick('work_needs_consent'),
  },
};

/** Currencies with two decimals: the others would need other cents. */
export const CURRENCIES = Intl.supportedValuesOf('currency').filter(
  (currency) => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits === 2,
);

const NextNumber = z
  .string({ error: 'Please fill this in.' })
  .trim()
  .regex(/^[1-9]\d{0,8}$/, 'That is a whole number, at most 999999999.')
  .transform(Number);

export const NUMBERING_INPUTS = {
  nextWorkOrder: NextNumber,
  nextInvoice: NextNumber,
  invoicePrefix: optional('The prefix', 12).refine(
    (value) => /^[\p{L}\p{N}/ .#-]*$/u.test(value),
    'Letters, figures, dashes and slashes only.',
  ),
  currency: z
    .string({ error: 'Please choose the currency.' })
    .trim()
    .toUpperCase()
    .refine((value) => CURRENCIES.includes(value), 'That is no currency with two decimals, like USD, EUR or GBP.'),
  advisorDiscount: Percent('The limit'),
  managerDiscount: Percent('The limit'),
  workNeedsConsent: Tick,
};

/** As fields of the form; they are kept with the shop, not in the row of the sheet. */
export const NEXT_NUMBERS: Fields = { nextWorkOrder: text('next_work_order'), nextInvoice: text('next_invoice') };

export interface NextNumbers {
  nextWorkOrder: number;
  nextInvoice: number;
}
const COLUMNS = { nextWorkOrder: 'next_work_order_number', nextInvoice: 'next_invoice_number' } as const;

/** The numbers that the next work order and the next invoice will have. */
export function getNextNumbers(db: Database, shop: number): Promise<NextNumbers> {
  return db
    .selectFrom('shops')
    .select(['next_work_order_number as nextWorkOrder', 'next_invoice_number as nextInvoice'])
    .where('id', '=', shop)
    .executeTakeFirstOrThrow();
}

/**
 * Saves the page. A number that was left as it was shown stays what it is by now: work orders may have been opened meanwhile.
 * @throws Invalid for a number that was given out already
 */
export async function saveNumbering(db: Database, actor: Actor, original: Texts, mine: Row): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    for (const name of ['nextWorkOrder', 'nextInvoice'] as const) await raise(tx, name, original[name], Number(mine[name]));
    await saveSheetWithin(tx, HOUSE_RULES, original, mine);
  });
}

async function raise(tx: Change, name: keyof typeof COLUMNS, shown: string | undefined, wanted: number): Promise<void> {
  const is = (await getNextNumbers(tx.db, tx.shop))[name];
  if (wanted === is || String(wanted) === shown) return;
  if (wanted < is) throw new Invalid({ [name]: `Numbers only go up, so that none is given twice: ${is} is the lowest that is free.` });
  await tx.db
    .updateTable('shops')
    .set({ [COLUMNS[name]]: wanted })
    .where('id', '=', tx.shop)
    .execute();
  tx.record('numbering.raised', null, { what: name, from: is, to: wanted });
}
