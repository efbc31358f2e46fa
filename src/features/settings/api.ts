import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { JsonId, Money } from '../../platform/web/api-fields.js';
import type { Category } from '../billing/rules.js';
import { readPrices } from './price-list.js';
import { CATEGORIES } from './taxes.js';

const PricesJson = z
  .strictObject({
    currency: z.string().length(3),
    ...{ prices_include_tax: z.boolean(), lump_sum: z.boolean() },
    labor_rates: z.array(z.strictObject({ id: JsonId, name: z.string(), per_hour: Money, is_default: z.boolean() })),
    tax_rates: z.array(
      z.strictObject({
        ...{ id: JsonId, name: z.string(), ppm: z.int().meta({ description: 'Parts per million: 72500 is 7.25 %.' }) },
        categories: z.array(z.enum(Object.keys(CATEGORIES) as [Category, ...Category[]])).meta({ description: 'What it is taken on.' }),
      }),
    ),
    fees: z.array(
      z.strictObject({
        ...{ id: JsonId, name: z.string(), amount: Money, taxable: z.boolean(), legal_text: z.string() },
        each_of: z.literal('tire').nullable().meta({ description: 'Added by itself for each of these.' }),
      }),
    ),
  })
  .meta({ id: 'Prices' });

/** What the shop charges, to choose from when a line is written. */
export function settingsOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/prices',
      {
        ...{ id: 'getPrices', tag: 'Settings', summary: 'Labor rates, taxes and fees that are in use', may: 'price.see' },
        ...{ answer: PricesJson, example: {} },
      },
      async ({ viewer }) => {
        const { currency, pricesIncludeTax, lumpSum, rates, taxes, fees } = await readPrices(db, viewer.shop);
        return {
          ...{ currency, prices_include_tax: pricesIncludeTax, lump_sum: lumpSum, tax_rates: taxes },
          labor_rates: rates.map(({ cents, ...rate }) => ({ ...rate, per_hour: { cents, currency } })),
          fees: fees.map(({ cents, ...fee }) => ({ ...fee, amount: { cents, currency } })),
        };
      },
    ),
  ];
}
