/** The middle one of some figures. @param share 0.5 for the median, 0.99 for what 99 of 100 stay under */
export function quantile(figures: number[], share = 0.5): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Numbers that look random and are the same in every run (mulberry32). @returns a function that gives 0 ≤ x < 1 */
export function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Measures A and B in turns (A B A B …), so that whatever else the machine does falls on both.
 * @returns the results of each, round by round
 */
export async function inTurns<A, B>(rounds: number, a: () => Promise<A>, b: () => Promise<B>): Promise<[A[], B[]]> {
  const results: [A[], B[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    results[0].push(await a());
    results[1].push(await b());
  }
  return results;
}
