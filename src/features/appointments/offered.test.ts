import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newToken } from '../../platform/tokens.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { readAvailability, slotsIn } from './availability.js';
import { bookSlot, wantedOf } from './booking.js';

let database: TestDatabase;
let shop: TestShop;
beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
});
afterAll(() => database.close());

const ZONES = ['America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Europe/Berlin', 'Pacific/Auckland'];
const quarter = (number: number) => `${String(Math.floor(number / 4)).padStart(2, '0')}:${String((number % 4) * 15).padStart(2, '0')}`;
const shops = fc.record({
  zone: fc.constantFrom(...ZONES),
  hours: fc.tuple(fc.integer({ min: 0, max: 46 }), fc.integer({ min: 48, max: 96 })),
  settings: fc.record({
    slot_minutes: fc.constantFrom(15, 20, 30, 60),
    arrivals_per_slot: fc.integer({ min: 1, max: 3 }),
    waiters_per_slot: fc.integer({ min: 0, max: 2 }),
    day_hundredths: fc.integer({ min: 100, max: 1_000 }),
    concern_hundredths: fc.integer({ min: 25, max: 400 }),
    days_ahead: fc.integer({ min: 3, max: 60 }),
  }),
});
const wishes = fc.array(fc.record({ kind: fc.constantFrom('waiting' as const, 'drop-off' as const), at: fc.nat() }), {
  minLength: 1,
  maxLength: 6,
});

test('whatever a shop’s hours and rules are, every slot that is offered can be booked, one after the other', async () => {
  let booked = 0;
  await fc.assert(
    fc.asyncProperty(shops, wishes, async ({ zone, hours, settings }, chosen) => {
      const { db } = database;
      const [opens, closes] = hours.map(quarter) as [string, string];
      await db.updateTable('shops').set({ time_zone: zone }).where('id', '=', shop.id).execute();
      await db
        .updateTable('booking_settings')
        .set({ ...settings, is_online: true, notice_minutes: 60 })
        .where('shop_id', '=', shop.id)
        .execute();
      await db.updateTable('opening_hours').set({ opens, closes }).where('shop_id', '=', shop.id).execute();
      await db.updateTable('appointments').set({ state: 'cancelled', ended_at: new Date() }).where('ended_at', 'is', null).execute();
      for (const { kind, at } of chosen) {
        const now = new Date(Date.now() + 60_000);
        const offered = slotsIn(await readAvailability(db, shop.id, now), wantedOf(kind, [], settings.concern_hundredths), now);
        const slot = offered[at % Math.max(1, offered.length)];
        if (!slot) continue;
        const who = { concern: 'x', name: 'Dana', phone: '555 0142', email: '', vehicle: 'Van', plate: '' };
        const { result } = await bookSlot(db, shop.id, { ...who, slot: slot.label, kind, services: [] }, newToken(), randomUUID());
        expect(result.at).toBe(slot.label);
        booked++;
      }
    }),
    { numRuns: 15 },
  );
  expect(booked).toBeGreaterThan(15);
});
