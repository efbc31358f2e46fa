import { divide, MILLION, toCents } from './rounding.js';

/** A price matrix: bands of cost, each from its lower end up to, but without, that of the next. */
export interface Matrix {
  /** multiplier: price = cost × ppm; margin: price = cost ÷ (1 − ppm), so that ppm of the price is profit. */
  basis: 'multiplier' | 'margin';
  bands: Band[];
}

export interface Band {
  /** Cost in cents, the lowest that is in it. */
  from: number;
  ppm: number;
}

/** The price of a part that costs so much, to the cent. A matrix without bands leaves the price at the cost. */
export function matrixPrice(costCents: number, { basis, bands }: Matrix): number {
  const band = bands.findLast(({ from }) => from <= costCents);
  if (!band) return costCents;
  const [cost, ppm] = [BigInt(costCents), BigInt(band.ppm)];
  return toCents(basis === 'multiplier' ? divide(cost * ppm, MILLION) : divide(cost * MILLION, MILLION - ppm));
}

/** @returns what is wrong with the bands of a matrix, or null */
export function checkBands(bands: Band[], basis: Matrix['basis']): string | null {
  if (bands.length === 0) return 'A matrix needs at least one band.';
  if (bands[0]?.from !== 0) return 'The first band must start at 0.';
  if (bands.some(({ from }, index) => index > 0 && from <= (bands[index - 1] as Band).from))
    return 'Each band must start above the one before it.';
  if (bands.some(({ ppm }) => !Number.isSafeInteger(ppm) || ppm < 0)) return 'A multiplier or a margin can’t be below 0.';
  if (basis === 'margin' && bands.some(({ ppm }) => ppm >= 1_000_000))
    return 'A margin must be below 100 %: it is the part of the price that is profit.';
  if (bands.some(({ ppm }) => ppm > 100_000_000)) return 'A multiplier can be at most 100.';
  return null;
}
