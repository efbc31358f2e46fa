import { Random } from '../random.js';
import { photograph } from './camera.js';
import { CLOUDS, smooth } from './noise.js';
import { Sheet } from './sheet.js';

/** A ribbed belt where it bends over a finger's width, so that its cracks open. @param cracks how many go across */
export function belt(seed: number, { cracks }: { cracks: number }): Promise<Buffer> {
  const random = new Random(seed * 977);
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#1a1b1c', relief: 10, gloss: 30, grime: 50 });
  sheet.group('', behind, 11);
  sheet.group('rotate(-14 600 450)', (on) => {
    on.tint('rect x="-200" y="330" width="1700" height="370"', '#000', 0.6);
    on.put('rect x="-200" y="262" width="1700" height="368"', { color: '#161617', relief: 96, gloss: 30, grime: 20 });
    for (let rib = 0; rib < 6; rib++) {
      const y = 268 + rib * 61;
      for (let step = 0; step < 9; step++) {
        const inset = step * 2.4;
        on.put(`rect x="-200" y="${y + inset}" width="1700" height="${56 - inset * 2}"`, {
          ...{ color: step > 6 ? '#3a3a3b' : '#2b2b2c', relief: 96 + Math.min(8, step) * 12, gloss: step > 5 ? 70 : 25, grime: 28 },
        });
      }
    }
    for (let crack = 0; crack < cracks; crack++) {
      const x = -60 + (1320 * (crack + random.between(0.2, 0.8))) / cracks;
      for (let rib = 0; rib < 6; rib++) {
        if (random.chance(0.2)) continue;
        const y = 264 + rib * 61;
        const drift = () => random.between(-7, 7).toFixed(1);
        const path = `M ${x + random.between(-9, 9)} ${y} l ${drift()} 16 l ${drift()} 15 l ${drift()} 15 l ${drift()} 14`;
        on.stroke(path, random.between(2, 5), { color: '#070707', relief: 40, gloss: 0 });
        on.stroke(path, 2, { color: '#000', relief: 20, gloss: 0 });
      }
    }
    // A piece that has come off.
    on.put('path d="M 664 452 l 96 -4 l 14 20 l -10 34 l -92 4 l -16 -26 z"', { color: '#222223', relief: 92, gloss: 12, grime: 50 });
    for (let cord = 0; cord < 7; cord++)
      on.stroke(`M ${668 + cord * 2} ${456 + cord * 7} l ${80 + random.between(-8, 12)} ${random.between(-3, 3)}`, 3, {
        color: '#857a66',
        relief: 112,
        gloss: 20,
      });
  });
  return photograph(sheet, {
    ...{ seed, depth: 80, grit: 0.9, turn: (seed % 5) - 2, zoom: 1.1, lean: { x: -0.05, y: 0.06 }, exposure: 1.45 },
    lamp: { x: 0.72, y: 0.02, z: 0.38, fall: 1.7 },
    grime: [
      [0.3, 0.27, 0.24],
      [0.2, 0.18, 0.16],
    ],
    focus: { x: 0.52, y: 0.5, radius: 0.27, most: 0.9 },
    surface: (x, y) => (smooth(CLOUDS, x * 0.25, y * 4) - 0.5) * 2,
  });
}

/** Out of focus, behind it. */
function behind(back: Sheet): void {
  back.dome(980, 210, 250, { color: '#75797c', relief: 90, gloss: 90, grime: 60 }, 10);
  back.put('circle cx="980" cy="210" r="70"', { color: '#2c2d2e', relief: 110, gloss: 90 });
  back.put('rect x="-20" y="640" width="520" height="300" rx="30"', { color: '#55595d', relief: 50, gloss: 50, grime: 90 });
  back.tube('M -20 140 C 240 90 300 300 560 260', 60, { color: '#1c1c1d', relief: 60, gloss: 60, grime: 60 }, 10);
  back.tube('M 100 -20 C 160 300 60 480 160 700', 26, { color: '#7d2a22', relief: 60, gloss: 60, grime: 60 }, 10);
}
