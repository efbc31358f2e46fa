import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { uploadFiles } from '../../testing/upload.js';
import { movie } from '../../testing/videos.js';

const run = promisify(execFile);
const hasFfmpeg = await run('ffmpeg', ['-version']).then(
  () => true,
  () => false,
);

let database: TestDatabase;
let shop: TestShop;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  folder = await mkdtemp(join(tmpdir(), 'serviceflow-video-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A second of colored bars. @param codec `libx264` plays everywhere, `mpeg4` in no browser */
async function video(codec: string): Promise<Buffer> {
  const path = join(folder, `${codec}.mp4`);
  const source = ['-f', 'lavfi', '-i', 'testsrc=duration=1:size=320x240:rate=10'];
  await run('ffmpeg', ['-y', ...source, '-pix_fmt', 'yuv420p', '-c:v', codec, '-metadata', 'location=+38.7-009.1/', path]);
  return readFile(path);
}

const rowOf = (media: number) =>
  database.db.selectFrom('media').select(['state', 'duration', 'width', 'kind']).where('id', '=', media).executeTakeFirstOrThrow();
const usesOf = async (media: number) =>
  (await database.db.selectFrom('media_files').select('use').where('media_id', '=', media).execute()).map((row) => row.use).sort();

async function send(client: Client, bytes: Buffer): Promise<{ number: number; media: number }> {
  const number = (await openOrders(database.db, shop.staff.advisor, 1))[0] as number;
  const reply = await uploadFiles(client, `/work-orders/${number}/media`, {}, [{ name: 'noise.mp4', bytes }], { htmx: true });
  expect(reply.text).toContain('Added.');
  return { number, media: Number(/data-media="(\d+)"/.exec(reply.text)?.[1]) };
}

describe.skipIf(!hasFfmpeg)('where ffmpeg is', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(database.url);
  });
  afterAll(() => server.stop());

  test('a video that browsers play is there at once, with a poster, and is sent in ranges', async () => {
    const mechanic = await server.clientOf(shop, 'mechanic');
    const { number, media } = await send(mechanic, await video('libx264'));
    expect(await rowOf(media)).toMatchObject({ kind: 'video', state: 'ready', width: 320, duration: 100 });
    expect(await usesOf(media)).toEqual(expect.arrayContaining(['original', 'playable', 'poster', 'thumbnail']));
    const page = await mechanic.get(`/work-orders/${number}/media/${media}`);
    expect(page.text).toMatch(/<video controls preload="metadata"[^>]*poster="/);
    const playable = `/work-orders/${number}/media/${media}/files/playable`;
    expect(await mechanic.get(playable, { headers: { range: 'bytes=0-99' } })).toMatchObject({
      status: 206,
      headers: { 'content-type': 'video/mp4', 'content-length': '100' },
    });
    // What staff watch is the copy without the place, where there is one.
    expect((await mechanic.get(playable)).text).not.toContain('+38.7');
  });

  test('one that they don’t play is made playable in the background, for the customer, too', async () => {
    const mechanic = await server.clientOf(shop, 'mechanic');
    const { number, media } = await send(mechanic, await video('mpeg4'));
    expect((await mechanic.get(`/work-orders/${number}/media/${media}`)).text).not.toContain('can’t be played');
    await until(async () => (await rowOf(media)).state !== 'waiting', 'the video to be playable', 60);
    expect((await rowOf(media)).state).toBe('ready');
    expect(await usesOf(media)).toEqual(expect.arrayContaining(['customer', 'original', 'playable']));
    expect((await mechanic.get(`/work-orders/${number}/media/${media}/files/playable`)).headers['content-type']).toBe('video/mp4');
    expect((await mechanic.get(`/work-orders/${number}`)).text).toContain('made a video playable');
  });
});

test('without ffmpeg a video that can’t be played is kept, the page says so, and the desk can take it out', async () => {
  const server = await startTestServer(database.url, { FFMPEG_PATH: '/nowhere/ffmpeg' });
  try {
    const advisor = await server.clientOf(shop, 'advisor');
    const { number, media } = await send(advisor, movie({ codec: 'mp4v' }));
    await until(async () => (await rowOf(media)).state !== 'waiting', 'the video to be given up', 30);
    expect((await rowOf(media)).state).toBe('failed');
    const page = await advisor.get(`/work-orders/${number}/media/${media}`);
    expect(page.text).toContain('it could not be made playable');
    expect(page.text).not.toContain('<video');
    expect((await advisor.get(`/work-orders/${number}/media/${media}/files/playable`)).status).toBe(404);
    expect((await advisor.get(`/work-orders/${number}/media/${media}/files/original`)).status).toBe(200);
    expect((await advisor.get(`/work-orders/${number}`)).text).toContain('can’t be played');
  } finally {
    await server.stop();
  }
});
