import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepFiles } from '../../platform/files/sweep.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos } from '../../testing/media.js';
import { openEmpty } from '../../testing/money.js';
import { addBrakesTemplate, answer, findRed } from '../../testing/safety.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { markAsSent } from '../billing/revisions.js';
import { removeMedium } from './edits.js';
import { letGoOfRemoved } from './letting-go.js';

const HOUR = 3_600_000;

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number: number;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const usesOf = (media: number) => database.db.selectFrom('media_files').select(['use', 'sha256']).where('media_id', '=', media).execute();

/** Each file of the shop is in the store. @returns of which of these the store has bytes */
async function stored(files: { sha256: Buffer }[]): Promise<boolean[]> {
  const { files: store } = server.app.services;
  for (const { sha256 } of await database.db.selectFrom('files').select('sha256').execute()) expect(await store.has(sha256)).toBe(true);
  return Promise.all(files.map(({ sha256 }) => store.has(sha256)));
}

/** A customer has answered, and this is a file that they saw. */
async function see(sha256: Buffer): Promise<void> {
  const { db } = database;
  const found = await findRed(db, shop, number, await addBrakesTemplate(db, shop));
  await markAsSent(db, shop.staff.advisor, number);
  await answer(db, shop.staff.advisor, number, 'decline', found.job);
  const { id } = await db.selectFrom('authorizations').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  await db.insertInto('authorization_files').values({ shop_id: shop.id, authorization_id: id, sha256 }).execute();
}

test('files of a picture that was removed two days ago are gone, unless a customer saw it when they answered; of others nothing', async () => {
  const { db } = database;
  const { advisor, mechanic } = shop.staff;
  const all = await addPhotos(server.app.services, mechanic, number, [1, 2, 3, 4]);
  const [kept, yesterday, old, seen] = all as [number, number, number, number];
  for (const media of [yesterday, old, seen]) await removeMedium(db, advisor, number, media);
  await see((await usesOf(seen)).find(({ use }) => use === 'thumbnail')?.sha256 as Buffer);
  const removedAt = (hours: number, media: number[]) =>
    db
      .updateTable('media')
      .set({ removed_at: new Date(Date.now() - hours * HOUR) })
      .where('id', 'in', media)
      .execute();
  await removedAt(47, [yesterday]);
  await removedAt(49, [old, seen]);
  const before = new Map(await Promise.all(all.map(async (media) => [media, await usesOf(media)] as const)));

  expect(await letGoOfRemoved(db, new Date())).toBe(1);
  expect(await letGoOfRemoved(db, new Date())).toBe(0);
  for (const media of [kept, yesterday, seen]) expect(await usesOf(media)).toEqual(before.get(media));
  // As if all were stored three days ago.
  await sweepFiles(db, server.app.services.files, new Date(Date.now() + 72 * HOUR));
  for (const media of all) expect(new Set(await stored(before.get(media) ?? []))).toEqual(new Set([media !== old]));

  const client = await server.clientOf(shop, 'advisor');
  expect((await client.get(`/work-orders/${number}/media/${yesterday}`)).status).toBe(404);
  expect((await client.get(`/work-orders/${number}/media/${old}`)).status).toBe(404);
  expect((await client.get(`/work-orders/${number}/media/${kept}/files/screen`)).status).toBe(200);
  expect((await client.get(`/work-orders/${number}/evidence`)).status).toBe(200);
  // The same photo may come again.
  expect(await addPhotos(server.app.services, mechanic, number, [3])).not.toContain(old);
});
