import { Random } from '../random.js';

/** A square of numbers from 0 to 1 that goes on at its edges where it began on the other side. */
export interface Tile {
  size: number;
  at: Float32Array;
}

/** Clouds: sums of ever finer noise. @param octaves how fine it gets, from cells of `size / 2 ** first` pixels on */
function clouds(random: Random, size: number, first: number, octaves: number): Tile {
  const at = new Float32Array(size * size);
  let whole = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const cells = 2 ** (first + octave);
    const share = 0.55 ** octave;
    whole += share;
    addLayer(at, size, cells, share, random);
  }
  for (let index = 0; index < at.length; index++) at[index] = (at[index] as number) / whole;
  return { size, at: spread(at) };
}

/** One size of noise, smooth between the corners of its cells. */
function addLayer(at: Float32Array, size: number, cells: number, share: number, random: Random): void {
  const corners = Float32Array.from({ length: cells * cells }, () => random.next());
  const places = Array.from({ length: size }, (_, index) => {
    const place = (index * cells) / size;
    const cell = Math.floor(place);
    const part = place - cell;
    return { cell, next: (cell + 1) % cells, part: part * part * (3 - 2 * part) };
  });
  for (let y = 0; y < size; y++) {
    const row = places[y] as (typeof places)[number];
    for (let x = 0; x < size; x++) {
      const column = places[x] as (typeof places)[number];
      const [a, b] = [corners[row.cell * cells + column.cell] as number, corners[row.cell * cells + column.next] as number];
      const [c, d] = [corners[row.next * cells + column.cell] as number, corners[row.next * cells + column.next] as number];
      const top = a + (b - a) * column.part;
      const bottom = c + (d - c) * column.part;
      at[y * size + x] = (at[y * size + x] as number) + share * (top + (bottom - top) * row.part);
    }
  }
}

/** Stretches it so that it reaches from 0 to 1. */
function spread(at: Float32Array): Float32Array {
  let [least, most] = [1, 0];
  for (const value of at) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return at.map((value) => (value - least) / (most - least));
}

const random = new Random(7_301);
/** Blotches with fine edges: rust, dirt, wear. */
export const CLOUDS = clouds(random, 512, 2, 7);
/** The grain of cast metal, rubber and asphalt. */
export const GRIT = clouds(random, 512, 6, 3);

/** @returns what the tile has at that place, in the nearest cell */
export function sample({ size, at }: Tile, x: number, y: number): number {
  return at[(Math.floor(y) & (size - 1)) * size + (Math.floor(x) & (size - 1))] as number;
}

/** As sample(), but between cells. */
export function smooth(tile: Tile, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const upper = sample(tile, left, top) * (1 - right) + sample(tile, left + 1, top) * right;
  const lower = sample(tile, left, top + 1) * (1 - right) + sample(tile, left + 1, top + 1) * right;
  return upper * (1 - down) + lower * down;
}
