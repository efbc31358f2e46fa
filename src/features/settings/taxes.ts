import { z } from 'zod';
import { required, Tick } from '../../platform/web/forms.js';
import { Money, orEmpty, Percent, showPercent } from '../billing/amounts.js';
import type { Category } from '../billing/rules.js';
import { maybeMoney, money, percent, type Row, text, tick } from './fields.js';
import type { Sheet } from './sheets.js';
import type { ShelfPage } from './shelf-pages.js';

/** What tax rates tell apart, as people say it. */
export const CATEGORIES: Record<Category, string> = {
  labor: 'Labor',
  part: 'Parts',
  tire: 'Tires',
  sublet: 'Sublet work',
  fee: 'Taxable fees',
  core: 'Core charges',
  supplies: 'Shop supplies',
};
const NAMES = Object.keys(CATEGORIES) as Category[];

function gatherCategories({ name, percent, ...ticks }: Row, context: z.RefinementCtx): Row {
  const categories = NAMES.filter((category) => ticks[`category.${category}`]);
  if (categories.length === 0)
    context.addIssue({ code: 'custom', path: ['categories'], message: 'Please tick at least one thing that it is taken on.' });
  return { name, percent, categories };
}

/** Tax rates, each with the categories that it is taken on. */
export const TAXES: ShelfPage = {
  shelf: {
    table: 'tax_rates',
    event: 'tax-rate',
    noun: 'tax rate',
    fields: {
      name: text('name'),
      percent: percent('ppm'),
      categories: {
        column: 'categories',
        show: (value) => NAMES.filter((name) => (value as string[]).includes(name)).join(', '),
        spread: (value) => Object.fromEntries((value as string[]).map((category) => [`category.${category}`, 'on'])),
      },
    },
  },
  view: 'taxes',
  param: 'tax',
  title: 'Taxes and supplies',
  inputs: {
    name: required('The name', 60),
    percent: Percent('The percentage'),
    ...Object.fromEntries(NAMES.map((name) => [`category.${name}`, Tick])),
  },
  gather: gatherCategories,
  tell: (row) =>
    `${showPercent(Number(row.ppm))} on ${NAMES.filter((name) => (row.categories as string[]).includes(name))
      .map((name) => CATEGORIES[name].toLowerCase())
      .join(', ')}`,
};

/** How prices and taxes stand to each other. */
export const TAX_TERMS: Sheet = {
  table: 'billing_settings',
  event: 'tax-terms.changed',
  fields: { pricesIncludeTax: tick('prices_include_tax'), lumpSum: tick('lump_sum') },
};
export const TAX_TERMS_INPUTS = { pricesIncludeTax: Tick, lumpSum: Tick };

/** Shop supplies: what is used up on every job and charged as a share of it. */
export const SUPPLIES: Sheet = {
  table: 'billing_settings',
  event: 'supplies.changed',
  fields: {
    base: text('supplies_base'),
    share: percent('supplies_ppm'),
    flat: money('supplies_flat_cents'),
    cap: maybeMoney('supplies_cap_cents'),
    suppliesName: text('supplies_name'),
  },
};
const MOST = { max: 100_000_000 };
export const SUPPLIES_INPUTS = {
  base: z.enum(['none', 'labor', 'part', 'both'], 'Please choose what they are counted on.'),
  share: z.preprocess((value) => (value === '' ? '0' : value), Percent('The percentage')),
  flat: z.preprocess((value) => (value === '' ? '0' : value), Money('The amount', MOST)),
  cap: orEmpty(Money('The most', MOST)),
  suppliesName: required('The name', 60),
};
