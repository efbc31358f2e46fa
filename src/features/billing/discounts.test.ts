import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { Forbidden, Invalid } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, moneyOf, openEmpty } from '../../testing/money.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { checkDiscount, isOverLimit } from './discounts.js';

let database: TestDatabase;
let shop: TestShop;
let number: number;
let job: number;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
  job = await addJob(database.db, shop.staff.advisor, number, { lines: [{ cents: 20_000 }] });
});
afterAll(() => database.close());

const check = async (role: keyof TestShop['staff'], of: number | null) => {
  const order = await moneyOf(database.db, shop.id, number);
  await change(database.db, shop.staff[role], {}, (tx) => checkDiscount(tx, shop.staff[role], order, of));
};
const off = (of: number | null, line: { cents?: number; ppm?: number }) =>
  addLine(database.db, shop.staff.advisor, number, of, { kind: 'discount', cents: 0, ...line });

describe('M6: discounts by permission and with a limit', () => {
  test('a mechanic gives none', async () => {
    await expect(check('mechanic', job)).rejects.toThrow(Forbidden);
  });

  test('up to the limit of the role, to the cent', async () => {
    await off(job, { cents: 2_000 });
    await check('advisor', job);
    await off(job, { cents: 1 });
    await expect(check('advisor', job)).rejects.toThrow(
      new Invalid({ price: 'That takes $20.01 off $200.00. Advisors may take off at most 10 %.' }),
    );
    await check('manager', job);
  });

  test('a percentage, and one of the whole order', async () => {
    await off(null, { ppm: 100_000 });
    await check('advisor', null);
    await check('advisor', job);
    await off(null, { ppm: 10_000 });
    await expect(check('advisor', null)).rejects.toThrow('at most 10 %');
    await database.db.updateTable('billing_settings').set({ manager_discount_ppm: 50_000 }).where('shop_id', '=', shop.id).execute();
    await expect(check('manager', null)).rejects.toThrow('Managers may take off at most 5 %.');
  });

  test('what is not charged does not raise the limit: options, declined and warranty work', async () => {
    for (const more of [{ payType: 'warranty' as const }, { choice: 1, picked: false }, {}])
      await addJob(database.db, shop.staff.advisor, number, { ...more, name: 'More', lines: [{ cents: 90_000 }] });
    await database.db
      .updateTable('jobs')
      .set({ consent: 'declined' })
      .where('shop_id', '=', shop.id)
      .where('name', '=', 'More')
      .where('choice', 'is', null)
      .where('pay_type', '=', 'customer')
      .execute();
    await off(null, { cents: 2_000 });
    await check('advisor', null);
    await off(null, { cents: 1 });
    await expect(check('advisor', null)).rejects.toThrow('That takes $20.01 off $200.00.');
  });

  test('the comparison is exact for the largest sums', () => {
    const beforeCents = 999_999_999_990;
    expect(isOverLimit({ beforeCents, offCents: beforeCents / 10 }, 100_000)).toBe(false);
    expect(isOverLimit({ beforeCents, offCents: beforeCents / 10 + 1 }, 100_000)).toBe(true);
    expect(isOverLimit({ beforeCents: 0, offCents: 0 }, 0)).toBe(false);
  });
});
