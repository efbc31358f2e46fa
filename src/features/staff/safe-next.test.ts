import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEED } from '../../testing/seed.js';
import { safeNext } from './sign-in-routes.js';

test('after signing in one goes where one wanted to', () => {
  for (const path of ['/board', '/work-orders/1042', '/board?mechanic=me&text=a%20b', '/work-orders/1042#comment-7'])
    expect(safeNext(path)).toBe(path);
});

test.each([
  ...[
    undefined,
    '',
    '//evil.test',
    '/\\evil.test',
    '\\\\evil.test',
    'https://evil.test',
    'https:evil.test',
    'javascript:alert(1)',
    'board',
    '/\t/evil.test',
  ],
  ...[
    '/\n/evil.test',
    '/board\r\nSet-Cookie: a=b',
    '/ /evil.test',
    '/b\\..\\..',
    '///evil.test',
    '/\u2028/evil.test',
    '/é',
    ' /board',
    'data:text/html,x',
  ],
])('%j leads to the board instead', (next) => {
  expect(safeNext(next)).toBe('/board');
});

test('it never leads to another site', () => {
  const part = fc.constantFrom(
    '/',
    '\\',
    '.',
    ':',
    '@',
    '?',
    '#',
    '%2f',
    '%5c',
    '\t',
    '\n',
    '\r',
    ' ',
    'evil.test',
    'http',
    'javascript',
    'board',
  );
  const property = fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
    expect(new URL(safeNext(parts.join('')), 'http://shop.test').origin).toBe('http://shop.test');
  });
  fc.assert(property, { seed: SEED, numRuns: 2000 });
});
