/** The side of the little grey picture that a hash is made from. */
export const HASH_SIDE = 32;

/**
 * Two pictures whose hashes differ in at most so many of the 64 bits are taken for the same picture. Measured (see the test): the same
 * photo made smaller, compressed again, brighter or darker differs in 0 to 4 bits; two different photos differ in 32 on average, and
 * the chance that they differ in 8 or fewer by accident is about one in three thousand million.
 */
export const SAME_PICTURE_BITS = 8;

/** The 64 lowest frequencies but the mean, by rising frequency. */
const FREQUENCIES = Array.from({ length: HASH_SIDE * HASH_SIDE }, (_, place) => [place % HASH_SIDE, Math.floor(place / HASH_SIDE)] as const)
  .filter(([across, down]) => across + down > 0)
  .sort((one, other) => one[0] + one[1] - other[0] - other[1] || one[1] - other[1])
  .slice(0, 64);

const COSINES = Array.from({ length: HASH_SIDE }, (_, frequency) =>
  Float64Array.from({ length: HASH_SIDE }, (_unused, place) => Math.cos(((2 * place + 1) * frequency * Math.PI) / (2 * HASH_SIDE))),
);

/**
 * What a picture looks like, in 64 bits: which of its low frequencies (discrete cosine transform) are stronger than their median.
 * Size, compression and brightness change little in it.
 * @param grey HASH_SIDE × HASH_SIDE bytes, row by row
 * @returns signed, as Postgres keeps a bigint; 0 for a picture of one color
 */
export function perceptualHash(grey: Uint8Array): bigint {
  const strengths = FREQUENCIES.map(([across, down]) => Math.round(strengthOf(grey, across, down)));
  const sorted = [...strengths].sort((one, other) => one - other);
  const median = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  const bits = strengths.reduce((found, strength) => (found << 1n) | (strength > median ? 1n : 0n), 0n);
  return BigInt.asIntN(64, bits);
}

function strengthOf(grey: Uint8Array, across: number, down: number): number {
  const columns = COSINES[across] as Float64Array;
  const rows = COSINES[down] as Float64Array;
  let sum = 0;
  for (let y = 0; y < HASH_SIDE; y += 1) {
    let row = 0;
    for (let x = 0; x < HASH_SIDE; x += 1) row += (grey[y * HASH_SIDE + x] as number) * (columns[x] as number);
    sum += row * (rows[y] as number);
  }
  return sum;
}

/** In how many of the 64 bits two hashes differ. */
export function differingBits(one: bigint, other: bigint): number {
  let bits = BigInt.asUintN(64, one ^ other);
  let count = 0;
  for (; bits > 0n; bits &= bits - 1n) count += 1;
  return count;
}
