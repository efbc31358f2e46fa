import { hexagon } from './brakes.js';
import { photograph } from './camera.js';
import { Sheet } from './sheet.js';

/** A joint of the exhaust from below. @param hole whether it is rusted through */
export function exhaust(seed: number, { hole, flip = false }: { hole: boolean; flip?: boolean }): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#202123', relief: 6, gloss: 15, grime: 60 });
  sheet.group(flip ? 'translate(1200 0) scale(-1 1)' : '', (all) => {
    all.group('', behind, 7);
    all.tint('path d="M -40 560 C 300 520 700 600 1240 500 L 1240 640 C 800 700 300 640 -40 680 z"', '#000', 0.5);
    all.tube('M -60 470 C 200 420 340 440 520 440', 216, { color: '#5a4a3d', relief: 225, gloss: 40, grime: 214 }, 60);
    all.tube('M 660 440 C 860 440 1000 400 1270 330', 200, { color: '#6b625a', relief: 215, gloss: 60, grime: 178 }, 60);
    for (const [x, tone] of [
      [520, '#5e4636'],
      [596, '#644b39'],
    ] as const) {
      all.tint(`path d="M ${x + 20} 280 l 78 4 v 330 l -78 4 z"`, '#000', 0.35);
      all.put(`path d="M ${x} 250 q 30 -18 62 0 L ${x + 66} 632 q -30 20 -66 0 z"`, { color: tone, relief: 236, gloss: 30, grime: 222 });
    }
    for (const [x, y] of [
      [560, 262],
      [566, 616],
    ] as const) {
      all.tube(`M ${x - 86} ${y} L ${x + 136} ${y + 4}`, 36, { color: '#6a4f3c', relief: 252, gloss: 40, grime: 200 }, 190);
      for (const nut of [x - 60, x + 108])
        all.put(`path d="${hexagon(nut, y, 32)}"`, { color: '#7a5c45', relief: 254, gloss: 60, grime: 190 });
    }
    if (hole) rustHole(all);
  });
  return photograph(sheet, {
    ...{ seed, depth: 105, grit: 1.7, turn: (seed % 5) - 2, zoom: 1.08, lean: { x: 0.05, y: -0.05 }, exposure: 1.35 },
    lamp: { x: flip ? 0.7 : 0.3, y: 0.05, z: 0.45, fall: 1.3 },
    grime: [
      [0.47, 0.33, 0.24],
      [0.22, 0.15, 0.11],
    ],
    focus: { x: flip ? 0.6 : 0.4, y: 0.5, radius: 0.33, most: 0.8 },
  });
}

/** Out of focus, behind it. */
function behind(back: Sheet): void {
  back.put('path d="M -10 -10 H 1210 V 220 L 900 250 L 780 180 L 420 200 L 300 280 L -10 240 z"', {
    color: '#3f4347',
    relief: 20,
    gloss: 30,
    grime: 70,
  });
  for (let rib = 0; rib < 6; rib++)
    back.tube(`M ${rib * 230} -20 l 40 250`, 40, { color: '#474b4f', relief: 45, gloss: 30, grime: 60 }, 18);
  back.put('path d="M -10 700 L 1210 640 V 910 H -10 z"', { color: '#5f6366', relief: 16, gloss: 40, grime: 60 });
  for (let dimple = 0; dimple < 40; dimple++)
    back.dome((dimple * 97) % 1240, 720 + ((dimple * 61) % 180), 13, { color: '#6b6f72', relief: 34, gloss: 50, grime: 60 }, 18);
  back.tube('M 880 -20 C 900 300 1000 500 1010 940', 18, { color: '#3d3026', relief: 50, gloss: 40, grime: 140 }, 20);
}

/** Rusted through, with scale that comes off around it. */
function rustHole(all: Sheet): void {
  all.put('path d="M 300 452 l 40 -30 l 66 8 l 26 30 l -14 34 l -54 22 l -58 -12 l -20 -30 z"', {
    color: '#0a0807',
    relief: 30,
    gloss: 5,
  });
  for (const [x, y, r] of [
    [250, 500, 15],
    [280, 420, 11],
    [446, 420, 14],
    [462, 500, 9],
    [214, 448, 8],
    [350, 534, 12],
  ] as const)
    all.put(`circle cx="${x}" cy="${y}" r="${r}"`, { color: '#100b08', relief: 60, gloss: 5 });
  // Scale that comes off around it.
  const flakes = (on: Sheet) => {
    for (let flake = 0; flake < 34; flake++) {
      const angle = flake * 2.4;
      const [x, y] = [362 + Math.cos(angle) * (76 + ((flake * 29) % 60)), 464 + Math.sin(angle) * (56 + ((flake * 17) % 46))];
      on.put(`path d="${hexagon(x, y, 7 + (flake % 5) * 4)}"`, {
        color: ['#6d4427', '#8a5a34', '#4c3020'][flake % 3] as string,
        relief: 216 + (flake % 3) * 10,
        gloss: 8,
        grime: 110,
      });
    }
  };
  all.group('', flakes, 2.5);
  // Soot.
  all.group('', (on) => on.coat('path d="M 330 330 C 420 300 520 340 470 470 C 440 420 360 420 330 330 z"', '#070605', 0.7, {}), 16);
}
