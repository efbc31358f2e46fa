import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../../scripts/find-ffmpeg.js';
import { testPictures } from '../../testing/open-pictures.js';
import { movie } from '../../testing/videos.js';
import { Invalid } from '../errors.js';
import type { Video } from './pictures.js';

const ffmpeg = findFfmpeg();
if (!ffmpeg) console.log('There is no ffmpeg, so what needs it is not tested here: npx tsx scripts/find-ffmpeg.ts installs it.');

describe.skipIf(!ffmpeg)('with ffmpeg', () => {
  const { pictures, file, left, logged, close } = testPictures();
  afterAll(close);
  let made = 0;

  /** A second of a test picture with a tone, and with a place and a maker. @param args how it is encoded */
  function video(ending: string, ...args: string[]): string {
    const path = `${file('')}-${++made}.${ending}`;
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=1', '-f', 'lavfi', '-i', 'sine=d=1', '-pix_fmt', 'yuv420p'];
    const told = [
      '-metadata',
      'location=+47.3769+008.5417/',
      '-metadata',
      'make=SecretMaker',
      '-metadata',
      'creation_time=2026-11-23T11:42:07Z',
    ];
    execFileSync(ffmpeg as string, ['-loglevel', 'error', '-nostdin', ...source, ...told, ...args, '-y', path], { stdio: 'ignore' });
    return path;
  }

  /** Of every decoded picture and sound; a container can't change it. */
  function framesOf(path: string): string {
    return execFileSync(ffmpeg as string, ['-loglevel', 'error', '-i', path, '-map', '0:v', '-map', '0:a?', '-f', 'framemd5', '-'], {
      encoding: 'utf8',
    }).replace(/^#.*$/gm, '');
  }

  async function read(path: string): Promise<Video> {
    return (await pictures.read(path)) as Video;
  }

  function expectNothingTold(path: string): void {
    const bytes = readFileSync(path);
    for (const told of ['47.3769', 'SecretMaker', '2026-11-23', 'Lavf']) expect(bytes.includes(told), told).toBe(false);
  }

  test.each([
    ['MP4', 'mp4', ['-c:v', 'libx264', '-c:a', 'aac'], true],
    ['MOV of a phone', 'mov', ['-c:v', 'libx264', '-c:a', 'aac', '-movflags', 'use_metadata_tags'], true],
    ['MP4 in fragments', 'mp4', ['-c:v', 'libx264', '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov'], true],
    ['WebM', 'webm', ['-c:v', 'libvpx', '-c:a', 'libopus'], true],
    ['WebM as it is recorded', 'webm', ['-c:v', 'libvpx', '-c:a', 'libopus', '-live', '1'], true],
    ['HEVC', 'mov', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-tag:v', 'hvc1', '-c:a', 'aac'], false],
  ])('%s: a poster, and a copy of the same pictures that tells nothing', async (_name, ending, args, plays) => {
    const path = video(ending, ...args);
    const found = await read(path);
    expect(found).toMatchObject({ width: 320, height: 180, plays });
    expect(Math.abs(found.duration - 100)).toBeLessThan(15);
    expect(await sharp(found.made.poster).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 180 });
    expect(await sharp(found.made.thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 320 });
    expect(framesOf(found.made.customer as string)).toBe(framesOf(path));
    expectNothingTold(found.made.customer as string);
  });

  test('a video that was filmed upright is upright in its size and poster', async () => {
    const path = video('mp4', '-c:v', 'libx264', '-c:a', 'aac');
    const matrix = readFileSync(path);
    // Turned by 90°, as phones write it.
    const at = matrix.indexOf('tkhd') + 4 + 40;
    [0, 0x10000, 0, -0x10000, 0, 0].forEach((value, place) => void matrix.writeInt32BE(value, at + place * 4));
    const found = await read(file(matrix));
    expect(found).toMatchObject({ width: 180, height: 320 });
    expect(await sharp(found.made.poster).metadata()).toMatchObject({ width: 180, height: 320 });
  });

  test('converted, it plays everywhere: H.264 and AAC, at most 1280 long, the head first, nothing told', async () => {
    const path = video('mov', '-c:v', 'prores', '-s', '1920x1080', '-c:a', 'pcm_s16le');
    expect(await read(path)).toMatchObject({ plays: false, width: 1920 });
    const converted = (await pictures.transcode(path)) as string;
    expectNothingTold(converted);
    const bytes = readFileSync(converted);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    expect(await read(converted)).toMatchObject({ type: 'video/mp4', width: 1280, height: 720, plays: true });
  });

  test('what only looks like a video is taken without a poster, and can’t be converted', async () => {
    const path = file(movie());
    const before = left().length;
    const found = await read(path);
    expect(Object.keys(found.made)).toEqual(['customer']);
    await expect(pictures.transcode(path)).rejects.toThrow(Invalid);
    expect(left().length).toBe(before + 1);
    expect(logged).toContainEqual(expect.objectContaining({ msg: 'ffmpeg could not do it' }));
  });
});
