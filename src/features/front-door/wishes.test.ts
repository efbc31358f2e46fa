import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KINDS } from '../appointments/booking.js';
import { addressOf, fieldsOf, firstGap, MOST, STEPS, type Wish, wishIn } from './wishes.js';

const WISH: Wish = {
  ...{ services: [3, 7], concern: 'It squeals', vehicle: '2019 Toyota Corolla', plate: 'ABC 1234' },
  ...{ slot: '2026-12-01T09:00-05:00', kind: 'drop-off' },
};
const OFFER = { services: new Set([3, 7]), kinds: KINDS, isFree: true };

describe('what is chosen stands in the address', () => {
  test('whatever it is, and comes out of it as it went in', () => {
    const text = (most: number) =>
      fc
        .string({ unit: 'grapheme', maxLength: 20 })
        .map((one) => one.replaceAll('\0', '').replace(/\r/g, '').trim().slice(0, most).toWellFormed().trim());
    const wishes = fc.record({
      services: fc.uniqueArray(fc.integer({ min: 1, max: 1e9 }), { maxLength: MOST.services }),
      ...{ concern: text(MOST.concern), vehicle: text(MOST.vehicle), plate: text(MOST.plate) },
      slot: fc.constantFrom('', '2026-12-01T09:00-05:00', '2026-12-01T09:00+05:30'),
      kind: fc.constantFrom(null, ...KINDS),
    });
    fc.assert(
      fc.property(wishes, fc.constantFrom(...STEPS), (wish, step) => {
        const { searchParams } = new URL(addressOf('/book', step, wish), 'http://shop.test');
        expect(wishIn(Object.fromEntries(searchParams))).toEqual(wish);
        expect(wishIn(fieldsOf(wish))).toEqual(wish);
      }),
    );
  });

  test('what can’t be meant is left out, and what is too long is cut', () => {
    const odd = { services: '1,x,,1,-2,99', service: ['5', '5', {}], concern: ['a'], vehicle: 'x'.repeat(500), slot: 'noon', kind: 'fly' };
    expect(wishIn(odd)).toEqual({ ...WISH, services: [1, 99, 5], concern: '', vehicle: 'x'.repeat(200), plate: '', slot: '', kind: null });
    expect(wishIn({ concern: 'a\0b\ud800' }).concern).toBe('ab\ufffd');
    fc.assert(fc.property(fc.object(), (given) => void wishIn(given)));
  });

  test('the longest of all still fits into the address that a server takes', () => {
    const wish = { ...WISH, concern: '語'.repeat(MOST.concern), vehicle: '語'.repeat(MOST.vehicle), plate: '語'.repeat(MOST.plate) };
    expect(addressOf('/book', 'who', wish).length).toBeLessThan(14_000);
  });
});

test.each([
  ['nothing to do', { services: [], concern: '' }, {}, 'what'],
  ['a service that is gone', {}, { services: new Set([3]) }, 'what'],
  ['no vehicle', { vehicle: '' }, {}, 'vehicle'],
  ['a time that is not free', {}, { isFree: false }, 'time'],
  ['a way that is not offered', { kind: 'waiting' as const }, { kinds: ['drop-off' as const] }, 'how'],
  ['no way', { kind: null }, {}, 'how'],
  ['all of it', {}, {}, null],
])('with %s it goes on at the right step', (_, wish, offer, step) => {
  expect(firstGap({ ...WISH, ...wish }, { ...OFFER, ...offer })).toBe(step);
});
