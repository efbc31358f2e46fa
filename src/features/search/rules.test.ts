import { describe, expect, test } from 'vitest';
import { readSought } from './rules.js';

describe('a text in the search box', () => {
  test.each([
    ['1042', 1042],
    ['WO-1042', 1042],
    ['wo 1042', 1042],
    ['#1042', 1042],
    ['RO1042', 1042],
    ['7', 7],
    ['INV-1042', null],
    ['AB 1042', null],
    ['1042-2', null],
    ['9999999999999', null],
  ])('%s is the work order %s', (text, order) => {
    expect(readSought(text)?.order).toBe(order);
  });

  test.each([
    ['1042', { number: 1042, before: '' }],
    ['INV-1042', { number: 1042, before: 'inv-' }],
    ['2026/1042', { number: 1042, before: '2026/' }],
    ['Smith', null],
  ])('%s is the invoice %o', (text, invoice) => {
    expect(readSought(text)?.invoice).toEqual(invoice);
  });

  test('is a plate in any spelling', () => {
    for (const text of ['abc-1234', 'ABC 1234', ' a b c 1 2 3 4 ', 'Abc·1234']) expect(readSought(text)?.plate, text).toBe('ABC1234');
  });

  test.each([
    ['(312) 555-0142', '%3125550142%', null],
    ['+1 312 555 0142', '%3125550142%', null],
    ['0142', null, null],
    ['555-0142', '%5550142%', null],
    ['+33 1 23 45 67 89', '%3123456789%', '%23456789%'],
    ['01 23 45 67 89', '%123456789%', null],
    ['+49 (0)30 1234567', '%0301234567%', '%01234567%'],
    ['Suite 5550142', null, null],
  ])('%s is the phone number %s, or %s', (text, phone, phoneEnd) => {
    expect(readSought(text)).toMatchObject({ phone, phoneEnd });
  });

  test('is the end of a VIN, or the whole', () => {
    expect(readSought('KP042788')).toMatchObject({ vinEnd: 'KP042788', vin: null });
    expect(readSought('1m8gdm9axkp042788')).toMatchObject({ vinEnd: 'KP042788', vin: '1M8GDM9AXKP042788' });
    expect(readSought('042788')?.vinEnd).toBeNull();
  });

  test('is a name when it has letters, of any script', () => {
    for (const name of ['Li', 'Иван', '王伟', 'عمر', 'Zoë']) expect(readSought(name)?.name, name).toBe(name);
    expect(readSought('312 555')?.name).toBeNull();
    expect(readSought('smtih')?.swapped).toContain('smith');
  });

  test('is nothing when it is too short', () => {
    for (const text of ['', ' ', 'a', '%', '🛻']) expect(readSought(text), text).toBeNull();
  });
});
