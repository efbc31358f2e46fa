import type { Sheet } from './sheet.js';

export type Body = 'sedan' | 'suv' | 'pickup' | 'van';
export type Side = 'front' | 'rear' | 'left' | 'right';

export interface Vehicle {
  body: Body;
  /** Paint in the light, and in the shade. */
  paint: readonly [light: string, dark: string];
  /** A dent and scratches on the left side. */
  damaged?: boolean;
}

interface Outline {
  /** The body from the front bumper over the roof to the rear, its windows, where the doors meet, and its wheels. */
  body: string;
  glass: string[];
  seams: string[];
  wheels: [front: number, rear: number];
  radius: number;
  belt: number;
}

const OUTLINES: Record<Body, Outline> = {
  sedan: {
    body: 'M 92 606 C 84 560 96 520 150 504 C 220 486 300 478 372 470 C 440 424 500 386 570 374 C 660 362 760 366 824 392 C 880 416 930 450 962 470 C 1030 476 1092 490 1106 520 C 1116 556 1112 600 1102 622 L 1070 640 L 140 640 z',
    glass: [
      'M 408 470 C 462 430 520 398 590 390 L 604 464 z',
      'M 622 388 C 690 384 762 388 806 408 L 846 462 L 628 464 z',
      'M 828 414 C 860 430 890 450 906 464 L 866 464 z',
    ],
    seams: ['M 392 478 C 380 540 384 600 398 636', 'M 614 470 L 616 634', 'M 858 470 C 850 520 846 560 810 602'],
    wheels: [262, 914],
    radius: 82,
    belt: 472,
  },
  suv: {
    body: 'M 84 606 C 76 540 84 486 140 466 C 210 446 300 436 352 428 C 400 376 452 330 530 318 C 680 304 860 306 964 324 C 1030 344 1074 400 1092 452 C 1112 500 1116 580 1104 626 L 1070 644 L 140 644 z',
    glass: [
      'M 392 428 C 430 384 480 350 552 340 L 566 424 z',
      'M 584 338 C 640 332 720 332 772 334 L 776 422 L 590 424 z',
      'M 792 334 C 860 336 920 340 956 350 L 1010 420 L 796 422 z',
    ],
    seams: ['M 370 436 C 356 520 360 600 378 638', 'M 578 430 L 580 636', 'M 784 428 C 786 500 780 560 772 600'],
    wheels: [258, 906],
    radius: 96,
    belt: 430,
  },
  pickup: {
    body: 'M 66 606 C 58 540 66 486 120 468 C 190 452 270 446 322 440 C 362 384 404 336 470 326 C 560 316 650 316 700 326 C 724 350 738 400 744 440 L 1120 446 C 1134 490 1134 570 1126 622 L 1090 642 L 120 642 z',
    glass: ['M 362 438 C 394 392 430 356 490 346 L 506 434 z', 'M 524 344 C 590 338 650 340 682 346 L 712 432 L 528 434 z'],
    seams: ['M 340 446 C 330 520 332 600 348 636', 'M 516 440 L 520 634', 'M 720 440 C 728 520 728 580 724 634', 'M 752 446 L 754 636'],
    wheels: [240, 936],
    radius: 98,
    belt: 442,
  },
  van: {
    body: 'M 80 610 C 70 550 78 500 116 470 C 170 440 214 424 252 410 C 300 330 350 262 430 244 C 640 226 900 226 1050 240 C 1090 252 1104 300 1108 380 C 1116 470 1116 580 1108 628 L 1076 646 L 130 646 z',
    glass: ['M 300 410 C 332 350 370 300 432 286 L 450 402 z', 'M 470 284 L 600 280 L 604 398 L 474 402 z'],
    seams: ['M 280 420 C 262 510 268 600 286 640', 'M 460 408 L 464 640', 'M 622 276 L 626 640', 'M 900 274 L 904 640'],
    wheels: [254, 916],
    radius: 88,
    belt: 412,
  },
};

/** From its left, nose to the left. */
export function profile(on: Sheet, { body, paint, damaged }: Vehicle, left: boolean): void {
  const outline = OUTLINES[body];
  const ground = 640 + outline.radius * 0.62;
  on.group('', (shadow) => shadow.tint(`ellipse cx="600" cy="${ground - 4}" rx="560" ry="42"`, '#000', 0.75), 12);
  const [light, dark] = paint;
  const coat = on.gradient(
    [
      [0, light],
      [0.22, light],
      [0.42, dark],
      [0.5, light],
      [0.62, dark],
      [0.86, dark],
      [1, '#101114'],
    ],
    'x2="0" y2="1"',
  );
  on.put(`path d="${outline.body}"`, { color: coat, relief: 90, gloss: 150, grime: 34 });
  // The shoulder mirrors the sky, the sills the ground.
  on.group(
    '',
    (soft) => {
      soft.tint(
        `path d="M 120 ${outline.belt + 36} C 400 ${outline.belt + 14} 800 ${outline.belt + 14} 1096 ${outline.belt + 42} L 1096 ${outline.belt + 52} C 800 ${outline.belt + 28} 400 ${outline.belt + 28} 120 ${outline.belt + 52} z"`,
        '#ffffff',
        0.55,
      );
      soft.tint('path d="M 130 588 H 1090 V 640 H 150 z"', '#000', 0.4);
    },
    5,
  );
  panes(on, outline);
  for (const seam of outline.seams) on.stroke(seam, 3.4, { color: '#0c0d0f', relief: 70, gloss: 20 });
  for (const seam of outline.seams.slice(1, 3)) {
    const [, x = '0'] = /M (\d+)/.exec(seam) ?? [];
    on.put(`rect x="${Number(x) - 74}" y="${outline.belt + 26}" width="52" height="13" rx="6"`, { color: dark, relief: 118, gloss: 170 });
  }
  on.put(`path d="M ${outline.wheels[0] + 112} ${outline.belt - 6} q 30 -34 56 -16 q 8 18 -4 26 q -30 8 -52 -10 z"`, {
    color: dark,
    relief: 130,
    gloss: 150,
  });
  lamps(on, outline);
  for (const [index, x] of outline.wheels.entries()) wheel(on, x, ground - outline.radius, outline.radius, index * 17);
  if (damaged && left) scrape(on);
}

/** Dark glass that mirrors the sky. */
function panes(on: Sheet, { glass }: Outline): void {
  for (const pane of glass) {
    on.put(`path d="${pane}" stroke="#101113" stroke-width="7"`, {
      color: on.gradient([
        [0, '#8fa1ad'],
        [0.45, '#39444c'],
        [1, '#161b1f'],
      ]),
      relief: 84,
      gloss: 190,
    });
    on.tint(
      `path d="${pane}"`,
      on.gradient(
        [
          [0.3, 'rgba(255,255,255,0)'],
          [0.45, 'rgba(255,255,255,0.28)'],
          [0.6, 'rgba(255,255,255,0)'],
        ],
        'x2="1" y2="0.6"',
      ),
    );
  }
}

function lamps(on: Sheet, { belt }: Outline): void {
  on.put(
    `path d="M 102 ${belt + 54} C 130 ${belt + 36} 176 ${belt + 34} 206 ${belt + 42} C 184 ${belt + 72} 140 ${belt + 80} 98 ${belt + 82} z"`,
    {
      color: on.gradient([
        [0, '#e9edf0'],
        [1, '#8f979c'],
      ]),
      relief: 110,
      gloss: 220,
    },
  );
  on.put(
    `path d="M 1060 ${belt + 40} C 1086 ${belt + 42} 1104 ${belt + 52} 1112 ${belt + 66} L 1114 ${belt + 104} C 1090 ${belt + 100} 1070 ${belt + 80} 1060 ${belt + 40} z"`,
    { color: '#8f1512', relief: 110, gloss: 200 },
  );
  on.put('path d="M 84 590 L 180 596 L 190 640 L 140 644 C 100 640 86 620 84 590 z"', {
    color: '#1d1e20',
    relief: 94,
    gloss: 40,
    grime: 60,
  });
  on.put('path d="M 1116 590 L 1030 596 L 1020 640 L 1070 646 C 1104 640 1114 620 1116 590 z"', {
    color: '#1d1e20',
    relief: 94,
    gloss: 40,
    grime: 60,
  });
}

function wheel(on: Sheet, x: number, y: number, radius: number, turned: number): void {
  on.put(
    `path d="M ${x - radius * 1.16} ${y + radius * 0.5} A ${radius * 1.16} ${radius * 1.16} 0 1 1 ${x + radius * 1.16} ${y + radius * 0.5} z"`,
    { color: '#0a0a0b', relief: 50, gloss: 5 },
  );
  on.put(`circle cx="${x}" cy="${y}" r="${radius}"`, { color: '#1b1b1c', relief: 84, gloss: 16, grime: 110 });
  on.put(`circle cx="${x}" cy="${y}" r="${radius * 0.94}"`, { color: '#202021', relief: 98, gloss: 18, grime: 96 });
  on.put(`circle cx="${x}" cy="${y}" r="${radius * 0.69}"`, { color: '#2b2c2e', relief: 70, gloss: 40, grime: 60 });
  on.put(`circle cx="${x}" cy="${y}" r="${radius * 0.4}"`, { color: '#5b4a3d', relief: 66, gloss: 40, grime: 120 });
  on.stroke(
    `M ${x - radius * 0.66} ${y} a ${radius * 0.66} ${radius * 0.66} 0 1 0 ${radius * 1.32} 0 a ${radius * 0.66} ${radius * 0.66} 0 1 0 ${-radius * 1.32} 0`,
    radius * 0.07,
    { color: '#9da1a4', relief: 104, gloss: 150, grime: 50 },
  );
  for (let spoke = 0; spoke < 5; spoke++)
    on.group(`rotate(${spoke * 72 + turned} ${x} ${y})`, (one) =>
      one.put(
        `path d="M ${x - radius * 0.1} ${y} L ${x - radius * 0.16} ${y - radius * 0.64} L ${x + radius * 0.16} ${y - radius * 0.64} L ${x + radius * 0.1} ${y} z"`,
        { color: '#94989b', relief: 106, gloss: 140, grime: 60 },
      ),
    );
  on.dome(x, y, radius * 0.17, { color: '#85898c', relief: 122, gloss: 150, grime: 40 }, 100);
}

/** What was there before anybody of the shop touched it. */
function scrape(on: Sheet): void {
  on.group(
    '',
    (soft) => {
      soft.coat('path d="M 660 520 C 720 500 790 520 800 556 C 780 596 690 600 664 570 z"', '#000', 0.28, {});
      soft.tint('path d="M 668 560 C 700 590 770 590 796 560 L 800 572 C 770 604 700 604 668 572 z"', '#fff', 0.16);
    },
    6,
  );
  for (let line = 0; line < 9; line++)
    on.stroke(
      `M ${640 + line * 6} ${530 + line * 6} q 80 ${line % 2 ? 8 : -6} ${150 + (line % 4) * 22} ${line % 3 ? 6 : -4}`,
      1 + (line % 3) * 0.5,
      { color: '#a9a7a2', relief: 86, gloss: 10 },
    );
}
