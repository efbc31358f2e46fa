import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEED } from '../../testing/seed.js';
import { checkVin } from './vin.js';

/** VINs whose check digit is right by 49 CFR 565. The last one shows that a right check digit proves little. */
const RIGHT = ['1M8GDM9AXKP042788', 'JH2RC3605MM101581', '1G4AH59H45G118341', '1J9RP1A36A1644345', '11111111111111111'];

test.each(RIGHT)('%s is right, in whatever way it is written', (vin) => {
  expect(checkVin(vin)).toBeNull();
  expect(checkVin(vin.toLowerCase())).toBeNull();
  expect(checkVin(` ${vin.slice(0, 3)}-${vin.slice(3, 9)} ${vin.slice(9)} `)).toBeNull();
});

test('a vehicle without a VIN is nothing to warn of', () => {
  expect(checkVin('')).toBeNull();
  expect(checkVin('  ')).toBeNull();
});

test('a sentence says what is wrong', () => {
  expect(checkVin('1M8GDM9A5KP042788')).toMatch(/should be X, but is 5/);
  expect(checkVin('1M8GDM9AXKP04278')).toBe('A VIN has 17 characters since 1981, but this one has 16.');
  expect(checkVin('1M8GDM9AXKP0427888')).toBe('A VIN has 17 characters since 1981, but this one has 18.');
  expect(checkVin('1M8GDM9AXKPO42788')).toBe('A VIN never has the letter O; it may be a 0.');
  expect(checkVin('iM8GDM9AXKP042788')).toBe('A VIN never has the letter I; it may be a 1.');
  expect(checkVin('1M8GDM9AXKPQ42788')).toBe('A VIN never has the letter Q; it may be a 0.');
  expect(checkVin('1M8GDM9AXKP04278*')).toBe('A VIN has only letters and digits, but this one has “*”.');
  expect(checkVin('1M8GDM9AXKP04278٨')).toBe('A VIN has only letters and digits, but this one has “٨”.');
  expect(checkVin('1M8GDM9AXKP04278🚗')).toBe('A VIN has only letters and digits, but this one has “🚗”.');
});

test('a digit that is mistyped is always noticed, as 11 is a prime and no weight but that of the check digit is a multiple of it', () => {
  const place = fc.integer({ min: 0, max: 16 });
  const property = fc.property(fc.constantFrom(...RIGHT), place, fc.integer({ min: 0, max: 9 }), (vin, at, digit) => {
    fc.pre(/\d/.test(vin.charAt(at)) && vin.charAt(at) !== String(digit));
    expect(checkVin(vin.slice(0, at) + digit + vin.slice(at + 1))).not.toBeNull();
  });
  fc.assert(property, { seed: SEED });
});

test('whatever is typed, it is a sentence or nothing', () => {
  const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
    const found = checkVin(text);
    expect(found === null || found.endsWith('.')).toBe(true);
  });
  fc.assert(property, { seed: SEED });
});
