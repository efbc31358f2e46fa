import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../src/testing/database.js';
import { runScript } from '../src/testing/run-script.js';
import { startTestServer, testEnvironment } from '../src/testing/server.js';
import { makeShop, openOrders } from '../src/testing/shop.js';
import { elsewhere, takeShop } from '../src/testing/shop-archives.js';

let database: TestDatabase;
let folder: string;
let archive: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serviceflow-import-'));
  archive = join(folder, 'shop.zip');
  const first = await elsewhere();
  const shop = await makeShop(first.database.db);
  await openOrders(first.database.db, shop.staff.advisor, 3);
  await writeFile(archive, await takeShop(first.database, first.store, shop.id));
  await first.database.close();
  database = await testDatabase();
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const importShop = (...args: string[]) =>
  runScript('import-shop', args, { ...testEnvironment(database.url), DATA_DIR: folder, PUBLIC_URL: 'http://shop.test' });

test('without an archive, or with something else, it says so and nothing is there', async () => {
  expect(await importShop()).toMatchObject({ code: 1, err: expect.stringContaining('Name one archive') });
  expect(await importShop(join(folder, 'no.zip'))).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^This archive can’t be read in: .+ Nothing was written\.\n$/),
  });
  await writeFile(join(folder, 'other.zip'), 'hello');
  expect(await importShop(join(folder, 'other.zip'))).toMatchObject({ code: 1, err: expect.stringContaining('not a whole ZIP') });
  expect(await database.db.selectFrom('shops').select('id').execute()).toEqual([]);
});

test('beside a running server it brings the shop in, and its manager in by a link', async () => {
  const server = await startTestServer(database.url);
  try {
    const { code, out, err } = await importShop(archive);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^first is here: \d+ rows, 0 files; its \d+ events are as they were written\.$/m);
    expect(out).toContain('3 people have no password here yet');
    const link = /manager@first\.test\) chooses a password at http:\/\/shop\.test(\/invitations\/[\w-]+)/.exec(out)?.[1] ?? '';
    const manager = server.client();
    expect((await manager.post(link, { password: 'a password of some length' })).status).toBe(303);
    expect((await manager.get('/board')).text).toContain('Vehicle 3');

    // Once more beside itself: without --again not at all, with it nobody is left before the door.
    expect((await importShop(archive)).err).toContain('add --again');
    const again = (await importShop(archive, '--again')).out;
    const [first, second] = await database.db.selectFrom('shops').select('id').orderBy('id').execute();
    expect(again).toContain(
      `manager@first.test) has a password here, and comes with it to shop number ${first?.id}, first, as the first of theirs.`,
    );
    expect(again).toContain('2 people have no password here yet');
    const there = server.client();
    const into = /within a week, http:\/\/shop\.test(\/invitations\/[\w-]+)/.exec(again)?.[1] ?? '';
    expect((await there.post(into, { password: 'a password of some length' })).status).toBe(303);
    await there.post('/settings/labels', { name: 'Only there', color: 'red' });
    const of = await database.db.selectFrom('labels').select('shop_id').where('name', '=', 'Only there').execute();
    expect(of.map(({ shop_id }) => shop_id)).toEqual([second?.id]);
  } finally {
    await server.stop();
  }
});
