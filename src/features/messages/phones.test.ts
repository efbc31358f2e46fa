import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { mayWrite, normalAddress, recordConsent } from './consents.js';
import { isNumber } from './phones.js';

let database: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
});
afterAll(() => database.close());

/** Of each country: its code, what stands in front of a national number, and how mobile numbers begin and how long they are. */
const COUNTRIES = [
  ['US', '1', '', '815555', 10],
  ['France', '33', '0', '6', 9],
  ['Switzerland', '41', '0', '79', 9],
  ['Australia', '61', '0', '4', 9],
  ['Denmark', '45', '', '2', 8],
  ['Iceland', '354', '', '6', 7],
  ['United Kingdom', '44', '0', '79', 10],
  ['Germany', '49', '0', '151', 11],
  ['Italy', '39', '', '06', 9],
  ['Czechia', '420', '', '60', 9],
  ['Lithuania', '370', '0', '6', 8],
  ['China', '86', '', '138', 11],
  ['India', '91', '0', '98', 10],
] as const;

interface Number {
  country: string;
  national: string;
  international: string[];
}
const numberOf = fc
  .tuple(fc.constantFrom(...COUNTRIES), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 11 }))
  .map(([[country, code, trunk, begins, length], digits]): Number => {
    const own = `${begins}${digits.join('')}`.slice(0, length);
    const grouped = own.replace(/(\d\d)(?=\d)/g, '$1 ');
    return { country, national: `${trunk}${grouped}`, international: [`+${code}${own}`, `00${code} ${grouped}`, `+${code} (0)${grouped}`] };
  });

const is = async (stored: string, asked: string, how: 'perhaps' | 'surely') => {
  const digits = sql<string>`${normalAddress('sms', stored).replace(/\D/g, '')}::text`;
  const { rows } = await sql<{
    is: boolean;
  }>`select ${isNumber(digits, sql`${normalAddress('sms', asked).replace(/\D/g, '')}::text`, how)} as is`.execute(database.db);
  return rows[0]?.is;
};

test('a number is the same with its country and without, in either direction', async () => {
  await fc.assert(
    fc.asyncProperty(numberOf, fc.nat(2), fc.boolean(), async ({ national, international }, which, turned) => {
      const both = [national, international[which] as string] as const;
      const [stored, asked] = turned ? ([both[1], both[0]] as const) : both;
      expect([await is(stored, asked, 'surely'), await is(stored, asked, 'perhaps')]).toEqual([true, true]);
    }),
    { numRuns: 150 },
  );
});

test('numbers of one country that end otherwise are two', async () => {
  await fc.assert(
    fc.asyncProperty(numberOf, numberOf, async (one, other) => {
      fc.pre(one.national.replace(/\D/g, '').slice(-7) !== other.national.replace(/\D/g, '').slice(-7));
      expect(await is(one.national, other.international[0] as string, 'perhaps')).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('what is perhaps the same is more than what surely is; a short code is only itself, and nothing is nobody', async () => {
  const cases = [
    ['(815) 555-0142', '(715) 555-0142', true, false],
    ['(815) 555-0142', '(815) 555-0143', false, false],
    ['(816) 555-0142', '(815) 555-0142', false, false],
    ['011 15 1234-5678', '+54 9 11 1234-5678', true, false],
    ['8 912 345-67-89', '+7 912 345-67-89', true, true],
    ['555-0142', '+1 815 555-0142', true, true],
    ['50142', '+1 815 555-0142', false, false],
    ['50142', '50142', true, true],
    ['', '', false, false],
    ['', '+18155550142', false, false],
    ['+18155550142', '', false, false],
  ] as const;
  for (const [stored, asked, perhaps, surely] of cases)
    expect([stored, asked, await is(stored, asked, 'perhaps'), await is(stored, asked, 'surely')]).toEqual([
      stored,
      asked,
      perhaps,
      surely,
    ]);
});

test('a STOP of what may be the same number stops it, and the yes of another number never begins it again', async () => {
  const say = (address: string, isGranted: boolean, where = shop) =>
    change(database.db, where.staff.advisor, {}, (tx) =>
      recordConsent(tx, { channel: 'sms', address, topic: 'service', isGranted, saidBy: 'staff', words: 'said', customer: null }),
    );
  const may = (address: string) => mayWrite(database.db, shop.id, 'sms', address, 'service');
  await say('(815) 555-0142', true);
  expect([await may('+18155550142'), await may('+17155550142')]).toEqual([true, false]);
  await say('(715) 555-0142', false);
  expect(await may('+18155550142')).toBe(false);
  await say('(715) 555-0142', true);
  expect([await may('+18155550142'), await may('+17155550142')]).toEqual([false, true]);
  await say('815 555 0142', true);
  expect([await may('+18155550142'), await may('+17155550142')]).toEqual([true, true]);
  await say('+18155550142', false, await makeShop(database.db, 'other'));
  expect(await may('+18155550142')).toBe(true);
});
