import type { Mark } from './pictures.js';

const MAX_MARKS = 50;
const WHOLE = 10_000;

/** Red with a white rim and a thin dark one: one of the three stands out from any ground. From the outside in. */
const RIMS = [
  { color: [20, 20, 20], beyond: 1.9 },
  { color: [255, 255, 255], beyond: 1.6 },
  { color: [226, 35, 43], beyond: 1 },
] as const;

interface Image {
  pixels: Uint8Array;
  width: number;
  height: number;
}

interface Shape {
  /** The signed distance of a pixel from the middle of the stroke; what is nearer than half its thickness is painted. */
  distance(x: number, y: number): number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * Draws arrows, circles and lines into a picture. A circle fills the rectangle between its two places, so that it is an ellipse where that is not square.
 * It is painted pixel by pixel: an SVG would need a loader that is closed to foreign bytes, in the same process as they.
 * @param image three bytes a pixel, changed in place
 * @param marks the first fifty count; places beyond the picture are moved to its edge
 */
export function drawMarks(image: Image, marks: Mark[]): void {
  const half = Math.max(1.5, Math.max(image.width, image.height) / 260);
  for (const mark of marks.slice(0, MAX_MARKS)) {
    const shapes = shapesOf(mark, image, half);
    for (const rim of RIMS) for (const shape of shapes) paint(image, shape, half * rim.beyond, rim.color);
  }
}

function shapesOf(mark: Mark, { width, height }: Image, half: number): Shape[] {
  const place = ({ x, y }: { x: number; y: number }) => ({ x: within(x) * (width - 1), y: within(y) * (height - 1) });
  const from = place(mark.from);
  const to = place(mark.to);
  if (mark.shape === 'circle') return [ellipse(from, to, half)];
  if (mark.shape === 'line') return [segment(from, to)];
  // The head: two strokes back from the point, 30° to each side.
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const head = Math.min(half * 9, length * 0.6);
  const angle = Math.atan2(from.y - to.y, from.x - to.x);
  const barb = (turn: number) => segment(to, { x: to.x + head * Math.cos(angle + turn), y: to.y + head * Math.sin(angle + turn) });
  return [segment(from, to), barb(Math.PI / 6), barb(-Math.PI / 6)];
}

function within(share: number): number {
  return Number.isFinite(share) ? Math.min(WHOLE, Math.max(0, share)) / WHOLE : 0;
}

function segment(from: { x: number; y: number }, to: { x: number; y: number }): Shape {
  const across = to.x - from.x;
  const down = to.y - from.y;
  const square = across * across + down * down;
  return {
    distance: (x, y) => {
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * across + (y - from.y) * down) / square));
      return Math.hypot(x - from.x - along * across, y - from.y - along * down);
    },
    ...boundsOf(from, to),
  };
}

function ellipse(from: { x: number; y: number }, to: { x: number; y: number }, half: number): Shape {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  // A tap without a drag is a small circle, not nothing.
  const a = Math.max(half * 4, Math.abs(to.x - from.x) / 2);
  const b = Math.max(half * 4, Math.abs(to.y - from.y) / 2);
  return {
    // How far beyond the curve, divided by how fast that grows here: near enough to the true distance for a stroke.
    distance: (x, y) => {
      const acrossA = (x - middle.x) / a;
      const downB = (y - middle.y) / b;
      const radius = Math.hypot(acrossA, downB);
      const slope = Math.hypot(acrossA / a, downB / b);
      return slope === 0 ? Math.min(a, b) : Math.abs((radius * (radius - 1)) / slope);
    },
    ...boundsOf({ x: middle.x - a, y: middle.y - b }, { x: middle.x + a, y: middle.y + b }),
  };
}

function boundsOf(one: { x: number; y: number }, other: { x: number; y: number }) {
  return {
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    right: Math.max(one.x, other.x),
    bottom: Math.max(one.y, other.y),
  };
}

function paint({ pixels, width, height }: Image, shape: Shape, half: number, color: readonly [number, number, number]): void {
  const left = Math.max(0, Math.floor(shape.left - half - 1));
  const right = Math.min(width - 1, Math.ceil(shape.right + half + 1));
  const bottom = Math.min(height - 1, Math.ceil(shape.bottom + half + 1));
  for (let y = Math.max(0, Math.floor(shape.top - half - 1)); y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const covered = Math.min(1, half + 0.5 - shape.distance(x, y));
      if (covered <= 0) continue;
      const at = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const under = pixels[at + channel] as number;
        pixels[at + channel] = Math.round(under + ((color[channel] as number) - under) * covered);
      }
    }
  }
}
