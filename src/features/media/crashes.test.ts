import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import { openFileStore } from '../../platform/files/open.js';
import type { FileStore } from '../../platform/files/store.js';
import { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { photoBytes } from '../../testing/media.js';
import { spawnServer, testEnvironment, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { findDamage } from '../../testing/truth.js';
import { uploadFiles } from '../../testing/upload.js';

let database: TestDatabase;
let folder: string;
let shop: TestShop;
let number: number;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'serviceflow-crash-'));
  environment = { DATA_DIR: folder };
  shop = await makeShop(database.db);
  number = (await openOrders(database.db, shop.staff.advisor, 1))[0] as number;
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const openStore = (): Promise<FileStore> => openFileStore(readConfig({ ...testEnvironment(database.url), ...environment }));

test('however often the server is killed in the middle of uploads, rows and files agree, and no answer that was given is lost', async () => {
  const photos = await Promise.all(Array.from({ length: 12 }, (_, index) => photoBytes(500 + index, { width: 900, height: 700 })));
  /** What was sent, by its name, and whether somebody was told that it is there. */
  const acknowledged = new Set<string>();
  // Early, while nothing is answered yet; then in the middle of the work on one photo while others are answered.
  for (const answers of [0, 0, 1, 4]) {
    const server = await spawnServer(database.url, environment);
    const client = await new Client(server.url).signInAs(shop, 'mechanic');
    const uploads = photos.map(async (bytes, index) => {
      const name = `${index}.jpg`;
      const reply = await uploadFiles(client, `/work-orders/${number}/media`, { requestId: `crash-photo-${index}` }, [{ name, bytes }], {
        htmx: true,
      }).catch(() => null);
      if (reply?.status === 200) acknowledged.add(name);
    });
    await sleep(150);
    const before = acknowledged.size;
    await until(() => acknowledged.size >= before + answers, `${answers} answers`, 60);
    expect(await server.end('SIGKILL')).toBe('SIGKILL');
    await Promise.all(uploads);
    client.close();
    await expectToAgree([...acknowledged]);
  }
  // What was not told is sent again, as the phone does: each is there once.
  const server = await spawnServer(database.url, environment);
  const client = await new Client(server.url).signInAs(shop, 'mechanic');
  for (const [index, bytes] of photos.entries()) {
    const fields = { requestId: `crash-photo-${index}` };
    expect((await uploadFiles(client, `/work-orders/${number}/media`, fields, [{ name: `${index}.jpg`, bytes }])).status).toBe(303);
  }
  client.close();
  await server.end('SIGTERM');
  const rows = await expectToAgree(photos.map((_, index) => `${index}.jpg`));
  expect(rows).toHaveLength(photos.length);
  expect(acknowledged.size).toBeGreaterThan(0);
}, 240_000);

/** Every row has all its files, whole; what was acknowledged is there. @returns the names of the pictures */
async function expectToAgree(names: string[]): Promise<string[]> {
  const store = await openStore();
  const rows = await database.db.selectFrom('media').select(['id', 'name']).where('shop_id', '=', shop.id).execute();
  for (const { id, name } of rows) {
    const files = await database.db
      .selectFrom('media_files as u')
      .innerJoin('files as f', (join) => join.onRef('f.shop_id', '=', 'u.shop_id').onRef('f.sha256', '=', 'u.sha256'))
      .select(['u.use', 'u.sha256', 'f.bytes'])
      .where('u.media_id', '=', id)
      .execute();
    expect(files.map((file) => file.use).sort(), name).toEqual(['customer', 'original', 'screen', 'thumbnail']);
    for (const { sha256, bytes } of files) expect((await store.find(sha256))?.bytes, name).toBe(bytes);
  }
  // No row of `files` without its bytes either.
  for (const { sha256, bytes } of await database.db.selectFrom('files').select(['sha256', 'bytes']).execute())
    expect((await store.find(sha256))?.bytes).toBe(bytes);
  expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(names));
  expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  return rows.map((row) => row.name);
}

test('what the killed server had begun to receive lies apart from what is kept, where it is swept', async () => {
  const store = await openStore();
  await store.sweepTemporary(new Date(Date.now() + 1000));
  expect(await readdir(join(folder, 'files', 'tmp'))).toEqual([]);
});
