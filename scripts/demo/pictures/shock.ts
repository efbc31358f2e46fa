import { photograph } from './camera.js';
import { Sheet } from './sheet.js';

/** A shock absorber that has lost its oil. @param paint of its tube */
export function shock(seed: number, { paint, leaks, flip = false }: { paint: string; leaks: number; flip?: boolean }): Promise<Buffer> {
  const sheet = new Sheet(900, 1200);
  sheet.put('rect width="900" height="1200"', {
    ...{
      color: sheet.gradient([
        [0, '#0f1011'],
        [0.6, '#1b1a18'],
        [1, '#26221d'],
      ]),
      relief: 5,
      gloss: 15,
      grime: 70,
    },
  });
  sheet.group(flip ? 'translate(900 0) scale(-1 1)' : '', (all) => {
    all.group('', behind, 8);
    all.group('rotate(6 430 600)', (on) => {
      on.tint('rect x="330" y="80" width="270" height="1000" rx="40"', '#000', 0.5);
      // Rod, dust cover, tube, eye.
      on.tube('M 430 -20 L 430 330', 60, { color: '#9a9da0', relief: 150, gloss: 190, grime: 70 }, 70);
      on.tube('M 430 -20 L 430 220', 210, { color: '#1f1f20', relief: 200, gloss: 45, grime: 90 }, 80);
      for (let fold = 0; fold < 3; fold++)
        on.put(`rect x="325" y="${150 + fold * 26}" width="210" height="7"`, { color: '#0e0e0f', relief: 120, gloss: 20, opacity: 0.7 });
      on.tube('M 430 330 L 430 985', 172, { color: paint, relief: 205, gloss: 85, grime: 96 }, 80);
      on.tube('M 430 326 L 430 372', 182, { color: '#3b3b3c', relief: 212, gloss: 90, grime: 60 }, 86);
      on.put('rect x="338" y="960" width="184" height="14"', { color: '#2a2a2b', relief: 150, gloss: 60, opacity: 0.6 });
      on.dome(430, 1050, 92, { color: '#4f463d', relief: 200, gloss: 40, grime: 190 }, 120);
      on.put('circle cx="430" cy="1050" r="60"', { color: '#141414', relief: 170, gloss: 30, grime: 60 });
      on.put('circle cx="430" cy="1050" r="34"', { color: '#8b857c', relief: 215, gloss: 130, grime: 90 });
      wet(on, leaks);
    });
  });
  return photograph(sheet, {
    ...{ seed, depth: 95, grit: 0.75, turn: (seed % 5) - 2, lean: { x: flip ? -0.03 : 0.03, y: -0.07 }, zoom: 1.32, exposure: 1.4 },
    lamp: { x: flip ? 0.85 : 0.12, y: 0.3, z: 0.55, fall: 1.1 },
    grime: [
      [0.34, 0.3, 0.26],
      [0.2, 0.17, 0.15],
    ],
    focus: { x: 0.48, y: 0.48, radius: 0.34, most: 0.85 },
  });
}

/** Oil that has run down, and the dust that sticks to it. */
function wet(on: Sheet, leaks: number): void {
  const runs = 4 + Math.round(leaks * 7);
  on.coat(
    'path d="M 342 360 L 518 360 L 516 560 C 500 640 480 520 462 640 C 440 560 424 700 404 600 C 384 690 372 560 346 600 z"',
    '#120c06',
    0.72,
    { gloss: 225 },
  );
  const paths = Array.from({ length: runs }, (_, run) => {
    const x = 356 + ((run * 67) % 148);
    const length = 200 + ((run * 149) % 400) * leaks;
    const half = 7 + (run % 4) * 3;
    return `M ${x - half} 350 C ${x - half - 4} ${360 + length * 0.4} ${x - half + 6} ${350 + length * 0.8} ${x - half} ${350 + length} a ${half} ${half * 1.3} 0 0 0 ${half * 2} 0 C ${x + half - 5} ${350 + length * 0.7} ${x + half + 4} ${350 + length * 0.4} ${x + half} 350 z`;
  });
  on.coat(`path d="${paths.join(' ')}"`, '#170f07', 0.7, { gloss: 250 });
  // A drop about to fall.
  on.put('path d="M 452 1142 c -10 22 -14 30 -14 42 a 14 15 0 0 0 28 0 c 0 -12 -4 -20 -14 -42 z"', {
    color: '#2a1a0c',
    relief: 225,
    gloss: 250,
  });
}

/** Out of focus, behind it. */
function behind(back: Sheet): void {
  back.put(
    'path d="M 0 0 H 900 V 150 C 760 170 680 320 700 420 L 900 470 V 1200 H 760 C 700 800 600 420 380 300 C 200 200 60 300 0 420 z"',
    {
      ...{ color: '#2e2a26', relief: 22, gloss: 20, grime: 120 },
    },
  );
  back.tube('M -40 960 C 220 900 560 930 940 1010', 110, { color: '#3a332c', relief: 70, gloss: 25, grime: 150 }, 20);
  back.tube('M 120 -30 L 150 640', 30, { color: '#1a1a1b', relief: 50, gloss: 60, grime: 40 }, 20);
  for (let turn = 0; turn < 7; turn++)
    back.tube(
      `M 610 ${60 + turn * 120} C 690 ${20 + turn * 120} 820 ${20 + turn * 120} 880 ${70 + turn * 120}`,
      46,
      { color: '#20304a', relief: 80, gloss: 50, grime: 120 },
      20,
    );
}
