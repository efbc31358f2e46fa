import ICAL from 'ical.js';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookBy, formOn, laterSlotsOn, openDoor, slotsOn } from '../../testing/booking.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let client: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  await openDoor(database.db, await makeShop(database.db, 'Riverside'), { arrivals_per_slot: 1 });
  client = server.client();
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const times = async () => laterSlotsOn(await client.get('/book?concern=x&vehicle=y&step=time'));
const last = () =>
  database.db
    .selectFrom('appointments')
    .select(['id', 'state', 'starts_at', 'reason'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
const occasions = async (id: number) =>
  (await database.db.selectFrom('messages').select('occasion').where('appointment_id', '=', id).orderBy('id').execute()).map(
    ({ occasion }) => occasion,
  );
const file = async (path: string) => {
  const reply = await client.get(`${path}/calendar.ics`);
  expect(reply.headers['content-type']).toBe('text/calendar; charset=utf-8');
  return new ICAL.Event(new ICAL.Component(ICAL.parse(reply.text)).getFirstSubcomponent('vevent') ?? undefined);
};

describe('an appointment’s own page', () => {
  test('shows it, is kept nowhere, and gives a calendar file', async () => {
    const [slot] = (await times()) as [string];
    const path = await bookBy(client, slot);
    const page = await client.get(path);
    expect(page.text).toContain('2019 Toyota Corolla');
    expect(page.headers).toMatchObject({
      ...{ 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex, nofollow', 'referrer-policy': 'strict-origin' },
    });
    const event = await file(path);
    expect(event.startDate.toJSDate()).toEqual(new Date(slot));
    expect(event.summary).toBe('Riverside: 2019 Toyota Corolla');
    expect(event.component.getFirstPropertyValue('url')).toBe(`${server.url}${path}`);
  });

  test('changes the time; the calendar knows it as the same one; every message has a link that works', async () => {
    const free = await times();
    const path = await bookBy(client, free[3] as string);
    const before = await file(path);
    const page = await client.get(`${path}/time`);
    expect(slotsOn(page)).toContain(free[3]);
    const form = { requestId: formOn(page).requestId as string, slot: free[6] as string };
    const moved = await Promise.all([client.post(`${path}/moves`, form), client.post(`${path}/moves`, form)]);
    expect(moved.map(({ status }) => status)).toEqual([303, 303]);
    const row = await last();
    expect(row).toMatchObject({ state: 'requested', starts_at: new Date(free[6] as string) });
    const after = await file(path);
    expect([after.uid, after.sequence]).toEqual([before.uid, before.sequence + 1]);
    expect(await occasions(row.id)).toEqual(['requested', 'requested']);
    const { text } = await database.db.selectFrom('messages').select('text').orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow();
    const link = /\/book\/a\/[\w-]+/.exec(text)?.[0] as string;
    expect(link).not.toBe(path);
    expect((await client.get(link)).text).toContain('2019 Toyota Corolla');
  });

  test('moved to a time that went meanwhile, it stays, and shows the next ones', async () => {
    const free = await times();
    const path = await bookBy(client, free[1] as string);
    await bookBy(client, free[2] as string);
    const refused = await client.post(`${path}/moves`, { slot: free[2] as string });
    expect(refused.status).toBe(409);
    expect(slotsOn(refused)).not.toContain(free[2]);
    expect((await client.post(`${path}/moves`, { slot: slotsOn(refused)[0] as string })).status).toBe(303);
  });

  test('is moved five times in a day and no more, so that nobody floods whom it belongs to; another one is', async () => {
    const free = await times();
    const [here, there] = [free[9] as string, free[10] as string];
    const path = await bookBy(client, here);
    const { id } = await last();
    const move = (slot: string, at = path) => client.post(`${at}/moves`, { slot });
    for (const slot of [there, here, there, here, there]) expect((await move(slot)).status).toBe(303);
    const told = await occasions(id);
    const refused = await move(here);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(86_000);
    expect(refused.text).toMatch(/can be moved again from \w+, \w+ \d+, \d+:\d\d [AP]M on; or please call the shop: \(555\)/);
    expect(slotsOn(refused)).toContain(here);
    expect(await occasions(id)).toEqual(told);
    expect((await move(free[12] as string, await bookBy(client, free[11] as string))).status).toBe(303);
    await sql`alter table events disable trigger user`.execute(database.db);
    await sql`update events set at = at - interval '1 day' where data @> ${JSON.stringify({ appointment: id })}::jsonb`.execute(
      database.db,
    );
    await sql`alter table events enable trigger user`.execute(database.db);
    expect((await move(here)).status).toBe(303);
  });

  test('is cancelled with a reason, once; then it can’t be changed any more, and says so', async () => {
    const free = await times();
    const path = await bookBy(client, free[4] as string);
    const form = { ...formOn(await client.get(`${path}/cancel`)), reason: 'Sold <it>' };
    expect((await client.post(`${path}/cancellations`, form)).status).toBe(303);
    expect((await client.post(`${path}/cancellations`, form)).status).toBe(303);
    const row = await last();
    expect(row).toMatchObject({ state: 'cancelled', reason: 'Sold <it>' });
    expect(await occasions(row.id)).toEqual(['requested', 'cancelled']);
    for (const rest of ['', '/time', '/cancel']) {
      const { text } = await client.get(`${path}${rest}`);
      expect(text).toContain('This appointment is cancelled');
      expect(text).toContain('tel:5550142200');
      expect(text).toContain('<a class="button primary" href="/book">Book a new appointment</a>');
    }
    expect((await client.post(`${path}/moves`, { slot: free[5] as string })).status).toBe(409);
    expect((await client.post(`${path}/cancellations`, { reason: '' })).status).toBe(409);
    expect(await times()).toContain(free[4]);
    expect((await file(path)).component.getFirstPropertyValue('status')).toBe('CANCELLED');
  });

  test('of one that is over says so; long after, and for what is no link, it opens nothing', async () => {
    const path = await bookBy(client, (await times())[8] as string);
    const { id } = await last();
    const setTo = (days: number) =>
      database.db
        .updateTable('appointments')
        .set({ starts_at: new Date(Date.now() - days * 86_400_000 - 60_000) })
        .where('id', '=', id)
        .execute();
    await setTo(0);
    expect((await client.get(path)).text).toContain('The time of this appointment is over');
    expect((await client.post(`${path}/cancellations`, {})).status).toBe(409);
    await setTo(91);
    expect((await client.get(path)).status).toBe(410);
    for (const wrong of ['x', 'x'.repeat(43), '%00', 'x'.repeat(300), '..%2f..'])
      expect((await client.get(`/book/a/${wrong}`)).status).toBe(404);
  });
});
