import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawMarks } from './marks.js';
import type { Mark } from './pictures.js';

const WIDTH = 1600;
const HEIGHT = 1000;

function drawn(marks: Mark[], ground: number): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3).fill(ground);
  drawMarks({ pixels, width: WIDTH, height: HEIGHT }, marks);
  return pixels;
}

const at = (pixels: Uint8Array, x: number, y: number) => [...pixels.subarray((y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3)];
const RED = [226, 35, 43];

test('a line goes from one place to the other, in red with a white and a dark rim, on any ground', () => {
  for (const ground of [0, 128, 255]) {
    const pixels = drawn([{ shape: 'line', from: { x: 2000, y: 5000 }, to: { x: 8000, y: 5000 } }], ground);
    expect(at(pixels, 800, 500)).toEqual(RED);
    expect(at(pixels, 160, 500)).toEqual([ground, ground, ground]);
    const across = Array.from({ length: 40 }, (_, step) => at(pixels, 800, 480 + step));
    expect(across.some(([red = 0, green = 0]) => red > 200 && green > 200)).toBe(true);
    expect(across.some(([red = 0]) => red < 60)).toBe(true);
  }
});

test('an arrow has its head at its end', () => {
  const pixels = drawn([{ shape: 'arrow', from: { x: 1000, y: 5000 }, to: { x: 9000, y: 5000 } }], 255);
  const painted = (x: number) => Array.from({ length: HEIGHT }, (_, y) => at(pixels, x, y)).filter(([, green]) => green !== 255).length;
  expect(painted(1410)).toBeGreaterThan(painted(400));
});

test('a circle fills the rectangle between its places and leaves its middle free', () => {
  const pixels = drawn([{ shape: 'circle', from: { x: 2000, y: 2500 }, to: { x: 8000, y: 7500 } }], 255);
  expect(at(pixels, 800, 500)).toEqual([255, 255, 255]);
  for (const [x, y] of [
    [320, 500],
    [1279, 500],
    [800, 250],
    [800, 749],
  ] as const)
    expect(at(pixels, x, y), `${x}, ${y}`).toEqual(RED);
});

test('whatever the marks are, nothing is painted beyond the picture, and at most fifty are', () => {
  const place = fc.record({ x: fc.oneof(fc.integer(), fc.double()), y: fc.oneof(fc.integer(), fc.double()) });
  const mark = fc.record({ shape: fc.constantFrom('arrow', 'circle', 'line'), from: place, to: place }) as fc.Arbitrary<Mark>;
  fc.assert(
    fc.property(
      fc.array(mark, { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (marks, width, height) => {
        const pixels = new Uint8Array(width * height * 3 + 100).fill(9);
        drawMarks({ pixels: pixels.subarray(0, width * height * 3), width, height }, marks);
        expect(pixels.subarray(width * height * 3).every((value) => value === 9)).toBe(true);
      },
    ),
  );
  const many: Mark[] = Array.from({ length: 50 }, () => ({ shape: 'line', from: { x: 0, y: 0 }, to: { x: 100, y: 100 } }));
  const more = drawn([...many, { shape: 'line', from: { x: 0, y: 9000 }, to: { x: 10_000, y: 9000 } }], 255);
  expect(Buffer.compare(more, drawn(many, 255))).toBe(0);
});
