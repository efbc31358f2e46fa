import { Random } from '../random.js';
import { photograph } from './camera.js';
import { CLOUDS, smooth } from './noise.js';
import { Sheet } from './sheet.js';

/** A dipstick on a shop towel. @param level 0 at its lower mark, 1 at its upper one @param oil how the oil looks */
export function dipstick(seed: number, { level, oil }: { level: number; oil: string }): Promise<Buffer> {
  const random = new Random(seed * 31);
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#27517f', relief: 60, gloss: 4, grime: 40 });
  // Folds of the cloth.
  const folds = Array.from({ length: 7 }, () => {
    const y = random.between(-100, 950);
    return `M -80 ${y} C 300 ${y + random.between(-160, 160)} 800 ${y + random.between(-160, 160)} 1280 ${y + random.between(-220, 220)}`;
  });
  sheet.group(
    '',
    (on) => {
      for (const fold of folds) on.tube(fold, random.between(70, 150), { color: '#2a5688', relief: 92, gloss: 4, grime: 40 }, 60);
    },
    9,
  );
  // Where it was wiped before.
  sheet.group(
    '',
    (on) => {
      on.coat('path d="M 180 620 C 330 560 560 640 690 560 C 760 610 560 720 420 700 C 300 740 200 720 180 620 z"', '#0d0c0a', 0.75, {
        gloss: 30,
      });
      on.coat('path d="M 700 200 C 780 170 900 210 940 180 C 960 230 860 290 780 262 z"', '#14110d', 0.6, { gloss: 20 });
    },
    13,
  );
  sheet.group('rotate(-19 600 450)', (on) => {
    stick(on, level, oil);
  });
  return photograph(sheet, {
    ...{ seed, depth: 80, grit: 0.5, turn: (seed % 6) - 3, zoom: 1.1, lean: { x: -0.05, y: 0.05 }, exposure: 1.12 },
    lamp: { x: 0.6, y: 0.0, z: 0.5, fall: 0.9 },
    grime: [
      [0.2, 0.26, 0.33],
      [0.12, 0.13, 0.15],
    ],
    focus: { x: 0.68, y: 0.42, radius: 0.26, most: 0.85 },
    // Threads.
    surface: (x, y) => Math.sin(x * 0.75) * 0.5 + Math.sin(y * 0.75) * 0.5 + (smooth(CLOUDS, x * 0.5, y * 0.5) - 0.5) * 16,
  });
}

/** The stick, and how far up it is wet. */
function stick(on: Sheet, level: number, oil: string): void {
  on.group('', (under) => under.tint('rect x="-220" y="446" width="1310" height="46"', '#000', 0.75), 8);
  on.put('rect x="-260" y="424" width="1330" height="40" rx="4"', { color: '#85888b', relief: 150, gloss: 130, grime: 20 });
  on.put('path d="M 1060 424 h 66 q 34 20 0 40 h -66 z"', { color: '#85888b', relief: 150, gloss: 130, grime: 20 });
  on.put('path d="M 560 424 h 470 v 40 h -470 z"', { color: '#8c8f92', relief: 138, gloss: 150, grime: 20 });
  for (let line = 0; line < 26; line++) {
    on.stroke(`M ${600 + line * 16} 426 l 24 36`, 3, { color: '#55585b', relief: 122, gloss: 120 });
    on.stroke(`M ${624 + line * 16} 426 l -24 36`, 3, { color: '#55585b', relief: 122, gloss: 120 });
  }
  for (const mark of [590, 1040]) {
    on.put(`circle cx="${mark}" cy="444" r="9"`, { color: '#1a1a1a', relief: 70, gloss: 10 });
    on.put(`rect x="${mark - 26}" y="424" width="5" height="40"`, { color: '#3c3e40', relief: 110, gloss: 60 });
  }
  const until = 1040 - level * 450;
  on.coat(`path d="M ${until} 424 q 12 10 4 22 q 14 8 -2 18 L 1130 464 q 30 -20 0 -40 z"`, oil, 0.93, { gloss: 245 });
  const smears = [0, 1, 2, 3, 4].map(
    (smear) => `M ${until - 40 - smear * 66} ${428 + ((smear * 13) % 26)} h ${52 - smear * 7} v 5 h ${smear * 7 - 52} z`,
  );
  on.coat(`path d="${smears.join(' ')}"`, oil, 0.6, { gloss: 200 });
  // A drop at its end.
  on.dome(1150, 452, 17, { color: oil, relief: 175, gloss: 250 }, 90);
}
