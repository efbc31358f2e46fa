import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEED } from '../../testing/seed.js';
import {
  Money,
  orEmpty,
  Percent,
  parseMoney,
  parsePercent,
  parseQuantity,
  Quantity,
  showAmount,
  showMoney,
  showPercent,
  showQuantity,
} from './amounts.js';
import { NotAnAmount } from './calculation.js';

const cents = fc.integer({ min: -100_000_000_000, max: 100_000_000_000 });

test.each([
  ['12', 1200],
  ['12.5', 1250],
  ['12.50', 1250],
  ['.5', 50],
  ['5.', 500],
  ['  7 ', 700],
  ['$1,234.50', 123_450],
  ['-$5.00', -500],
  ['−5', -500],
  ['€ 3.10', 310],
  ['£3', 300],
  ['CA$1.00', 100],
  ['CHF 1,000.00', 100_000],
  ['3*12.50', 3750],
  ['3 × $12.50', 3750],
  ['2+3*4', 1400],
  ['(2+3)*4', 2000],
  ['10-2-3', 500],
  ['100/3', 3333],
  ['200/3', 6667],
  ['-100/3', -3333],
  ['0.005*1', 1],
  ['-0.005*1', -1],
  ['8/-2', -400],
  ['--5', undefined],
  ['2*-3', -600],
  ['100*1.0725', 10_725],
  ['000012', 1200],
  ['1,000,000,000', 100_000_000_000],
])('money: %s is %s', (text, expected) => {
  if (expected === undefined) expect(() => parseMoney(text)).toThrow(NotAnAmount);
  else expect(parseMoney(text)).toBe(expected);
});

test.each([
  ['', /number like 12.50/],
  ['twelve', /number like 12.50/],
  ['1e400', /number like 12.50/],
  ['1e2', /number like 12.50/],
  ['NaN', /number like 12.50/],
  ['Infinity', /number like 12.50/],
  ['0x10', /number like 12.50/],
  ['1_000', /number like 12.50/],
  ['1 000', /number like 12.50/],
  ['12.345', /at most two decimals/],
  ['0.005', /at most two decimals/],
  ['12,50', /point before the cents/],
  ['1.234,50', /point before the cents/],
  ['1,23,456', /point before the cents/],
  ['1.2.3', /number like 12.50/],
  ['.', /number like 12.50/],
  ['$', /number like 12.50/],
  ['$$5', /number like 12.50/],
  ['ABC 5', /number like 12.50/],
  ['5 USD 3', /number like 12.50/],
  ['(1+2', /not closed/],
  ['1+2)', /number like 12.50/],
  ['()', /number like 12.50/],
  ['2**3', /number like 12.50/],
  ['1/0', /divided by zero/],
  ['1/(2-2)', /divided by zero/],
  ['١٢', /digits 0 to 9/],
  ['１２', /digits 0 to 9/],
  ['१२.५०', /digits 0 to 9/],
  ['12½', /number like 12.50/],
  ['12\u0000', /number like 12.50/],
  ['🚗', /number like 12.50/],
  ['1000000000.01', /too large/],
  ['-1000000000.01', /too large/],
  ['9'.repeat(90), /too large/],
  ['9'.repeat(101), /too long/],
  [`${'('.repeat(60)}1`, /not closed/],
  ['constructor', /number like 12.50/],
  ['process.exit(1)', /number like 12.50/],
])('money: %s is refused with a sentence', (text, sentence) => {
  expect(() => parseMoney(text)).toThrow(NotAnAmount);
  expect(() => parseMoney(text)).toThrow(sentence);
});

test('a quantity is read to the hundredth, and not rounded', () => {
  expect(['1', '1.5', '0.25', '2*0.3', '1/4', '-1', '1,000'].map(parseQuantity)).toEqual([100, 150, 25, 60, 25, -100, 100_000]);
  for (const text of ['1.255', '1/3', '0.001']) expect(() => parseQuantity(text)).toThrow(/at most two decimals/);
  expect(() => parseQuantity('1000000.01')).toThrow(/too large/);
});

test('a percentage is read to the millionth, with or without its sign', () => {
  expect(['7.25', '7.25 %', '7.25%', '0.0001', '100', '8.25+1'].map(parsePercent)).toEqual([72_500, 72_500, 72_500, 1, 1_000_000, 92_500]);
  expect(() => parsePercent('0.00001')).toThrow(/at most four decimals/);
  expect(() => parsePercent('%')).toThrow(/number like 12.50/);
  expect(() => parsePercent('5%%')).toThrow(/number like 12.50/);
});

test('amounts are shown as they are read in the United States', () => {
  expect(showMoney(123_456_789, 'USD')).toBe('$1,234,567.89');
  expect(showMoney(-500, 'USD')).toBe('-$5.00');
  expect(showMoney(-0, 'USD')).toBe('$0.00');
  expect(showMoney(10, 'GBP')).toBe('£0.10');
  expect([0, 5, -5, 123_450, -100_000_000_000].map(showAmount)).toEqual(['0.00', '0.05', '-0.05', '1,234.50', '-1,000,000,000.00']);
  expect([100, 150, 25, 0, -100, 100_000].map(showQuantity)).toEqual(['1', '1.5', '0.25', '0', '-1', '1000']);
  expect([72_500, 0, 1_000_000, 1].map(showPercent)).toEqual(['7.25 %', '0 %', '100 %', '0.0001 %']);
});

test('what is shown is read as the same', () => {
  const property = fc.property(cents, fc.constantFrom('USD', 'CAD', 'EUR', 'GBP', 'CHF', 'JPY', 'AUD', 'INR'), (amount, currency) => {
    expect(parseMoney(showMoney(amount, currency))).toBe(amount);
    expect(parseMoney(showAmount(amount))).toBe(amount);
    const hundredths = amount % 100_000_000;
    expect(parseQuantity(showQuantity(hundredths))).toBe(0 + hundredths);
    expect(parsePercent(showPercent(hundredths))).toBe(0 + hundredths);
  });
  fc.assert(property, { seed: SEED });
});

test('whatever is typed, it is a whole number of cents or a sentence', () => {
  const typed = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9+\-*/(). $,e]{0,30}$/));
  const property = fc.property(typed, (text) => {
    try {
      expect(Number.isSafeInteger(parseMoney(text))).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(NotAnAmount);
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 2000 });
});

test('a field says which one it is, and what it takes', () => {
  const sentence = (schema: { safeParse(value: unknown): { error?: { issues: { message: string }[] } } }, value: unknown) =>
    schema.safeParse(value).error?.issues[0]?.message;
  expect(Money('Price').parse('2*3')).toBe(600);
  expect(sentence(Money('Price'), '')).toBe('Price is missing.');
  expect(sentence(Money('Price'), '-1')).toBe('Price can’t be negative.');
  expect(sentence(Money('Price', { max: 500 }), '5.01')).toBe('Price can be at most 5.00.');
  expect(sentence(Money('Price'), undefined)).toBe('Please fill this in.');
  expect(sentence(Money('Price'), ['1', '2'])).toBe('Please fill this in.');
  expect(Quantity('Hours', { min: -100 }).parse('-1')).toBe(-100);
  expect(sentence(Quantity('Hours', { min: 10 }), '0')).toBe('Hours must be at least 0.1.');
  expect(sentence(Percent('Rate'), '100.01')).toBe('Rate can be at most 100 %.');
  expect(orEmpty(Money('Cap')).parse(undefined)).toBeNull();
  expect(orEmpty(Money('Cap')).parse(' ')).toBeNull();
  expect(orEmpty(Money('Cap')).parse('4')).toBe(400);
  expect(sentence(orEmpty(Money('Cap')), 'four')).toMatch(/number like/);
});
