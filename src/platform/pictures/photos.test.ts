import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { testPictures } from '../../testing/open-pictures.js';
import { cornered, exif, heic, SECRET, SECRET_LATITUDE, scene, talkative, withSegments } from '../../testing/pictures.js';
import type { Photo } from './pictures.js';

const { pictures, file, left, close } = testPictures();
afterAll(close);

async function read(bytes: Buffer): Promise<Photo> {
  const photo = await pictures.read(file(bytes));
  if (photo.kind !== 'photo') throw new Error('It should be a photo.');
  return photo;
}

/** The color of a place, given in shares of width and height. */
async function colorAt(path: string, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * (info.height - 1)) * info.width + Math.floor(x * (info.width - 1))) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

const isRed = ([red = 0, green = 0, blue = 0]: number[]) => red > 150 && green < 90 && blue < 90;
const isBlue = ([red = 0, , blue = 0]: number[]) => red < 90 && blue > 110;

test('a photo is made into three JPEGs of their sizes, none larger than the photo', async () => {
  const photo = await read(await (await scene(1, 3000, 2000)).jpeg().toBuffer());
  expect(photo).toMatchObject({ type: 'image/jpeg', width: 3000, height: 2000, takenAt: null });
  for (const [name, side] of [
    ['thumbnail', 400],
    ['screen', 1600],
    ['customer', 2048],
  ] as const) {
    const { format, width, height, channels, space } = await sharp(photo.made[name]).metadata();
    expect({ format, width, channels, space }).toEqual({ format: 'jpeg', width: side, channels: 3, space: 'srgb' });
    expect(Math.abs((height ?? 0) - (side * 2) / 3)).toBeLessThan(2);
  }
  const small = await read(await cornered(40, 30).png().toBuffer());
  expect((await sharp(small.made.customer).metadata()).width).toBe(40);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i: the red corner is top left in everything that is made', async (orientation) => {
  // As a camera that was held this way stores it. 5 and 7 are mirrored at a diagonal, which is its own way back.
  const upright = await cornered(240, 160).png().toBuffer();
  const mirrored = async (degrees: number) => sharp(await sharp(upright).rotate(degrees).png().toBuffer()).flop();
  const whole: Record<number, () => Sharp | Promise<Sharp>> = {
    1: () => sharp(upright),
    2: () => sharp(upright).flop(),
    3: () => sharp(upright).rotate(180),
    4: () => sharp(upright).flip(),
    5: () => mirrored(90),
    6: () => sharp(upright).rotate(270),
    7: () => mirrored(270),
    8: () => sharp(upright).rotate(90),
  };
  const turned = await (whole[orientation] as () => Sharp)();
  const bytes = withSegments(await turned.jpeg({ quality: 95 }).toBuffer(), [0xe1, exif({ orientation })]);
  const expected = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
  expect(isRed([...expected.data.subarray(0, 3)])).toBe(true);
  const photo = await read(bytes);
  expect(photo).toMatchObject({ width: 240, height: 160 });
  for (const path of Object.values(photo.made)) {
    expect(await sharp(path).metadata()).toMatchObject({ width: 240, height: 160 });
    expect(isRed(await colorAt(path, 0.08, 0.1))).toBe(true);
    for (const [x, y] of [
      [0.9, 0.1],
      [0.08, 0.9],
      [0.9, 0.9],
    ] as const)
      expect(isBlue(await colorAt(path, x, y))).toBe(true);
  }
});

test('nothing about the camera, the place or the owner is in what is made', async () => {
  const jpeg = await talkative(cornered(800, 600), { orientation: 6 });
  const png = await sharp(jpeg).keepExif().keepXmp().keepIccProfile().png().toBuffer();
  const webp = await sharp(jpeg).keepExif().keepXmp().webp().toBuffer();
  const avif = await sharp(jpeg).keepExif().avif({ effort: 0 }).toBuffer();
  for (const bytes of [jpeg, png, webp, avif, heic()]) {
    const photo = await read(bytes);
    expect(photo.takenAt).toBe('2026-11-23T11:42:07');
    for (const path of Object.values(photo.made)) {
      const made = readFileSync(path);
      for (const told of [SECRET, 'Secret', 'Exif', 'GPS', 'ns.adobe.com', 'Photoshop', 'ICC_PROFILE', '2026'])
        expect(made.includes(told), told).toBe(false);
      expect(made.includes(SECRET_LATITUDE)).toBe(false);
      const { exif: kept, xmp, iptc, icc, orientation, comments } = await sharp(made).metadata();
      expect({ kept, xmp, iptc, icc, orientation, comments }).toEqual({});
    }
  }
  // The test would see them.
  for (const told of [SECRET, 'Exif', 'ns.adobe.com', 'Photoshop', 'ICC_PROFILE']) expect(jpeg.includes(told), told).toBe(true);
  expect(jpeg.includes(SECRET_LATITUDE)).toBe(true);
});

test('transparent becomes white, grey, CMYK and 16 bits become what every screen shows', async () => {
  const clear = { create: { width: 60, height: 40, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
  const blue = cornered(60, 40);
  const grey16 = await cornered(60, 40).greyscale().toColourspace('grey16').png().toBuffer();
  const given = {
    transparent: await sharp(clear).png().toBuffer(),
    'grey and transparent': await sharp(clear).toColourspace('b-w').png().toBuffer(),
    cmyk: await blue.clone().toColourspace('cmyk').jpeg().toBuffer(),
    '16 bits': await sharp(await blue.clone().png().toBuffer())
      .toColourspace('rgb16')
      .png()
      .toBuffer(),
    'grey, 16 bits': grey16,
    palette: await blue.clone().png({ palette: true }).toBuffer(),
  };
  expect((await sharp(given['16 bits']).metadata()).depth).toBe('ushort');
  expect((await sharp(given.cmyk).metadata()).space).toBe('cmyk');
  for (const [name, bytes] of Object.entries(given)) {
    const { made } = await read(bytes);
    expect(await sharp(made.screen).metadata(), name).toMatchObject({ format: 'jpeg', channels: 3, depth: 'uchar', space: 'srgb' });
    const corner = await colorAt(made.screen, 0.9, 0.9);
    if (name.includes('transparent'))
      expect(
        corner.every((value) => value > 250),
        `${name} ${corner}`,
      ).toBe(true);
    else if (name.includes('grey')) expect(Math.abs((corner[0] as number) - (corner[2] as number)), `${name} ${corner}`).toBeLessThan(4);
    else expect(isBlue(corner), `${name} ${corner}`).toBe(true);
  }
});

test('of an animation the first picture is taken', async () => {
  const frames = await Promise.all(
    ['#e00000', '#00e000'].map((background) =>
      sharp({ create: { width: 30, height: 30, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const webp = await sharp(frames, { join: { animated: true } })
    .webp({ lossless: true })
    .toBuffer();
  expect((await sharp(webp).metadata()).pages).toBe(2);
  const photo = await read(webp);
  expect(photo).toMatchObject({ width: 30, height: 30 });
  expect(isRed(await colorAt(photo.made.screen, 0.5, 0.5))).toBe(true);
});

test('a HEIC is decoded and shown upright', async () => {
  const photo = await read(heic());
  expect(photo).toMatchObject({ type: 'image/heic', width: 96, height: 64 });
  expect(isRed(await colorAt(photo.made.customer, 0.05, 0.08))).toBe(true);
  expect(isBlue(await colorAt(photo.made.customer, 0.9, 0.9))).toBe(true);
});

test('marks are drawn on what is made, and the hash stays that of the photo', async () => {
  const path = file(await (await scene(3)).jpeg().toBuffer());
  const plain = (await pictures.read(path)) as Photo;
  const drawn = await pictures.draw(path, [{ shape: 'line', from: { x: 1000, y: 5000 }, to: { x: 9000, y: 5000 } }]);
  expect(drawn.perceptualHash).toBe(plain.perceptualHash);
  for (const path of [drawn.made.screen, drawn.made.customer, drawn.made.thumbnail]) {
    const [red = 0, green = 0] = await colorAt(path, 0.5, 0.5);
    expect(red).toBeGreaterThan(170);
    expect(green).toBeLessThan(90);
  }
});

test('what was made is what is left', () => {
  expect(left().length % 3).toBe(0);
});
