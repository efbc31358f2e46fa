import { required } from '../../platform/web/forms.js';
import { Money, showAmount } from '../billing/amounts.js';
import { money, text } from './fields.js';
import type { ShelfPage } from './shelf-pages.js';

/** What an hour of labor costs. A new shop has one, without a price. */
export const RATES: ShelfPage = {
  shelf: {
    table: 'labor_rates',
    event: 'labor-rate',
    noun: 'labor rate',
    fields: { name: text('name'), perHour: money('cents_per_hour') },
    standard: { required: true },
  },
  view: 'rates',
  param: 'rate',
  title: 'Labor rates',
  inputs: { name: required('The name', 60), perHour: Money('The price of an hour', { max: 10_000_000 }) },
  tell: (row) => `${showAmount(Number(row.cents_per_hour))} an hour`,
};
