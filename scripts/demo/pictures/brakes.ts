import { photograph, type Shot } from './camera.js';
import { CLOUDS, smooth } from './noise.js';
import { Sheet } from './sheet.js';

/** A rotor with its caliper, wheel off. @param pad millimeters that are left of the lining @param worn 0 for a smooth rotor to 1 for one with deep grooves */
export function brakes(
  seed: number,
  { pad, worn, flip = false, ...view }: { pad: number; worn: number; flip?: boolean } & Pick<Shot, 'turn' | 'zoom' | 'aim'>,
): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  const [x, y] = [470, 500];
  sheet.put('rect width="1200" height="900"', {
    color: sheet.gradient([
      [0, '#17181a'],
      [1, '#0c0b0a'],
    ]),
    relief: 4,
    gloss: 10,
    grime: 30,
  });
  const draw = (on: Sheet) => {
    // Strut and arm behind it, out of focus.
    on.group('', behind, 7);
    rotor(on, x, y, worn);
    caliper(on, pad);
  };
  sheet.group(flip ? 'translate(1200 0) scale(-1 1)' : '', draw);
  const center = flip ? 1200 - x : x;
  return photograph(sheet, {
    ...{ seed, depth: 60, grit: 0.8, turn: (seed % 5) - 2, lean: { x: flip ? -0.07 : 0.07, y: 0.05 }, zoom: 1.12 },
    lamp: { x: flip ? 0.8 : 0.22, y: 0.12, z: 0.42, fall: 1.5 },
    grime: [
      [0.48, 0.37, 0.28],
      [0.24, 0.17, 0.13],
    ],
    focus: { x: flip ? 0.35 : 0.65, y: 0.45, radius: 0.28, most: 0.75 },
    exposure: 0.8,
    ...view,
    surface: (px, py) => {
      const radius = Math.hypot(px - center, py - y);
      if (radius < 196 || radius > 388) return 0;
      // Turned metal, and what worn linings have cut into it.
      const fine = smooth(CLOUDS, radius * 9, 40 + Math.atan2(py - y, px - center) * 6) - 0.5;
      return fine * 1.1 + (smooth(CLOUDS, radius * 1.1, seed * 31) - 0.5) * 9 * worn;
    },
  });
}

function rotor(on: Sheet, x: number, y: number, worn: number): void {
  on.tint(`circle cx="${x + 18}" cy="${y + 22}" r="420"`, '#000', 0.5);
  on.put(`circle cx="${x}" cy="${y}" r="408"`, { color: '#6a5a4e', relief: 66, gloss: 25, grime: 205 });
  on.put(`circle cx="${x}" cy="${y}" r="396"`, { color: '#8b8a88', relief: 84, gloss: 90, grime: 110 });
  on.put(`circle cx="${x}" cy="${y}" r="386"`, { color: '#8d8f92', relief: 84, gloss: 150, grime: Math.round(20 + worn * 45) });
  // What light does to turned metal: brighter and darker sectors.
  for (let sector = 0; sector < 240; sector++) {
    const angle = (sector / 240) * Math.PI * 2;
    const bright = Math.cos(angle * 2 - 0.9) ** 2;
    const point = (turn: number, radius: number) =>
      `${(x + Math.cos(turn) * radius).toFixed(1)} ${(y + Math.sin(turn) * radius).toFixed(1)}`;
    const wedge = `path d="M ${point(angle - 0.02, 200)} L ${point(angle - 0.02, 385)} L ${point(angle + 0.02, 385)} L ${point(angle + 0.02, 200)} z"`;
    on.tint(wedge, bright > 0.5 ? '#e4e6e8' : '#26282b', Math.abs(bright - 0.5) * 0.55);
  }
  on.put(`circle cx="${x}" cy="${y}" r="200"`, { color: '#5c4a3e', relief: 80, gloss: 20, grime: 215 });
  on.put(`circle cx="${x}" cy="${y}" r="188"`, { color: '#7a6453', relief: 190, gloss: 25, grime: 190 });
  on.put(`circle cx="${x}" cy="${y}" r="176"`, { color: '#84705f', relief: 205, gloss: 30, grime: 175 });
  on.put(`circle cx="${x}" cy="${y}" r="76"`, { color: '#54473d', relief: 160, gloss: 25, grime: 190 });
  on.dome(x, y, 66, { color: '#77695c', relief: 240, gloss: 60, grime: 140 }, 170);
  for (let stud = 0; stud < 5; stud++) {
    const angle = (stud / 5) * Math.PI * 2 - 0.5;
    const [cx, cy] = [x + Math.cos(angle) * 124, y + Math.sin(angle) * 124];
    on.tint(`circle cx="${cx + 8}" cy="${cy + 9}" r="30"`, '#000', 0.35);
    on.put(`circle cx="${cx}" cy="${cy}" r="25"`, { color: '#4d453e', relief: 190, gloss: 60, grime: 110 });
    for (let thread = 0; thread < 6; thread++)
      on.put(`circle cx="${cx - thread * 2}" cy="${cy - thread * 2.2}" r="${20 - thread * 0.5}"`, {
        ...{ color: thread % 2 ? '#3b3936' : '#8e8a84', relief: 205 + thread * 8, gloss: 150, grime: 50 },
      });
  }
}

function caliper(on: Sheet, pad: number): void {
  const lining = pad * 9;
  // Shadow on the rotor.
  on.tint('path d="M 640 190 C 760 120 1010 170 1010 330 L 1000 690 C 960 800 760 800 670 720 z"', '#050505', 0.55);
  // The inner pad is seen at its edge: steel back, lining, then the rotor.
  on.put(`rect x="${700 - lining}" y="236" width="${lining}" height="420" rx="3"`, { color: '#35302c', relief: 120, gloss: 15, grime: 90 });
  for (let fleck = 0; fleck < 60; fleck++)
    on.tint(
      `circle cx="${700 - ((fleck * 37) % 100) * (lining / 100)}" cy="${244 + ((fleck * 71) % 404)}" r="${1 + (fleck % 3) * 0.6}"`,
      fleck % 4 ? '#8a8178' : '#b59264',
      0.7,
    );
  on.put('rect x="700" y="226" width="40" height="440" rx="4"', { color: '#4b4139', relief: 150, gloss: 60, grime: 150 });
  on.put('path d="M 690 180 L 1000 150 Q 1050 160 1060 230 L 1080 660 Q 1060 740 990 750 L 700 724 L 742 664 L 742 228 z"', {
    ...{ color: '#6b6259', relief: 175, gloss: 55, grime: 165 },
  });
  on.put('path d="M 800 250 L 980 238 Q 1020 300 1020 448 Q 1014 600 980 656 L 800 646 z"', {
    color: '#756b61',
    relief: 215,
    gloss: 60,
    grime: 150,
  });
  on.put('ellipse cx="905" cy="446" rx="92" ry="132"', { color: '#6e655c', relief: 236, gloss: 60, grime: 140 });
  on.put('ellipse cx="905" cy="446" rx="70" ry="108"', { color: '#5d544c', relief: 205, gloss: 50, grime: 170 });
  for (const [x, y] of [
    [960, 196],
    [970, 702],
  ] as const) {
    on.tint(`circle cx="${x + 8}" cy="${y + 10}" r="38"`, '#000', 0.4);
    on.put(`circle cx="${x}" cy="${y}" r="36"`, { color: '#5f5750', relief: 225, gloss: 60, grime: 130 });
    on.put(`path d="${hexagon(x, y, 26)}"`, { color: '#9a948b', relief: 250, gloss: 150, grime: 70 });
  }
  on.dome(1042, 300, 17, { color: '#8d877e', relief: 250, gloss: 160, grime: 40 }, 180);
  on.tube('M 1050 420 C 1130 380 1150 240 1200 200', 34, { color: '#151515', relief: 220, gloss: 70, grime: 60 }, 130);
}

export function hexagon(x: number, y: number, radius: number): string {
  const corners = Array.from({ length: 6 }, (_, corner) => {
    const angle = (corner / 6) * Math.PI * 2 + 0.2;
    return `${(x + Math.cos(angle) * radius).toFixed(1)} ${(y + Math.sin(angle) * radius).toFixed(1)}`;
  });
  return `M ${corners.join(' L ')} z`;
}

/** Out of focus, behind it. */
function behind(back: Sheet): void {
  back.tube('M 660 -40 L 560 420', 110, { color: '#2a2b2c', relief: 40, gloss: 40, grime: 150 }, 10);
  back.tube('M -40 760 C 200 700 400 760 640 700', 90, { color: '#241f1b', relief: 40, gloss: 20, grime: 170 }, 10);
  for (let turn = 0; turn < 5; turn++)
    back.tube(`M ${590 - turn * 18} ${-10 + turn * 76} l 190 -34`, 30, { color: '#1d1e20', relief: 60, gloss: 70, grime: 60 }, 20);
}
