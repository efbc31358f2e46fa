import { Random } from '../random.js';
import { photograph } from './camera.js';
import { Sheet } from './sheet.js';

export type Body = 'sedan' | 'suv' | 'pickup' | 'van';
export type Side = 'front' | 'rear' | 'left' | 'right';

interface Vehicle {
  body: Body;
  /** Paint in the light, and in the shade. */
  paint: readonly [light: string, dark: string];
  /** A dent and scratches on the left side. */
  damaged?: boolean;
}

/** One of the four pictures that are taken when a vehicle arrives, in the yard of the shop. */
export function walkround(seed: number, side: Side, vehicle: Vehicle): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  const random = new Random(seed * 613);
  yard(sheet, random);
  if (side === 'front' || side === 'rear') face(sheet, side, vehicle);
  else sheet.group(side === 'right' ? 'translate(1200 0) scale(-1 1)' : '', (on) => profile(on, vehicle, side === 'left'));
  return photograph(sheet, {
    ...{ seed, depth: 30, grit: 0.3, turn: random.between(-2.4, 2.4), zoom: random.between(1.02, 1.12), exposure: 0.66 },
    lean: { x: random.between(-0.05, 0.05), y: 0.02 },
    lamp: { x: random.between(0.1, 0.9), y: -0.6, z: 1.1, fall: 0.12, color: [0.95, 0.95, 0.93] },
    ambient: [0.62, 0.65, 0.7],
    grime: [
      [0.5, 0.47, 0.43],
      [0.36, 0.33, 0.3],
    ],
  });
}

/** Wall, doors, sky and wet asphalt. */
function yard(sheet: Sheet, random: Random): void {
  sheet.group(
    `translate(${random.between(-160, 60)} ${random.between(-20, 20)})`,
    (on) => {
      on.put('rect x="-200" y="-60" width="1900" height="260"', {
        color: on.gradient([
          [0, '#c3ccd3'],
          [1, '#dfe3e4'],
        ]),
        relief: 10,
        gloss: 0,
      });
      on.put('path d="M -200 70 L 1700 20 V 560 H -200 z"', { color: '#756e63', relief: 14, gloss: 5, grime: 70 });
      for (let course = 0; course < 18; course++)
        on.put(`rect x="-200" y="${90 + course * 27}" width="1900" height="3"`, { color: '#6f685c', relief: 11, gloss: 0 });
      for (const [x, wide] of [
        [40, 400],
        [560, 400],
        [1080, 420],
      ] as const) {
        on.put(`rect x="${x}" y="150" width="${wide}" height="410"`, { color: '#5b6166', relief: 8, gloss: 20, grime: 50 });
        for (let slat = 0; slat < 13; slat++)
          on.put(`rect x="${x + 8}" y="${156 + slat * 31}" width="${wide - 16}" height="25"`, {
            color: '#878c8f',
            relief: 17,
            gloss: 26,
            grime: 54,
          });
        on.put(`rect x="${x + wide / 2 - 60}" y="250" width="120" height="46"`, { color: '#3b444b', relief: 12, gloss: 120 });
      }
      on.put('rect x="480" y="330" width="52" height="230"', { color: '#40443f', relief: 16, gloss: 30 });
      on.put('rect x="-200" y="70" width="1900" height="40"', { color: '#7a2e22', relief: 30, gloss: 30, grime: 30 });
    },
    3.4,
  );
  sheet.put('rect y="540" width="1200" height="370"', {
    color: sheet.gradient([
      [0, '#5d5e5f'],
      [0.3, '#4a4b4c'],
      [1, '#333435'],
    ]),
    relief: 10,
    gloss: 26,
    grime: 18,
  });
  for (let crack = 0; crack < 5; crack++) {
    const x = random.between(0, 1200);
    sheet.stroke(
      `M ${x} ${random.between(600, 700)} q ${random.between(-160, 160)} 60 ${random.between(-300, 300)} ${random.between(90, 260)}`,
      random.between(2, 4),
      { color: '#2f3031', relief: 5, gloss: 5 },
    );
  }
  sheet.put('path d="M 120 560 L 150 560 L 20 910 L -40 910 z"', { color: '#b9ae8a', relief: 12, gloss: 10, grime: 130 });
  sheet.put('path d="M 1060 560 L 1088 560 L 1240 910 L 1180 910 z"', { color: '#b9ae8a', relief: 12, gloss: 10, grime: 130 });
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
function profile(on: Sheet, { body, paint, damaged }: Vehicle, left: boolean): void {
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
  for (const pane of outline.glass) {
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

/** From the front or from behind. */
function face(on: Sheet, side: 'front' | 'rear', { body, paint }: Vehicle): void {
  const [light, dark] = paint;
  const tall = body === 'van' ? 170 : body === 'sedan' ? 250 : 214;
  const [shoulder, ground] = [body === 'sedan' ? 462 : 430, 716];
  on.group('', (shadow) => shadow.tint(`ellipse cx="600" cy="${ground + 6}" rx="400" ry="40"`, '#000', 0.8), 12);
  for (const x of [292, 806]) {
    on.put(`rect x="${x}" y="560" width="102" height="164" rx="26"`, { color: '#191919', relief: 40, gloss: 14, grime: 100 });
    for (let groove = 0; groove < 4; groove++)
      on.put(`rect x="${x + 14 + groove * 21}" y="570" width="5" height="146"`, { color: '#0a0a0a', relief: 30, gloss: 5 });
  }
  const coat = on.gradient([
    [0, light],
    [0.5, light],
    [0.56, dark],
    [0.62, light],
    [1, dark],
  ]);
  const roof = 600 - tall * 0.1;
  on.put(
    `path d="M ${roof - 180} ${tall} Q 600 ${tall - 22} ${1200 - roof + 180} ${tall} C 830 ${tall + 60} 862 ${shoulder - 60} 880 ${shoulder - 10} Q 930 ${shoulder + 20} 934 ${shoulder + 90} L 930 650 Q 926 672 900 676 H 300 Q 274 672 270 650 L 266 ${shoulder + 90} Q 270 ${shoulder + 20} 320 ${shoulder - 10} C 338 ${shoulder - 60} 370 ${tall + 60} ${roof - 180} ${tall} z"`,
    {
      ...{ color: coat, relief: 92, gloss: 150, grime: 34 },
    },
  );
  const glass = `path d="M ${roof - 158} ${tall + 24} Q 600 ${tall + 6} ${1200 - roof + 158} ${tall + 24} C 800 ${tall + 80} 822 ${shoulder - 60} 836 ${shoulder - 18} Q 600 ${shoulder - 2} 364 ${shoulder - 18} C 378 ${shoulder - 60} 400 ${tall + 80} ${roof - 158} ${tall + 24} z"`;
  on.put(glass, {
    color: on.gradient([
      [0, '#9fb0bb'],
      [0.5, '#3c474f'],
      [1, '#12171a'],
    ]),
    relief: 84,
    gloss: 190,
  });
  on.tint(
    glass,
    on.gradient(
      [
        [0.2, 'rgba(255,255,255,0)'],
        [0.4, 'rgba(255,255,255,0.3)'],
        [0.55, 'rgba(255,255,255,0)'],
      ],
      'x2="1" y2="0.7"',
    ),
  );
  on.group(
    '',
    (soft) =>
      soft.tint(
        `path d="M 290 ${shoulder + 16} Q 600 ${shoulder - 6} 910 ${shoulder + 16} L 912 ${shoulder + 28} Q 600 ${shoulder + 8} 288 ${shoulder + 28} z"`,
        '#fff',
        0.6,
      ),
    4,
  );
  if (side === 'front') front(on, shoulder, dark);
  else rear(on, shoulder, dark);
  for (const [x, way] of [
    [282, -1],
    [918, 1],
  ] as const)
    on.put(
      `path d="M ${x} ${shoulder - 34} q ${way * 60} -30 ${way * 74} 4 q ${way * -6} 36 ${way * -40} 34 q ${way * -30} -8 ${way * -34} -38 z"`,
      { color: dark, relief: 110, gloss: 150 },
    );
}

function plate(on: Sheet, y: number): void {
  on.put(`rect x="512" y="${y}" width="176" height="62" rx="8"`, { color: '#c9ccd0', relief: 118, gloss: 60, grime: 70 });
  on.tint(`rect x="512" y="${y}" width="176" height="12" rx="6"`, '#31568c', 0.8);
  // Nobody's number stands in a picture: the plate is covered with mud.
  on.coat(`path d="M 520 ${y + 18} C 560 ${y + 8} 650 ${y + 12} 682 ${y + 22} L 682 ${y + 54} H 518 z"`, '#6d6358', 0.75, { grime: 90 });
}

function front(on: Sheet, shoulder: number, dark: string): void {
  const y = shoulder + 74;
  on.stroke(`M 330 ${shoulder + 46} Q 600 ${shoulder + 30} 870 ${shoulder + 46}`, 3, { color: '#0d0e10', relief: 78, gloss: 20 });
  on.put(`rect x="430" y="${y - 14}" width="340" height="66" rx="16"`, { color: '#0f1011', relief: 60, gloss: 30 });
  for (let bar = 0; bar < 4; bar++)
    on.put(`rect x="442" y="${y - 6 + bar * 15}" width="316" height="6" rx="3"`, { color: '#a9adb0', relief: 104, gloss: 200 });
  on.dome(600, y + 16, 21, { color: '#b4b8bb', relief: 126, gloss: 210 }, 100);
  for (const [from, way] of [
    [418, -1],
    [782, 1],
  ] as const) {
    on.put(
      `path d="M ${from} ${y - 10} C ${from + way * 60} ${y - 24} ${from + way * 120} ${y - 20} ${from + way * 142} ${y + 2} C ${from + way * 134} ${y + 44} ${from + way * 60} ${y + 50} ${from} ${y + 40} z"`,
      {
        color: on.gradient([
          [0, '#f1f4f6'],
          [0.6, '#a6aeb3'],
          [1, '#7d858a'],
        ]),
        relief: 112,
        gloss: 230,
      },
    );
    on.dome(from + way * 62, y + 12, 24, { color: '#d8dee2', relief: 124, gloss: 240 }, 104);
    on.dome(from + way * 80, 628, 18, { color: '#c9ced1', relief: 112, gloss: 210 }, 90);
  }
  on.put('path d="M 300 604 Q 600 622 900 604 L 892 668 H 308 z"', { color: '#202124', relief: 90, gloss: 40, grime: 60 });
  on.put('rect x="430" y="624" width="340" height="36" rx="10"', { color: '#0b0b0c', relief: 56, gloss: 10 });
  on.stroke('M 290 596 Q 600 614 910 596', 4, { color: dark, relief: 80, gloss: 60 });
  plate(on, 572);
}

function rear(on: Sheet, shoulder: number, dark: string): void {
  const y = shoulder + 66;
  on.stroke(`M 330 ${shoulder + 40} L 340 600 Q 600 616 860 600 L 870 ${shoulder + 40}`, 3, { color: '#0d0e10', relief: 78, gloss: 20 });
  for (const [from, way] of [
    [282, 1],
    [918, -1],
  ] as const) {
    on.put(
      `path d="M ${from} ${y - 26} Q ${from + way * 70} ${y - 24} ${from + way * 126} ${y - 12} L ${from + way * 104} ${y + 46} Q ${from + way * 40} ${y + 60} ${from} ${y + 56} z"`,
      {
        color: on.gradient([
          [0, '#c02419'],
          [0.5, '#7d0f0c'],
          [1, '#a31a14'],
        ]),
        relief: 112,
        gloss: 220,
      },
    );
    on.put(`rect x="${way > 0 ? from + 16 : from - 70}" y="${y + 16}" width="54" height="20" rx="6"`, {
      color: '#e6e2dc',
      relief: 116,
      gloss: 200,
    });
  }
  on.put('path d="M 286 598 Q 600 616 914 598 L 904 672 H 296 z"', { color: dark, relief: 110, gloss: 120, grime: 60 });
  on.put('rect x="330" y="648" width="540" height="24" rx="8"', { color: '#151617', relief: 86, gloss: 20, grime: 60 });
  on.tube('M 740 684 h 60', 26, { color: '#84868a', relief: 100, gloss: 180, grime: 60 }, 40);
  on.dome(600, y + 2, 18, { color: '#b4b8bb', relief: 124, gloss: 210 }, 100);
  plate(on, y + 30);
}
