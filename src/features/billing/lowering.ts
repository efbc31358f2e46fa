import type { MoneyLine } from './money.js';
import { add, deal, divide, MILLION } from './rounding.js';

/**
 * What each discount takes off a sum. First the shares of the sum, together and rounded once, then the amounts from what is left;
 * never more than there is, and nothing of a sum that is negative. Where there is less than they ask for, each gets its share.
 */
export function discount(sum: bigint, discounts: MoneyLine[]): bigint[] {
  const ppms = discounts.map((line) => BigInt(line.discountPpm ?? 0));
  const amounts = discounts.map((line) => (line.discountPpm === null ? divide(BigInt(line.quantity) * BigInt(line.priceCents), 100n) : 0n));
  const positive = amounts.map((amount) => (amount > 0n ? amount : 0n));
  const there = sum > 0n ? sum : 0n;
  const share = least(there, divide(there * add(ppms), MILLION));
  const rest = there - share;
  const ofSum = spread(share, ppms);
  const ofRest = spread(least(rest, add(positive)), positive);
  return ofSum.map((cents, index) => cents + (ofRest[index] as bigint));
}

/** Deals a sum out in proportion to weights, which may be negative. */
export function spread(sum: bigint, weights: bigint[]): bigint[] {
  const all = add(weights);
  if (sum === 0n || all === 0n) return weights.map(() => 0n);
  const sign = all < 0n ? -1n : 1n;
  return deal(
    sum,
    weights.map((weight) => sum * weight * sign),
    all * sign,
  );
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
