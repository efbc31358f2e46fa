import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import type { Operation } from '../../platform/web/api.js';
import { LAW, LAW_INPUTS } from './law.js';
import { getNextNumbers, HOUSE_RULES, NEXT_NUMBERS, NUMBERING_INPUTS, saveNumbering } from './numbering.js';
import { PAPER, PAPER_INPUTS } from './paper.js';
import { type SheetApi, sheetOperations, Words } from './sheet-operations.js';
import { SUPPLIES, SUPPLIES_INPUTS, TAX_TERMS, TAX_TERMS_INPUTS } from './taxes.js';

const may = 'billing.manage' as const;
const Ppm = z.int().meta({ description: 'Parts per million: 100000 is 10 %.' });
const Cents = z.int();

const SHEETS: SheetApi[] = [
  {
    ...{
      path: '/settings/paper',
      name: 'Paper',
      summary: 'What stands on every paper of the shop',
      may,
      sheet: PAPER,
      inputs: PAPER_INPUTS,
    },
    json: z.strictObject({
      ...{ address: Words, phone: Words, email: Words, website: Words, registration: Words },
      ...{ estimate_text: Words, repair_order_text: Words, invoice_text: Words, paper: z.enum(['letter', 'a4']) },
    }),
    columns: {},
    example: {
      ...{ address: '1 Main Street', phone: '555 0100', email: 'desk@example.com', website: '', registration: 'ARD 1234' },
      ...{ estimate_text: '', repair_order_text: '', invoice_text: 'Thank you.', paper: 'letter' },
    },
  },
  {
    ...{ path: '/settings/tax-terms', name: 'TaxTerms', summary: 'How prices and taxes stand to each other', may },
    ...{ sheet: TAX_TERMS, inputs: TAX_TERMS_INPUTS },
    json: z.strictObject({ prices_include_tax: z.boolean(), lump_sum: z.boolean() }),
    ...{ columns: {}, example: { prices_include_tax: false, lump_sum: true } },
  },
  {
    ...{ path: '/settings/supplies', name: 'Supplies', summary: 'What is used up on every job', may },
    ...{ sheet: SUPPLIES, inputs: SUPPLIES_INPUTS },
    json: z.strictObject({
      base: z.enum(['none', 'labor', 'part', 'both']).meta({ description: 'What the share is counted on.' }),
      ...{ share_ppm: Ppm, flat_cents: Cents, cap_cents: Cents.nullable(), name: Words },
    }),
    columns: {
      ...{ base: 'supplies_base', share_ppm: 'supplies_ppm', flat_cents: 'supplies_flat_cents', cap_cents: 'supplies_cap_cents' },
      name: 'supplies_name',
    },
    example: { base: 'labor', share_ppm: 50_000, flat_cents: 0, cap_cents: 3500, name: 'Shop supplies' },
  },
  {
    ...{ path: '/settings/law', name: 'Law', summary: 'The rule of consent that is in force', may, sheet: LAW, inputs: LAW_INPUTS },
    json: z.strictObject({
      name: Words,
      threshold: z
        .enum(['none', 'percent', 'greater', 'lesser'])
        .meta({ description: 'How far an invoice may go above what was approved.' }),
      ...{ share_ppm: Ppm, least_cents: Cents, cap_cents: Cents.nullable(), before_tax: z.boolean(), supplies_allowed: z.boolean() },
      ...{ supplies_text: Words, estimate_text: Words, invoice_text: Words },
    }),
    columns: { share_ppm: 'ppm', least_cents: 'min_cents' },
    example: {
      ...{ name: 'Ours', threshold: 'percent', share_ppm: 100_000, least_cents: 0, cap_cents: null, before_tax: false },
      ...{ supplies_allowed: true, supplies_text: '', estimate_text: '', invoice_text: '' },
    },
  },
  {
    ...{
      path: '/settings/numbering',
      name: 'Numbering',
      summary: 'Numbers, currency, limits of discounts, and whether work waits for consent',
    },
    ...{ may, sheet: HOUSE_RULES, inputs: NUMBERING_INPUTS },
    json: z.strictObject({
      next_work_order: z.int().meta({ description: 'Numbers only go up, so that none is given twice.' }),
      ...{ next_invoice: z.int(), invoice_prefix: Words, currency: Words },
      ...{ advisor_discount_ppm: Ppm, manager_discount_ppm: Ppm, work_needs_consent: z.boolean() },
    }),
    columns: {},
    example: {
      ...{ next_work_order: 5000, next_invoice: 2000, invoice_prefix: 'A-', currency: 'USD' },
      ...{ advisor_discount_ppm: 100_000, manager_discount_ppm: 1_000_000, work_needs_consent: false },
    },
    more: {
      fields: NEXT_NUMBERS,
      read: async (db, shop) => {
        const { nextWorkOrder, nextInvoice } = await getNextNumbers(db, shop);
        return { next_work_order: nextWorkOrder, next_invoice: nextInvoice };
      },
    },
    save: (db, viewer, mine) => saveNumbering(db, viewer, {}, mine),
  },
];

/** Settings of which a shop has exactly one. */
export function sheetsOperations(services: Services): Operation[] {
  return SHEETS.flatMap((one) => sheetOperations(services, one));
}
