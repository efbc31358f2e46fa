import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fill, fillSubject, NAMES, type Name, OCCASIONS, unknownNames } from './templates.js';

const SAMPLE: Record<Name, string> = {
  ...{ shop: 'Bergmann’s', phone: '815 555 0199', customer: 'Łukasz Żółkiewski', vehicle: '2009 Honda Civic', number: '1042' },
  ...{ stage: 'In Progress', when: 'Tuesday, December 1, 9:00 AM', work: 'Brake fluid', link: 'https://shop.test/c/x' },
};

describe.each(Object.entries(OCCASIONS))('the program’s own words for %s', (_, { words, names, topic }) => {
  test('name only what the occasion knows, and fill up to a whole sentence', () => {
    for (const text of Object.values(words)) {
      expect(unknownNames(text, names)).toEqual([]);
      expect(fill(text, SAMPLE)).not.toMatch(/[{}]|undefined/);
    }
    expect(words.text).toContain('{shop}');
    expect(words.shortText).toContain('{shop}');
    // Two parts at most, with a link.
    expect(fill(words.shortText, SAMPLE).length).toBeLessThan(306);
    expect(['service', 'marketing']).toContain(topic);
  });
});

test('what is not known is told, what is empty leaves no empty line', () => {
  expect(unknownNames('{vehcile} {shop} {}', ['shop'])).toEqual(['vehcile']);
  expect(fill('Hello\n{work}\nBye {work}!', { work: '' })).toBe('Hello\nBye !');
  expect(fill('{constructor} {toString}', {})).toBe('{constructor} {toString}');
});

test('without a link nothing is said of one', () => {
  expect(fill('We expect you.\n\nChange or cancel it: {link}\n\nBye', {})).toBe('We expect you.\n\nBye');
  expect(fill('It is at “{stage}”. Where it is at any time: {link}', { stage: 'Ready' })).toBe('It is at “Ready”. ');
  expect(fill('Shall we do it? {link}', {})).toBe('Shall we do it? ');
  const { estimate: _onlyByLink, ...others } = OCCASIONS;
  for (const { words } of Object.values(others))
    for (const text of Object.values(words)) expect(fill(text, { ...SAMPLE, link: '' })).not.toMatch(/: *$/m);
});

test('what is filled in is neither looked through again nor breaks a line', () => {
  expect(fill('Hello {customer}', { customer: '{link}\r\nBcc: all@evil.test', link: 'secret' })).toBe('Hello {link} Bcc: all@evil.test');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (subject, vehicle) => {
      expect(fillSubject(`${subject} {vehicle}`, { vehicle })).not.toMatch(/[\r\n\v\f\u2028\u2029]/);
    }),
  );
});

test('every name is used somewhere', () => {
  const all = Object.values(OCCASIONS)
    .flatMap(({ words }) => Object.values(words))
    .join();
  for (const name of Object.keys(NAMES)) expect(all.includes(`{${name}}`) || name === 'number', name).toBe(true);
});
