import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { scene } from '../../testing/pictures.js';
import { differingBits, HASH_SIDE, perceptualHash, SAME_PICTURE_BITS } from './perceptual-hash.js';

async function hashOf(picture: Sharp): Promise<bigint> {
  const jpeg = await picture.jpeg().toBuffer();
  return perceptualHash(await sharp(jpeg).resize(HASH_SIDE, HASH_SIDE, { fit: 'fill' }).greyscale().toColourspace('b-w').raw().toBuffer());
}

const CHANGES: Record<string, (picture: Sharp) => Promise<Buffer> | Buffer> = {
  smaller: (picture) => picture.resize(320).png().toBuffer(),
  larger: (picture) => picture.resize(1700).jpeg().toBuffer(),
  'compressed hard': (picture) => picture.jpeg({ quality: 25 }).toBuffer(),
  'another format': (picture) => picture.webp({ quality: 60 }).toBuffer(),
  brighter: (picture) => picture.linear(0.8, 50).png().toBuffer(),
  darker: (picture) => picture.linear(0.7, 0).png().toBuffer(),
  grey: (picture) => picture.greyscale().png().toBuffer(),
};

test('a picture that was made smaller, larger, brighter, or compressed again is the same one', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const original = await hashOf(await scene(seed));
    for (const [name, change] of Object.entries(CHANGES)) {
      const changed = await hashOf(sharp(await change(await scene(seed))));
      expect(differingBits(original, changed), `${name}, seed ${seed}`).toBeLessThanOrEqual(SAME_PICTURE_BITS);
    }
  }
});

test('different pictures are told apart', async () => {
  const hashes = await Promise.all(Array.from({ length: 60 }, async (_, seed) => hashOf(await scene(seed + 1, 240, 180))));
  const distances = hashes.flatMap((one, place) => hashes.slice(place + 1).map((other) => differingBits(one, other)));
  expect(Math.min(...distances)).toBeGreaterThan(SAME_PICTURE_BITS);
});

test('it fits into 64 bits with a sign, is 0 for one color, and does not mind brightness', () => {
  const pixels = fc.uint8Array({ minLength: HASH_SIDE ** 2, maxLength: HASH_SIDE ** 2, max: 200 });
  fc.assert(
    fc.property(pixels, fc.integer({ min: 0, max: 55 }), (grey, more) => {
      const hash = perceptualHash(grey);
      expect(BigInt.asIntN(64, hash)).toBe(hash);
      const brighter = perceptualHash(grey.map((value) => value + more));
      expect(differingBits(hash, brighter)).toBeLessThanOrEqual(2);
      expect(perceptualHash(new Uint8Array(HASH_SIDE ** 2).fill(more))).toBe(0n);
    }),
    { numRuns: 50 },
  );
});

test('the number of bits that differ is a distance', () => {
  const bits = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(bits, bits, bits, (one, other, third) => {
      expect(differingBits(one, one)).toBe(0);
      expect(differingBits(one, other)).toBe(differingBits(other, one));
      expect(differingBits(one, third)).toBeLessThanOrEqual(differingBits(one, other) + differingBits(other, third));
      expect(differingBits(one, ~one)).toBe(64);
    }),
  );
});
