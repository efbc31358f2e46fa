import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos } from '../../testing/media.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let mechanic: Client;
let number: number;
let media: number;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  mechanic = await server.clientOf(shop, 'mechanic');
  number = (await openOrders(database.db, shop.staff.advisor, 1))[0] as number;
  media = (
    await addPhotos(server.app.services, shop.staff.mechanic, number, [1], { arrival: true }, { width: 800, height: 400 })
  )[0] as number;
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const draw = (fields: Record<string, string>, on = media) => mechanic.post(`/work-orders/${number}/media/${on}/drawings`, fields);
const idOf = (location: string | undefined) => Number(location?.split('/').at(-1));
const rowsOf = () =>
  database.db
    .selectFrom('media')
    .select(['id', 'drawn_on_id', 'sha256', 'is_arrival', 'to_customer'])
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();

/** How many pixels of a picture are the red of a mark, around a place in ten-thousandths. */
async function redAround(id: number, x: number, y: number): Promise<number> {
  const { sha256 } = await database.db
    .selectFrom('media_files')
    .select('sha256')
    .where('media_id', '=', id)
    .where('use', '=', 'screen')
    .executeTakeFirstOrThrow();
  const chunks: Buffer[] = [];
  for await (const chunk of await server.app.services.files.read(sha256)) chunks.push(chunk as Buffer);
  const { data, info } = await sharp(Buffer.concat(chunks)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let red = 0;
  const [left, top] = [Math.round((x * info.width) / 10_000), Math.round((y * info.height) / 10_000)];
  for (let row = Math.max(0, top - 12); row < Math.min(info.height, top + 12); row++) {
    for (let column = Math.max(0, left - 12); column < Math.min(info.width, left + 12); column++) {
      const [r, g, b] = data.subarray((row * info.width + column) * 3);
      if ((r as number) > 190 && (g as number) < 90 && (b as number) < 100) red++;
    }
  }
  return red;
}

test('marks are drawn on a copy; the photo stays as it is', async () => {
  const [original] = await rowsOf();
  const reply = await draw({ marks: 'line 1000 2500 9000 2500;circle 6000 5000 8000 9000', requestId: 'drawn-by-hand-1' });
  expect(reply.status).toBe(303);
  const copy = idOf(reply.headers.location);
  const rows = await rowsOf();
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual(original);
  expect(rows[1]).toMatchObject({ id: copy, drawn_on_id: media, is_arrival: true, to_customer: false });
  expect(await redAround(copy, 5000, 2500)).toBeGreaterThan(20);
  expect(await redAround(copy, 6000, 7000)).toBeGreaterThan(20);
  expect(await redAround(media, 5000, 2500)).toBe(0);
  // Sent again, and drawn again, it is the same copy.
  expect(
    idOf((await draw({ marks: 'line 1000 2500 9000 2500;circle 6000 5000 8000 9000', requestId: 'drawn-by-hand-1' })).headers.location),
  ).toBe(copy);
  expect(idOf((await draw({ marks: 'line 1000 2500 9000 2500;circle 6000 5000 8000 9000' })).headers.location)).toBe(copy);
  expect(await rowsOf()).toHaveLength(2);
  expect((await mechanic.get(`/work-orders/${number}`)).text).toContain('drew on a photo');
});

test('without a pointer a place is chosen; without scripts the photo is clicked, as large as the page shows it', async () => {
  const chosen = idOf((await draw({ shape: 'arrow', place: '9' })).headers.location);
  expect(await redAround(chosen, 8333, 8333)).toBeGreaterThan(10);
  // It is shown 320 × 160.
  const clicked = idOf((await draw({ shape: 'arrow', 'at.x': '80', 'at.y': '120' })).headers.location);
  expect(await redAround(clicked, 2500, 7500)).toBeGreaterThan(10);
  expect(await redAround(clicked, 8333, 8333)).toBe(0);
  // By the keyboard the photo is clicked at 0, 0: then the choice counts.
  const byKey = idOf((await draw({ shape: 'arrow', place: '9', 'at.x': '0', 'at.y': '0' })).headers.location);
  expect(byKey).toBe(chosen);
});

test('what is no mark is refused with a sentence, and nothing is drawn', async () => {
  const before = await versionOf(database.db, shop.id);
  const bad = [
    {},
    { marks: '' },
    { marks: 'star 1 2 3 4' },
    { marks: 'x'.repeat(5000) },
    { shape: 'star', place: '5' },
    { place: '10' },
    { 'at.x': '-1', 'at.y': '2' },
  ];
  for (const fields of bad) expect((await draw(fields as Record<string, string>)).status, JSON.stringify(fields)).toBe(422);
  expect((await draw({ place: '5' }, 999_999)).status).toBe(404);
  expect(await versionOf(database.db, shop.id)).toBe(before);
});
