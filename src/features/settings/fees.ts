import { z } from 'zod';
import { optional, required, Tick } from '../../platform/web/forms.js';
import { Money, showAmount } from '../billing/amounts.js';
import { money, text, tick } from './fields.js';
import type { ShelfPage } from './shelf-pages.js';

/** What is charged beside labor and parts, often because the law says so: tires, batteries, waste, tests. */
export const FEES: ShelfPage = {
  shelf: {
    table: 'fees',
    event: 'fee',
    noun: 'fee',
    fields: {
      name: text('name'),
      amount: money('cents'),
      taxable: tick('taxable'),
      legalText: text('legal_text'),
      eachOf: { column: 'each_of', show: (value) => String(value ?? '') },
    },
  },
  view: 'fees',
  param: 'fee',
  title: 'Fees',
  inputs: {
    name: required('The name', 80),
    amount: Money('The amount', { max: 100_000_000 }),
    taxable: Tick,
    legalText: optional('The sentence', 1000),
    eachOf: z
      .enum(['', 'tire'], 'Please choose when it is added.')
      .default('')
      .transform((value) => value || null),
  },
  tell: (row) =>
    [showAmount(Number(row.cents)), row.taxable ? 'taxed' : 'not taxed', row.each_of === 'tire' ? 'by itself for each tire' : '']
      .filter(Boolean)
      .join(' · '),
};
