import { type Field, shrink, soften } from './fields.js';
import { CLOUDS, GRIT, sample } from './noise.js';

export type Color = [red: number, green: number, blue: number];

/** How the things on a sheet are lit, and how their surfaces are. Places are parts of the sheet's width and height. */
export interface Light {
  /** The lamp; z is how far it is above the sheet, in widths; `fall` how quickly it gets dark away from it. */
  lamp: { x: number; y: number; z: number; color?: Color; fall?: number };
  /** What comes from everywhere. */
  ambient?: Color;
  /** How high 255 of relief is, in units of the sheet. */
  depth: number;
  /** How rough everything is. */
  grit?: number;
  /** What dirt looks like where it is thin, and where it is thick. */
  grime?: [Color, Color];
  /** 0 for dry dirt, 1 for oil. */
  wet?: number;
  /** What no shape can draw: height to add at a place of the sheet, in units. */
  surface?: (x: number, y: number) => number;
  seed: number;
}

/** Cells of the coarse map of heights, in pixels. */
const CELL = 8;

/**
 * What comes from each place toward the camera.
 * @param colors three bytes for each pixel @param matters red height, green gloss, blue grime @param scale pixels for each unit of the sheet
 */
export function illuminate(wide: number, high: number, colors: Buffer, matters: Buffer, scale: number, light: Light): Field {
  const relief = rise(wide, high, matters, scale, light);
  const coarse = shrink({ at: relief, wide, high, channels: 1 }, CELL);
  const [near, far] = [soften(coarse, 2), soften(coarse, 7)];
  const {
    lamp,
    ambient = [0.42, 0.44, 0.48],
    grime = [
      [0.46, 0.35, 0.27],
      [0.24, 0.17, 0.13],
    ],
    wet = 0,
    seed,
  } = light;
  const [red, green, blue] = lamp.color ?? [1, 0.97, 0.9];
  const [width, lampX, lampY, lampZ] = [wide / scale, (lamp.x * wide) / scale, (lamp.y * high) / scale, (lamp.z * wide) / scale];
  const fall = (lamp.fall ?? 0.9) / (width * width);
  const [thin, thick] = grime;
  const unit = 1 / scale;
  const out = new Float32Array(wide * high * 3);
  for (let y = 0; y < high; y++) {
    const above = y > 0 ? wide : 0;
    const below = y < high - 1 ? wide : 0;
    const unitY = y * unit;
    for (let x = 0; x < wide; x++) {
      const index = y * wide + x;
      const at = index * 3;
      const unitX = x * unit;
      const here = relief[index] as number;
      const slopeX = ((relief[x > 0 ? index - 1 : index] as number) - (relief[x < wide - 1 ? index + 1 : index] as number)) * 0.5 * scale;
      const slopeY = ((relief[index - above] as number) - (relief[index + below] as number)) * 0.5 * scale;
      const steep = 1 / Math.sqrt(slopeX * slopeX + slopeY * slopeY + 1);
      const awayX = lampX - unitX;
      const awayY = lampY - unitY;
      const awayZ = lampZ - here;
      const squared = awayX * awayX + awayY * awayY + awayZ * awayZ;
      const distance = Math.sqrt(squared);
      const toX = awayX / distance;
      const toY = awayY / distance;
      const toZ = awayZ / distance;
      const cell = ((y / CELL) | 0) * near.wide + ((x / CELL) | 0);
      // What stands higher around it takes away from the sky, and toward the lamp from the lamp.
      const sunk = 0.012 * ((far.at[cell] as number) - here) + 0.008 * ((near.at[cell] as number) - here);
      const sky = Math.max(0.25, Math.min(1.15, 1 - sunk));
      const rising = toZ / Math.sqrt(toX * toX + toY * toY + 1e-6);
      const strength = Math.max(0.12, 1 - shadow(near, x, y, toX * scale, toY * scale, rising, here) / 26) / (1 + fall * squared);
      const facing = slopeX * toX + slopeY * toY + toZ;
      const straight = Math.max(0, facing * steep);
      const halfway = Math.sqrt(toX * toX + toY * toY + (toZ + 1) * (toZ + 1));
      const mirror = Math.max(0, ((facing + 1) * steep) / halfway);
      // Dirt lies in clouds, most where there is most of it.
      const amount = (matters[at + 2] as number) / 255;
      let dirty = 0;
      let caked = 0;
      if (amount > 0) {
        dirty = Math.min(1, Math.max(0, (sample(CLOUDS, unitX * 0.9 + seed * 37, unitY * 0.9 + seed * 91) + amount - 0.86) * 3.4));
        caked = Math.min(1, Math.max(0, (sample(CLOUDS, unitX * 2.1 + seed * 11, unitY * 2.1 + 200) - 0.32) * 2.4));
      }
      const gloss = ((matters[at + 1] as number) / 255) * (1 - dirty * (1 - wet));
      const sixth = mirror * mirror * mirror * mirror * mirror * mirror;
      const broad = sixth * sixth;
      const third = broad * broad * broad;
      const shine = gloss * strength * (broad * 0.3 + third * third * (0.8 + 1.2 * gloss));
      const direct = 1.5 * straight * strength;
      for (let channel = 0; channel < 3; channel++) {
        const own = channel === 0 ? red : channel === 1 ? green : blue;
        const tone = (colors[at + channel] as number) / 255;
        const soil = (thin[channel] as number) * (1 - caked) + (thick[channel] as number) * caked;
        const albedo = tone * tone * (1 - dirty) + soil * soil * dirty;
        out[at + channel] = albedo * ((ambient[channel] as number) * sky + direct * own) + shine * own;
      }
    }
  }
  return { at: out, wide, high, channels: 3 };
}

/** @returns by how much something between a place and the lamp stands above the line from one to the other */
function shadow(near: Field, x: number, y: number, toX: number, toY: number, rising: number, here: number): number {
  let most = 0;
  for (let step = 16; step <= 64; step += 16) {
    const overX = ((x + toX * step) / CELL) | 0;
    const overY = ((y + toY * step) / CELL) | 0;
    if (overX < 0 || overY < 0 || overX >= near.wide || overY >= near.high) break;
    const over = (near.at[overY * near.wide + overX] as number) - here - rising * step;
    if (over > most) most = over;
  }
  return most;
}

/** @returns how high each place is, in units: the shapes, softened against the steps of 8 bits, and what is rough on them */
function rise(wide: number, high: number, matters: Buffer, scale: number, { depth, grit = 1, surface, seed }: Light): Float32Array {
  const plain = new Float32Array(wide * high);
  for (let index = 0; index < plain.length; index++) plain[index] = ((matters[index * 3] as number) / 255) * depth;
  const even = soften({ at: plain, wide, high, channels: 1 }, scale < 0.7 ? 1 : 2, 1).at;
  const unit = 1 / scale;
  for (let y = 0; y < high; y++) {
    const unitY = y * unit;
    for (let x = 0; x < wide; x++) {
      const index = y * wide + x;
      const unitX = x * unit;
      const rough = sample(GRIT, x + seed * 53, y + seed * 29) * 1.5 * unit + sample(CLOUDS, unitX * 1.7, unitY * 1.7 + seed * 71) * 2.6;
      const dirty = (matters[index * 3 + 2] as number) / 255;
      const polished = 1 - 0.85 * ((matters[index * 3 + 1] as number) / 255) * (1 - dirty);
      even[index] = (even[index] as number) + rough * grit * polished * (1 + dirty) + (surface ? surface(unitX, unitY) : 0);
    }
  }
  return even;
}
