import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEED } from '../../testing/seed.js';
import { newSalt, SealBroken, SealKeys, sealedBytes } from './seal.js';

const CHUNK = 65_536;
const keys = new SealKeys('correct horse battery staple');
const salt = newSalt();

async function seal(plain: Buffer, about = 'a'): Promise<Buffer> {
  return Buffer.concat(await inPieces(plain).pipe(keys.sealer(salt, about)).toArray());
}

async function open(sealed: Buffer, about = 'a', by = keys): Promise<Buffer> {
  return Buffer.concat(await inPieces(sealed).pipe(by.opener(about)).toArray());
}

function inPieces(bytes: Buffer): Readable {
  const size = 1 + (bytes.length % 50_000);
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size)),
  );
}

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])(
  '%i bytes come back, and take as much room as foretold',
  async (size) => {
    const plain = randomBytes(size);
    const sealed = await seal(plain);
    expect(sealed.length).toBe(sealedBytes(size));
    expect((await open(sealed)).equals(plain)).toBe(true);
    expect(await seal(plain)).not.toEqual(sealed);
  },
);

test('a flipped bit anywhere, a cut anywhere, a piece taken out: nothing of it opens to its end', async () => {
  const sealed = await seal(randomBytes(2 * CHUNK + 100));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: sealed.length * 8 - 1 }), async (bit) => {
      const damaged = Buffer.from(sealed);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      // The salt is not guarded itself, but another one makes another key; working that out takes half a second.
      if (bit >> 3 >= 8 && bit >> 3 < 24) return;
      await expect(open(damaged)).rejects.toThrow(SealBroken);
    }),
    { seed: SEED, numRuns: 60 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: sealed.length - 1 }), async (length) => {
      await expect(open(sealed.subarray(0, length))).rejects.toThrow(SealBroken);
    }),
    { seed: SEED, numRuns: 30, examples: [[40], [40 + CHUNK + 16], [40 + 2 * (CHUNK + 16)]] },
  );
  const without = Buffer.concat([sealed.subarray(0, 40), sealed.subarray(40 + CHUNK + 16)]);
  await expect(open(without)).rejects.toThrow(SealBroken);
});

test('it opens only as what it was sealed as, and only with the passphrase', async () => {
  const sealed = await seal(Buffer.from('Dana Whitfield'), 'tables/customers.gz');
  expect(sealed.includes('Dana')).toBe(false);
  await expect(open(sealed, 'tables/vehicles.gz')).rejects.toThrow(SealBroken);
  await expect(open(sealed, 'tables/customers.gz', new SealKeys('correct horse battery stable'))).rejects.toThrow(/passphrase/);
  expect((await open(sealed, 'tables/customers.gz', new SealKeys('correct horse battery staple'))).toString()).toBe('Dana Whitfield');
});
