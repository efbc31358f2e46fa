import sharp from 'sharp';
import { type Field, shrink, soften } from './fields.js';
import { illuminate, type Light } from './light.js';
import type { Sheet } from './sheet.js';

/** How a picture is taken. */
export interface Shot extends Light {
  /** Degrees by which the phone is held askew, how far it leans, and how close it comes. */
  turn?: number;
  lean?: { x: number; y: number };
  zoom?: number;
  /** What is in the middle of the picture. */
  aim?: { x: number; y: number };
  /** What is sharp: a place, how far around, and how blurred the rest may get (0 to 1). */
  focus?: { x: number; y: number; radius: number; most: number };
  exposure?: number;
}

/** Pixels of a finished picture for each unit of its sheet, and of what is calculated: that is most of the work. */
const LONG = 1600;
const DETAIL = 0.66;

/** Takes a picture of what is on the sheet, as a phone would. @returns a JPEG file */
export async function photograph(sheet: Sheet, shot: Shot): Promise<Buffer> {
  const [wide, high] = [Math.round(sheet.width * DETAIL), Math.round(sheet.height * DETAIL)];
  const raw = (svg: Buffer) =>
    sharp(svg, { density: 72 * DETAIL })
      .resize(wide, high)
      .flatten({ background: '#000' })
      .raw()
      .toBuffer();
  const { color, matter } = sheet.layers();
  const [colors, matters] = await Promise.all([raw(color), raw(matter)]);
  const pixels = expose(illuminate(wide, high, colors, matters, DETAIL, shot), shot);
  const large = Math.round((LONG / Math.max(wide, high)) * wide);
  return sharp(pixels, { raw: { width: wide, height: high, channels: 3 } })
    .resize(large)
    .jpeg({ quality: 80 })
    .toBuffer();
}

/** What the sensor makes of it: askew, in focus here and not there, darker in the corners. @returns three bytes for each pixel */
function expose(
  lit: Field,
  { turn = 0, lean = { x: 0, y: 0 }, zoom = 1.06, aim = { x: 0.5, y: 0.5 }, focus, exposure = 1, seed }: Shot,
): Buffer {
  const { wide, high } = lit;
  const soft = soften(shrink(lit, 4), Math.round(2.6 * DETAIL));
  const glow = soften(shrink(soft, 4), 3);
  const pixels = new Uint8ClampedArray(wide * high * 3);
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const [middleX, middleY] = [wide / 2, high / 2];
  const [sharpest, softest] = [new Float32Array(4), new Float32Array(4)];
  let noise = (seed * 2_654_435_761) >>> 0;
  for (let y = 0; y < high; y++) {
    const across = y - middleY;
    for (let x = 0; x < wide; x++) {
      const along = x - middleX;
      const away = 1 / (zoom * (1 + (lean.x * along + lean.y * across) / wide));
      const fromX = Math.max(0, Math.min(wide - 1.001, (along * cos - across * sin) * away + aim.x * wide));
      const fromY = Math.max(0, Math.min(high - 1.001, (along * sin + across * cos) * away + aim.y * high));
      let blurred = 0;
      if (focus) {
        const off = Math.hypot(fromX / wide - focus.x, ((fromY / high - focus.y) * high) / wide);
        blurred = Math.max(0, Math.min(focus.most, (off - focus.radius) * 3));
      }
      const corner = (along / wide) ** 2 + (across / high) ** 2;
      const vignette = exposure * (1 - 0.75 * corner);
      // Most of a sensor's noise is the same in all three colors.
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      const grain = 1 + ((noise >>> 25) - 64) / 1300;
      const at = (y * wide + x) * 3;
      const sharpAt = weigh(lit, fromX, fromY, sharpest);
      const softAt = weigh(soft, fromX / 4, fromY / 4, softest);
      const glowAt = (((fromY / 16) | 0) * glow.wide + ((fromX / 16) | 0)) * 3;
      for (let channel = 0; channel < 3; channel++) {
        let value = blend(lit, sharpAt + channel, sharpest);
        if (blurred > 0) value = value * (1 - blurred) + blend(soft, softAt + channel, softest) * blurred;
        value = (value + 0.07 * (glow.at[glowAt + channel] as number)) * vignette;
        const seen = CURVE[Math.max(0, Math.min(1023, (value * 512) | 0))] as number;
        const hue = ((noise >>> (6 + channel * 6)) & 63) / 12 - 2.6;
        pixels[at + channel] = seen * grain + hue;
      }
    }
  }
  return Buffer.from(pixels.buffer);
}

/** Puts into `weights` how much each of the four places around one counts. @returns where the first of them is, in a field of three channels */
function weigh({ wide, high }: Field, x: number, y: number, weights: Float32Array): number {
  const left = Math.min(wide - 2, x | 0);
  const top = Math.min(high - 2, y | 0);
  const right = x - left;
  const down = y - top;
  weights[0] = (1 - right) * (1 - down);
  weights[1] = right * (1 - down);
  weights[2] = (1 - right) * down;
  weights[3] = right * down;
  return (top * wide + left) * 3;
}

function blend({ at, wide }: Field, first: number, weights: Float32Array): number {
  const below = first + wide * 3;
  return (
    (at[first] as number) * (weights[0] as number) +
    (at[first + 3] as number) * (weights[1] as number) +
    (at[below] as number) * (weights[2] as number) +
    (at[below + 3] as number) * (weights[3] as number)
  );
}

/** From light, 0 to 2, to what a screen shows: soft in the highlights, deep in the shadows. */
const CURVE = Float32Array.from({ length: 1024 }, (_, index) => {
  const value = index / 512;
  const seen = Math.min(1, (1.28 * value) / (1 + 0.28 * value)) ** 0.47;
  return (seen * 0.62 + seen * seen * (3 - 2 * seen) * 0.38) * 255;
});
