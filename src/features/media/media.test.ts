import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos, photoBytes } from '../../testing/media.js';
import { addJob } from '../../testing/money.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { versionOf } from '../../testing/truth.js';
import { uploadFiles } from '../../testing/upload.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let mechanic: Client;
let advisor: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  [mechanic, advisor] = [await server.clientOf(shop, 'mechanic'), await server.clientOf(shop, 'advisor')];
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const openOrder = async () => (await openOrders(database.db, shop.staff.advisor, 1))[0] as number;
const mediaOf = (number: number) =>
  database.db
    .selectFrom('media as p')
    .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'p.shop_id').onRef('w.id', '=', 'p.work_order_id'))
    .select(['p.id', 'p.name', 'p.kind', 'p.taken_at', 'p.looks_like_id', 'p.job_id', 'p.is_arrival', 'p.position', 'p.sha256', 'p.state'])
    .where('w.shop_id', '=', shop.id)
    .where('w.number', '=', number)
    .where('p.removed_at', 'is', null)
    .orderBy('p.position')
    .execute();
const send = (
  client: Client,
  number: number,
  files: { name: string; bytes: Buffer | string }[],
  fields: Record<string, string> = {},
  htmx = false,
) => uploadFiles(client, `/work-orders/${number}/media`, fields, files, { htmx });
let seed = 100;
const freshPhoto = () => photoBytes(seed++);

/** What cannot be taken, and what is said of it. */
const BAD: [string, string][] = [
  ['page.jpg', '<!doctype html><script>alert(1)</script>'],
  ['drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['notes.txt', 'Just some words'],
];

test('a photo is stored with what is made of it, at the time that the camera says on the shop’s clock', async () => {
  const number = await openOrder();
  const before = await versionOf(database.db, shop.id);
  const reply = await send(mechanic, number, [{ name: 'IMG_1.jpg', bytes: await photoBytes(1, { takenAt: '2026:07:01 09:41:00' }) }], {
    arrival: 'on',
  });
  expect(reply).toMatchObject({ status: 303, headers: { location: `/work-orders/${number}#work-order-media` } });
  const [row] = await mediaOf(number);
  // America/Chicago, in summer.
  expect(row).toMatchObject({ name: 'IMG_1.jpg', kind: 'photo', is_arrival: true, taken_at: new Date('2026-07-01T14:41:00Z') });
  const files = await database.db
    .selectFrom('media_files')
    .select(['use', 'sha256'])
    .where('media_id', '=', row?.id as number)
    .execute();
  expect(files.map((file) => file.use).sort()).toEqual(['customer', 'original', 'screen', 'thumbnail']);
  for (const { sha256 } of files) expect(await server.app.services.files.has(sha256)).toBe(true);
  expect(await versionOf(database.db, shop.id)).toBe(before + 1);
  const page = await mechanic.get(`/work-orders/${number}`);
  expect(page.text).toContain('1 file added.');
  expect(page.text).toContain('added a photo of the arrival');
  expect(page.text).toContain(`data-media="${row?.id}"`);
});

test('of twenty files three that are none stop no other, and each is named with its reason', async () => {
  const number = await openOrder();
  const files: { name: string; bytes: Buffer | string }[] = [];
  for (let index = 0; index < 17; index++) files.push({ name: `${index}.jpg`, bytes: await freshPhoto() });
  for (const [index, [name, bytes]] of BAD.entries()) files.splice(index * 7, 0, { name, bytes });
  expect((await send(mechanic, number, files)).status).toBe(303);
  expect((await mediaOf(number)).map((row) => row.name)).toEqual(Array.from({ length: 17 }, (_, index) => `${index}.jpg`));
  const { text } = await mechanic.get(`/work-orders/${number}`);
  expect(text).toContain('17 files added. 3 files could not be taken:');
  for (const [name] of BAD) expect(text).toContain(`“${name}”: This is not a photo or video`);
});

test('an empty or too large file stops no other either, in one plain form', async () => {
  const number = await openOrder();
  const small = await startTestServer(database.url, { MAX_PHOTO_MB: '1', MAX_VIDEO_MB: '1' });
  const client = await small.clientOf(shop, 'mechanic');
  const files = [
    { name: 'large.jpg', bytes: Buffer.alloc(3_000_000, 'x') },
    { name: 'good.jpg', bytes: await freshPhoto() },
    { name: 'empty.jpg', bytes: '' },
  ];
  expect((await send(client, number, files)).status).toBe(303);
  expect((await mediaOf(number)).map((row) => row.name)).toEqual(['good.jpg']);
  const { text } = await client.get(`/work-orders/${number}`);
  expect(text).toContain('1 file added. 2 files could not be taken: “large.jpg”: This file is larger than 1 MB');
  expect(text).toContain('“empty.jpg”: This file is empty.');
  await small.stop();
});

test('when no file can be taken, or none was chosen, the page says so and nothing changes', async () => {
  const number = await openOrder();
  const before = await versionOf(database.db, shop.id);
  const refused = await send(mechanic, number, [{ name: 'page.jpg', bytes: BAD[0]?.[1] as string }]);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('>This is not a photo or video');
  expect((await send(mechanic, number, [])).text).toContain('Please choose photos or a video first.');
  expect((await send(mechanic, 9999, [{ name: 'a.jpg', bytes: await freshPhoto() }])).status).toBe(404);
  expect(await versionOf(database.db, shop.id)).toBe(before);
});

describe('the same picture', () => {
  test('is there once, though its answer was lost and it is sent again', async () => {
    const number = await openOrder();
    const bytes = await freshPhoto();
    const replies = [];
    for (let time = 0; time < 3; time++)
      replies.push(await send(mechanic, number, [{ name: 'a.jpg', bytes }], { requestId: 'lost-answer-1' }, true));
    for (const reply of replies) expect(reply.text).toMatch(/<output data-state="added" data-media="\d+">Added.<\/output>/);
    expect(await mediaOf(number)).toHaveLength(1);
    // Without the form's mark, too; and under another name.
    expect((await send(advisor, number, [{ name: 'b.jpg', bytes }], {}, true)).text).toContain('It was here already.');
    expect(await mediaOf(number)).toHaveLength(1);
  });

  test('twice in one form is one', async () => {
    const number = await openOrder();
    const bytes = await freshPhoto();
    await send(mechanic, number, [
      { name: 'a.jpg', bytes },
      { name: 'b.jpg', bytes },
    ]);
    expect(await mediaOf(number)).toHaveLength(1);
    expect((await mechanic.get(`/work-orders/${number}`)).text).toContain('1 file added. 1 file was here already.');
  });

  test('from two people at once is one', async () => {
    const number = await openOrder();
    const bytes = await freshPhoto();
    const replies = await Promise.all(
      [mechanic, advisor, mechanic, advisor].map((client) => send(client, number, [{ name: 'a.jpg', bytes }])),
    );
    expect(replies.map((reply) => reply.status)).toEqual([303, 303, 303, 303]);
    expect(await mediaOf(number)).toHaveLength(1);
  });

  test('is not another one under the mark of a form that was sent before', async () => {
    const number = await openOrder();
    expect((await send(mechanic, number, [{ name: 'a.jpg', bytes: await freshPhoto() }], { requestId: 'one-form-once' })).status).toBe(303);
    expect((await send(mechanic, number, [{ name: 'b.jpg', bytes: await freshPhoto() }], { requestId: 'one-form-once' })).status).toBe(409);
    expect(await mediaOf(number)).toHaveLength(1);
  });
});

test('pictures of several people at once all come, each in a place of its own', async () => {
  const number = await openOrder();
  const photos = await Promise.all(Array.from({ length: 8 }, freshPhoto));
  await Promise.all(photos.map((bytes, index) => send(index % 2 ? mechanic : advisor, number, [{ name: `${index}.jpg`, bytes }])));
  const rows = await mediaOf(number);
  expect(rows.map((row) => row.name).sort()).toEqual(['0.jpg', '1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg', '6.jpg', '7.jpg']);
  expect(new Set(rows.map((row) => row.position)).size).toBe(8);
});

describe('a picture that looks like one of another work order', () => {
  test('is flagged, with its number', async () => {
    const [first, second] = [await openOrder(), await openOrder()];
    await addPhotos(server.app.services, shop.staff.mechanic, first, [40]);
    const again = await photoBytes(40, { width: 320, height: 240, quality: 45 });
    expect((await send(mechanic, second, [{ name: 'again.jpg', bytes: again }], {}, true)).text).toContain(
      'It looks like a picture of another work order.',
    );
    expect((await advisor.get(`/work-orders/${second}`)).text).toMatch(
      new RegExp(`Looks like a picture of <a href="/work-orders/${first}">WO-${first}`),
    );
    const [row] = await mediaOf(second);
    const page = await advisor.get(`/work-orders/${second}/media/${row?.id}`);
    expect(page.text).toMatch(new RegExp(`/work-orders/${first}/media/\\d+/files/screen`));
  });

  test('is not, when it is of the same visit, of another shop, or shows something else', async () => {
    const [first, second] = [await openOrder(), await openOrder()];
    await addPhotos(server.app.services, shop.staff.mechanic, first, [41, 42]);
    await addPhotos(server.app.services, shop.staff.mechanic, first, [41], {}, { quality: 40 });
    await addPhotos(server.app.services, shop.staff.mechanic, second, [43]);
    const other = await makeShop(database.db, 'other');
    const [theirs] = await openOrders(database.db, other.staff.advisor, 1);
    await addPhotos(server.app.services, other.staff.mechanic, theirs as number, [41]);
    const flagged = await database.db
      .selectFrom('media')
      .select('id')
      .where('looks_like_id', 'is not', null)
      .where('shop_id', '=', other.id)
      .execute();
    expect(flagged).toEqual([]);
    for (const number of [first, second]) for (const row of await mediaOf(number)) expect(row.looks_like_id).toBeNull();
  });
});

test('belongs to a job or finding of its own work order only', async () => {
  const [mine, other] = [await openOrder(), await openOrder()];
  const [job, foreign] = [await addJob(database.db, shop.staff.advisor, mine), await addJob(database.db, shop.staff.advisor, other)];
  const before = await versionOf(database.db, shop.id);
  expect((await send(mechanic, mine, [{ name: 'a.jpg', bytes: await freshPhoto() }], { job: String(foreign) })).status).toBe(404);
  expect((await send(mechanic, mine, [{ name: 'a.jpg', bytes: await freshPhoto() }], { finding: '999' })).status).toBe(404);
  expect((await send(mechanic, mine, [{ name: 'a.jpg', bytes: await freshPhoto() }], { job: 'x' })).status).toBe(422);
  expect(await versionOf(database.db, shop.id)).toBe(before);
  expect((await send(mechanic, mine, [{ name: 'a.jpg', bytes: await freshPhoto() }], { job: String(job) })).status).toBe(303);
  expect(await mediaOf(mine)).toMatchObject([{ job_id: job }]);
});

test('names that nobody would give are kept as text, and shown as text', async () => {
  const names = [
    'XSS1<img src=x onerror=alert(1)>.jpg',
    '../../etc/passwd',
    'a\\b\\..\\c.jpg',
    `${'x'.repeat(255)}.jpg`,
    'Ωμέγα مُحَمَّد 🚗.jpg',
    'CON',
    '-rf *',
  ];
  const number = await openOrder();
  for (const name of names) expect((await send(mechanic, number, [{ name, bytes: await freshPhoto() }])).status, name).toBe(303);
  const rows = await mediaOf(number);
  expect(rows).toHaveLength(names.length);
  for (const row of rows) {
    const page = await advisor.get(`/work-orders/${number}/media/${row.id}`);
    expect(page.status, row.name).toBe(200);
    expect(page.text).not.toContain('<img src=x');
    const saved = await advisor.get(`/work-orders/${number}/media/${row.id}/files/original`);
    expect(saved.status).toBe(200);
    expect(saved.headers['content-disposition']).toMatch(/^attachment; filename="[^"\r\n/\\]*"; filename\*=UTF-8''[\w.!~*'()%-]*$/);
  }
  expect(rows.map((row) => row.name)).toContain('Ωμέγα مُحَمَّد 🚗.jpg');
});

test('whoever has the work order open sees a new picture at once, with prices or without', async () => {
  const number = await openOrder();
  const sockets = await Promise.all([advisor, mechanic].map((client) => TestSocket.open(client, `work-order:${number}`)));
  await send(mechanic, number, [{ name: 'a.jpg', bytes: await freshPhoto() }]);
  const [row] = await mediaOf(number);
  const seen = (socket: TestSocket) => socket.messages.some((message) => message.content.includes(`data-media="${row?.id}"`));
  await until(() => sockets.every(seen), 'the picture on both screens');
  for (const socket of sockets) socket.close();
});

test('when the process that reads pictures is killed, that file is refused with a sentence and the next is taken', async () => {
  const number = await openOrder();
  await send(mechanic, number, [{ name: 'first.jpg', bytes: await freshPhoto() }]);
  const pictures = server.app.services.pictures as unknown as { pid: number | undefined };
  const large = await photoBytes(77, { width: 4000, height: 3000 });
  const sending = send(mechanic, number, [{ name: 'large.jpg', bytes: large }], {}, true);
  // Kill it until one falls into the work on the large picture.
  let killed = 0;
  const killer = setInterval(() => {
    if (pictures.pid === undefined || killed >= 40) return;
    try {
      process.kill(pictures.pid, 'SIGKILL');
      killed++;
    } catch {}
  }, 20);
  const reply = await sending;
  clearInterval(killer);
  expect(killed).toBeGreaterThan(0);
  expect(reply.status).toBe(422);
  expect(reply.text).toMatch(/could not be read|damaged/);
  expect((await send(mechanic, number, [{ name: 'next.jpg', bytes: await freshPhoto() }])).status).toBe(303);
  expect((await mediaOf(number)).map((row) => row.name)).toEqual(['first.jpg', 'next.jpg']);
});
