import { Invalid } from '../../platform/errors.js';

/** One whole in parts per million. */
export const MILLION = 1_000_000n;

/** The most that a line, a job or an order can come to, ten thousand million: far below where whole numbers stop being exact. */
const MOST_CENTS = 1_000_000_000_000;

/** Divides and rounds to a whole number, half away from zero. */
export function divide(numerator: bigint, denominator: bigint): bigint {
  if (denominator < 0n) return divide(-numerator, -denominator);
  const half = (numerator < 0n ? -numerator : numerator) * 2n + denominator;
  const size = half / (denominator * 2n);
  return numerator < 0n ? -size : size;
}

/** Cents as an ordinary number; what is more than the program keeps is refused with a sentence. */
export function toCents(cents: bigint): number {
  const value = Number(cents);
  if (Math.abs(value) > MOST_CENTS)
    throw new Invalid({ '': 'That comes to more than can be charged. Please check the quantity and the price.' });
  return value;
}

/**
 * Deals a rounded sum out to the parts that it was made of, by largest remainder: each gets its exact share rounded down, and
 * the cents that are left go one by one to those that lost most; of equals, to the first.
 * @param sum what the exact shares come to, rounded up or down
 * @param numerators the exact shares, each over the denominator; they may be negative
 */
export function deal(sum: bigint, numerators: bigint[], denominator: bigint): bigint[] {
  const lost = numerators.map((numerator) => ((numerator % denominator) + denominator) % denominator);
  const shares = numerators.map((numerator, index) => (numerator - (lost[index] as bigint)) / denominator);
  const left = Number(shares.reduce((rest, share) => rest - share, sum));
  const first = [...lost.keys()].sort((a, b) => compare(lost[b] as bigint, lost[a] as bigint) || a - b);
  for (const index of first.slice(0, left)) shares[index] = (shares[index] as bigint) + 1n;
  return shares;
}

/** For sorting, by the code of the characters: the same on every machine. */
export function compare<T extends bigint | number | string>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** @returns the sum of whole numbers */
export function add(numbers: bigint[]): bigint {
  return numbers.reduce((sum, number) => sum + number, 0n);
}
