import { Random } from '../random.js';
import { photograph } from './camera.js';
import { Sheet } from './sheet.js';
import { face } from './vehicle-face.js';
import { profile, type Side, type Vehicle } from './vehicle-side.js';

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
      doors(on);
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

/** Three of them, closed. */
function doors(on: Sheet): void {
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
}
