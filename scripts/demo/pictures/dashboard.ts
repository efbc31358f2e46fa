import { photograph, type Shot } from './camera.js';
import { digits } from './digits.js';
import { Sheet } from './sheet.js';

/** The instruments with the engine running or just switched on. @param reads the odometer @param lamps which warning lights are on */
export function dashboard(
  seed: number,
  { reads, lamps, glow, ...view }: { reads: string; lamps: string[]; glow: string } & Pick<Shot, 'turn' | 'zoom' | 'aim'>,
): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#1d1e20', relief: 40, gloss: 20, grime: 20 });
  sheet.put('path d="M 40 300 C 200 120 1000 120 1160 300 L 1180 740 C 900 800 300 800 20 740 z"', {
    color: '#0c0d0e',
    relief: 10,
    gloss: 60,
  });
  for (const [x, needle] of [
    [350, 134],
    [850, 139],
  ] as const) {
    dial(sheet, x, needle, glow);
  }
  sheet.put('rect x="482" y="560" width="236" height="118" rx="10"', { color: '#0b1216', relief: 20, gloss: 40 });
  sheet.tint('rect x="482" y="560" width="236" height="118" rx="10"', glow, 0.22);
  digits(sheet, reads.padStart(6, ' '), 502, 600, 42, '#f2fbff');
  for (const [index, lamp] of lamps.entries()) light(sheet, lamp, 530 + index * 74, 300);
  // Glass: it mirrors a window. Then the wheel, out of focus.
  sheet.group('', (on) => on.tint('path d="M 120 250 L 420 190 L 330 420 L 90 520 z"', '#dfe8ee', 0.06), 12);
  sheet.group(
    '',
    (on) => {
      on.tube('M -60 1010 C 200 760 1000 760 1260 1010', 120, { color: '#1c1c1d', relief: 200, gloss: 50, grime: 20 }, 90);
      on.tube('M -40 140 C -80 400 -60 700 20 920', 90, { color: '#1c1c1d', relief: 200, gloss: 50 }, 90);
    },
    7,
  );
  return photograph(sheet, {
    ...{ seed, depth: 70, grit: 0.6, turn: (seed % 5) - 2, zoom: 1.12, lean: { x: -0.04, y: 0.05 }, exposure: 1.3 },
    lamp: { x: 0.1, y: -0.2, z: 0.9, fall: 0.9, color: [0.5, 0.56, 0.62] },
    ambient: [0.55, 0.56, 0.58],
    focus: { x: 0.5, y: 0.55, radius: 0.4, most: 0.7 },
    ...view,
  });
}

const AMBER = '#ffae2b';

/** Warning lights, as everybody knows them. */
function light(sheet: Sheet, lamp: string, x: number, y: number): void {
  sheet.group(`translate(${x} ${y})`, (on) => {
    const line = (path: string, color: string) => on.tint(`path d="${path}" stroke="${color}" stroke-width="5"`, 'none');
    on.group('', (soft) => soft.tint('circle r="26"', lamp === 'oil' ? '#ff3b2b' : AMBER, 0.3), 8);
    if (lamp === 'engine') line('M -24 -4 h 8 v -12 h 10 v -7 h 14 v 7 h 8 l 8 9 v 14 l -8 9 h -26 l -8 -8 h -6 z', AMBER);
    if (lamp === 'abs')
      line(
        'M 0 0 m -18 0 a 18 18 0 1 0 36 0 a 18 18 0 1 0 -36 0 M -25 -14 a 28 28 0 0 0 0 28 M 25 -14 a 28 28 0 0 1 0 28 M 0 -9 v 11 M 0 7 v 4',
        AMBER,
      );
    if (lamp === 'tire')
      line('M -14 16 C -30 -8 -16 -18 -14 -20 M 14 16 C 30 -8 16 -18 14 -20 M -16 18 h 32 M 0 -14 v 16 M 0 7 v 4', AMBER);
    if (lamp === 'oil') line('M -26 -4 l 10 4 v 12 h 26 l 16 -18 l -14 6 h -22 v -4 M -4 -10 h 12', '#ff3b2b');
    if (lamp === 'battery')
      line('M -22 -10 h 44 v 26 h -44 z M -14 -10 v -6 h 8 v 6 M 6 -10 v -6 h 8 v 6 M -14 3 h 10 M 6 3 h 10 M 11 -2 v 10', '#ff3b2b');
  });
}

/** Speed at the left, revolutions at the right. */
function dial(on: Sheet, x: number, needle: number, glow: string): void {
  on.put(`circle cx="${x}" cy="470" r="216"`, { color: '#4c4f52', relief: 60, gloss: 110 });
  on.put(`circle cx="${x}" cy="470" r="204"`, { color: '#0a0b0c', relief: 16, gloss: 30 });
  on.tint(
    `circle cx="${x}" cy="470" r="204"`,
    on.gradient(
      [
        [0.5, glow],
        [1, '#000'],
      ],
      '',
      'radial',
    ),
    0.28,
  );
  for (let mark = 0; mark <= 40; mark++) {
    const angle = ((135 + mark * 6.75) * Math.PI) / 180;
    const inner = mark % 5 === 0 ? 156 : 174;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const color = x === 850 && mark > 32 ? '#ff5a45' : '#e9f2f7';
    on.tint(
      `path d="M ${x + cos * inner} ${470 + sin * inner} L ${x + cos * 194} ${470 + sin * 194}" stroke="${color}" stroke-width="${mark % 5 === 0 ? 6 : 2.5}"`,
      'none',
      0.95,
    );
    if (mark % 5 === 0)
      digits(
        on,
        String(x === 350 ? mark * 4 : mark / 5),
        x + cos * 124 - (x === 350 && mark > 24 ? 26 : 14),
        470 + sin * 120 - 13,
        26,
        '#dfeaf0',
      );
  }
  const angle = (needle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  on.tint(
    `path d="M ${x - sin * 7} ${470 + cos * 7} L ${x + cos * 176} ${470 + sin * 176} L ${x + sin * 7} ${470 - cos * 7} z"`,
    '#ff6a3d',
  );
  on.dome(x, 470, 34, { color: '#202225', relief: 80, gloss: 60 }, 30);
}
