// Orders as public sources work them out, or as follows from what they say; the source stands with each. The rates are those of
// the day the source was read: the test is of the arithmetic, not of the law of now.
import { expect, test } from 'vitest';
import { Invalid } from '../../platform/errors.js';
import { matrixPrice } from './matrix.js';
import {
  ceiling,
  extend,
  type Jurisdiction,
  laborRate,
  type MoneyJob,
  type MoneyLine,
  margin,
  overCeiling,
  type SuppliesTerms,
  type Tax,
  type Terms,
  totals,
} from './rules.js';

const NO_SUPPLIES: SuppliesTerms = { name: 'Shop supplies', base: 'none', ppm: 0, flatCents: 0, capCents: null, taxes: [], text: '' };
const NO_TOLERANCE: Jurisdiction = { name: '', threshold: 'none', ppm: 0, minCents: 0, capCents: null, beforeTax: false };

function terms(more: Partial<Terms> = {}): Terms {
  const plain = { currency: 'USD', pricesIncludeTax: false, lumpSum: false, exempt: null };
  return { ...plain, supplies: NO_SUPPLIES, jurisdiction: NO_TOLERANCE, ...more };
}

function rate(name: string, ppm: number): Tax {
  return { id: ppm, name, ppm };
}

function job(id: number, more: Partial<MoneyJob> = {}): MoneyJob {
  return { id, payType: 'customer', counts: true, supplies: true, ...more };
}

let lastLine = 0;

/** One of something in job 1, at a price in cents. */
function line(kind: MoneyLine['kind'], priceCents: number, more: Partial<MoneyLine> = {}): MoneyLine {
  return { id: ++lastLine, job: 1, kind, quantity: 100, priceCents, discountPpm: null, costCents: 0, taxes: [], ...more };
}

// cdtfa.ca.gov/industry/auto-repair-garages/industry-topics.htm: repair, installation and maintenance labor on used vehicles is not
// taxable when it has its own line; parts are. …/specialty-repairs-or-services.htm: the smog check fee and the smog certificate fee
// are both nontaxable. Statewide rate 7.25 %.
test('California: parts are taxed; labor, smog check and smog certificate are not', () => {
  const taxes = [rate('Sales tax', 72_500)];
  const lines = [
    line('labor', 12_000, { quantity: 200 }),
    line('part', 8999, { taxes }),
    line('part', 1250, { quantity: 400, taxes }),
    line('labor', 4995),
    line('fee', 825),
  ];
  const sums = totals({ jobs: [job(1)], lines, terms: terms() });
  // 240.00 + 89.99 + 50.00 + 49.95 + 8.25; 7.25 % of 139.99 is 10.149275.
  expect(sums).toMatchObject({
    subtotalCents: 43_819,
    taxCents: 1015,
    totalCents: 44_834,
    laborCents: 28_995,
    partsCents: 13_999,
    feesCents: 825,
  });
  expect(sums.taxes).toEqual([{ ...taxes[0], baseCents: 13_999, cents: 1015 }]);
});

// CDTFA publication 25, Auto Repair Garages and Service Stations, core charges: a new battery sells for $54 with a core charge of $7 in
// it; tax of 7 % on $54 is $3.78; the old battery brings $7 back, without its tax; $50.78 (also mercurynews.com, 2010-02-02).
test('California: a core charge is taxed, and what comes back for the core of a new part does not lower the tax', () => {
  const taxes = [rate('Sales tax', 70_000)];
  const lines = [line('part', 4700, { taxes }), line('core', 700, { taxes }), line('core', 700, { quantity: -100 })];
  const sums = totals({ jobs: [job(1)], lines, terms: terms() });
  expect(sums).toMatchObject({ subtotalCents: 4700, taxCents: 378, totalCents: 5078, partsCents: 4700, coresCents: 0 });
});

// The same publication: of a rebuilt part, the core that comes back lowers the price that is taxed. So does it in Washington
// (dor.wa.gov, auto dealers, core charges).
test('a core of a rebuilt part that comes back takes its tax with it', () => {
  const taxes = [rate('Sales tax', 70_000)];
  const lines = [line('part', 4700, { taxes }), line('core', 700, { taxes }), line('core', 700, { quantity: -100, taxes })];
  expect(totals({ jobs: [job(1)], lines, terms: terms() })).toMatchObject({ subtotalCents: 4700, taxCents: 329, totalCents: 5029 });
});

// 34 TAC 3.290: under a separated contract the repairman collects tax on materials and on consumable supplies, and labor is not taxable;
// Tax Code 151.060 (b): of a lump-sum price none is collected. State 6.25 %, local up to 2 %.
test('Texas: separated, parts and supplies are taxed; lump sum, nothing is', () => {
  const taxes = [rate('State of Texas', 62_500), rate('City', 20_000)];
  const lines = [line('labor', 12_000), line('part', 8000, { taxes })];
  const supplies: SuppliesTerms = { ...NO_SUPPLIES, base: 'labor', ppm: 50_000, taxes };
  const separated = totals({ jobs: [job(1)], lines, terms: terms({ supplies }) });
  // 86.00: 6.25 % is 5.375, 2 % is 1.72.
  expect(separated).toMatchObject({ subtotalCents: 20_600, suppliesCents: 600, taxCents: 710, totalCents: 21_310 });
  expect(separated.taxes.map(({ name, baseCents, cents }) => [name, baseCents, cents])).toEqual([
    ['City', 8600, 172],
    ['State of Texas', 8600, 538],
  ]);
  const lump = totals({ jobs: [job(1)], lines, terms: terms({ supplies, lumpSum: true }) });
  expect(lump).toMatchObject({ subtotalCents: 20_600, taxCents: 0, totalCents: 20_600, taxes: [] });
});

// tax.ny.gov, Tax Bulletin ST-40 (Auto Repair and Body Shops): tax is on the total charge for parts and labor; the fee of a state
// inspection is not taxable. 4 % state and 4 % county, charged as one rate.
test('New York: parts and labor are both taxed, the state inspection is not', () => {
  const taxes = [rate('New York State and county', 80_000)];
  const lines = [line('labor', 11_000, { quantity: 150, taxes }), line('part', 6437, { taxes }), line('fee', 2100)];
  // 165.00 + 64.37 + 21.00; 8 % of 229.37 is 18.3496.
  expect(totals({ jobs: [job(1)], lines, terms: terms() })).toMatchObject({ subtotalCents: 25_037, taxCents: 1835, totalCents: 26_872 });
});

// Fla. Stat. 559.905 demands the sentence; Fla. Admin. Code 12A-1.006: where parts are furnished, the entire charge is taxable. 6 % state,
// 1 % surtax of a county.
test('Florida: shop supplies on parts and labor with a cap, all of it taxed', () => {
  const taxes = [rate('Florida', 60_000), rate('Surtax', 10_000)];
  const text =
    'This charge represents costs and profits to the motor vehicle repair facility for miscellaneous shop supplies or waste disposal.';
  const supplies: SuppliesTerms = { ...NO_SUPPLIES, base: 'both', ppm: 100_000, capCents: 2500, taxes, text };
  const lines = [line('labor', 10_000, { quantity: 200, taxes }), line('part', 10_000, { taxes })];
  const sums = totals({ jobs: [job(1)], lines, terms: terms({ supplies }) });
  expect(sums).toMatchObject({ suppliesCents: 2500, subtotalCents: 32_500, taxCents: 2275, totalCents: 34_775 });
  const small = totals({ jobs: [job(1)], lines: [line('labor', 9000, { taxes })], terms: terms({ supplies }) });
  expect(small).toMatchObject({ suppliesCents: 900, subtotalCents: 9900, taxCents: 693, totalCents: 10_593 });
});

// HMRC VTAXPER48000: the fee of an MOT test is outside the scope of VAT up to the statutory maximum (£54.85 for a car); parts and labor
// are standard-rated, 20 %, which is a sixth of a price that includes it.
test('United Kingdom: prices include VAT, the MOT test is outside it', () => {
  const taxes = [rate('VAT', 200_000)];
  const lines = [line('labor', 6000, { quantity: 150, taxes }), line('part', 3600, { taxes }), line('fee', 5485)];
  const sums = totals({ jobs: [job(1)], lines, terms: terms({ currency: 'GBP', pricesIncludeTax: true }) });
  expect(sums).toMatchObject({ subtotalCents: 15_985, taxCents: 2100, totalCents: 18_085 });
  expect(sums.taxes).toEqual([{ ...taxes[0], baseCents: 10_500, cents: 2100 }]);
});

// Tekmetric, markup matrix (support.tekmetric.com/hc/en-us/articles/360035751834): a part of $4 with multiplier 3 sells for $12, with a
// margin of 50 % for $8. ShopBoss: bands of 0.01–99.99, 100.00–…
test('a price matrix by multiplier and by margin, and at the edge of its bands', () => {
  expect(matrixPrice(400, { basis: 'multiplier', bands: [{ from: 0, ppm: 3_000_000 }] })).toBe(1200);
  expect(matrixPrice(400, { basis: 'margin', bands: [{ from: 0, ppm: 500_000 }] })).toBe(800);
  const bands = [
    { from: 0, ppm: 3_000_000 },
    { from: 10_000, ppm: 2_000_000 },
  ];
  expect([9999, 10_000, 10_001].map((cost) => matrixPrice(cost, { basis: 'multiplier', bands }))).toEqual([29_997, 20_000, 20_002]);
});

// 16 CCR 3354 (a): any charge above what was authorized needs a new authorization.
test('California: not a cent more than was authorized', () => {
  const authorized = { cents: 50_000, beforeTaxCents: 48_000 };
  const sums = (totalCents: number) => ({ subtotalCents: totalCents - 2000, taxCents: 2000, totalCents });
  expect(overCeiling(sums(50_000), authorized, NO_TOLERANCE)).toBeNull();
  expect(overCeiling(sums(50_001), authorized, NO_TOLERANCE)).toEqual({ ceilingCents: 50_000, overCents: 1 });
  expect(overCeiling(sums(2001), { cents: 0, beforeTaxCents: 0 }, NO_TOLERANCE)).toEqual({ ceilingCents: 0, overCents: 2001 });
});

// Fla. Stat. 559.909 (1)(b): more than $10 or 10 percent, whichever is greater, but not to exceed $50.
test('Florida: $10 or 10 percent, whichever is greater, at most $50', () => {
  const florida: Jurisdiction = { ...NO_TOLERANCE, threshold: 'greater', ppm: 100_000, minCents: 1000, capCents: 5000 };
  expect([5000, 10_000, 30_000, 50_000, 80_000].map((cents) => ceiling(cents, florida))).toEqual([6000, 11_000, 33_000, 55_000, 85_000]);
});

// RCW 46.71.025, House bill report on SSB 6005: not more than 110 percent of the estimated total, exclusive of sales tax.
test('Washington: 110 percent, before tax', () => {
  const washington: Jurisdiction = { ...NO_TOLERANCE, threshold: 'percent', ppm: 100_000, beforeTax: true };
  const authorized = { cents: 44_000, beforeTaxCents: 40_000 };
  expect(overCeiling({ subtotalCents: 44_000, taxCents: 4400, totalCents: 48_400 }, authorized, washington)).toBeNull();
  const over = { subtotalCents: 44_001, taxCents: 4400, totalCents: 48_401 };
  expect(overCeiling(over, authorized, washington)).toEqual({ ceilingCents: 44_000, overCents: 1 });
});

// Michigan's Secretary of State, older page: $10 or 10 %, whichever is less.
test('Michigan as it once was: $10 or 10 percent, whichever is less', () => {
  const michigan: Jurisdiction = { ...NO_TOLERANCE, threshold: 'lesser', ppm: 100_000, minCents: 1000 };
  expect([5000, 10_000, 30_000].map((cents) => ceiling(cents, michigan))).toEqual([5500, 11_000, 31_000]);
});

// Omnique, labor matrix (intercom.help/omnique/en/articles/5942105): vehicle, then customer, then ticket, then the shop's rate.
test('the labor rate is the vehicle’s, else the customer’s, else the order’s, else the shop’s', () => {
  expect(laborRate({ vehicle: 1, customer: 2, order: 3, shop: 4 })).toBe(1);
  expect(laborRate({ vehicle: null, customer: 2, order: 3, shop: 4 })).toBe(2);
  expect(laborRate({ vehicle: null, customer: null, order: 3, shop: 4 })).toBe(3);
  expect(laborRate({ vehicle: null, customer: null, order: null, shop: 4 })).toBe(4);
  expect(laborRate({ vehicle: null, customer: null, order: null, shop: null })).toBeNull();
});

// Shopmonkey's and ALLDATA's settings as in their help (help.shopmonkey.io/en/articles/3380633, alldata.com creating-a-shop-supply-fee):
// percent or flat, of parts, labor or both, a cap for the order, off for single jobs.
test('shop supplies: percent, flat, base, cap, off per job, and what the law forbids', () => {
  const jobs = [job(1), job(2), job(3, { supplies: false })];
  const lines = [line('labor', 10_000), line('part', 3000, { job: 2 }), line('labor', 20_000, { job: 3 }), line('tire', 1000, { job: 2 })];
  const charge = (more: Partial<SuppliesTerms>) => totals({ jobs, lines, terms: terms({ supplies: { ...NO_SUPPLIES, ...more } }) });
  expect(charge({ base: 'labor', ppm: 50_000 }).suppliesCents).toBe(500);
  expect(charge({ base: 'part', ppm: 50_000 }).suppliesCents).toBe(200);
  expect(charge({ base: 'both', ppm: 50_000, flatCents: 150 }).suppliesCents).toBe(850);
  expect(charge({ base: 'both', ppm: 50_000, flatCents: 150, capCents: 800 }).suppliesCents).toBe(800);
  expect(charge({ base: 'none', ppm: 50_000, flatCents: 150 }).suppliesCents).toBe(0);
  const shared = charge({ base: 'both', flatCents: 1000 });
  expect([1, 2, 3].map((id) => shared.jobs.get(id)?.suppliesCents)).toEqual([714, 286, 0]);
});

test('discounts: shares of a job first, then amounts, then those of the whole order; what is taxed falls with them', () => {
  const taxes = [rate('Sales tax', 100_000)];
  const [labor, part] = [line('labor', 10_000), line('part', 10_000, { taxes })];
  const [tenth, five] = [line('discount', 0, { discountPpm: 100_000 }), line('discount', 500)];
  const [other, coupon] = [line('labor', 7500, { job: 2 }), line('discount', 2500, { job: null })];
  const sums = totals({ jobs: [job(1), job(2)], lines: [coupon, five, tenth, labor, part, other], terms: terms() });
  // Job 1: 200.00 − 20.00 − 5.00 = 175.00; order: 250.00 − 25.00, a tenth of each; the part is 78.75.
  expect([tenth, five, coupon].map(({ id }) => sums.lines.get(id))).toEqual([-2000, -500, -2500]);
  expect(sums.jobs.get(1)).toMatchObject({ subtotalCents: 15_750, taxCents: 788 });
  expect(sums.jobs.get(2)).toMatchObject({ subtotalCents: 6750, taxCents: 0 });
  expect(sums).toMatchObject({ subtotalCents: 22_500, taxCents: 788, totalCents: 23_288, discountCents: 5000 });
});

test('a discount takes at most what there is, and nothing from cores and from fees of the whole order', () => {
  const [big, half] = [line('discount', 99_999), line('discount', 0, { discountPpm: 600_000 })];
  const second = line('discount', 0, { discountPpm: 600_000 });
  const lines = [
    line('part', 5000),
    line('core', 1000),
    big,
    half,
    second,
    line('fee', 300, { job: null }),
    line('discount', 5000, { job: null }),
  ];
  const sums = totals({ jobs: [job(1)], lines, terms: terms() });
  expect([half, second, big].map(({ id }) => sums.lines.get(id))).toEqual([-2500, -2500, 0]);
  expect(sums).toMatchObject({ subtotalCents: 1300, outside: { subtotalCents: 300 } });
});

test('shares of the same sum are rounded together, so that a cent more of work never costs less', () => {
  const shares = [1, 2].map(() => line('discount', 0, { discountPpm: 300_000 }));
  const left = (cents: number) => totals({ jobs: [job(1)], lines: [line('part', cents), ...shares], terms: terms() }).subtotalCents;
  // 60 % of 1, 2, 3, 4 cents are 0.6, 1.2, 1.8, 2.4.
  expect([0, 1, 2, 3, 4].map(left)).toEqual([0, 0, 1, 1, 2]);
});

test('the customer’s sums have no job that was declined, or that somebody else pays; each such job still says what it is worth', () => {
  const taxes = [rate('Sales tax', 100_000)];
  const jobs = [job(1), job(2, { counts: false }), job(3, { payType: 'warranty' }), job(4, { payType: 'internal', counts: false })];
  const lines = jobs.map(({ id }) => line('part', 1000 * id, { job: id, taxes, costCents: 600 }));
  const sums = totals({ jobs, lines, terms: terms() });
  expect(sums).toMatchObject({ subtotalCents: 1000, taxCents: 100, totalCents: 1100, partsCents: 1000 });
  expect([...sums.jobs].sort(([one], [other]) => one - other).map(([, { totalCents }]) => totalCents)).toEqual([1100, 2200, 3300, 4400]);
});

// Mitchell 1 shows GP % beside each order in progress (buymitchell1.net/managerhelp).
test('gross profit of a job: what it brings before tax less what it cost', () => {
  const lines = [line('part', 8000, { quantity: 200, costCents: 5000 }), line('labor', 4000), line('discount', 2000)];
  const sums = totals({ jobs: [job(1)], lines, terms: terms() }).jobs.get(1);
  expect(sums).toMatchObject({ subtotalCents: 18_000, costCents: 10_000 });
  expect(margin(sums as NonNullable<typeof sums>)).toEqual({ cents: 8000, ppm: 444_444 });
  expect(margin({ subtotalCents: 0, taxCents: 0, totalCents: 0, costCents: 500, suppliesCents: 0 })).toEqual({ cents: -500, ppm: null });
});

test('a customer with a certificate pays no tax', () => {
  const taxes = [rate('Sales tax', 72_500)];
  const exempt = { certificate: 'GOV-17' };
  const sums = totals({ jobs: [job(1)], lines: [line('part', 9999, { taxes })], terms: terms({ exempt }) });
  expect(sums).toMatchObject({ subtotalCents: 9999, taxCents: 0, totalCents: 9999, taxes: [] });
});

test('a part that is taken back brings its tax back', () => {
  const taxes = [rate('Sales tax', 72_500)];
  const lines = [line('part', 9999, { taxes, quantity: -100 })];
  expect(totals({ jobs: [job(1)], lines, terms: terms() })).toMatchObject({ subtotalCents: -9999, taxCents: -725, totalCents: -10_724 });
});

test('half a cent is rounded away from zero, and more than can be charged is refused with a sentence', () => {
  expect([extend(50, 1), extend(-50, 1), extend(49, 1), extend(33, 101), extend(150, 3333)]).toEqual([1, -1, 0, 33, 5000]);
  expect(extend(100_000_000, 1_000_000)).toBe(1_000_000_000_000);
  expect(() => extend(100_000_000, 1_000_001)).toThrow(Invalid);
  expect(() => extend(-100_000_000, 1_000_001)).toThrow(/more than can be charged/);
});
