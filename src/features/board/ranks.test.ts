import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEED } from '../../testing/seed.js';
import { GAP, rankBetween } from './ranks.js';

const rank = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });

test('the first card of a column, the top and the bottom', () => {
  expect(rankBetween(null, null)).toBe(GAP);
  expect(rankBetween(null, GAP)).toBe(0);
  expect(rankBetween(GAP, null)).toBe(2 * GAP);
});

test('a rank lies strictly between its neighbours, or there is no room for one', () => {
  const property = fc.property(rank, rank, (one, other) => {
    const [previous, next] = one < other ? [one, other] : [other, one];
    const between = rankBetween(previous, next);
    if (next - previous < 2) expect(between).toBeNull();
    else {
      expect(between).toBeGreaterThan(previous);
      expect(between).toBeLessThan(next);
      expect(Number.isSafeInteger(between)).toBe(true);
    }
  });
  fc.assert(property, { seed: SEED });
});

test('a fresh gap takes 16 cards before it is used up', () => {
  let next = GAP;
  let cards = 0;
  for (let between = rankBetween(0, next); between !== null; between = rankBetween(0, next)) {
    next = between;
    cards++;
  }
  expect(cards).toBe(16);
});
