import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastStep, laterSlotsOn, openDoor, slotsOn } from '../../testing/booking.js';
import { Client, type Reply } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { type SpawnedServer, spawnServer } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';

let database: TestDatabase;
let servers: SpawnedServer[] = [];

beforeAll(async () => {
  database = await testDatabase();
  await openDoor(database.db, await makeShop(database.db), { arrivals_per_slot: 10, day_hundredths: 50_000 });
  servers = await Promise.all([1, 2].map(() => spawnServer(database.url, { DATABASE_POOL: '15' })));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.end('SIGTERM')));
  await database.close();
});

/** A machine that has too much to do says so (503); the same form can be sent again. */
async function send(client: Client, form: Record<string, string>): Promise<Reply> {
  for (;;) {
    const reply = await client.post('/book', form);
    if (reply.status !== 503) return reply;
  }
}

test('of fifty people who book the same ten places over two processes, ten have them, and forty book the next best with one tap', async () => {
  const clients = servers.map(({ url }) => new Client(url));
  const of = (index: number) => clients[index % 2] as Client;
  const [slot] = laterSlotsOn(await of(0).get('/book?concern=x&vehicle=y&step=time')) as [string];
  const forms = await Promise.all(Array.from({ length: 50 }, (_, index) => lastStep(of(index), slot)));
  const people = forms.map((form, index) => ({ ...form, name: `Person ${index}`, phone: `555 01${index + 10}`, email: '' }));
  const replies = await Promise.all(people.map((form, index) => send(of(index), form)));
  const refused = replies.flatMap((reply, index) => (reply.status === 409 ? [{ reply, index }] : []));
  expect(replies.filter(({ status }) => status === 303)).toHaveLength(10);
  expect(refused).toHaveLength(40);
  for (const { reply, index } of refused) {
    expect(slotsOn(reply)).toHaveLength(6);
    expect(slotsOn(reply)).not.toContain(slot);
    expect(reply.text).toContain(`value="Person ${index}"`);
  }
  const rows = () => database.db.selectFrom('appointments').select(['starts_at', 'place', 'name']).orderBy('place').execute();
  const here = (await rows()).filter(({ starts_at }) => starts_at.getTime() === new Date(slot).getTime());
  expect(here.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await rows()).toHaveLength(10);

  // What was sent again, to the other process, is the same appointment; nobody has two.
  const lucky = people.flatMap((form, index) => (replies[index]?.status === 303 ? [{ form, index }] : []));
  const again = await Promise.all(lucky.map(({ form, index }) => send(of(index + 1), form)));
  expect(again.map(({ headers }) => headers.location)).toEqual(lucky.map(({ index }) => replies[index]?.headers.location));
  expect(await rows()).toHaveLength(10);

  const taps = await Promise.all(
    refused.map(({ reply, index }) =>
      send(of(index), { ...(people[index] as (typeof people)[0]), slot: slotsOn(reply)[index % 6] as string }),
    ),
  );
  expect(new Set(taps.map(({ status }) => status))).toEqual(new Set([303]));
  const names = (await rows()).map(({ name }) => name);
  expect(new Set(names).size).toBe(50);
  expect(names).toHaveLength(50);
  for (const client of clients) client.close();
});
