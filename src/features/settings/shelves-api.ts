import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import type { Operation } from '../../platform/web/api.js';
import { Money } from '../../platform/web/api-fields.js';
import type { Band } from '../billing/matrix.js';
import type { Category } from '../billing/rules.js';
import { CANNED_KINDS, type CannedLine } from './canned-jobs.js';
import { CANNED_JOBS, MOST_CANNED_LINES } from './canned-lines.js';
import { FEES } from './fees.js';
import { MOST_BANDS, PRICES } from './prices.js';
import { RATES } from './rates.js';
import { type ShelfApi, shelfOperations } from './shelf-api.js';
import { CATEGORIES, TAXES } from './taxes.js';

// Only what kind of thing a field is: what is right for it, the form says, which reads it.

const Name = z.string().max(200);
const Words = z.string().max(3000).default('');
const Cents = z.int();
const categories = z.array(z.enum(Object.keys(CATEGORIES) as [Category, ...Category[]])).max(20);
const bands = z
  .array(
    z.strictObject({
      from_cents: Cents.meta({ description: 'The lowest cost that is in it.' }),
      ppm: z
        .int()
        .multipleOf(100)
        .meta({ description: 'Parts per million: a multiplier of 3000000 is three times, a margin of 400000 is 40 %.' }),
    }),
  )
  .max(MOST_BANDS);
const quantity = z.int().meta({ description: 'Hundredths: 150 is one and a half.' });
const kind = z.enum(CANNED_KINDS);
const cannedLines = z
  .array(
    z.strictObject({
      ...{ kind, description: z.string().max(300), part_number: z.string().max(300).default('') },
      quantity_hundredths: quantity.default(100),
      price_cents: Cents.nullable().default(null).meta({ description: 'Null: by the labor rate or the price matrix.' }),
      cost_cents: Cents.default(0),
    }),
  )
  .max(MOST_CANNED_LINES);
const cannedJson = z.array(
  z.strictObject({
    ...{ kind, description: z.string(), part_number: z.string(), quantity_hundredths: quantity },
    ...{ price: Money.nullable(), cost: Money },
  }),
);

const LABOR_RATES: ShelfApi = {
  ...{ shown: RATES, path: '/labor-rates', name: 'LaborRate', rename: { perHour: 'per_hour_cents' } },
  body: { name: Name, per_hour_cents: Cents },
  json: { name: z.string(), per_hour: Money },
  toRow: ({ name, per_hour_cents: cents }) => ({ name, cents_per_hour: cents }),
  toJson: (row, currency) => ({ name: row.name, per_hour: { cents: row.cents_per_hour, currency } }),
  ...{ example: { name: 'Diesel', per_hour_cents: 14_500 }, exampleId: '1', archivedId: '2' },
};

const TAX_RATES: ShelfApi = {
  ...{ shown: TAXES, path: '/tax-rates', name: 'TaxRate', rename: { percent: 'ppm' } },
  body: { name: Name, ppm: z.int(), categories },
  json: { name: z.string(), ppm: z.int().meta({ description: 'Parts per million: 72500 is 7.25 %.' }), categories },
  toRow: (body) => body,
  toJson: ({ name, ppm, categories }) => ({ name, ppm, categories }),
  ...{ example: { name: 'County', ppm: 10_000, categories: ['part', 'labor'] }, exampleId: '1', archivedId: '1' },
};

const FEE_LIST: ShelfApi = {
  ...{ shown: FEES, path: '/fees', name: 'Fee', rename: { amount: 'amount_cents', legalText: 'legal_text', eachOf: 'each_of' } },
  body: {
    ...{ name: Name, amount_cents: Cents, taxable: z.boolean().default(false), legal_text: Words },
    each_of: z.literal('tire').nullable().default(null).meta({ description: 'Added by itself for each of these.' }),
  },
  json: { name: z.string(), amount: Money, taxable: z.boolean(), legal_text: z.string(), each_of: z.literal('tire').nullable() },
  toRow: ({ amount_cents: cents, ...same }) => ({ ...same, cents }),
  toJson: ({ cents, ...same }, currency) => ({ ...pick(same, ['name', 'taxable', 'legal_text', 'each_of']), amount: { cents, currency } }),
  ...{ example: { name: 'Battery fee', amount_cents: 350, taxable: true }, exampleId: '1', archivedId: '1' },
};

const MATRICES: ShelfApi = {
  ...{ shown: PRICES, path: '/price-matrices', name: 'PriceMatrix' },
  rename: { band: 'bands', from: 'from_cents', factor: 'ppm' },
  body: { name: Name, kind: z.enum(['part', 'tire']), basis: z.enum(['multiplier', 'margin']), bands },
  json: { name: z.string(), kind: z.enum(['part', 'tire']), basis: z.enum(['multiplier', 'margin']), bands },
  toRow: ({ bands, ...same }) => ({
    ...same,
    bands: (bands as { from_cents: number; ppm: number }[]).map(({ from_cents: from, ppm }): Band => ({ from, ppm })),
  }),
  toJson: ({ bands, ...same }) => ({
    ...pick(same, ['name', 'kind', 'basis']),
    bands: (bands as Band[]).map(({ from, ppm }) => ({ from_cents: from, ppm })),
  }),
  example: { name: 'Dearer parts', kind: 'part', basis: 'multiplier', bands: [{ from_cents: 0, ppm: 2_500_000 }] },
  exampleId: '1',
  archivedId: '2',
};

const CANNED: ShelfApi = {
  ...{ shown: CANNED_JOBS, path: '/canned-jobs', name: 'CannedJob' },
  rename: { line: 'lines', number: 'part_number', quantity: 'quantity_hundredths', price: 'price_cents', cost: 'cost_cents' },
  body: { name: Name, concern: Words, cause: Words, correction: Words, lines: cannedLines.default([]) },
  json: { name: z.string(), concern: z.string(), cause: z.string(), correction: z.string(), lines: cannedJson },
  toRow: ({ lines, ...same }) => ({ ...same, lines: (lines as z.output<typeof cannedLines>).map(toCannedLine) }),
  toJson: ({ lines, ...same }, currency) => ({
    ...pick(same, ['name', 'concern', 'cause', 'correction']),
    lines: (lines as CannedLine[]).map((line) => cannedLineJson(line, currency)),
  }),
  example: { name: 'Front brakes', lines: [{ kind: 'labor', description: 'Replace front pads', quantity_hundredths: 120 }] },
  exampleId: '1',
  archivedId: '2',
};

/** What a shop charges, and what it does again and again: all that is set of it. */
export function shelvesOperations(services: Services): Operation[] {
  return [LABOR_RATES, TAX_RATES, FEE_LIST, MATRICES, CANNED].flatMap((shelf) => shelfOperations(services, shelf));
}

function toCannedLine({
  part_number: partNumber,
  quantity_hundredths: quantity,
  price_cents: priceCents,
  cost_cents: costCents,
  ...same
}: z.output<typeof cannedLines>[number]): CannedLine {
  return { ...same, partNumber, quantity, priceCents, costCents };
}

function cannedLineJson({ kind, description, partNumber, quantity, priceCents, costCents }: CannedLine, currency: string) {
  return {
    ...{ kind, description, part_number: partNumber, quantity_hundredths: quantity },
    ...{ price: priceCents === null ? null : { cents: priceCents, currency }, cost: { cents: costCents, currency } },
  };
}

function pick(row: Record<string, unknown>, names: string[]) {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
