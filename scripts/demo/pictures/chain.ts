import { photograph } from './camera.js';
import { Sheet } from './sheet.js';

/** From one pin to the next. */
const PITCH = 104;

/** A chain over its sprocket with a wear gauge dropped in. @param rust 0 to 1 */
export function chain(seed: number, { rust }: { rust: number }): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#3a3c3a', relief: 6, gloss: 10, grime: 80 });
  sheet.group('', behind, 8);
  sheet.group('rotate(-4 600 450)', (on) => {
    teeth(on);
    links(on, rust);
    gauge(on);
  });
  return photograph(sheet, {
    ...{ seed, depth: 85, grit: 0.7, turn: (seed % 5) - 2, zoom: 1.15, lean: { x: 0.05, y: 0.04 }, exposure: 1.25, wet: 0.3 },
    lamp: { x: 0.35, y: 0, z: 0.5, fall: 0.9 },
    grime: [
      [0.4, 0.28, 0.2],
      [0.16, 0.13, 0.11],
    ],
    focus: { x: 0.5, y: 0.46, radius: 0.3, most: 0.85 },
  });
}

/** Out of focus, behind it. */
function behind(back: Sheet): void {
  back.put('rect x="-20" y="-20" width="1240" height="260"', { color: '#6d6a60', relief: 12, gloss: 20, grime: 60 });
  back.tube('M -30 250 L 1240 170', 66, { color: '#7a1f1a', relief: 80, gloss: 140, grime: 40 }, 20);
  for (let spoke = 0; spoke < 9; spoke++)
    back.tube(`M 860 1300 L ${120 + spoke * 190} 240`, 9, { color: '#9a9c9e', relief: 50, gloss: 90 }, 20);
  back.tube(
    'M 120 960 C 200 700 500 560 860 560 C 1000 560 1160 600 1300 690',
    90,
    { color: '#151516', relief: 60, gloss: 20, grime: 90 },
    20,
  );
}

/** Of the sprocket. */
function teeth(on: Sheet): void {
  for (let tooth = -1; tooth < 13; tooth++) {
    const x = tooth * PITCH + 52;
    on.put(`path d="M ${x - 44} 640 C ${x - 34} 560 ${x - 22} 476 ${x} 470 C ${x + 22} 476 ${x + 34} 560 ${x + 44} 640 z"`, {
      color: '#6f6d69',
      relief: 96,
      gloss: 120,
      grime: 120,
    });
  }
  on.put('rect x="-200" y="590" width="1700" height="400"', { color: '#6a6864', relief: 92, gloss: 110, grime: 130 });
  for (let hole = 0; hole < 5; hole++)
    on.put(`ellipse cx="${60 + hole * 270}" cy="800" rx="100" ry="76"`, { color: '#141414', relief: 6, gloss: 5 });
  on.tint('rect x="-200" y="520" width="1700" height="40"', '#000', 0.45);
}

/** Inner ones below, outer ones above them. */
function links(on: Sheet, rust: number): void {
  for (let link = -1; link < 14; link += 2) {
    const x = link * PITCH;
    const y = 446;
    const plate = `path d="M ${x} ${y - 40} C ${x + 30} ${y - 40} ${x + 30} ${y - 22} ${x + PITCH / 2} ${y - 22} C ${x + PITCH - 30} ${y - 22} ${x + PITCH - 30} ${y - 40} ${x + PITCH} ${y - 40} A 40 40 0 0 1 ${x + PITCH} ${y + 40} C ${x + PITCH - 30} ${y + 40} ${x + PITCH - 30} ${y + 22} ${x + PITCH / 2} ${y + 22} C ${x + 30} ${y + 22} ${x + 30} ${y + 40} ${x} ${y + 40} A 40 40 0 0 1 ${x} ${y - 40} z"`;
    on.put(plate, { color: '#5c5a57', relief: 150, gloss: 110, grime: Math.round(90 + rust * 110) });
  }
  for (let link = -2; link < 14; link += 2) {
    const x = link * PITCH;
    const y = 446;
    for (const [inset, relief] of [
      [0, 186],
      [4, 200],
    ] as const)
      on.put(
        `path d="M ${x} ${y - 44 + inset} C ${x + 34} ${y - 44 + inset} ${x + 30} ${y - 25 + inset} ${x + PITCH / 2} ${y - 25 + inset} C ${x + PITCH - 30} ${y - 25 + inset} ${x + PITCH - 34} ${y - 44 + inset} ${x + PITCH} ${y - 44 + inset} A ${44 - inset} ${44 - inset} 0 0 1 ${x + PITCH} ${y + 44 - inset} C ${x + PITCH - 34} ${y + 44 - inset} ${x + PITCH - 30} ${y + 25 - inset} ${x + PITCH / 2} ${y + 25 - inset} C ${x + 30} ${y + 25 - inset} ${x + 34} ${y + 44 - inset} ${x} ${y + 44 - inset} A ${44 - inset} ${44 - inset} 0 0 1 ${x} ${y - 44 + inset} z"`,
        { color: '#6d6b67', relief, gloss: 130, grime: Math.round(70 + rust * 110) },
      );
    for (const pin of [x, x + PITCH]) {
      on.dome(pin, y, 20, { color: '#83807a', relief: 228, gloss: 150, grime: Math.round(40 + rust * 90) }, 196);
      on.put(`circle cx="${pin}" cy="${y}" r="7"`, { color: '#4a4845', relief: 210, gloss: 90 });
    }
  }
}

/** Bright steel, its hooks between the rollers: it drops in. */
function gauge(on: Sheet): void {
  on.tint('rect x="196" y="322" width="760" height="70" rx="14"', '#000', 0.45);
  on.put(
    'path d="M 190 300 Q 190 280 212 280 L 930 280 Q 960 280 960 306 L 960 350 Q 956 372 944 430 Q 930 446 916 430 L 904 372 L 262 372 L 254 436 Q 240 452 226 436 L 212 372 Q 190 366 190 340 z"',
    { color: '#8d9093', relief: 240, gloss: 120, grime: 16 },
  );
  on.put('circle cx="500" cy="326" r="24"', { color: '#1a1a1a', relief: 150, gloss: 10 });
  for (let mark = 0; mark < 9; mark++)
    on.put(`rect x="${580 + mark * 34}" y="${mark % 4 === 0 ? 300 : 316}" width="4" height="${mark % 4 === 0 ? 56 : 40}"`, {
      color: '#3c3e40',
      relief: 228,
      gloss: 40,
    });
}
