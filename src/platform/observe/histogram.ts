/**
 * Times are counted in bins that grow by a fourth root of two (19 %) each: 1 µs of work, 300 bytes, and a quantile that is
 * at most 9 % off, however many times there are. Bin 0 is up to 0.1 ms; the last one is all above 75 s.
 */
export const BINS = 80;
const FIRST = 0.1;
const PER_DOUBLING = 4;

/** The bin of a time. @param ms 0 or more */
export function binOf(ms: number): number {
  if (!(ms > FIRST)) return 0;
  return Math.min(BINS - 1, Math.ceil(PER_DOUBLING * Math.log2(ms / FIRST)));
}

/** What stands for all times of a bin: the geometric middle of its bounds. @returns milliseconds */
export function middleOf(bin: number): number {
  return bin <= 0 ? FIRST : FIRST * 2 ** ((bin - 0.5) / PER_DOUBLING);
}

/** Counted times, as they are kept: the bins that are not empty, and how many are in each. */
export interface Counted {
  count: number;
  sumMs: number;
  mostMs: number;
  bins: number[];
  counts: number[];
}

/** Times of one name, being counted. */
export class Histogram {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;
  #sum = 0;
  #most = 0;

  add(ms: number): void {
    const bin = binOf(ms);
    this.#bins[bin] = (this.#bins[bin] as number) + 1;
    this.#count++;
    this.#sum += ms;
    if (ms > this.#most) this.#most = ms;
  }

  /** Gives what was counted and begins anew; null when that is nothing. */
  take(): Counted | null {
    if (this.#count === 0) return null;
    const bins = [...this.#bins.keys()].filter((bin) => this.#bins[bin] !== 0);
    const taken = { count: this.#count, sumMs: this.#sum, mostMs: this.#most, bins, counts: bins.map((bin) => this.#bins[bin] as number) };
    this.#bins.fill(0);
    this.#count = this.#sum = this.#most = 0;
    return taken;
  }
}

/**
 * The time that `share` of all stay under.
 * @param share 0.95 for 95 of 100
 * @returns milliseconds, never above the longest one there was; 0 when there is none
 */
export function quantileOf({ bins, counts, mostMs }: Pick<Counted, 'bins' | 'counts' | 'mostMs'>, share: number): number {
  const order = bins.map((bin, index) => [bin, counts[index] as number] as const).sort(([a], [b]) => a - b);
  const count = order.reduce((sum, [, n]) => sum + n, 0);
  let passed = 0;
  for (const [bin, n] of order) {
    passed += n;
    if (passed >= share * count) return Math.min(middleOf(bin), mostMs);
  }
  return 0;
}
