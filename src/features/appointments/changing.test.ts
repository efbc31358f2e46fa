import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Change, change } from '../../platform/database/change.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { hashToken, newToken } from '../../platform/tokens.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { readAvailability, slotsIn } from './availability.js';
import { type Booking, bookByStaff, bookSlot } from './booking.js';
import { cancelAppointment, confirmAppointment, moveAppointment } from './changing.js';
import { appointmentLink, makeAppointmentLink } from './links.js';
import { SlotTaken } from './places.js';
import type { Slot } from './slots.js';

let database: TestDatabase;
let shop: TestShop;
let other: TestShop;
const NOBODY = { technician: null, bay: null, customer: null, vehicle: null };
const FREE = { evenIfFull: false };
const FULL = { evenIfFull: true };

beforeAll(async () => {
  database = await testDatabase(10);
  shop = await makeShop(database.db);
  other = await makeShop(database.db, 'other');
});
afterAll(() => database.close());
beforeEach(() => setTo({ is_online: true, arrivals_per_slot: 1, day_hundredths: 4_000, confirms_itself: false }));

async function setTo(values: Record<string, unknown>): Promise<void> {
  await database.db.updateTable('booking_settings').set(values).execute();
}
const free = async () =>
  slotsIn(await readAvailability(database.db, shop.id, new Date()), { hundredths: 100, isWaiting: false }, new Date());
/** Free slots, none two of the same day: no test takes another one's. */
async function freeDays(count: number): Promise<Slot[]> {
  const slots = await free();
  const days = [...new Map(slots.map((slot) => [slot.day, slot])).values()].slice(0, count);
  expect(days).toHaveLength(count);
  return days;
}
const wish = (slot: Slot): Booking => ({
  ...{ slot: slot.label, kind: 'drop-off', services: [], concern: 'It squeals', name: 'Dana Whitfield', phone: '555 0142', email: '' },
  ...{ vehicle: '2019 Toyota Corolla', plate: '' },
});
const book = async (slot: Slot) => (await bookSlot(database.db, shop.id, wish(slot), newToken(), randomUUID())).result.appointment;
const as =
  (staff: number | null, id = shop.id) =>
  <Result>(work: (tx: Change) => Promise<Result>, requestId?: string) =>
    change(database.db, { shop: id, staff }, { requestId }, work);
const customer = <Result>(work: (tx: Change) => Promise<Result>, requestId?: string) => as(null)(work, requestId);
const advisor = <Result>(work: (tx: Change) => Promise<Result>) => as(shop.staff.advisor.staff)(work);
const row = (id: number) =>
  database.db
    .selectFrom('appointments')
    .select(['state', 'starts_at', 'place', 'ended_at', 'reason', 'sequence', 'technician_id', 'confirmed_at', 'booked_by'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const kindsOf = async (id: number) => {
  const events = await database.db
    .selectFrom('events')
    .select(['kind', 'data'])
    .where('shop_id', '=', shop.id)
    .orderBy('version')
    .execute();
  return events.filter(({ data }) => (data as { appointment?: number }).appointment === id).map(({ kind }) => kind);
};

describe('moving an appointment', () => {
  test('its customer gets a free time, and what the shop had confirmed waits for its word again', async () => {
    const [from, to] = (await freeDays(2)) as [Slot, Slot];
    const id = await book(from);
    await advisor((tx) => confirmAppointment(tx, id));
    const { result } = await customer((tx) => moveAppointment(tx, id, to.label, FREE));
    expect(result).toEqual({ appointment: id, state: 'requested', at: to.label });
    expect(await row(id)).toMatchObject({ state: 'requested', starts_at: to.at, place: 1, confirmed_at: null, sequence: 2 });
    expect((await free()).map(({ label }) => label)).toContain(from.label);
    expect(await kindsOf(id)).toEqual(['appointment.booked', 'appointment.confirmed', 'appointment.moved']);
  });

  test('where the shop confirms by itself, and when the staff moves it, it stays confirmed', async () => {
    await setTo({ confirms_itself: true });
    const [from, to, later] = (await freeDays(3)) as [Slot, Slot, Slot];
    const id = await book(from);
    await customer((tx) => moveAppointment(tx, id, to.label, FREE));
    expect((await row(id)).state).toBe('confirmed');
    await setTo({ confirms_itself: false });
    await advisor((tx) => moveAppointment(tx, id, later.label, FREE));
    expect((await row(id)).state).toBe('confirmed');
  });

  test('a slot that is taken is refused with the next ones; the staff may take it all the same, and gets the next place', async () => {
    const [from, taken] = (await freeDays(2)) as [Slot, Slot];
    const id = await book(from);
    await book(taken);
    const refused = await customer((tx) => moveAppointment(tx, id, taken.label, FULL)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SlotTaken);
    expect((refused as SlotTaken).next.length).toBeGreaterThan(0);
    expect((refused as SlotTaken).next.map(({ label }) => label)).not.toContain(taken.label);
    expect(await row(id)).toMatchObject({ starts_at: from.at, sequence: 0 });
    await expect(advisor((tx) => moveAppointment(tx, id, taken.label, FREE))).rejects.toThrow(SlotTaken);
    await advisor((tx) => moveAppointment(tx, id, taken.label, { ...FULL, technician: shop.staff.mechanic.staff }));
    expect(await row(id)).toMatchObject({ starts_at: taken.at, place: 2, technician_id: shop.staff.mechanic.staff });
  });

  test('it does not stand in its own way, and what is as it was is no change', async () => {
    const [slot] = (await freeDays(1)) as [Slot];
    const id = await book(slot);
    const before = await kindsOf(id);
    await customer((tx) => moveAppointment(tx, id, slot.label, FREE));
    expect(await kindsOf(id)).toEqual(before);
    await advisor((tx) => moveAppointment(tx, id, slot.label, { ...FREE, kind: 'ride' }));
    expect(await kindsOf(id)).toEqual([...before, 'appointment.moved']);
    expect(await row(id)).toMatchObject({ starts_at: slot.at, place: 1, sequence: 0 });
  });

  test('of two people who move to the same last place, and one who cancels, each hears the truth', async () => {
    const [a, b, target] = (await freeDays(3)) as [Slot, Slot, Slot];
    const [first, second] = [await book(a), await book(b)];
    const results = await Promise.allSettled([first, second].map((id) => customer((tx) => moveAppointment(tx, id, target.label, FREE))));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const both = await Promise.allSettled([
      customer((tx) => cancelAppointment(tx, first, 'Sold it')),
      advisor((tx) => moveAppointment(tx, first, target.label, FULL)),
    ]);
    expect(both[0]?.status).toBe('fulfilled');
    expect(await row(first)).toMatchObject({ state: 'cancelled', reason: 'Sold it' });
  });

  test('a request that is sent twice moves once', async () => {
    const [from, to] = (await freeDays(2)) as [Slot, Slot];
    const id = await book(from);
    const requestId = randomUUID();
    const results = await Promise.all([1, 2].map(() => customer((tx) => moveAppointment(tx, id, to.label, FREE), requestId)));
    expect(results.map(({ repeated }) => repeated).sort()).toEqual([false, true]);
    expect(results[0]?.result).toEqual(results[1]?.result);
    expect((await row(id)).sequence).toBe(1);
  });
});

describe('an appointment that can’t be changed', () => {
  const changes = (id: number, slot: Slot): [string, (tx: Change) => Promise<unknown>][] => [
    ['moved', (tx) => moveAppointment(tx, id, slot.label, FULL)],
    ['cancelled', (tx) => cancelAppointment(tx, id, '')],
    ['confirmed', (tx) => confirmAppointment(tx, id)],
  ];

  test('somebody else’s shop does not know it', async () => {
    const [from, to] = (await freeDays(2)) as [Slot, Slot];
    const id = await book(from);
    for (const [, work] of changes(id, to)) {
      await expect(as(other.staff.manager.staff, other.id)(work)).rejects.toThrow(NotFound);
      await expect(as(null, other.id)(work)).rejects.toThrow(NotFound);
    }
    expect(await row(id)).toMatchObject({ state: 'requested', starts_at: from.at });
  });

  test('one that was cancelled, or that nobody came to, stays so', async () => {
    const [from, to] = (await freeDays(2)) as [Slot, Slot];
    const id = await book(from);
    await customer((tx) => cancelAppointment(tx, id, 'Sold it'));
    for (const [, work] of changes(id, to)) await expect(advisor(work)).rejects.toThrow(/cancelled already/);
    await database.db.updateTable('appointments').set({ state: 'no-show' }).where('id', '=', id).execute();
    for (const [, work] of changes(id, to)) await expect(advisor(work)).rejects.toThrow(/Nobody came/);
    expect((await free()).map(({ label }) => label)).toContain(from.label);
  });

  test('its customer can’t change what is over; the staff can', async () => {
    const [from, to] = (await freeDays(2)) as [Slot, Slot];
    const id = await book(from);
    await database.db
      .updateTable('appointments')
      .set({ starts_at: new Date(Date.now() - 60_000) })
      .where('id', '=', id)
      .execute();
    for (const [, work] of changes(id, to)) await expect(customer(work)).rejects.toThrow(Conflict);
    await advisor((tx) => moveAppointment(tx, id, to.label, FREE));
    expect((await row(id)).starts_at).toEqual(to.at);
  });
});

describe('booking for a customer', () => {
  test('is confirmed at once, also in spite of the rules, with who does it', async () => {
    const [slot] = (await freeDays(1)) as [Slot];
    const someone = { ...NOBODY, technician: shop.staff.mechanic.staff };
    const { result } = await advisor((tx) => bookByStaff(tx, wish(slot), { ...FREE, ...someone }));
    expect(result).toMatchObject({ state: 'confirmed', at: slot.label });
    expect(await row(result.appointment)).toMatchObject({ technician_id: shop.staff.mechanic.staff, booked_by: shop.staff.advisor.staff });
    await expect(advisor((tx) => bookByStaff(tx, wish(slot), { ...FREE, ...NOBODY }))).rejects.toThrow(SlotTaken);
    const night = { ...wish(slot), slot: slot.label.replace(/T\d\d:\d\d/, 'T03:10') };
    const { result: second } = await advisor((tx) => bookByStaff(tx, night, { ...FULL, ...NOBODY }));
    expect(second.at).toBe(night.slot);
    await expect(advisor((tx) => bookByStaff(tx, { ...night, slot: 'noon' }, { ...FULL, ...NOBODY }))).rejects.toThrow(/day and time/);
  });
});

describe('the customer is told', () => {
  const told = async (id: number) => {
    const rows = await database.db
      .selectFrom('messages')
      .select(['occasion', 'text'])
      .where('appointment_id', '=', id)
      .orderBy('id')
      .execute();
    return rows.map(({ occasion, text }) => [occasion, /https:\/\/shop\.example\/book\/a\/[\w-]{43}/.exec(text)?.[0] ?? '']);
  };
  const origin = 'https://shop.example';

  test('of each change once, whoever makes it, each time with a link of its own; of who does it nobody is told', async () => {
    const [from, to, later] = (await freeDays(3)) as [Slot, Slot, Slot];
    const { result } = await bookSlot(database.db, shop.id, wish(from), newToken(), randomUUID(), { origin });
    const id = result.appointment;
    await advisor((tx) => confirmAppointment(tx, id, origin));
    await advisor((tx) => confirmAppointment(tx, id, origin));
    await advisor((tx) => moveAppointment(tx, id, to.label, { ...FREE, origin }));
    await advisor((tx) => moveAppointment(tx, id, to.label, { ...FREE, origin, technician: shop.staff.mechanic.staff }));
    await customer((tx) => moveAppointment(tx, id, later.label, { ...FREE, origin }));
    await advisor((tx) => cancelAppointment(tx, id, ''));
    const messages = await told(id);
    expect(messages.map(([occasion]) => occasion)).toEqual(['requested', 'confirmed', 'changed', 'requested', 'cancelled']);
    expect(new Set(messages.map(([, link]) => link)).size).toBe(5);
    expect(messages.filter(([, link]) => link === '')).toEqual([['cancelled', '']]);
  });

  test('what the staff books is confirmed; a change that fails tells nobody', async () => {
    const [slot] = (await freeDays(1)) as [Slot];
    const { result } = await advisor((tx) => bookByStaff(tx, wish(slot), { ...FREE, ...NOBODY, origin }));
    expect((await told(result.appointment)).map(([occasion]) => occasion)).toEqual(['confirmed']);
    const failed = advisor(async (tx) => {
      await cancelAppointment(tx, result.appointment, '');
      throw new Conflict('Not now.');
    });
    await expect(failed).rejects.toThrow('Not now.');
    expect((await told(result.appointment)).map(([occasion]) => occasion)).toEqual(['confirmed']);
  });
});

describe('links', () => {
  test('each is another one, none is in the database as it is, and they go with the public address', async () => {
    const [slot] = (await freeDays(1)) as [Slot];
    const id = await book(slot);
    const { result: paths } = await advisor(async (tx) => {
      await confirmAppointment(tx, id);
      return [await makeAppointmentLink(tx, id), await makeAppointmentLink(tx, id)];
    });
    expect(new Set(paths).size).toBe(2);
    const rows = await database.db.selectFrom('appointment_links').select('token_hash').where('appointment_id', '=', id).execute();
    const hashes = paths.map((path) => hashToken(path.replace('/book/a/', '')).toString('hex'));
    expect(rows.map(({ token_hash }) => token_hash.toString('hex'))).toEqual(expect.arrayContaining(hashes));
    expect(rows).toHaveLength(3);
    expect(appointmentLink('https://shop.example', paths[0] as string)).toBe(`https://shop.example${paths[0]}`);
  });
});
