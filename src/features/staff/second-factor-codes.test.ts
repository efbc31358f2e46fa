import { expect, test } from 'vitest';
import { codeAt, hashRecoveryCode, newRecoveryCodes, newSecret, otpauthUrl, secretAsText, stepOf } from './second-factor-codes.js';

// RFC 6238, appendix B, SHA-1; the last six of its eight digits.
const RFC = Buffer.from('12345678901234567890');
const VECTORS: [number, string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];

test.each(VECTORS)('the code of %d seconds is the one of RFC 6238', (seconds, code) => {
  expect(codeAt(RFC, seconds)).toBe(code);
  expect(stepOf(RFC, code, seconds)).toBe(Math.floor(seconds / 30));
});

test('the code before and the one after count as theirs, those further away as none', () => {
  const step = 37037037;
  for (const [away, is] of [
    [-2, null],
    [-1, step - 1],
    [0, step],
    [1, step + 1],
    [2, null],
  ] as const)
    expect(stepOf(RFC, codeAt(RFC, (step + away) * 30), step * 30 + 12), `${away}`).toBe(is);
});

test.each(['', '12345', '1234567', 'abcdef', '-12345', '1e5', '０００００0', '287082 '])('%j is no code', (code) => {
  expect(stepOf(RFC, code, 59)).toBeNull();
});

test('a secret has 160 bits and is read by an app in the same form in which it is typed', () => {
  const secret = newSecret();
  expect(secret).toHaveLength(20);
  expect(secretAsText(secret)).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  const url = new URL(otpauthUrl(secret, 'ServiceFLOW Joe: & Söhne', 'a+b@shop.test'));
  expect(url.searchParams.get('secret')).toBe(secretAsText(secret).replaceAll(' ', ''));
  expect(decodeURIComponent(url.pathname)).toBe(
    '//totp/ServiceFLOW Joe  & Söhne:a+b@shop.test'.replace('//totp', url.host ? '' : '//totp'),
  );
});

test('recovery codes are ten, all different, and read however they are typed', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    expect(hashRecoveryCode(typed)).toEqual(hashRecoveryCode(code));
  }
});
