import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { Conflict } from '../../platform/errors.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeSettings } from '../../testing/settings-samples.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';
import { readAvailability, slotsIn } from './availability.js';
import { addBay, listBays, removeBay, shiftBay } from './bays.js';
import { type Booking, bookByStaff } from './booking.js';
import { changeBooking, listObstacles } from './booking-settings.js';
import { listSpecialDays } from './hours.js';
import { addAbsence, listTechnicians, removeAbsence, saveWeeks, showWeek } from './technicians.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  await makeSettings(database.db, shop);
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const FORM = {
  ...{ slotMinutes: '20', noticeHours: '1.5', daysAhead: '90', arrivalsPerSlot: '3', waitersPerSlot: '2', noShowHours: '0.75' },
  ...{ dayHours: '22.5', concernHours: '1.25', greeting: 'Welcome', consentText: '', slug: '', afterHoursText: '' },
};

const settings = () =>
  database.db
    .selectFrom('booking_settings')
    .select(['is_online', 'slug', 'slot_minutes', 'notice_minutes', 'day_hundredths', 'concern_hundredths', 'no_show_minutes', 'greeting'])
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();

async function refused(path: string, fields: Record<string, string>, sentence: string, status = 422): Promise<void> {
  const before = await versionOf(database.db, shop.id);
  const reply = await manager.post(path, fields);
  expect(reply.status, reply.text.slice(0, 300)).toBe(status);
  expect(reply.text).toContain(sentence);
  expect(await versionOf(database.db, shop.id)).toBe(before);
}

describe('the settings of booking', () => {
  test('are saved as they are typed, and shown as they were saved', async () => {
    expect((await manager.post('/settings/booking', FORM)).status).toBe(303);
    expect(await settings()).toEqual({
      ...{ is_online: false, slug: null, slot_minutes: 20, notice_minutes: 90, day_hundredths: 2250, concern_hundredths: 125 },
      ...{ no_show_minutes: 45, greeting: 'Welcome' },
    });
    const { text } = await manager.get('/settings/booking');
    for (const shown of ['value="1.5"', 'value="22.5"', 'value="0.75"', 'Customers can’t book online yet']) expect(text).toContain(shown);
  });

  test.each([
    [{ waitersPerSlot: '4' }, 'No more can wait than can come.'],
    [{ takesAfterHours: 'on' }, 'Say where the key goes.'],
    [{ slotMinutes: '45' }, 'Please choose how long it is.'],
    [{ daysAhead: '366' }, 'Please choose from 1 to 365.'],
    [{ slug: 'two--dashes' }, 'single dashes'],
    [{ noShowHours: '0.1' }, 'at least'],
  ])('%o is refused with a sentence', (wrong, sentence) =>
    refused('/settings/booking', { ...FORM, ...wrong } as Record<string, string>, sentence),
  );

  test.each([
    ['go online at /book', { isOnline: true }, 'isOnline'],
    ['take the same name', { slug: 'same' }, 'slug'],
  ])('of two shops that %s at the same moment one does, and the other is told', async (_name, wish, field) => {
    const two = [await makeShop(database.db, `one-${field}`), await makeShop(database.db, `two-${field}`)];
    const ids = two.map(({ id }) => id);
    for (let round = 0; round < 8; round++) {
      const results = await Promise.allSettled(two.map(({ staff }) => changeBooking(database.db, staff.manager, wish)));
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = results.find((result) => result.status === 'rejected');
      expect(lost?.reason).toMatchObject({ fields: { [field]: expect.stringContaining('Another shop') } });
      await database.db.updateTable('booking_settings').set({ is_online: false, slug: null }).where('shop_id', 'in', ids).execute();
    }
  });

  test('booking online shows the address of its page, with the name that the shop has in it', async () => {
    expect((await manager.post('/settings/booking', { ...FORM, isOnline: 'on', slug: 'Riverside-Auto' })).status).toBe(303);
    expect((await manager.get('/settings/booking')).text).toContain(`value="${manager.url}/book/riverside-auto"`);
    const second = await makeShop(database.db, 'second');
    await expect(changeBooking(database.db, second.staff.manager, { slug: 'riverside-auto' })).rejects.toMatchObject({
      fields: { slug: expect.any(String) },
    });
    // Two shops can't both be the one at /book.
    await changeBooking(database.db, shop.staff.manager, { slug: '' });
    await expect(changeBooking(database.db, second.staff.manager, { isOnline: true })).rejects.toMatchObject({
      fields: { isOnline: expect.stringContaining('name') },
    });
    await changeBooking(database.db, second.staff.manager, { isOnline: true, slug: 'second' });
    await expect(changeBooking(database.db, second.staff.manager, { slug: '' })).rejects.toMatchObject({
      fields: { isOnline: expect.stringContaining('name') },
    });
    await changeBooking(database.db, second.staff.manager, { isOnline: false });
  });

  test('booking can’t be switched on where nobody could ever come, and the page says why', async () => {
    const { db } = database;
    const closed = await makeShop(db, 'closed');
    const [it, online] = [closed.staff.manager, { isOnline: true, slug: 'closed' }];
    await db.deleteFrom('opening_hours').where('shop_id', '=', closed.id).execute();
    await expect(changeBooking(db, it, online)).rejects.toMatchObject({ fields: { isOnline: 'The shop is never open.' } });
    const page = await (await server.clientOf(closed, 'manager')).get('/settings/booking');
    expect(page.text).toContain('The shop is never open.');
    await db.insertInto('opening_hours').values({ shop_id: closed.id, weekday: 6, opens: '08:00', closes: '12:00' }).execute();
    await saveWeeks(db, it, [{ staff: closed.staff.mechanic.staff, hours: [800, 0, 0, 0, 0, 0, 0], was: null }]);
    await expect(changeBooking(db, it, online)).rejects.toMatchObject({
      fields: { isOnline: expect.stringContaining('Nobody has hours') },
    });
    await saveWeeks(db, it, [{ staff: closed.staff.mechanic.staff, hours: [800, 0, 0, 0, 0, 400, 0], was: null }]);
    for (const { id } of await listBays(db, closed.id)) await removeBay(db, it, id);
    await expect(changeBooking(db, it, online)).rejects.toMatchObject({ fields: { isOnline: expect.stringContaining('no bay') } });
    await addBay(db, it, { name: 'Yard', vehiclesPerDay: 1 });
    await changeBooking(db, it, online);
    expect(await listObstacles(db, closed.id, new Date())).toEqual([]);
    const now = new Date();
    expect(slotsIn(await readAvailability(db, closed.id, now), { hundredths: 100, isWaiting: false }, now).length).toBeGreaterThan(0);
  });

  test('say which canned jobs can be booked, and how long each takes', async () => {
    const { id } = await database.db.selectFrom('canned_jobs').select('id').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
    const taken = async () =>
      (await database.db.selectFrom('canned_jobs').select('bookable_hundredths').where('id', '=', id).executeTakeFirstOrThrow())
        .bookable_hundredths;
    expect((await manager.post('/settings/booking/services', { canned: String(id), hours: '1.5' })).status).toBe(303);
    expect(await taken()).toBe(150);
    await refused(`/settings/booking/services/${id}`, { hours: '0' }, 'at least');
    await manager.post(`/settings/booking/services/${id}`, { hours: '0.75' });
    expect(await taken()).toBe(75);
    expect((await manager.get('/settings/booking')).text).toContain('0.75 h');
    await manager.post(`/settings/booking/services/${id}/removals`, {});
    expect(await taken()).toBe(null);
    await refused('/settings/booking/services', { canned: '999999', hours: '1' }, 'not here any more', 404);
  });
});

describe('days that are different', () => {
  test('a vacation is one line, and is taken away at once', async () => {
    await manager.post('/settings/hours/special-days', { first: '2031-07-01', last: '2031-07-14', hours: '', note: 'Vacation' });
    await manager.post('/settings/hours/special-days', { first: '2031-07-15', last: '', hours: '10-14', note: 'Back' });
    const { text } = await manager.get('/settings/hours');
    expect(text).toContain('Tuesday, July 1, 2031 to Monday, July 14, 2031');
    expect(text.match(/special-days\/[\d-]+\/removals/g)).toHaveLength(2);
    await manager.post('/settings/hours/special-days/2031-07-01/removals', { last: '2031-07-14' });
    expect((await listSpecialDays(database.db, shop.id, '2031-01-01')).map(({ day }) => day)).toEqual(['2031-07-15']);
    await refused('/settings/hours/special-days', { first: '2031-07-02', last: '2031-07-01', hours: '', note: '' }, 'before the first');
  });

  test('the week is shown as it was typed, and a closed day says so', async () => {
    await manager.post('/settings/hours', {
      monday: '8am-12, 13-17:30',
      tuesday: '8-17',
      wednesday: '8-17',
      thursday: '8-17',
      friday: '8-17',
      saturday: '',
      sunday: 'closed',
    });
    const { text } = await manager.get('/settings/hours');
    expect(text).toContain('value="08:00–12:00, 13:00–17:30"');
    expect(text.match(/value="closed"/g)).toHaveLength(2);
  });
});

describe('capacity', () => {
  const wish = { hundredths: 100, isWaiting: false };
  const booking = (slot: string): Booking => ({
    ...{ slot, kind: 'drop-off', services: [], concern: '', name: 'Dana', phone: '', email: '', vehicle: 'Van', plate: '' },
  });

  test('bays are added, changed, put in order and taken away; what is ahead in one of them has none then', async () => {
    const { db } = database;
    await manager.post('/settings/capacity/bays', { name: 'Lift 3', vehiclesPerDay: '4' });
    await refused('/settings/capacity/bays', { name: 'lift 3', vehiclesPerDay: '1' }, 'There is a bay “Lift 3” already.');
    const bays = await listBays(db, shop.id);
    expect(bays.map(({ name }) => name)).toEqual(['Bay 1', 'Bay 2', 'Lift 3']);
    const lift = bays[2]?.id ?? 0;
    await shiftBay(db, shop.staff.manager, lift, 'up');
    await shiftBay(db, shop.staff.manager, lift, 'up');
    await shiftBay(db, shop.staff.manager, lift, 'up');
    expect((await listBays(db, shop.id)).map(({ name }) => name)).toEqual(['Lift 3', 'Bay 1', 'Bay 2']);
    const now = new Date();
    const [slot] = slotsIn(await readAvailability(db, shop.id, now), wish, now);
    const who = { customer: null, vehicle: null, technician: null, bay: lift, evenIfFull: false };
    const { result } = await change(db, shop.staff.advisor, {}, (tx) => bookByStaff(tx, booking(slot?.label ?? ''), who));
    await manager.post(`/settings/capacity/bays/${lift}/removals`, {});
    expect((await manager.get('/settings/capacity')).text).toContain('One appointment that was planned for it has none now.');
    const row = await db.selectFrom('appointments').select('bay_id').where('id', '=', result.appointment).executeTakeFirstOrThrow();
    expect(row.bay_id).toBe(null);
    expect((await listBays(db, shop.id)).map(({ name }) => name)).toEqual(['Bay 1', 'Bay 2']);
    // The name is free again.
    await manager.post('/settings/capacity/bays', { name: 'Lift 3', vehiclesPerDay: '4' });
    expect(await listBays(db, shop.id)).toHaveLength(3);
  });

  test('hours are typed into one grid; weeks that nobody touched stay, and two who change the same one hear of each other', async () => {
    const { db } = database;
    const [mechanic, advisor] = [shop.staff.mechanic.staff, shop.staff.advisor.staff];
    const cell = (staff: number, hours: string[]) => Object.fromEntries(hours.map((value, at) => [`hours.${staff}.${at + 1}`, value]));
    const empty = { [`was.${mechanic}`]: '– – – – – – –', [`was.${advisor}`]: '– – – – – – –' };
    const saved = await manager.post('/settings/capacity/hours', {
      ...empty,
      ...cell(mechanic, ['8', '7.5', '', '', '8', '', '']),
      ...cell(advisor, ['', '', '', '', '', '', '']),
    });
    expect(saved.status).toBe(303);
    const weeks = async () => Object.fromEntries((await listTechnicians(db, shop.id)).map(({ id, hours }) => [id, showWeek(hours)]));
    expect(await weeks()).toMatchObject({ [mechanic]: '8 7.5 – – 8 – –', [advisor]: '– – – – – – –' });
    // An older form of which only the other line was changed.
    await manager.post('/settings/capacity/hours', {
      ...empty,
      ...cell(mechanic, ['', '', '', '', '', '', '']),
      ...cell(advisor, ['2', '', '', '', '', '', '']),
    });
    expect(await weeks()).toMatchObject({ [mechanic]: '8 7.5 – – 8 – –', [advisor]: '2 – – – – – –' });
    await refused(
      '/settings/capacity/hours',
      { ...empty, ...cell(mechanic, ['6', '', '', '', '', '', '']) },
      'Somebody else changed the hours',
      409,
    );
    await refused('/settings/capacity/hours', cell(mechanic, ['25', '', '', '', '', '', '']), 'at most');
    await refused('/settings/capacity/hours', { 'hours.999999.1': '8' }, 'not here any more', 404);
    await expect(
      saveWeeks(db, shop.staff.manager, [{ staff: mechanic, hours: [0, 0, 0, 0, 0, 0, 0], was: '1 – – – – – –' }]),
    ).rejects.toThrow(Conflict);
    expect((await manager.get('/settings/capacity')).text).toContain('On Wednesday the shop is open, but nobody has hours');
  });

  test('who is away does not count on these days, and who has left not at all', async () => {
    const { db } = database;
    const { mechanic, advisor, manager: boss } = shop.staff;
    const week = [800, 800, 800, 800, 800, 0, 0];
    await saveWeeks(db, boss, [
      { staff: mechanic.staff, hours: week, was: null },
      { staff: advisor.staff, hours: week, was: null },
    ]);
    const { Temporal } = await import('temporal-polyfill');
    const monday = Temporal.PlainDate.from('2031-03-03');
    const takes = async (day: typeof monday) =>
      (await readAvailability(db, shop.id, new Date('2031-03-01T12:00Z'))).capacity(day).hundredths;
    expect(await takes(monday)).toBe(1600);
    const { absence } = (await addAbsence(db, boss, { staff: mechanic.staff, first: '2031-03-03', last: '2031-03-04' })).result;
    expect([await takes(monday), await takes(monday.add({ days: 1 })), await takes(monday.add({ days: 2 }))]).toEqual([800, 800, 1600]);
    expect((await manager.get('/settings/capacity')).text).toContain('Monday, March 3, 2031 to Tuesday, March 4, 2031');
    await removeAbsence(db, boss, absence);
    expect(await takes(monday)).toBe(1600);
    await refused(
      '/settings/capacity/absences',
      { staff: String(mechanic.staff), first: '2031-03-04', last: '2031-03-03' },
      'before the first',
    );
    await db.updateTable('memberships').set({ disabled_at: new Date() }).where('staff_id', '=', mechanic.staff).execute();
    expect(await takes(monday)).toBe(800);
    expect((await listTechnicians(db, shop.id)).map(({ id }) => id)).not.toContain(mechanic.staff);
  });

  test('forty people fit into a form, and more have a second one', async () => {
    const { db } = database;
    const large = await makeShop(db, 'large');
    for (let number = 0; number < 45; number++) {
      const person = await db
        .insertInto('staff')
        .values({ name: `Technician ${number}`, email: `t${number}@large.test` })
        .returning('id')
        .executeTakeFirstOrThrow();
      await db.insertInto('memberships').values({ shop_id: large.id, staff_id: person.id, role: 'mechanic' }).execute();
    }
    const client = await server.clientOf(large, 'manager');
    const { text } = await client.get('/settings/capacity');
    const forms = [...text.matchAll(/<form [^>]*capacity\/hours"[\s\S]*?<\/form>/g)].map(([form]) =>
      [...form.matchAll(/name="(hours\.\d+\.\d)"/g)].map(([, name]) => name as string),
    );
    expect(forms.map((cells) => cells.length)).toEqual([280, 56]);
    const typed = Object.fromEntries((forms[0] as string[]).map((name) => [name, name.endsWith('7') ? '' : '7.5']));
    expect((await client.post('/settings/capacity/hours', typed)).status).toBe(303);
    expect((await listTechnicians(db, large.id)).filter(({ hours }) => showWeek(hours) === '7.5 7.5 7.5 7.5 7.5 7.5 –')).toHaveLength(40);
  });
});
