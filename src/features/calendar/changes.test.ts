import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bookOne } from '../../testing/appointment-samples.js';
import { formOn } from '../../testing/booking.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let oil: number;
let brakes: number;
let tow: number;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
  advisor = await server.clientOf(shop, 'advisor');
  const add = (name: string, hundredths: number | null) =>
    database.db
      .insertInto('canned_jobs')
      .values({ shop_id: shop.id, name, bookable_hundredths: hundredths })
      .returning('id')
      .executeTakeFirstOrThrow();
  [oil, brakes, tow] = [(await add('Oil change', 50)).id, (await add('Front brakes', 200)).id, (await add('Towing', null)).id];
});
beforeEach(() => sql`update appointments set state = 'cancelled', ended_at = now() where ended_at is null`.execute(database.db));
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const book = (more: Parameters<typeof bookOne>[2] = {}) => bookOne(database.db, shop.staff.advisor, more);
const read = (id: number) =>
  database.db.selectFrom('appointments').select(['state', 'hundredths', 'concern']).where('id', '=', id).executeTakeFirstOrThrow();

test('an appointment that is given the time it has is not said to be moved: the sentence stands at the field, and nothing typed is lost', async () => {
  const id = await book();
  const path = `/appointments/${id}/moves`;
  const same = { time: '2030-12-03T09:00', kind: 'drop-off', technician: '', bay: '' };
  const refused = await advisor.post(path, same);
  expect(refused.status).toBe(422);
  expect(refused.text).toMatch(/id="time-error">That is the time it has/);
  expect((await advisor.post(path, { slot: '2030-12-03T09:00-06:00' })).status).toBe(422);
  // With something else that changes, the time may stay.
  expect((await advisor.post(path, { ...same, kind: 'waiting' })).status).toBe(303);
  // Sent twice by a double click it is one move, and no mistake.
  const [, requestId = ''] = /name="requestId" value="([^"]+)"/.exec((await advisor.get(`${path}/new`)).text) ?? [];
  const other = { time: '2030-12-03T10:00', requestId };
  expect([(await advisor.post(path, other)).status, (await advisor.post(path, other)).status]).toEqual([303, 303]);

  await sql`update appointments set state = 'no-show', ended_at = now() where id = ${id}`.execute(database.db);
  const again = await advisor.post(path, { time: '2030-12-03T10:00', kind: 'ride', technician: shop.staff.mechanic.staff });
  expect(again.status).toBe(422);
  expect(again.text).toContain('That is the time it has');
  expect(again.text).toContain('<option value="ride" selected>');
  expect(again.text).toContain(`<option value="${shop.staff.mechanic.staff}" selected>`);
  expect(again.text).toContain('value="2030-12-03T10:00"');
  expect((await read(id)).state).toBe('no-show');
  expect((await advisor.post(path, { time: '2030-12-03T11:00' })).status).toBe(303);
  expect((await read(id)).state).toBe('confirmed');
});

describe('the services of an appointment', () => {
  const servicesOf = async (id: number) =>
    (
      await sql<{
        of: string;
      }>`select name || ' ' || hundredths as of from appointment_services where appointment_id = ${id} order by position`.execute(
        database.db,
      )
    ).rows.map((row) => row.of);
  /** The form as a browser sends it back, with what is changed in it. */
  const edit = async (id: number, typed: Record<string, string>) => {
    const page = (await advisor.get(`/appointments/${id}/edit`)).text;
    const text = page.slice(page.indexOf(`action="/appointments/${id}/edits"`));
    const picks = [...text.matchAll(/<select id="(service\d+)"[\s\S]*?<\/select>/g)].map(([select, name]) => [
      name as string,
      / value="(\d+)" selected/.exec(select)?.[1] ?? '',
    ]);
    return { ...formOn({ text }), concern: 'It squeals', ...Object.fromEntries(picks), ...typed };
  };
  const save = async (id: number, typed: Record<string, string>) => advisor.post(`/appointments/${id}/edits`, await edit(id, typed));

  test('are changed after it was booked, with the hours that follow from them; its history says so', async () => {
    const id = await book({ services: [oil] });
    expect((await save(id, { service1: String(brakes) })).status).toBe(303);
    expect(await servicesOf(id)).toEqual(['Oil change 50', 'Front brakes 200']);
    expect((await read(id)).hundredths).toBe(250);
    const { text } = await advisor.get(`/appointments/${id}`);
    expect(text).toContain('changed hours from “0.5” to “2.5”, services from “Oil change” to “Oil change, Front brakes”');
    // Chosen twice it is there once; one that customers can’t book takes what a concern takes.
    expect((await save(id, { service0: '', service2: String(tow), service1: String(brakes), service3: String(tow) })).status).toBe(303);
    expect(await servicesOf(id)).toEqual(['Front brakes 200', 'Towing 100']);
    expect((await save(id, { service0: '', service1: '' })).status).toBe(303);
    expect(await servicesOf(id)).toEqual([]);
    expect(await read(id)).toMatchObject({ hundredths: 100, concern: 'It squeals' });
  });

  test('leave hours that are typed alone, keep the time they were booked with, and stay when the shop has them no more', async () => {
    const id = await book({ services: [oil] });
    await sql`update canned_jobs set bookable_hundredths = 75 where id = ${oil}`.execute(database.db);
    await sql`update canned_jobs set archived_at = now() where id = ${oil}`.execute(database.db);
    try {
      expect((await save(id, { service1: String(brakes), hours: '3' })).status).toBe(303);
      expect(await servicesOf(id)).toEqual(['Oil change 50', 'Front brakes 200']);
      expect((await read(id)).hundredths).toBe(300);
      const other = await book();
      const refused = await save(other, { service0: String(oil), concern: 'Mine' });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('The shop does not offer one of these any more.');
      expect(refused.text).toContain('Mine</textarea>');
    } finally {
      await sql`update canned_jobs set archived_at = null, bookable_hundredths = 50 where id = ${oil}`.execute(database.db);
    }
  });

  test('that take longer than there is time say so first, once, and nothing chosen is lost', async () => {
    const id = await book({ slot: '2030-12-03T16:00-06:00', services: [oil] });
    const refused = await save(id, { service1: String(brakes) });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('It can’t be done the same day: the work takes 2.5 h');
    expect(refused.text).toContain(`value="${brakes}" selected`);
    expect(refused.text).toContain('Save it all the same');
    expect(await servicesOf(id)).toEqual(['Oil change 50']);
    expect((await save(id, { service1: String(brakes), anyway: 'on' })).status).toBe(303);
    // What was known before is not said again for another thing.
    expect((await save(id, { concern: 'It squeals, too' })).status).toBe(303);
  });

  test('that two change at the same time are not overwritten unseen', async () => {
    const id = await book({ services: [oil] });
    const mine = await edit(id, { service1: String(tow) });
    expect((await save(id, { service1: String(brakes) })).status).toBe(303);
    const clash = await advisor.post(`/appointments/${id}/edits`, mine);
    expect(clash.status).toBe(409);
    expect(clash.text).toContain('Meanwhile somebody chose other services.');
    expect(await servicesOf(id)).toEqual(['Oil change 50', 'Front brakes 200']);
  });

  test('of another shop can’t be chosen', async () => {
    const other = await makeShop(database.db, 'elsewhere');
    const theirs = await database.db
      .insertInto('canned_jobs')
      .values({ shop_id: other.id, name: 'Theirs', bookable_hundredths: 100 })
      .returning('id')
      .executeTakeFirstOrThrow();
    const id = await book();
    expect((await save(id, { service0: String(theirs.id) })).status).toBe(422);
    expect(await servicesOf(id)).toEqual([]);
  });
});
