import { photograph } from './camera.js';
import { digits } from './digits.js';
import { Sheet } from './sheet.js';

/** A battery with a tester on it. @param corroded 0 to 1 @param reads what the tester shows: volts, and cold cranking amperes */
export function battery(
  seed: number,
  { corroded, volts, amperes, bad }: { corroded: number; volts: string; amperes: string; bad: boolean },
): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#202224', relief: 8, gloss: 30, grime: 100 });
  sheet.group(
    '',
    (back) => {
      back.tube('M -30 90 C 300 40 700 130 1230 50', 70, { color: '#19191a', relief: 70, gloss: 70, grime: 60 }, 10);
      back.put('rect x="860" y="-20" width="380" height="190" rx="20"', { color: '#4d5256', relief: 60, gloss: 60, grime: 120 });
    },
    9,
  );
  sheet.put('rect x="60" y="150" width="1080" height="800" rx="26"', { color: '#141516', relief: 120, gloss: 60, grime: 70 });
  sheet.put('rect x="84" y="172" width="1032" height="800" rx="18"', { color: '#1c1d1f', relief: 136, gloss: 60, grime: 80 });
  sheet.put('rect x="330" y="200" width="540" height="120" rx="10"', { color: '#8d221b', relief: 140, gloss: 40, grime: 60 });
  sheet.tint('rect x="352" y="224" width="180" height="26"', '#f4ece0', 0.9);
  for (let line = 0; line < 3; line++)
    sheet.tint(`rect x="352" y="${264 + line * 16}" width="${300 - line * 60}" height="7"`, '#f4ece0', 0.55);
  terminal(sheet, 220, 300, '#8f2a20', corroded);
  terminal(sheet, 980, 300, '#17181a', corroded * 0.5);
  sheet.tube('M 215 300 C 120 220 60 120 -40 90', 54, { color: '#9b2219', relief: 235, gloss: 90, grime: 60 }, 140);
  sheet.tube('M 985 300 C 1080 220 1150 160 1240 150', 54, { color: '#151516', relief: 235, gloss: 90, grime: 60 }, 140);
  tester(sheet, { volts, amperes, bad });
  return photograph(sheet, {
    ...{ seed, depth: 90, grit: 0.6, turn: -4 + (seed % 3) * 3, zoom: 1.08, lean: { x: 0.02, y: 0.08 }, exposure: 1.25 },
    lamp: { x: 0.3, y: 0.0, z: 0.5, fall: 0.9 },
    grime: [
      [0.45, 0.43, 0.4],
      [0.3, 0.28, 0.26],
    ],
    focus: { x: 0.5, y: 0.6, radius: 0.36, most: 0.7 },
  });
}

function terminal(sheet: Sheet, x: number, y: number, cap: string, corroded: number): void {
  sheet.put(`circle cx="${x}" cy="${y}" r="74"`, { color: cap, relief: 150, gloss: 50, grime: 60 });
  sheet.put(`path d="M ${x - 64} ${y - 46} h 96 l 44 26 v 40 l -44 26 h -96 z"`, { color: '#7c7b78', relief: 186, gloss: 110, grime: 110 });
  sheet.dome(x - 8, y, 44, { color: '#9a9892', relief: 244, gloss: 110, grime: 90 }, 190);
  sheet.put(`rect x="${x + 34}" y="${y - 16}" width="42" height="32" rx="4"`, { color: '#a7a49c', relief: 210, gloss: 150, grime: 60 });
  // What acid makes of lead and copper: a blue and white crust.
  for (let flake = 0; flake < corroded * 420; flake++) {
    const angle = flake * 2.4;
    const far = 16 + ((flake * 53) % 62) * (0.75 + 0.25 * Math.sin(flake * 1.7));
    const color = ['#a9bab4', '#7fa9a2', '#93aca7', '#649a92', '#b9c2bb'][flake % 5] as string;
    sheet.dome(
      x + Math.cos(angle) * far * 1.2,
      y + Math.sin(angle) * far * 0.9,
      2.5 + (flake % 7) * 1.1,
      { color, relief: 226 - far * 0.4 + (flake % 4) * 4, gloss: 6, grime: 20 },
      190 - far * 0.2,
    );
  }
}

function tester(sheet: Sheet, { volts, amperes, bad }: { volts: string; amperes: string; bad: boolean }): void {
  sheet.group('rotate(4 600 640)', (on) => {
    on.tint('rect x="404" y="392" width="440" height="600" rx="50"', '#000', 0.6);
    on.put('rect x="380" y="370" width="440" height="640" rx="46"', { color: '#a87b12', relief: 214, gloss: 55, grime: 46 });
    on.put('rect x="408" y="396" width="384" height="600" rx="34"', { color: '#26282b', relief: 230, gloss: 45, grime: 30 });
    on.put('rect x="440" y="430" width="320" height="236" rx="12"', { color: '#8fb4c9', relief: 218, gloss: 150 });
    on.tint(
      'rect x="440" y="430" width="320" height="236" rx="12"',
      on.gradient([
        [0, '#d8eefb'],
        [0.5, '#a9cde0'],
        [1, '#89b2c9'],
      ]),
      0.9,
    );
    digits(on, volts, 474, 456, 70, '#122430');
    digits(on, amperes, 474, 560, 70, '#122430');
    on.tint(`rect x="640" y="456" width="92" height="70" rx="8"`, bad ? '#b3261e' : '#2d7d3a', 0.9);
    on.tint(
      bad
        ? 'path d="M 664 470 l 44 42 m 0 -42 l -44 42" stroke="#fff" stroke-width="9"'
        : 'path d="M 662 492 l 16 18 l 34 -38" stroke="#fff" stroke-width="9"',
      'none',
    );
    on.tint('rect x="640" y="572" width="92" height="46" rx="6" stroke="#122430" stroke-width="6"', 'none');
    on.tint(`rect x="648" y="580" width="${bad ? 18 : 70}" height="30"`, '#122430');
    for (const [x, y] of [
      [500, 740],
      [600, 740],
      [700, 740],
      [600, 830],
    ] as const)
      on.put(`circle cx="${x}" cy="${y}" r="34"`, { color: x === 600 && y === 740 ? '#b7431f' : '#3d4147', relief: 246, gloss: 55 });
  });
}
