import { describe, expect, test } from 'vitest';
import type { ZodType } from 'zod';
import { Email, Id, OptionalId, optional, RequestId, required, Tick } from './forms.js';

const problem = (schema: ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

describe('text', () => {
  const name = required('The name', 5);

  test('is trimmed, and its line ends are made the same', () => {
    expect(required('The text').parse(' a\r\nb\rc ')).toBe('a\nb\nc');
    expect(optional('The note').parse(undefined)).toBe('');
    expect(optional('The note').parse('   ')).toBe('');
  });

  test('keeps every character that can be kept', () => {
    const all = 'Ωмёд 王伟 👩‍🔧 e\u0301 \u202eabc\u202c <b>&"\'';
    expect(required('The text').parse(all)).toBe(all);
  });

  test.each([
    ['', 'The name is missing.'],
    [' \n ', 'The name is missing.'],
    ['toolong', 'The name can have at most 5 characters.'],
    ['a\0b', 'There is a character in it that can’t be saved.'],
    ['\ud83d', 'There is a character in it that can’t be saved.'],
    ['\udc69a', 'There is a character in it that can’t be saved.'],
    [undefined, 'Please fill this in.'],
    [['a', 'b'], 'Please fill this in.'],
    [{ $ne: '' }, 'Please fill this in.'],
  ])('%j is refused with a sentence', (value, sentence) => {
    expect(problem(name, value)).toBe(sentence);
  });
});

describe('an id', () => {
  test('is a whole number from 1', () => {
    expect([Id.parse('1'), Id.parse('999999999999999')]).toEqual([1, 999_999_999_999_999]);
    expect([OptionalId.parse(''), OptionalId.parse(undefined), OptionalId.parse('7')]).toEqual([null, null, 7]);
  });

  test.each([
    '0',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    ' 1',
    '1 ',
    '01',
    '9007199254740993',
    '99999999999999999999',
    'NaN',
    '1;drop',
    '１',
    '..',
    '%2e',
    '1\n',
  ])('%j is none', (value) => {
    expect(problem(Id, value)).toBe('That is not one of the choices.');
    expect(problem(OptionalId, value)).toBe('That is not one of the choices.');
  });

  test.each([[undefined], [null], [1], [['1']], [{}]])('%j is none', (value) => {
    expect(Id.safeParse(value).success).toBe(false);
  });
});

test('an e-mail address', () => {
  expect(Email.parse(' dana@shop.test ')).toBe('dana@shop.test');
  for (const value of ['', 'dana', 'dana@', 'a@b@c.test', 'dana@shop.test\nBcc: x@y.test', 'dana@shop.test\0'])
    expect(problem(Email, value), value).toBeTruthy();
  expect(problem(Email, `${'a'.repeat(64)}@${'b'.repeat(200)}.test`)).toBeTruthy();
});

test('the mark of a form', () => {
  expect(RequestId.parse('0b6c6d2e-7f0f-4a3e-9f53-2d7c3f3c9a55')).toBeTruthy();
  expect(RequestId.parse(undefined)).toBeUndefined();
  for (const value of ['', 'short', 'x'.repeat(65), "x' or 1=1 --", 'a b c d e f']) expect(problem(RequestId, value), value).toBeTruthy();
});

test('a checkbox is on, or it is not sent', () => {
  expect([Tick.parse('on'), Tick.parse(undefined)]).toEqual([true, false]);
  expect(Tick.safeParse('yes').success).toBe(false);
});
