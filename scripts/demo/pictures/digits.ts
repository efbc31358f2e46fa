import type { Sheet } from './sheet.js';

/** Which of the seven bars each figure has: top, upper left, upper right, middle, lower left, lower right, bottom. */
const BARS: Record<string, string> = {
  '0': 'abcefg',
  '1': 'cf',
  '2': 'acdeg',
  '3': 'acdfg',
  '4': 'bcdf',
  '5': 'abdfg',
  '6': 'abdefg',
  '7': 'acf',
  '8': 'abcdefg',
  '9': 'abcdfg',
  '-': 'd',
  ' ': '',
};

/** Figures as displays show them: no font is needed, so that a picture is the same everywhere. @param size height of a figure */
export function digits(sheet: Sheet, text: string, left: number, top: number, size: number, color: string): void {
  const [wide, bar] = [size * 0.52, size * 0.11];
  let x = left;
  for (const figure of text) {
    if (figure === '.') {
      sheet.tint(`rect x="${x - size * 0.1}" y="${top + size - bar}" width="${bar}" height="${bar}"`, color);
      x += size * 0.1;
      continue;
    }
    for (const name of BARS[figure] ?? '') sheet.tint(`path d="${place(name, x, top, wide, size, bar)}"`, color);
    x += wide + size * 0.24;
  }
}

function place(name: string, x: number, y: number, wide: number, size: number, bar: number): string {
  const half = (size - bar) / 2;
  const gap = bar * 0.16;
  const flat = (top: number) => `M ${x + gap} ${y + top} h ${wide - 2 * gap} l ${-bar * 0.7} ${bar} h ${-(wide - 2 * gap - bar * 1.4)} z`;
  const upright = (left: number, top: number) =>
    `M ${x + left} ${y + top + bar * 0.6} l ${bar} ${-bar * 0.3} v ${half - bar * 0.4} l ${-bar} ${bar * 0.3} z`;
  switch (name) {
    case 'a':
      return flat(0);
    case 'd':
      return flat(half);
    case 'g':
      return flat(size - bar);
    case 'b':
      return upright(0, 0);
    case 'c':
      return upright(wide - bar, 0);
    case 'e':
      return upright(0, half);
    default:
      return upright(wide - bar, half);
  }
}
