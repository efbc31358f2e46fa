import { readFileSync, statSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { testPictures } from '../../testing/open-pictures.js';
import { SECRET } from '../../testing/pictures.js';
import { FRAMES, movie, webm } from '../../testing/videos.js';
import { Invalid } from '../errors.js';
import type { Video } from './pictures.js';

// Without ffmpeg: how a file is made is read here, and so is the copy for the customer.
const { pictures, file, left, close } = testPictures({ ffmpegPath: '/none' });
afterAll(close);

async function read(bytes: Buffer): Promise<Video> {
  const video = await pictures.read(file(bytes));
  if (video.kind !== 'video') throw new Error('It should be a video.');
  return video;
}

const SECRETS = [SECRET, '47.3769', '\xa9xyz'];

test('size, length and whether it plays are read from the file', async () => {
  const size = { width: 640, height: 360, duration: 100 };
  expect(await read(movie())).toMatchObject({ ...size, type: 'video/mp4', plays: true });
  expect(await read(movie({ major: 'qt  ', moovAtEnd: true }))).toMatchObject({ ...size, type: 'video/quicktime', plays: true });
  expect(await read(movie({ longSizes: true, moovAtEnd: true }))).toMatchObject({ ...size, plays: true });
  for (const codec of ['hvc1', 'apcn', 'mp4v']) expect(await read(movie({ codec })), codec).toMatchObject({ ...size, plays: false });
  expect(await read(webm())).toMatchObject({ ...size, type: 'video/webm', plays: true });
  expect(await read(webm({ codec: 'V_MPEGH/ISO/HEVC' }))).toMatchObject({ plays: false });
  // What a browser records says no length.
  expect(await read(webm({ duration: 0, open: true }))).toMatchObject({ duration: 96, plays: true });
});

test('a second that claims to be ten hours is a second', async () => {
  expect((await read(movie({ claims: 36_000_000 }))).duration).toBe(100);
  expect((await read(webm({ duration: 36_000_000 }))).duration).toBeLessThan(7_000);
});

test.each([
  ['MP4', movie({ secrets: true, places: FRAMES.map(() => Buffer.from(`here is ${SECRET}`)) })],
  ['MOV', movie({ secrets: true, major: 'qt  ', moovAtEnd: true, places: [Buffer.from(SECRET)] })],
  ['MP4 with sizes of 64 bits', movie({ secrets: true, longSizes: true })],
  ['WebM', webm({ secrets: true })],
  ['WebM as browsers write it', webm({ secrets: true, open: true })],
])('the customer’s copy of an %s has every picture and nothing else', async (_name, bytes) => {
  const video = await read(bytes);
  const copy = readFileSync(video.made.customer as string);
  expect(copy.length).toBe(bytes.length);
  for (const frame of FRAMES) expect(copy.includes(frame)).toBe(true);
  for (const secret of SECRETS) expect(copy.includes(secret, 0, 'latin1'), secret).toBe(false);
  expect(bytes.includes(SECRET)).toBe(true);
  // No time of recording either; see movie().
  expect(copy.includes(Buffer.from([0xe0, 0, 0, 1, 0xe0, 0, 0, 1]))).toBe(false);
  // The copy is a video like the one it was made from.
  const again = await read(copy);
  expect({ ...again, made: null }).toEqual({ ...video, made: null });
  expect(readFileSync(again.made.customer as string).equals(copy)).toBe(true);
});

test('where no copy can be made with certainty, there is none', async () => {
  for (const bytes of [movie({ fragmented: true }), movie({ rawSound: true })]) {
    const video = await read(bytes);
    expect(video).toMatchObject({ width: 640, height: 360 });
    expect(video.made).toEqual({});
  }
});

test('without ffmpeg there is no poster, and nothing is converted', async () => {
  const path = file(movie({ codec: 'hvc1' }));
  const video = (await pictures.read(path)) as Video;
  expect(Object.keys(video.made)).toEqual(['customer']);
  expect(statSync(video.made.customer as string).size).toBe(statSync(path).size);
  expect(await pictures.transcode(path)).toBeNull();
});

test('a video can’t be drawn on, and leaves nothing when that is tried', async () => {
  const before = left().length;
  await expect(pictures.draw(file(movie()), [])).rejects.toThrow(Invalid);
  expect(left().length).toBe(before);
});
