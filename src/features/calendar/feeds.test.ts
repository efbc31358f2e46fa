import ICAL from 'ical.js';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookOne } from '../../testing/appointment-samples.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const days = (count: number) => new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 + count * 86_400_000);
const book = (at: Date, more: Parameters<typeof bookOne>[2] = {}) =>
  bookOne(database.db, shop.staff.advisor, { slot: at.toISOString(), ...more });

async function makeAddress(fields: Record<string, string | number>): Promise<string> {
  const manager = await server.clientOf(shop, 'manager');
  const { text } = await manager.post('/settings/calendar-feeds', { name: 'Office', ...fields });
  return /\/calendar\/feeds\/[\w-]{43}\.ics/.exec(text)?.[0] as string;
}

const eventsOf = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));

test('a calendar reads times, sequence and what is cancelled, and nothing by which the customer could be called', async () => {
  const id = await book(days(2), {
    name: 'Dana Whitfieldson',
    phone: '555 0142',
    email: 'dana@private.test',
    vehicle: 'Corolla, blue; "old"',
    concern: 'Squeals\nwhen cold ü',
  });
  await book(days(-40));
  await book(days(200));
  const address = await makeAddress({ technician: '' });
  const client = server.client();
  const first = await client.get(address);
  expect(first.status).toBe(200);
  expect(first.headers['content-type']).toBe('text/calendar; charset=utf-8');
  expect(first.headers['set-cookie']).toBeUndefined();
  for (const secret of ['Whitfieldson', '0142', 'private.test']) expect(first.text).not.toContain(secret);
  const [event, ...more] = eventsOf(first.text);
  expect(more).toEqual([]);
  expect(event).toMatchObject({ summary: 'Dana, Corolla, blue; "old"', description: 'Squeals\nwhen cold ü', sequence: 0 });
  expect(event?.startDate.toJSDate()).toEqual(days(2));
  expect(event?.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
  const again = await client.get(address, { headers: { 'if-none-match': first.headers.etag } });
  expect(again.status).toBe(304);

  const advisor = await server.clientOf(shop, 'advisor');
  await advisor.post(`/appointments/${id}/cancellations`, { reason: '' });
  const changed = await client.get(address, { headers: { 'if-none-match': first.headers.etag } });
  expect(changed.status).toBe(200);
  const [gone] = eventsOf(changed.text);
  expect(gone).toMatchObject({ uid: event?.uid, sequence: 1 });
  expect(gone?.component.getFirstPropertyValue('status')).toBe('CANCELLED');
});

test('one technician’s address shows no other’s; a revoked and an unknown one show nothing', async () => {
  const mine = await book(days(3), { technician: shop.staff.mechanic.staff, vehicle: 'Mine' });
  await book(days(3), { vehicle: 'Nobody’s' });
  const address = await makeAddress({ name: 'Phone', technician: shop.staff.mechanic.staff });
  const client = server.client();
  expect(mine).toBeGreaterThan(0);
  expect(eventsOf((await client.get(address)).text).map(({ summary }) => summary)).toEqual(['Dana, Mine']);
  const manager = await server.clientOf(shop, 'manager');
  expect((await manager.get('/settings/calendar-feeds')).text).toContain('last read');
  const { rows } = await sql<{ id: number }>`select id from calendar_feeds where name = 'Phone'`.execute(database.db);
  const other = await makeShop(database.db, 'other');
  const stranger = await server.clientOf(other, 'manager');
  expect((await stranger.post(`/settings/calendar-feeds/${rows[0]?.id}/revocations`)).status).toBe(404);
  expect((await manager.post(`/settings/calendar-feeds/${rows[0]?.id}/revocations`)).status).toBe(303);
  for (const gone of [address, `/calendar/feeds/${'x'.repeat(43)}.ics`]) expect((await client.get(gone)).status).toBe(404);
});
