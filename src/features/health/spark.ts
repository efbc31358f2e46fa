const WIDTH = 160;
const HEIGHT = 32;
const EDGE = 3;

/** A small chart as a view draws it: whole pixels of a box of `width` by `height`. */
export interface Spark {
  width: number;
  height: number;
  /** Points of each piece without a gap, for a polyline. */
  lines: string[];
  /** Points that stand alone. */
  dots: { x: number; y: number }[];
  most: number;
}

/** Lays points out from left to right, from 0 at the bottom to the largest at the top. @param points null is a gap */
export function layOut(points: (number | null)[]): Spark {
  const most = Math.max(0, ...points.filter((point) => point !== null));
  const x = (index: number) => Math.round(EDGE + (index * (WIDTH - 2 * EDGE)) / Math.max(1, points.length - 1));
  const y = (value: number) => Math.round(HEIGHT - EDGE - (most > 0 ? (value * (HEIGHT - 2 * EDGE)) / most : 0));
  const pieces: { x: number; y: number }[][] = [[]];
  for (const [index, value] of points.entries()) {
    if (value === null) pieces.push([]);
    else pieces.at(-1)?.push({ x: x(index), y: y(value) });
  }
  return {
    ...{ width: WIDTH, height: HEIGHT, most },
    lines: pieces.filter((piece) => piece.length > 1).map((piece) => piece.map((point) => `${point.x},${point.y}`).join(' ')),
    dots: pieces.flatMap((piece) => (piece.length === 1 ? piece : [])),
  };
}
