import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../testing/random-orders.js';
import { type Band, checkBands, matrixPrice } from './matrix.js';

const bands: fc.Arbitrary<Band[]> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { maxLength: 6 }),
    fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: 7, maxLength: 7 }),
  )
  .map(([edges, ppms]) => [0, ...edges.sort((a, b) => a - b)].map((from, index) => ({ from, ppm: ppms[index] as number })));

test('every cost is in exactly one band of a matrix, also at their edges', () => {
  check([bands, fc.integer({ min: -1, max: 1 }), fc.nat(6), fc.boolean()], (given, beside, at, byMargin) => {
    const basis = byMargin ? 'margin' : 'multiplier';
    expect(checkBands(given, basis)).toBeNull();
    const cost = Math.max(0, (given[at % given.length] as Band).from + beside);
    const holding = given.filter(({ from }, index) => from <= cost && cost < (given[index + 1]?.from ?? Number.POSITIVE_INFINITY));
    expect(holding.length).toBe(1);
    const price = matrixPrice(cost, { basis, bands: given });
    expect(price).toBe(matrixPrice(cost, { basis, bands: [{ from: 0, ppm: (holding[0] as Band).ppm }] }));
    expect(Number.isSafeInteger(price)).toBe(true);
    // The margin of the price is the one wanted, to the half cent of rounding.
    if (byMargin) expect(Math.abs(price * (1_000_000 - (holding[0] as Band).ppm) - cost * 1_000_000)).toBeLessThanOrEqual(500_000);
  });
});

test('bands with gaps, out of order, or with a margin of all of the price are refused with a sentence', () => {
  const band = (from: number, ppm = 500_000) => ({ from, ppm });
  expect(checkBands([], 'multiplier')).toMatch(/at least one/);
  expect(checkBands([band(1)], 'multiplier')).toMatch(/start at 0/);
  expect(checkBands([band(0), band(500), band(500)], 'multiplier')).toMatch(/above the one before/);
  expect(checkBands([band(0), band(500), band(400)], 'multiplier')).toMatch(/above the one before/);
  expect(checkBands([band(0, 1_000_000)], 'margin')).toMatch(/below 100 %/);
  expect(checkBands([band(0, 1_000_000)], 'multiplier')).toBeNull();
  expect(checkBands([band(0, -1)], 'margin')).toMatch(/below 0/);
  expect(checkBands([band(0, Number.NaN)], 'multiplier')).toMatch(/below 0/);
  expect(checkBands([band(0, 100_000_001)], 'multiplier')).toMatch(/at most 100/);
});
