import { photograph } from './camera.js';
import { CLOUDS, smooth } from './noise.js';
import { Sheet } from './sheet.js';

/** A pleated air filter, on the bench; the old one above the new one when both are shown. */
export function filter(seed: number, { both, frame = '#1d1e20' }: { both: boolean; frame?: string }): Promise<Buffer> {
  const sheet = new Sheet(1200, 900);
  sheet.put('rect width="1200" height="900"', { color: '#7d7468', relief: 10, gloss: 45, grime: 120 });
  for (let plank = 0; plank < 5; plank++)
    sheet.put(`rect y="${plank * 200 - 60}" width="1200" height="5"`, { color: '#3c362e', relief: 0, gloss: 10 });
  if (both) {
    panel(sheet, 120, 70, 960, 350, { frame, dirty: true });
    panel(sheet, 150, 490, 960, 350, { frame, dirty: false });
  } else panel(sheet, 130, 130, 940, 640, { frame, dirty: true });
  return photograph(sheet, {
    ...{ seed, depth: 72, grit: 0.7, turn: -5 + (seed % 4) * 3, zoom: 1.06, lean: { x: 0.03, y: 0.09 }, exposure: 1.12 },
    lamp: { x: 0.15, y: -0.1, z: 0.6, fall: 0.5 },
    grime: [
      [0.33, 0.3, 0.26],
      [0.19, 0.17, 0.15],
    ],
    focus: { x: 0.5, y: 0.5, radius: 0.42, most: 0.6 },
    surface: (x, y) => (smooth(CLOUDS, x * 0.4, y * 3) - 0.5) * 1.5,
  });
}

function panel(sheet: Sheet, x: number, y: number, wide: number, high: number, { frame, dirty }: { frame: string; dirty: boolean }): void {
  const pleats = 44;
  sheet.group(dirty ? `rotate(-2 ${x} ${y})` : `rotate(1.5 ${x} ${y})`, (on) => {
    on.tint(`rect x="${x - 10}" y="${y + 6}" width="${wide + 44}" height="${high + 40}" rx="34"`, '#000', 0.5);
    on.put(`rect x="${x}" y="${y}" width="${wide}" height="${high}" rx="28"`, {
      color: frame,
      relief: 190,
      gloss: 60,
      grime: dirty ? 110 : 20,
    });
    on.put(`rect x="${x + 10}" y="${y + 10}" width="${wide - 20}" height="${high - 20}" rx="22"`, {
      color: frame,
      relief: 215,
      gloss: 60,
      grime: dirty ? 100 : 14,
    });
    const [left, top, inner, tall] = [x + 46, y + 46, wide - 92, high - 92];
    on.put(`rect x="${left}" y="${top}" width="${inner}" height="${tall}"`, { color: '#2a2620', relief: 40 });
    const pitch = inner / pleats;
    for (let pleat = 0; pleat < pleats; pleat++) {
      const at = left + pleat * pitch;
      const tone = dirty ? ['#6d6353', '#5d5446', '#766b58'][pleat % 3] : ['#efe6cf', '#e8dec5', '#f3ecd9'][pleat % 3];
      for (let step = 0; step < 6; step++) {
        const inset = (step / 6) * pitch * 0.47;
        on.put(`rect x="${at + inset}" y="${top}" width="${pitch - inset * 2}" height="${tall}"`, {
          ...{ color: tone as string, relief: 70 + step * 24, gloss: 4, grime: dirty ? 176 - step * 7 : 0 },
        });
      }
    }
    for (const part of [0.25, 0.5, 0.75])
      on.put(`rect x="${left}" y="${top + tall * part}" width="${inner}" height="6" rx="3"`, {
        color: dirty ? '#4c4335' : '#d9c9a2',
        relief: 196,
        gloss: 60,
      });
    if (!dirty) return;
    // Leaves, and a feather.
    const leaf = (cx: number, cy: number, turn: number, color: string) =>
      on.group(`translate(${cx} ${cy}) rotate(${turn})`, (one) => {
        one.tint('path d="M -52 6 C -20 -26 30 -24 60 8 C 30 40 -20 38 -52 6 z"', '#000', 0.5);
        one.put('path d="M -56 0 C -24 -32 26 -30 56 0 C 26 32 -24 30 -56 0 z"', { color, relief: 222, gloss: 30 });
        one.stroke('M -70 2 L 52 0', 3, { color: '#3f2c17', relief: 232 });
      });
    leaf(left + inner * 0.2, top + tall * 0.75, 25, '#7a4f22');
    leaf(left + inner * 0.34, top + tall * 0.86, -50, '#8c6a2c');
    leaf(left + inner * 0.72, top + tall * 0.22, 130, '#5f4420');
  });
}
