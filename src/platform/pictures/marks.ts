import type { Mark } from './pictures.js';

const MAX_MARKS = 50;
const WHOLE = 10_000;

/** Red with a white rim and a thin dark one: one of the three stands out from any ground. From the outside in. */
const RIMS = [
  { color: [20, 20, 20], beyond: 2.1 },
  { color: [255, 255, 255], beyond: 1.6 },
  { color: [226, 35, 43], beyond: 1 },
] as const;

interface Image {
  pixels: Uint8Array;
  width: number;
  height: number;
}

interface Shape {
  /** The distance of a pixel from the middle of the stroke; what is nearer than half its thickness is painted. */
  distance(x: number, y: number): number;
  /** Where in a row pixels may be that are nearer than `reach`: from, to, from, to, … */
  spans(y: number, reach: number): number[];
  top: number;
  bottom: number;
}

interface Place {
  x: number;
  y: number;
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
  const place = ({ x, y }: Place) => ({ x: within(x) * (width - 1), y: within(y) * (height - 1) });
  const from = place(mark.from);
  const to = place(mark.to);
  if (mark.shape === 'circle') return [ellipse(from, to, half)];
  if (mark.shape === 'line') return [segment(from, to)];
  // The head: two strokes back from the point, 30° to each side.
  const head = Math.min(half * 9, length(to.x - from.x, to.y - from.y) * 0.6);
  const angle = Math.atan2(from.y - to.y, from.x - to.x);
  const barb = (turn: number) => segment(to, { x: to.x + head * Math.cos(angle + turn), y: to.y + head * Math.sin(angle + turn) });
  return [segment(from, to), barb(Math.PI / 6), barb(-Math.PI / 6)];
}

function within(share: number): number {
  return Number.isFinite(share) ? Math.min(WHOLE, Math.max(0, share)) / WHOLE : 0;
}

/** Math.hypot() without its care for numbers that don't occur here, which takes most of the time. */
function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

function segment(from: Place, to: Place): Shape {
  const across = to.x - from.x;
  const down = to.y - from.y;
  const square = across * across + down * down;
  return {
    distance: (x, y) => {
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * across + (y - from.y) * down) / square));
      return length(x - from.x - along * across, y - from.y - along * down);
    },
    // The part of it that is not further up or down than that, and as much to its left and right.
    spans: (y, reach) => {
      const along = (row: number) => (down === 0 ? Number(row > from.y) : Math.min(1, Math.max(0, (row - from.y) / down)));
      const ends = [from.x + along(y - reach) * across, from.x + along(y + reach) * across];
      return [Math.min(...ends) - reach, Math.max(...ends) + reach];
    },
    top: Math.min(from.y, to.y),
    bottom: Math.max(from.y, to.y),
  };
}

function ellipse(from: Place, to: Place, half: number): Shape {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  // A tap without a drag is a small circle, not nothing.
  const a = Math.max(half * 4, Math.abs(to.x - from.x) / 2);
  const b = Math.max(half * 4, Math.abs(to.y - from.y) / 2);
  /** Half of how wide an ellipse is that is larger by so much, in a row. */
  const width = (y: number, more: number) => {
    const share = (y - middle.y) / (b + more);
    return a + more > 0 && b + more > 0 && Math.abs(share) < 1 ? (a + more) * Math.sqrt(1 - share * share) : 0;
  };
  return {
    // How far beyond the curve, divided by how fast that grows here: near enough to the true distance for a stroke.
    distance: (x, y) => {
      const acrossA = (x - middle.x) / a;
      const downB = (y - middle.y) / b;
      const radius = length(acrossA, downB);
      const slope = length(acrossA / a, downB / b);
      return slope === 0 ? Math.min(a, b) : Math.abs((radius * (radius - 1)) / slope);
    },
    // What lies as far from an ellipse everywhere is no ellipse; one that is twice as far away holds it.
    spans: (y, reach) => {
      const [outer, inner] = [width(y, reach * 2), width(y, reach * -2)];
      return [middle.x - outer, middle.x - inner, middle.x + inner, middle.x + outer];
    },
    top: middle.y - b,
    bottom: middle.y + b,
  };
}

function paint({ pixels, width, height }: Image, shape: Shape, half: number, color: readonly [number, number, number]): void {
  const reach = half + 1;
  const bottom = Math.min(height - 1, Math.ceil(shape.bottom + reach));
  for (let y = Math.max(0, Math.floor(shape.top - reach)); y <= bottom; y += 1) {
    const spans = shape.spans(y, reach);
    let next = 0;
    for (let span = 0; span < spans.length; span += 2) {
      const right = Math.min(width - 1, Math.ceil(spans[span + 1] as number));
      // No pixel is painted twice where two spans meet.
      for (let x = Math.max(next, Math.floor(spans[span] as number)); x <= right; x += 1) {
        const covered = Math.min(1, half + 0.5 - shape.distance(x, y));
        if (covered > 0) blend(pixels, (y * width + x) * 3, color, covered);
      }
      next = Math.max(next, right + 1);
    }
  }
}

function blend(pixels: Uint8Array, at: number, color: readonly [number, number, number], covered: number): void {
  for (let channel = 0; channel < 3; channel += 1) {
    const under = pixels[at + channel] as number;
    pixels[at + channel] = Math.round(under + ((color[channel] as number) - under) * covered);
  }
}
