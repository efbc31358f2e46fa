import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BINS, binOf, Histogram, middleOf, quantileOf } from './histogram.js';

test('a quantile is at most 10 % off, for any times', () => {
  const times = fc.array(fc.double({ min: 0.1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 0.99), (given, share) => {
      const histogram = new Histogram();
      for (const ms of given) histogram.add(ms);
      const sorted = [...given].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(share * sorted.length) - 1] as number;
      const found = quantileOf(histogram.take() as never, share);
      expect(found / exact).toBeGreaterThan(0.9);
      expect(found / exact).toBeLessThan(1.1);
    }),
  );
});

test('any number is in a bin, and what is taken is taken once', () => {
  for (const ms of [0, -1, Number.NaN, 1e-9, 0.1, 1, 75_000, 1e12, Number.POSITIVE_INFINITY]) {
    expect(binOf(ms)).toBeGreaterThanOrEqual(0);
    expect(binOf(ms)).toBeLessThan(BINS);
  }
  expect(binOf(middleOf(20))).toBe(20);
  const histogram = new Histogram();
  histogram.add(3);
  histogram.add(500);
  expect(histogram.take()).toMatchObject({ count: 2, sumMs: 503, mostMs: 500, counts: [1, 1] });
  expect(histogram.take()).toBeNull();
  expect(quantileOf({ bins: [], counts: [], mostMs: 0 }, 0.5)).toBe(0);
});

test('what several processes counted adds up', () => {
  const [one, other, both] = [new Histogram(), new Histogram(), new Histogram()];
  for (let ms = 1; ms <= 200; ms++) {
    (ms % 3 === 0 ? one : other).add(ms);
    both.add(ms);
  }
  const [a, b, all] = [one.take(), other.take(), both.take()];
  if (!a || !b || !all) throw new Error('Nothing was counted.');
  const counts = new Map<number, number>();
  for (const { bins, counts: each } of [a, b])
    for (const [index, bin] of bins.entries()) counts.set(bin, (counts.get(bin) ?? 0) + (each[index] ?? 0));
  const merged = { bins: [...counts.keys()], counts: [...counts.values()], mostMs: 200 };
  for (const share of [0.5, 0.95, 0.99, 1]) expect(quantileOf(merged, share)).toBe(quantileOf(all, share));
});
