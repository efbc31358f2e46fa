import { Random } from '../random.js';
import { photograph } from './camera.js';
import { Sheet } from './sheet.js';

/** The outer boot of a drive shaft. @param torn whether it has thrown its grease */
export function boot(seed: number, { torn, flip = false }: { torn: boolean; flip?: boolean }): Promise<Buffer> {
  const random = new Random(seed * 131);
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#191a1b', relief: 6, gloss: 20, grime: 80 });
  sheet.group(flip ? 'translate(1200 0) scale(-1 1)' : '', (all) => {
    all.group('', behind, 9);
    all.tint('path d="M -40 560 L 560 640 L 1000 760 L 1000 820 L 500 760 L -40 640 z"', '#000', 0.5);
    all.tube('M -60 470 L 420 450', 92, { color: '#4b443d', relief: 175, gloss: 60, grime: 150 }, 60);
    // Each fold is larger than the one before.
    for (let fold = 0; fold < 6; fold++) {
      const x = 360 + fold * 82;
      const radius = 88 + fold * 30;
      const [top, bottom] = [448 - radius, 448 + radius];
      all.tube(
        `M ${x} ${top + 30} Q ${x - 16} 448 ${x} ${bottom - 30}`,
        62,
        { color: '#1b1b1c', relief: 150 + fold * 16, gloss: 66, grime: 56 },
        70,
      );
      all.tube(
        `M ${x + 38} ${top + 6} Q ${x + 18} 448 ${x + 38} ${bottom - 6}`,
        56,
        { color: '#222223', relief: 170 + fold * 16, gloss: 66, grime: 66 },
        90,
      );
    }
    all.put('path d="M 846 196 Q 814 448 846 700 L 884 704 Q 850 448 884 192 z"', { color: '#77797b', relief: 252, gloss: 110, grime: 40 });
    all.put('path d="M 850 410 h 52 v 44 h -52 z"', { color: '#6c6e70', relief: 255, gloss: 110, grime: 30 });
    all.put('path d="M 884 186 C 1010 170 1120 200 1220 230 V 680 C 1120 710 1010 730 884 712 Q 850 448 884 186 z"', {
      color: '#5a4e44',
      relief: 240,
      gloss: 40,
      grime: 190,
    });
    all.put('path d="M 322 392 Q 314 450 322 508 L 346 510 Q 338 450 346 390 z"', { color: '#757779', relief: 205, gloss: 110, grime: 50 });
    if (torn) tear(all, random);
  });
  return photograph(sheet, {
    ...{ seed, depth: 100, grit: 0.7, turn: (seed % 7) - 3, zoom: 1.1, lean: { x: 0.06, y: 0.04 }, exposure: 1.5, wet: 0.2 },
    lamp: { x: flip ? 0.6 : 0.4, y: -0.05, z: 0.5, fall: 1.1 },
    grime: [
      [0.36, 0.31, 0.26],
      [0.2, 0.16, 0.13],
    ],
    focus: { x: flip ? 0.48 : 0.52, y: 0.5, radius: 0.3, most: 0.85 },
  });
}

function tear(all: Sheet, random: Random): void {
  all.put('path d="M 556 330 C 580 380 560 430 590 520 C 604 566 590 600 600 640 C 560 620 548 560 546 500 C 540 430 536 380 556 330 z"', {
    ...{ color: '#0a0806', relief: 60, gloss: 20 },
  });
  all.stroke('M 556 330 C 580 380 560 430 590 520 C 604 566 590 600 600 640', 8, { color: '#3c3c3e', relief: 224, gloss: 60 });
  // Grease: in lumps where it came out, in drops where it was thrown.
  all.group(
    '',
    (on) => {
      for (let lump = 0; lump < 60; lump++) {
        const [x, y] = [575 + random.between(-62, 70) * random.next(), random.between(370, 690)];
        on.dome(
          x,
          y,
          random.between(8, 26),
          { color: random.pick(['#2a2114', '#352a18', '#20180e']), relief: 228 + random.between(-14, 20), gloss: 170 },
          190,
        );
      }
      on.tube('M 584 600 c 8 60 -14 90 4 150', 26, { color: '#261d11', relief: 214, gloss: 170 }, 150);
    },
    4,
  );
  const drops = Array.from({ length: 120 }, () => {
    const angle = random.between(0, 6.28);
    const far = 150 + random.next() ** 2 * 520;
    const [x, y, wide, high] = [
      600 + Math.cos(angle) * far,
      480 + Math.sin(angle) * far * 0.75,
      random.between(2, 13),
      random.between(2, 9),
    ];
    return `M ${x - wide} ${y} a ${wide} ${high} 0 1 0 ${wide * 2} 0 a ${wide} ${high} 0 1 0 ${-wide * 2} 0`;
  });
  all.coat(`path d="${drops.join(' ')}"`, '#241b0f', 0.85, { gloss: 90 });
}

/** Out of focus, behind it. */
function behind(back: Sheet): void {
  back.put('path d="M 820 -20 H 1220 V 920 H 900 C 1000 700 800 500 820 -20 z"', {
    color: '#4b4038',
    relief: 30,
    gloss: 30,
    grime: 120,
  });
  back.tube('M -20 740 C 300 660 700 760 1000 700', 110, { color: '#26231f', relief: 60, gloss: 30, grime: 130 }, 16);
  back.tube('M 240 -30 C 300 100 280 200 340 320', 60, { color: '#2b2c2e', relief: 60, gloss: 60, grime: 90 }, 16);
}
