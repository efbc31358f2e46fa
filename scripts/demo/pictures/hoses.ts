import { Random } from '../random.js';
import { photograph } from './camera.js';
import { Sheet } from './sheet.js';

/** A coolant hose that is cracked beside its clamp. @param dried what leaked and dried there, as color */
export function coolantHose(seed: number, { dried, flip = false }: { dried: string; flip?: boolean }): Promise<Buffer> {
  const random = new Random(seed * 53);
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#1b1c1e', relief: 6, gloss: 20, grime: 60 });
  sheet.group(flip ? 'translate(1200 0) scale(-1 1)' : '', (all) => {
    all.group('', behindHose, 10);
    all.tint('path d="M -40 520 C 240 520 480 760 780 650 L 1240 560 L 1240 690 L 780 790 C 440 860 200 680 -40 660 z"', '#000', 0.55);
    all.tube('M 800 440 L 1270 400', 176, { color: '#8d9093', relief: 200, gloss: 100, grime: 90 }, 60);
    all.tube('M -80 330 C 220 300 420 560 860 434', 206, { color: '#1a1b1c', relief: 222, gloss: 46, grime: 46 }, 60);
    all.tube('M 766 470 L 862 434', 212, { color: '#1d1e1f', relief: 230, gloss: 46, grime: 40 }, 70);
    for (const [along, size] of [
      [0, 34],
      [1, 10],
    ] as const)
      all.tube(
        `M ${756 + along * 34} 352 Q ${786 + along * 34} 462 ${800 + along * 34} 568`,
        size,
        { color: '#83868a', relief: 254, gloss: 110, grime: 60 },
        230,
      );
    all.put('rect x="752" y="318" width="80" height="56" rx="8"', { color: '#7d8084', relief: 255, gloss: 120, grime: 40 });
    all.put('circle cx="792" cy="344" r="18"', { color: '#55585b', relief: 235, gloss: 100 });
    cracks(all, random, dried);
  });
  return photograph(sheet, {
    ...{ seed, depth: 105, grit: 0.6, turn: (seed % 7) - 3, zoom: 1.12, lean: { x: 0.04, y: 0.06 }, exposure: 1.5 },
    lamp: { x: flip ? 0.7 : 0.3, y: -0.1, z: 0.5, fall: 1 },
    grime: [
      [0.36, 0.33, 0.29],
      [0.22, 0.2, 0.18],
    ],
    focus: { x: flip ? 0.44 : 0.56, y: 0.52, radius: 0.26, most: 0.9 },
  });
}

/** A hydraulic hose of a tractor, its cover worn through to the wire. */
export function hydraulicHose(seed: number): Promise<Buffer> {
  const random = new Random(seed * 71);
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#23571f', relief: 10, gloss: 90, grime: 120 });
  sheet.group('', behindLoader, 9);
  for (const [x, y] of [
    [120, 130],
    [330, 130],
    [120, 780],
    [330, 780],
  ] as const)
    sheet.dome(x, y, 26, { color: '#39752f', relief: 90, gloss: 90, grime: 110 }, 45);
  sheet.tint('path d="M -40 400 C 300 300 700 520 1240 380 L 1240 520 C 700 660 300 440 -40 540 z"', '#000', 0.5);
  sheet.tube('M -80 690 C 300 640 640 760 1290 640', 110, { color: '#19191a', relief: 160, gloss: 60, grime: 90 }, 40);
  const path = 'M 250 380 C 520 370 760 500 1290 360';
  sheet.tube(path, 132, { color: '#1a1a1b', relief: 226, gloss: 60, grime: 80 }, 80);
  // Brass and steel of the fitting.
  sheet.tube('M -60 390 L 90 388', 104, { color: '#8f8d86', relief: 205, gloss: 140, grime: 80 }, 80);
  for (let side = 0; side < 3; side++)
    sheet.put(`rect x="80" y="${310 + side * 52}" width="84" height="50"`, {
      color: '#8a8780',
      relief: [205, 240, 212][side],
      gloss: 120,
      grime: 70,
    });
  sheet.tube('M 164 388 L 330 382', 142, { color: '#817e77', relief: 236, gloss: 130, grime: 60 }, 80);
  for (let ring = 0; ring < 6; ring++)
    sheet.put(`rect x="${188 + ring * 24}" y="316" width="8" height="140"`, { color: '#5b5953', relief: 190, gloss: 90, opacity: 0.5 });
  wornThrough(sheet, random);
  return photograph(sheet, {
    ...{ seed, depth: 110, grit: 0.8, turn: 3, zoom: 1.1, lean: { x: 0.04, y: -0.06 }, exposure: 1.5, wet: 0.7 },
    lamp: { x: 0.5, y: -0.2, z: 0.7, fall: 0.6, color: [1, 0.99, 0.95] },
    grime: [
      [0.44, 0.39, 0.32],
      [0.28, 0.24, 0.19],
    ],
    focus: { x: 0.56, y: 0.48, radius: 0.3, most: 0.85 },
  });
}

/** Radiator and engine, out of focus. */
function behindHose(back: Sheet): void {
  back.put('rect x="640" y="-30" width="600" height="420" rx="30"', { color: '#6d7174', relief: 40, gloss: 70, grime: 90 });
  for (let fin = 0; fin < 9; fin++)
    back.put(`rect x="${690 + fin * 58}" y="-30" width="14" height="360"`, { color: '#7d8184', relief: 70, gloss: 80, grime: 60 });
  back.put('rect x="-20" y="610" width="420" height="320" rx="40"', { color: '#26282b', relief: 50, gloss: 70, grime: 60 });
  back.tube('M 40 -20 C 120 200 60 400 200 560', 34, { color: '#37332c', relief: 70, gloss: 60, grime: 60 }, 20);
  back.tube('M 500 930 C 700 760 1000 820 1240 700', 44, { color: '#17181a', relief: 70, gloss: 70, grime: 60 }, 20);
}

/** Sheet metal of a tractor, out of focus. */
function behindLoader(back: Sheet): void {
  back.put('path d="M -20 -20 H 480 L 420 920 H -20 z"', { color: '#2b6b25', relief: 40, gloss: 110, grime: 100 });
  back.put('rect x="880" y="-20" width="360" height="400"', { color: '#1f2022', relief: 50, gloss: 50, grime: 120 });
  back.dome(980, 700, 120, { color: '#c9a414', relief: 70, gloss: 70, grime: 110 }, 30);
}

/** Cracks, and what has run out of them. */
function cracks(all: Sheet, random: Random, dried: string): void {
  for (let crack = 0; crack < 15; crack++) {
    const at = random.next();
    const [x, y] = [480 + at * 250, 455 + Math.sin(at * 2.6) * 44];
    const path = `M ${x + random.between(-12, 12)} ${y - 70} q ${random.between(-16, 16)} 34 ${random.between(-6, 10)} 64 q ${random.between(-14, 14)} 30 ${random.between(-8, 8)} ${random.between(24, 66)}`;
    all.stroke(path, random.between(1.5, 5), { color: '#060606', relief: 168, gloss: 0 });
  }
  all.stroke('M 668 420 q 18 30 4 62 q -12 34 10 66', 9, { color: '#040404', relief: 120, gloss: 0 });
  // What has run out and dried.
  const runs = Array.from({ length: 16 }, () => {
    const length = random.between(40, 300) * random.next();
    return `M ${600 + random.between(0, 120)} ${random.between(452, 520)} c 12 ${length * 0.4} -14 ${length * 0.7} 3 ${length} l 9 -4 c -10 -${length * 0.3} 12 -${length * 0.6} 7 -${length} z`;
  });
  all.group(
    '',
    (on) => {
      on.coat(`path d="${runs.join(' ')}"`, dried, 0.4, { gloss: 20, grime: 30 });
      on.coat('path d="M 590 470 C 640 440 720 470 740 520 C 720 560 620 560 600 530 z"', dried, 0.3, { grime: 70 });
    },
    4,
  );
  for (let crumb = 0; crumb < 150; crumb++)
    all.dome(
      660 + random.between(-80, 80) * random.next(),
      505 + random.between(-50, 60) * random.next(),
      random.between(1, 3.4),
      { color: dried, relief: 222, gloss: 6, opacity: 0.7 },
      206,
    );
}

/** Where it has rubbed: wire, and oil below it. */
function wornThrough(on: Sheet, random: Random): void {
  const worn = 'M 560 384 C 620 380 760 420 830 424 C 850 450 820 492 770 490 C 690 488 600 450 566 436 C 544 424 544 396 560 384 z';
  on.coat(`path d="${worn}"`, '#5c544b', 1, { gloss: 60, grime: 60 });
  for (let wire = 0; wire < 30; wire++) {
    const x = 552 + wire * 9.6;
    const y = 388 + wire * 1.7;
    for (const way of [1, -1]) {
      const end = way > 0 ? 46 : -4;
      on.stroke(`M ${x} ${y + (way > 0 ? 0 : 48)} l 26 ${end - (way > 0 ? 0 : 44)}`, 4, {
        color: random.pick(['#8c8276', '#73685c', '#8a5f3c']),
        relief: 234,
        gloss: 110,
        grime: 70,
      });
    }
  }
  for (let end = 0; end < 12; end++)
    on.stroke(
      `M ${600 + random.between(0, 190)} ${400 + random.between(0, 60)} q ${random.between(-20, 20)} -30 ${random.between(-36, 36)} ${random.between(-70, -30)}`,
      2.6,
      { color: '#8f877c', relief: 246, gloss: 130 },
    );
  // Oil.
  on.coat(
    'path d="M 600 470 C 680 500 780 510 820 480 C 830 600 770 640 780 800 L 730 920 L 690 920 C 700 760 640 640 600 470 z"',
    '#1a1206',
    0.62,
    { gloss: 120 },
  );
  on.coat('path d="M 500 440 C 560 520 530 640 560 920 L 590 920 C 570 700 620 520 560 440 z"', '#1a1206', 0.5, { gloss: 120 });
}
