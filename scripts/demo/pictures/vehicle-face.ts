import type { Sheet } from './sheet.js';
import type { Vehicle } from './vehicle-side.js';

/** From the front or from behind. */
export function face(on: Sheet, side: 'front' | 'rear', { body, paint }: Vehicle): void {
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
  windshield(on, roof, tall, shoulder);
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

/** Dark glass that mirrors the sky. */
function windshield(on: Sheet, roof: number, tall: number, shoulder: number): void {
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
