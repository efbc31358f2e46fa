import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NotFound } from '../../platform/errors.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos } from '../../testing/media.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { releaseMedium, removeMedium } from './edits.js';
import { customerFile } from './files.js';
import { addMedia } from './media.js';

const USES = ['thumbnail', 'screen', 'customer', 'poster', 'playable', 'original'] as const;
const PHOTO_USES = ['thumbnail', 'screen', 'customer'];

let database: TestDatabase;
let server: TestServer;
let first: TestShop;
let second: TestShop;
/** In the first shop: two work orders, each with a photo; one more photo that was removed. In the second shop one of each. */
let mine: number;
let beside: number;
let foreign: number;
let ids: { mine: number; beside: number; foreign: number; removed: number };

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  const { db } = database;
  const { services } = server.app;
  first = await makeShop(db);
  second = await makeShop(db, 'second');
  [mine, beside] = (await openOrders(db, first.staff.advisor, 2)) as [number, number];
  // The same numbers: a shop is told apart by more than that.
  foreign = (await openOrders(db, second.staff.advisor, 2))[0] as number;
  const [a, removed] = (await addPhotos(services, first.staff.mechanic, mine, [1, 2])) as [number, number];
  const [b] = (await addPhotos(services, first.staff.mechanic, beside, [3])) as [number];
  const [c] = (await addPhotos(services, second.staff.mechanic, foreign, [4])) as [number];
  ids = { mine: a, beside: b, foreign: c, removed };
  await removeMedium(db, first.staff.advisor, mine, removed);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const pathOf = (number: number | string, media: number | string, use: string) => `/work-orders/${number}/media/${media}/files/${use}`;
const shaOf = async (media: number, use: string) =>
  (
    await database.db
      .selectFrom('media_files')
      .select('sha256')
      .where('media_id', '=', media)
      .where('use', '=', use as 'original')
      .executeTakeFirstOrThrow()
  ).sha256.toString('hex');

describe('a file of a picture', () => {
  test('is had by every role of the shop; the original by the desk', async () => {
    for (const role of ['mechanic', 'advisor', 'manager'] as const) {
      const client = await server.clientOf(first, role);
      for (const use of USES) {
        const reply = await client.get(pathOf(mine, ids.mine, use));
        const wanted = use === 'original' ? (role === 'mechanic' ? 403 : 200) : PHOTO_USES.includes(use) ? 200 : 404;
        expect(reply.status, `${use} for a ${role}`).toBe(wanted);
        if (wanted !== 200) continue;
        expect(reply.headers).toMatchObject({
          etag: `"${await shaOf(ids.mine, use)}"`,
          'content-type': 'image/jpeg',
          'x-content-type-options': 'nosniff',
          'content-security-policy': "sandbox; default-src 'none'",
        });
        expect(reply.headers['cache-control']).toContain('private');
        expect(reply.headers['content-disposition']).toMatch(use === 'original' ? /^attachment/ : /^inline$/);
      }
    }
  });

  test('is not there for who is signed out', async () => {
    const stranger = server.client();
    for (const use of USES) {
      const reply = await stranger.get(pathOf(mine, ids.mine, use));
      expect([reply.status, reply.headers['content-type']], use).toEqual([303, 'text/plain; charset=utf-8']);
    }
    expect((await stranger.get(pathOf(mine, ids.mine, 'screen'), { htmx: true })).status).toBe(401);
  });

  test('of another shop, another work order, or one that was removed is not found, whoever asks', async () => {
    const clients = await Promise.all([
      ...(['mechanic', 'advisor', 'manager'] as const).map((role) => server.clientOf(first, role)),
      server.clientOf(second, 'manager'),
    ]);
    const wrong: [number, number][] = [
      [mine, ids.beside],
      [beside, ids.mine],
      [mine, ids.foreign],
      [beside, ids.foreign],
      [mine, ids.removed],
      [9999, ids.mine],
      [mine, 999_999],
    ];
    for (const [index, client] of clients.entries()) {
      const isTheirs = index === 3;
      // The second shop has a work order of that number, with that picture: its own.
      const asked = isTheirs
        ? [...wrong.filter(([number, media]) => number !== foreign || media !== ids.foreign), [mine, ids.mine] as [number, number]]
        : wrong;
      for (const [number, media] of asked) {
        for (const use of USES) {
          const status = use === 'original' && index === 0 ? 403 : 404;
          expect((await client.get(pathOf(number, media, use))).status, `${number}/${media}/${use} for ${index}`).toBe(status);
        }
        expect((await client.get(`/work-orders/${number}/media/${media}/drawings/new`)).status).toBe(404);
      }
    }
  });

  test('opens by nothing but its address: not by hash, not by name, not by a path', async () => {
    const manager = await server.clientOf(first, 'manager');
    const sha = await shaOf(ids.mine, 'customer');
    const addresses = [
      ...[`/files/${sha}`, `/media/${sha}`, `/media/${ids.mine}`, `/${sha}`, `/assets/${sha}`, `/data/files/${sha.slice(0, 2)}/${sha}`],
      ...[pathOf(mine, sha, 'screen'), pathOf(mine, ids.mine, sha), pathOf(mine, 'IMG_1.jpg', 'screen'), pathOf(sha, ids.mine, 'screen')],
      ...[pathOf(mine, ids.mine, 'ORIGINAL'), pathOf(mine, ids.mine, 'constructor'), pathOf(mine, ids.mine, '..%2foriginal')],
      ...[pathOf(mine, `${ids.mine}%00`, 'screen'), pathOf(mine, `0${ids.mine}`, 'screen'), pathOf(mine, `${ids.mine}.0`, 'screen')],
    ];
    for (const address of addresses) expect((await manager.get(address)).status, address).toBe(404);
  });

  test('comes in ranges', async () => {
    const mechanic = await server.clientOf(first, 'mechanic');
    const part = await mechanic.get(pathOf(mine, ids.mine, 'screen'), { headers: { range: 'bytes=0-9' } });
    expect(part).toMatchObject({ status: 206, headers: { 'content-length': '10' } });
    expect((await mechanic.get(pathOf(mine, ids.mine, 'screen'), { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
  });
});

describe('the customer of a work order', () => {
  const orderOf = async (number: number, shop: TestShop) =>
    (
      await database.db
        .selectFrom('work_orders')
        .select('id')
        .where('shop_id', '=', shop.id)
        .where('number', '=', number)
        .executeTakeFirstOrThrow()
    ).id;
  const has = (shop: number, order: number, media: number, use: string): Promise<boolean> =>
    customerFile(database.db, shop, order, media, use).then(
      () => true,
      (error) => {
        if (error instanceof NotFound) return false;
        throw error;
      },
    );

  test('has what was chosen for them, in the copies that say nothing of place and device, and no longer than it is', async () => {
    const { db } = database;
    const order = await orderOf(mine, first);
    for (const use of USES) expect(await has(first.id, order, ids.mine, use), use).toBe(false);
    await releaseMedium(db, first.staff.advisor, mine, ids.mine, true);
    const allowed: string[] = [];
    for (const use of USES) if (await has(first.id, order, ids.mine, use)) allowed.push(use);
    expect(allowed).toEqual(['thumbnail', 'customer']);
    // Of no other order, no other shop.
    expect(await has(first.id, await orderOf(beside, first), ids.mine, 'customer')).toBe(false);
    expect(await has(second.id, await orderOf(foreign, second), ids.mine, 'customer')).toBe(false);
    expect(await has(second.id, order, ids.mine, 'customer')).toBe(false);
    await releaseMedium(db, first.staff.advisor, mine, ids.mine, false);
    expect(await has(first.id, order, ids.mine, 'customer')).toBe(false);
  });

  test('has nothing that was removed, though it was chosen', async () => {
    const { db } = database;
    const [media] = (await addPhotos(server.app.services, first.staff.mechanic, mine, [9])) as [number];
    await releaseMedium(db, first.staff.advisor, mine, media, true);
    expect(await has(first.id, await orderOf(mine, first), media, 'customer')).toBe(true);
    await removeMedium(db, first.staff.advisor, mine, media);
    expect(await has(first.id, await orderOf(mine, first), media, 'customer')).toBe(false);
  });

  test('has the pictures of a finding from when it is released, and not before', async () => {
    const { db } = database;
    const order = await orderOf(beside, first);
    const finding = await makeFinding(order);
    const [media] = (await addPhotos(server.app.services, first.staff.mechanic, beside, [10], { finding })) as [number];
    expect(await has(first.id, order, media, 'customer')).toBe(false);
    const { staff } = first.staff.advisor;
    await db
      .updateTable('inspections')
      .set({ finished_at: new Date(), finished_by: staff, released_at: new Date(), released_by: staff })
      .execute();
    expect(await has(first.id, order, media, 'customer')).toBe(true);
    await db.updateTable('findings').set({ released: false }).where('id', '=', finding).execute();
    expect(await has(first.id, order, media, 'customer')).toBe(false);
  });

  async function makeFinding(order: number): Promise<number> {
    const { db } = database;
    const shop_id = first.id;
    const by = first.staff.mechanic.staff;
    const template = await db
      .insertInto('inspection_templates')
      .values({ shop_id, name: 'Brakes' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const content = JSON.stringify({ sections: [{ key: 's', name: 'Wheels', items: [{ key: 'pads', name: 'Front pads' }] }] });
    await db
      .insertInto('inspection_template_versions')
      .values({ shop_id, template_id: template.id, version: 1, at: new Date(), content })
      .execute();
    const inspection = await db
      .insertInto('inspections')
      .values({ shop_id, work_order_id: order, template_id: template.id, version: 1, started_by: by, started_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    const finding = await db
      .insertInto('findings')
      .values({ shop_id, work_order_id: order, inspection_id: inspection.id, item: 'pads', color: 'red', by, at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    return finding.id;
  }
});

test('a picture of a finding carries the name of what was inspected', async () => {
  const mechanic: Client = await server.clientOf(first, 'mechanic');
  const page = await mechanic.get(`/work-orders/${beside}`);
  expect(page.text).toMatch(/<h3 dir="auto">Front pads<\/h3>/);
  await expect(addMedia(server.app.services, first.staff.mechanic, 9999, [], {})).rejects.toThrow('That work order is not here.');
});
