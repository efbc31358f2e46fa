// Orders at random, for whatever must hold of every order.
import fc from 'fast-check';
import type { Jurisdiction, LineKind, MoneyJob, MoneyLine, Tax, Terms } from '../features/billing/rules.js';
import { SEED } from './seed.js';

/** All that the sums of an order follow from. */
export interface Order {
  jobs: MoneyJob[];
  lines: MoneyLine[];
  terms: Terms;
}

const TAXES: Tax[] = [
  { id: 1, name: 'State', ppm: 62_500 },
  { id: 2, name: 'City', ppm: 20_000 },
  { id: 3, name: 'VAT', ppm: 200_000 },
  { id: 3, name: 'VAT', ppm: 175_000 },
  { id: 4, name: 'Odd', ppm: 72_501 },
  { id: 5, name: 'Zero', ppm: 0 },
];

export const taxes = fc.subarray(TAXES).map((some) => some.filter((tax, at) => some.findIndex(({ id }) => id === tax.id) === at));
export const kind = fc.constantFrom<LineKind>('labor', 'part', 'tire', 'sublet', 'fee', 'core');
/** Small, so that halves and ties come often, or as large as it gets with a few lines. */
const price = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) },
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.constant(1_000_000_000),
);
export const ppm = fc.oneof(fc.constantFrom(0, 100_000, 333_333, 500_000, 1_000_000), fc.integer({ min: 0, max: 1_000_000 }));
const place = fc.integer({ min: 1, max: 4 });

function quantity(min: number) {
  return fc.oneof(fc.constantFrom(100, 50, 33, 250), fc.integer({ min, max: 900 }));
}

/** Lines whose quantity is not below `min`; ids are given later. */
export function item(min: number): fc.Arbitrary<Omit<MoneyLine, 'id'>> {
  const inJob = { job: place, kind, quantity: quantity(min), priceCents: price, discountPpm: fc.constant(null), costCents: price, taxes };
  return fc.oneof(
    { weight: 5, arbitrary: fc.record(inJob) },
    fc.record({ ...inJob, job: fc.constant(null), kind: fc.constant<LineKind>('fee') }),
  );
}

const discount: fc.Arbitrary<Omit<MoneyLine, 'id'>> = fc.record({
  job: fc.option(place),
  kind: fc.constant<LineKind>('discount'),
  quantity: fc.constant(100),
  priceCents: price,
  discountPpm: fc.option(ppm),
  costCents: fc.constant(0),
  taxes: fc.constant([]),
});

const jobs: fc.Arbitrary<MoneyJob[]> = fc.tuple(
  ...[1, 2, 3, 4].map((id) =>
    fc.record({
      id: fc.constant(id),
      payType: fc.constantFrom<MoneyJob['payType']>('customer', 'customer', 'customer', 'warranty', 'internal', 'comeback'),
      counts: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
      supplies: fc.boolean(),
    }),
  ),
);

export const JURISDICTION: Jurisdiction = { name: '', threshold: 'none', ppm: 0, minCents: 0, capCents: null, beforeTax: false };

export const terms: fc.Arbitrary<Terms> = fc.record({
  currency: fc.constant('USD'),
  pricesIncludeTax: fc.boolean(),
  lumpSum: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  exempt: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.constant({ certificate: 'X' })),
  supplies: fc.record({
    name: fc.constant('Shop supplies'),
    base: fc.constantFrom<Terms['supplies']['base']>('none', 'labor', 'part', 'both'),
    ppm,
    flatCents: fc.integer({ min: 0, max: 5 }),
    capCents: fc.option(fc.integer({ min: 0, max: 50 })),
    taxes,
    text: fc.constant(''),
  }),
  jurisdiction: fc.constant(JURISDICTION),
});

/** Any order whose lines don't go below `min`, with discounts where wanted. */
export function order(min = -900, discounts = 4): fc.Arbitrary<Order> {
  const lines = fc.tuple(fc.array(item(min), { maxLength: 10 }), fc.array(discount, { maxLength: discounts }));
  return fc.record({ jobs, lines: lines.map(([items, some]) => number([...items, ...some])), terms });
}

/** Gives lines their ids. */
export function number(lines: Omit<MoneyLine, 'id'>[]): MoneyLine[] {
  return lines.map((line, index) => ({ ...line, id: index + 1 }));
}

/** Holds something against 500 examples. */
export function check<Values extends unknown[]>(
  given: { [Key in keyof Values]: fc.Arbitrary<Values[Key]> },
  holds: (...values: Values) => void,
) {
  const property = fc.property(fc.tuple<Values>(...given), (values) => {
    holds(...values);
  });
  fc.assert(property, { seed: SEED, numRuns: 500 });
}
