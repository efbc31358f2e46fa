import { photograph } from './camera.js';
import { digits } from './digits.js';
import { Sheet } from './sheet.js';

/** The tread of a tire with a gauge in one of its grooves. @param depth thirty-seconds of an inch that are left @param cupped worn on one side */
export function tread(seed: number, { depth, cupped = false, reads }: { depth: number; cupped?: boolean; reads: string }): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  const floor = 150 - depth * 9;
  sheet.put('rect width="1200" height="900"', { color: '#131314', relief: floor, gloss: 18, grime: 90 });
  const ribs = [-60, 150, 390, 640, 880, 1110];
  for (const [index, left] of ribs.entries()) {
    const right = (ribs[index + 1] ?? 1320) - 44;
    rib(sheet, index, [left, right], { floor, depth, cupped, seed });
  }
  // Shoulders fall away from the camera.
  sheet.tint(
    'rect width="1200" height="900"',
    sheet.gradient(
      [
        [0, '#000'],
        [0.22, 'rgba(0,0,0,0)'],
        [0.8, 'rgba(0,0,0,0)'],
        [1, '#000'],
      ],
      'x2="1" y2="0"',
    ),
    0.6,
  );
  gauge(sheet, 862 - 22, 470, reads);
  return photograph(sheet, {
    ...{ seed, depth: 92, grit: 1.15, turn: -8 + (seed % 4) * 4, lean: { x: 0.04, y: 0.1 }, zoom: 1.24, exposure: 1.5 },
    lamp: { x: 0.2, y: -0.15, z: 0.45, fall: 0.8, color: [1, 0.98, 0.93] },
    grime: [
      [0.4, 0.37, 0.33],
      [0.28, 0.26, 0.23],
    ],
    focus: { x: 0.66, y: 0.5, radius: 0.28, most: 0.8 },
    surface: (x, y) => -(((x - 600) / 600) ** 2) * 60 - ((y - 450) / 450) ** 2 * 6,
  });
}

/** A digital depth gauge that lies on the blocks, its probe in the groove. */
function gauge(sheet: Sheet, x: number, y: number, reads: string): void {
  sheet.group(`rotate(-7 ${x} ${y})`, (on) => {
    on.tint(`rect x="${x - 168}" y="${y - 116}" width="360" height="250" rx="30"`, '#000', 0.55);
    on.put(`rect x="${x - 6}" y="${y + 90}" width="12" height="60"`, { color: '#b9bcc0', relief: 190, gloss: 200 });
    on.put(`rect x="${x - 190}" y="${y + 74}" width="380" height="36" rx="6"`, { color: '#a7abb0', relief: 215, gloss: 210, grime: 12 });
    on.put(`rect x="${x - 165}" y="${y - 140}" width="330" height="224" rx="26"`, { color: '#c8671d', relief: 225, gloss: 70, grime: 26 });
    on.put(`rect x="${x - 150}" y="${y - 126}" width="300" height="196" rx="18"`, { color: '#22252a', relief: 244, gloss: 70, grime: 18 });
    on.put(`rect x="${x - 124}" y="${y - 106}" width="248" height="104" rx="8"`, { color: '#aeb8a4', relief: 232, gloss: 130 });
    on.tint(`rect x="${x - 124}" y="${y - 106}" width="248" height="16" rx="6"`, '#4c5247', 0.5);
    digits(on, reads, x - 100, y - 84, 66, '#1a1f1b');
    for (const [at, color] of [
      [-84, '#8f2b22'],
      [0, '#3b4046'],
      [84, '#3b4046'],
    ] as const)
      on.put(`rect x="${x + at - 30}" y="${y + 18}" width="60" height="34" rx="17"`, { color, relief: 252, gloss: 60 });
  });
}

/** A row of blocks, with the groove beside it. */
function rib(
  on: Sheet,
  index: number,
  [left, right]: [number, number],
  { floor, depth, cupped, seed }: { floor: number; depth: number; cupped: boolean; seed: number },
): void {
  for (let block = -1; block < 7; block++) {
    const top = block * 168 + (index % 2) * 84;
    const lean = index < 3 ? 26 : -26;
    const worn = cupped && index < 2 ? 0.62 : 1;
    const relief = floor + (150 - floor) * worn;
    const color = cupped && index < 2 ? '#2b2b2c' : '#323335';
    const shape = `path d="M ${left} ${top + lean} L ${right} ${top - lean} L ${right} ${top + 146 - lean} L ${left} ${top + 146 + lean} z"`;
    on.put(shape, { color, relief, gloss: 26, grime: 66 });
    // Sipes: they go when the tread does.
    for (let sipe = 1; sipe < 4; sipe++) {
      const y = top + sipe * 37;
      const path = `M ${left + 12} ${y + lean * 0.9} l ${(right - left) * 0.22} -14 l ${(right - left) * 0.2} 16 l ${(right - left) * 0.22} -18 l ${(right - left) * 0.2} 8`;
      on.stroke(path, 4.5, { color: '#0e0e0f', relief: relief - Math.min(60, depth * 8), gloss: 5 });
    }
  }
  // The bar that says that it is finished.
  on.put(`rect x="${right}" y="${330 + index * 8}" width="44" height="52"`, { color: '#232324', relief: 132, gloss: 22, grime: 60 });
  for (let stone = 0; stone < 4; stone++) {
    const [x, y] = [right + 10 + ((seed * 17 + stone * 13) % 26), (seed * 131 + index * 277 + stone * 419) % 900];
    on.dome(
      x,
      y,
      5 + (stone % 3) * 2,
      { color: ['#8d857a', '#6c665e', '#a39a8c'][stone % 3] as string, relief: floor + 40, gloss: 40 },
      floor,
    );
  }
}
