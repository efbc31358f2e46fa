import { keepUpload } from '../features/imports/uploads.js';
import { CANNED_JOBS } from '../features/settings/canned-lines.js';
import { FEES } from '../features/settings/fees.js';
import { PRICES } from '../features/settings/prices.js';
import { RATES } from '../features/settings/rates.js';
import { addToShelf, listShelf, type Shelf } from '../features/settings/shelves.js';
import { TAXES } from '../features/settings/taxes.js';
import type { Database } from '../platform/database/pool.js';
import type { Fields } from './client.js';
import type { TestShop } from './shop.js';

const MATRIX = { name: 'Parts', basis: 'multiplier', 'band.0.from': '0', 'band.0.factor': '3' };
const TAX = { name: 'State', percent: '7.25', 'category.part': 'on' };
const CANNED = { name: 'Oil change', 'line.0.kind': 'labor', 'line.0.description': 'Change the oil' };

/** For every write of the settings, of import and of export a body that would change something. */
export const SETTINGS_BODIES: Record<string, () => Fields> = {
  ...shelf('/settings/rates', 'rate', { name: 'Diesel', perHour: '120' }),
  '/settings/rates/:rate/defaults': () => ({ on: 'yes' }),
  ...shelf('/settings/prices', 'matrix', MATRIX, { kind: 'part' }),
  '/settings/prices/:matrix/defaults': () => ({ on: 'no' }),
  ...shelf('/settings/taxes', 'tax', TAX),
  ...shelf('/settings/fees', 'fee', { name: 'Tire fee', amount: '1.75' }),
  ...shelf('/settings/canned-jobs', 'canned', CANNED),
  '/settings/taxes/terms/changes': () => ({ lumpSum: 'on' }),
  '/settings/taxes/supplies/changes': () => ({ base: 'both', share: '5', flat: '', cap: '35', suppliesName: 'Shop supplies' }),
  '/settings/law': () => ({ name: 'Ours', threshold: 'percent', share: '5', least: '', cap: '' }),
  '/settings/law/presets': () => ({ preset: 'florida' }),
  '/settings/messages': () => ({ language: 'en', dayBegins: '09:00', dayEnds: '20:00', undoSeconds: '20', remindHours: '24' }),
  '/settings/messages/tests': () => ({}),
  '/settings/messages/templates': () => ({
    occasion: 'ready',
    language: 'en',
    mode: 'ask',
    subject: 'Ready',
    text: 'Ready',
    shortText: 'Ready',
  }),
  '/settings/messages/templates/previews': () => ({ occasion: 'ready', subject: 'Ready', text: 'Ready', shortText: 'Ready' }),
  '/settings/messages/templates/removals': () => ({ occasion: 'ready', language: 'en' }),
  '/settings/visits': () => ({ linkDays: '14', estimateDays: '10', approvedColumn: '', greeting: 'Hello' }),
  '/settings/paper': () => ({ address: '1 Main St', paper: 'a4' }),
  '/settings/paper/logo': () => ({}),
  '/settings/paper/logo/removals': () => ({}),
  '/settings/numbering': () => ({
    ...{ nextWorkOrder: '5000', nextInvoice: '2000', currency: 'EUR', advisorDiscount: '5', managerDiscount: '100' },
  }),
  '/settings/import': () => ({ kind: 'customers' }),
  '/settings/import/:import/mappings': () => ({ 'column.name': '0' }),
  '/settings/import/:import/runs': () => ({}),
  '/settings/import/:import/removals': () => ({}),
  '/settings/export': () => ({ what: 'customers' }),
};

function shelf(path: string, param: string, fields: Record<string, string>, fixed: Record<string, string> = {}) {
  return {
    [path]: () => ({ ...fields, ...fixed, name: `${fields.name} new` }),
    [`${path}/:${param}`]: () => ({ ...fields, name: `${fields.name} changed` }),
    [`${path}/:${param}/removals`]: () => ({}),
    [`${path}/:${param}/restorations`]: () => ({}),
  };
}

/** One of each thing that can be set. @returns their ids, by the parameter of an address */
export async function makeSettings(db: Database, shop: TestShop): Promise<Record<string, number>> {
  const { manager } = shop.staff;
  const idOf = async (of: Shelf) => (await listShelf(db, shop.id, of))[0]?.id ?? 0;
  await addToShelf(db, manager, PRICES.shelf, { name: 'Parts', kind: 'part', basis: 'multiplier', bands: [{ from: 0, ppm: 3_000_000 }] });
  await addToShelf(db, manager, TAXES.shelf, { name: 'State', percent: 72_500, categories: ['part'] });
  await addToShelf(db, manager, FEES.shelf, { name: 'Tire fee', amount: 175, taxable: false, legalText: '', eachOf: 'tire' });
  await addToShelf(db, manager, CANNED_JOBS.shelf, { name: 'Oil change', concern: '', cause: '', correction: '', lines: [] });
  return {
    rate: await idOf(RATES.shelf),
    matrix: await idOf(PRICES.shelf),
    tax: await idOf(TAXES.shelf),
    fee: await idOf(FEES.shelf),
    canned: await idOf(CANNED_JOBS.shelf),
    import: await keepUpload(db, manager, 'customers', 'list.csv', [['Name'], ['Dana Whitfield']]),
  };
}
