import { z } from 'zod';
import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { optional, required, Tick } from '../../platform/web/forms.js';
import { Money, orEmpty, Percent } from '../billing/amounts.js';
import { maybeMoney, money, percent, text, tick } from './fields.js';
import { PRESETS } from './jurisdictions.js';
import { type Sheet, saveSheetWithin } from './sheets.js';

/** The one rule that is in force. Orders keep the one of the day on which their first line was written. */
export const LAW: Sheet = {
  table: 'jurisdictions',
  event: 'jurisdiction.changed',
  fields: {
    name: text('name'),
    threshold: text('threshold'),
    share: percent('ppm'),
    least: money('min_cents'),
    cap: maybeMoney('cap_cents'),
    beforeTax: tick('before_tax'),
    suppliesAllowed: tick('supplies_allowed'),
    suppliesText: text('supplies_text'),
    estimateText: text('estimate_text'),
    invoiceText: text('invoice_text'),
  },
};

const MOST = { max: 100_000_000 };
export const LAW_INPUTS = {
  name: required('The name', 80),
  threshold: z.enum(['none', 'percent', 'greater', 'lesser'], 'Please choose how far an invoice may go.'),
  share: z.preprocess((value) => (value === '' ? '0' : value), Percent('The percentage')),
  least: z.preprocess((value) => (value === '' ? '0' : value), Money('The amount', MOST)),
  cap: orEmpty(Money('The most', MOST)),
  beforeTax: Tick,
  suppliesAllowed: Tick,
  suppliesText: optional('The sentence', 1000),
  estimateText: optional('The text', 3000),
  invoiceText: optional('The text', 3000),
};

/** Puts the rule of a place in force; what the shop has written for its own paper stays. */
export async function choosePreset(db: Database, actor: Actor, key: string): Promise<void> {
  const preset = PRESETS[key];
  if (!preset) throw new Error(`There is no preset ${key}.`);
  await change(db, actor, {}, async (tx) => {
    const fields = Object.fromEntries(Object.entries(LAW.fields).filter(([name]) => name !== 'estimateText' && name !== 'invoiceText'));
    await saveSheetWithin(
      tx,
      { ...LAW, fields },
      {},
      {
        name: preset.name,
        threshold: preset.threshold,
        share: preset.ppm,
        least: preset.minCents,
        cap: preset.capCents,
        beforeTax: preset.beforeTax,
        suppliesAllowed: preset.suppliesAllowed,
        suppliesText: preset.suppliesText,
      },
    );
  });
}
