import { VISITS } from '../../src/features/approvals/visit-settings.js';
import { parseMoney, parseQuantity } from '../../src/features/billing/amounts.js';
import { takeStarterTemplates } from '../../src/features/inspections/templates.js';
import type { CannedLine } from '../../src/features/settings/canned-jobs.js';
import { CANNED_JOBS } from '../../src/features/settings/canned-lines.js';
import { FEES } from '../../src/features/settings/fees.js';
import { choosePreset } from '../../src/features/settings/law.js';
import { HOUSE_RULES } from '../../src/features/settings/numbering.js';
import { PAPER } from '../../src/features/settings/paper.js';
import { PRICES } from '../../src/features/settings/prices.js';
import { RATES } from '../../src/features/settings/rates.js';
import { saveSheet } from '../../src/features/settings/sheets.js';
import { addToShelf, changeOnShelf, listShelf } from '../../src/features/settings/shelves.js';
import { SUPPLIES, TAXES } from '../../src/features/settings/taxes.js';
import type { Database } from '../../src/platform/database/pool.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import { CANNED, type DemoLine } from './jobs/index.js';
import { BATTERY_FEE, WASTE_FEE } from './jobs/job.js';

/** What stands on the shop's paper. An address that nobody has, and a number that is kept free for stories. */
const ON_PAPER = {
  address: '2718 Kilburn Avenue\nRockford, IL 61101',
  phone: '(815) 555-0199',
  email: 'desk@demo.test',
  website: 'https://demo.test',
  registration: 'IL 14-20394',
  estimateText:
    'This estimate is good for 30 days. Nothing is done, and nothing is charged, that you have not approved; if more is found, we call you first.\nDemo shop: rates, taxes and fees are examples.',
  repairOrderText:
    'I authorize the work above with the parts it needs, and a road test. I want my replaced parts back:  ☐ yes  ☐ no\nVehicles that are not picked up within five days of the call may be charged storage of $25.00 a day.',
  invoiceText:
    'Parts and labor are under warranty for 24 months or 24,000 miles, whichever comes first; used parts for 90 days. Please have wheels retorqued after 50 miles.\nDemo shop: rates, taxes and fees are examples.',
  paper: 'letter',
};

/** Demo data, like everything here: what an hour costs, in cents. */
const HOURS = { 'Shop rate': 14800, 'Fleet rate': 13200, 'Heavy rate': 16500 };
export type RateName = keyof typeof HOURS;

/** As parts are taxed in Rockford, and labor is not. Demo data: ask whoever does your taxes. */
const SALES_TAX = { name: 'Illinois sales tax', percent: 87_500, categories: ['part', 'tire'] };

const SUPPLIES_TERMS = { base: 'labor', share: 50_000, flat: 0, cap: 3500, suppliesName: 'Shop supplies' };

const FEE_LIST = [
  {
    name: 'Tire disposal fee',
    amount: 250,
    taxable: false,
    eachOf: 'tire',
    legalText: 'The State of Illinois demands $2.50 for each new tire, for the disposal of used ones (415 ILCS 5/55.8).',
  },
  { name: BATTERY_FEE, amount: 300, taxable: false, eachOf: null, legalText: 'For bringing the used battery to a licensed recycler.' },
  { name: WASTE_FEE, amount: 350, taxable: false, eachOf: null, legalText: '' },
];

/** What a part costs the shop, in cents, and what it is sold for: times so much, in parts per million. */
const PART_BANDS = [
  { from: 0, ppm: 2_600_000 },
  { from: 10_00, ppm: 2_200_000 },
  { from: 25_00, ppm: 2_000_000 },
  { from: 75_00, ppm: 1_750_000 },
  { from: 150_00, ppm: 1_600_000 },
  { from: 300_00, ppm: 1_450_000 },
  { from: 1000_00, ppm: 1_300_000 },
];

/** Sets up what the shop charges and what it says on paper, on its first day. @returns its labor rates by name */
export async function setUpBilling(db: Database, manager: Viewer): Promise<Record<RateName, number>> {
  await saveSheet(db, manager, PAPER, {}, ON_PAPER);
  await choosePreset(db, manager, 'illinois');
  await saveSheet(
    db,
    manager,
    HOUSE_RULES,
    {},
    { invoicePrefix: 'INV-', currency: 'USD', advisorDiscount: 100_000, managerDiscount: 1_000_000, workNeedsConsent: true },
  );
  await addToShelf(db, manager, TAXES.shelf, SALES_TAX);
  await saveSheet(db, manager, SUPPLIES, {}, SUPPLIES_TERMS);
  for (const fee of FEE_LIST) await addToShelf(db, manager, FEES.shelf, fee);
  await addToShelf(db, manager, PRICES.shelf, { name: 'Parts by cost', kind: 'part', basis: 'multiplier', bands: PART_BANDS });
  await addToShelf(db, manager, PRICES.shelf, {
    ...{ name: 'Tires', kind: 'tire', basis: 'multiplier' },
    bands: [{ from: 0, ppm: 1_250_000 }],
  });
  const rates = await setUpRates(db, manager);
  for (const { name, lines, cause = '', correction } of CANNED)
    await addToShelf(db, manager, CANNED_JOBS.shelf, {
      ...{ name, concern: '', cause, correction },
      lines: lines.map(toCannedLine),
    });
  return rates;
}

/** What the customer's page says, and where a card goes when its customer has approved something; and the templates to begin with. */
export async function setUpVisits(db: Database, manager: Viewer, columns: { id: number; name: string }[]): Promise<void> {
  const approved = columns.find(({ name }) => name === 'In Progress');
  await saveSheet(
    db,
    manager,
    VISITS,
    {},
    {
      ...{ linkDays: 30, estimateDays: 30, approvedColumn: approved?.id ?? null, needsArrivalPhotos: false, needsQualityCheck: false },
      greeting: 'Here is what we found on your vehicle. Take your time, look at the pictures, and ask us whatever you want to know.',
      consentText:
        'I want this work done, with the parts it needs, and allow a road test. I know that nothing else is done or charged before I have said yes to it.\nDemo shop: rates, taxes and fees are examples.',
    },
  );
  await takeStarterTemplates(db, manager);
}

/** The rate that every shop begins with gets its price; the others stand beside it. */
async function setUpRates(db: Database, manager: Viewer): Promise<Record<RateName, number>> {
  const shelf = RATES.shelf;
  const [first] = await listShelf(db, manager.shop, shelf);
  for (const [name, perHour] of Object.entries(HOURS)) {
    if (name === first?.name) await changeOnShelf(db, manager, shelf, first.id, {}, { name, perHour });
    else await addToShelf(db, manager, shelf, { name, perHour });
  }
  const entries = await listShelf(db, manager.shop, shelf);
  return Object.fromEntries(entries.map((entry) => [entry.name, entry.id])) as Record<RateName, number>;
}

function toCannedLine({ kind, fields, fee }: DemoLine): CannedLine {
  const known = FEE_LIST.find((one) => one.name === fee);
  return {
    kind: kind as CannedLine['kind'],
    description: fields.description ?? fee ?? '',
    partNumber: fields.partNumber ?? '',
    quantity: parseQuantity(fields.quantity ?? '1'),
    priceCents: known ? known.amount : fields.price ? parseMoney(fields.price) : null,
    costCents: fields.cost ? parseMoney(fields.cost) : 0,
  };
}
