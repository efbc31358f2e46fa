import { z } from 'zod';
import { calculate, type Fraction, NotAnAmount } from './calculation.js';
import { divide } from './rounding.js';

/** The most that the database keeps of a price and of a quantity. */
export const MOST_PRICE_CENTS = 100_000_000_000;
const MOST_HUNDREDTHS = 100_000_000;
const MOST_PPM = 1_000_000;

/**
 * Cents of what somebody typed: "$1,234.50", "3*12.50", "(100-10)/4". A calculation is rounded to the cent, half away from
 * zero; a plain number must not have half cents.
 * @throws NotAnAmount with a sentence
 */
export function parseMoney(text: string): number {
  const { value, plain } = calculate(text);
  if (plain && !isWhole(value, 100n)) throw new NotAnAmount('An amount has at most two decimals, like 12.50.');
  return limit(divide(value.top * 100n, value.bottom), MOST_PRICE_CENTS, 'That amount is too large.');
}

/**
 * Hundredths of a quantity or of hours that somebody typed: "1.5", "2*0.3".
 * @throws NotAnAmount with a sentence
 */
export function parseQuantity(text: string): number {
  const { value } = calculate(text);
  if (!isWhole(value, 100n)) throw new NotAnAmount('A quantity has at most two decimals, like 1.25.');
  return limit(divide(value.top * 100n, value.bottom), MOST_HUNDREDTHS, 'That quantity is too large.');
}

/**
 * Parts per million of a percentage that somebody typed: "7.25", "7.25 %".
 * @throws NotAnAmount with a sentence
 */
export function parsePercent(text: string): number {
  const { value } = calculate(text.trim().replace(/\s*%$/, ''));
  if (!isWhole(value, 10_000n)) throw new NotAnAmount('A percentage has at most four decimals, like 7.25.');
  return limit(divide(value.top * 10_000n, value.bottom), 100 * MOST_PPM, 'That percentage is too large.');
}

function isWhole({ top, bottom }: Fraction, parts: bigint): boolean {
  return (top * parts) % bottom === 0n;
}

function limit(value: bigint, most: number, sentence: string): number {
  if (value > BigInt(most) || value < BigInt(-most)) throw new NotAnAmount(sentence);
  return Number(value);
}

const formats = new Map<string, Intl.NumberFormat>();

/** "$1,234.50", "-$5.00": cents as they stand on pages and paper. */
export function showMoney(cents: number, currency: string): string {
  const format =
    formats.get(currency) ??
    new Intl.NumberFormat('en-US', { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 2 });
  formats.set(currency, format);
  // As text, because cents / 100 would be a float.
  return format.format(showDecimal(cents, 2) as `${number}`);
}

/** "1,234.50": cents without their currency, as in fields and columns. */
export function showAmount(cents: number): string {
  const [whole = '', decimals] = showDecimal(cents, 2).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${decimals}`;
}

/** "1", "1.5", "0.25": hundredths of a quantity or of an hour. */
export function showQuantity(hundredths: number): string {
  return trim(showDecimal(hundredths, 2));
}

/** "7.25 %": parts per million. */
export function showPercent(ppm: number): string {
  return `${trim(showDecimal(ppm, 4))} %`;
}

function showDecimal(value: number, places: number): string {
  const digits = String(Math.abs(value)).padStart(places + 1, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function trim(decimal: string): string {
  return decimal.replace(/\.?0+$/, '');
}

interface Range {
  min?: number;
  max?: number;
}

/** A field for money, read as cents. @param range in cents; without one, from 0 to what the database keeps */
export function Money(label: string, { min = 0, max = MOST_PRICE_CENTS }: Range = {}) {
  return field(label, parseMoney, showAmount, min, max);
}

/** A field for a quantity or hours, read as hundredths. @param range in hundredths; without one, from 0 to what the database keeps */
export function Quantity(label: string, { min = 0, max = MOST_HUNDREDTHS }: Range = {}) {
  return field(label, parseQuantity, showQuantity, min, max);
}

/** A field for a percentage, read as parts per million. @param range in ppm; without one, from 0 to 100 % */
export function Percent(label: string, { min = 0, max = MOST_PPM }: Range = {}) {
  return field(label, parsePercent, showPercent, min, max);
}

/** Such a field that may stay empty: then it is null. */
export function orEmpty(amount: z.ZodType<number, string>) {
  return z
    .string()
    .default('')
    .transform((text, context) => {
      if (text.trim() === '') return null;
      const { data, error } = amount.safeParse(text);
      if (error) context.addIssue(error.issues[0]?.message ?? '');
      return data ?? null;
    });
}

function field(label: string, parse: (text: string) => number, show: (value: number) => string, min: number, max: number) {
  return z.string({ error: 'Please fill this in.' }).transform((text, context) => {
    try {
      if (text.trim() === '') throw new NotAnAmount(`${label} is missing.`);
      const value = parse(text);
      if (value < min) throw new NotAnAmount(min === 0 ? `${label} can’t be negative.` : `${label} must be at least ${show(min)}.`);
      if (value > max) throw new NotAnAmount(`${label} can be at most ${show(max)}.`);
      return value;
    } catch (error) {
      if (!(error instanceof NotAnAmount)) throw error;
      context.addIssue(error.message);
      return z.NEVER;
    }
  });
}
