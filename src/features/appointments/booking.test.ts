import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newToken } from '../../platform/tokens.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { readAvailability, slotsIn } from './availability.js';
import { type Booking, bookSlot } from './booking.js';
import { SlotTaken } from './places.js';

let database: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase(20);
  shop = await makeShop(database.db);
  await database.db
    .updateTable('booking_settings')
    .set({ is_online: true, arrivals_per_slot: 10, day_hundredths: 9_000, notice_minutes: 0 })
    .where('shop_id', '=', shop.id)
    .execute();
  await database.db.updateTable('bays').set({ vehicles_per_day: 5 }).where('shop_id', '=', shop.id).execute();
});
afterAll(() => database.close());

const WISH = { hundredths: 100, isWaiting: false };
const free = async () => slotsIn(await readAvailability(database.db, shop.id, new Date()), WISH, new Date());
const booking = (slot: string, more: Partial<Booking> = {}): Booking => ({
  ...{ slot, kind: 'drop-off', services: [], concern: 'It squeals', name: 'Dana Whitfield', phone: '555 0142', email: '' },
  ...{ vehicle: '2019 Toyota Corolla', plate: '', ...more },
});
const book = (slot: string, more: Partial<Booking> = {}, requestId: string = randomUUID()) =>
  bookSlot(database.db, shop.id, booking(slot, more), newToken(), requestId);

describe('booking', () => {
  test('of ten places that fifty want at the same moment, ten are taken, and forty hear what is free next', async () => {
    const [slot] = await free();
    if (!slot) throw new Error('There is no slot.');
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => book(slot.label)));
    const refused = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(refused).toHaveLength(40);
    for (const reason of refused) {
      expect(reason).toBeInstanceOf(SlotTaken);
      expect((reason as SlotTaken).next.length).toBeGreaterThan(0);
      expect((reason as SlotTaken).next.map(({ day }) => day)).not.toContain(slot.day);
    }
    const rows = await database.db.selectFrom('appointments').select(['place']).where('starts_at', '=', slot.at).orderBy('place').execute();
    expect(rows.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await free()).map(({ label }) => label)).not.toContain(slot.label);
  });

  test('the database itself refuses a place that somebody has', async () => {
    const [slot] = await free();
    await book(slot?.label ?? '');
    const copy = database.db
      .insertInto('appointments')
      .columns(['shop_id', 'state', 'kind', 'starts_at', 'day', 'place', 'hundredths', 'name', 'vehicle', 'booked_at'])
      .expression(
        database.db
          .selectFrom('appointments')
          .select(['shop_id', 'state', 'kind', 'starts_at', 'day', 'place', 'hundredths', 'name', 'vehicle', 'booked_at'])
          .where('starts_at', '=', slot?.at ?? new Date()),
      );
    await expect(copy.execute()).rejects.toThrow(/appointments_place/);
  });

  test('every slot that is offered can be booked; what is sent twice is booked once', async () => {
    const slots = await free();
    for (const slot of slots.filter((_, index) => index % 97 === 0)) {
      const requestId = randomUUID();
      const first = await book(slot.label, {}, requestId);
      const again = await book(slot.label, {}, requestId);
      expect(first.result.at).toBe(slot.label);
      expect(again).toEqual({ ...first, repeated: true });
    }
  });

  test.each([
    ['a time between two slots', (label: string) => label.replace(':00-', ':07-')],
    ['a night', (label: string) => label.replace(/T\d\d/, 'T03')],
    ['a day long ago', (label: string) => label.replace(/^\d{4}/, '2019')],
    ['what is no time', () => 'tomorrow'],
  ])('%s is not booked', async (_, change) => {
    const slot = (await free()).find(({ label }) => label.includes(':00-'));
    await expect(book(change(slot?.label ?? ''))).rejects.toThrow(/choose another/);
  });
});
