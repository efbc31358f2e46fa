import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupMedia, MOST_MARKS, markAt, placeOf, readMarks, SHAPES, showDuration } from './rules.js';

const place = fc.record({ x: fc.integer({ min: 0, max: 10_000 }), y: fc.integer({ min: 0, max: 10_000 }) });
const shape = fc.constantFrom(...SHAPES);
const within = ({ x, y }: { x: number; y: number }) => [x, y].every((value) => Number.isInteger(value) && value >= 0 && value <= 10_000);

describe('marks', () => {
  test('are read as the drawing script writes them', () => {
    const written = fc.array(fc.record({ shape, from: place, to: place }), { minLength: 1, maxLength: MOST_MARKS });
    fc.assert(
      fc.property(written, (marks) => {
        const text = marks.map((mark) => `${mark.shape} ${mark.from.x} ${mark.from.y} ${mark.to.x} ${mark.to.y}`).join(';');
        expect(readMarks(text)).toEqual(marks);
      }),
    );
  });

  test.each([
    '',
    ';',
    'arrow',
    'arrow 1 2 3',
    'star 1 2 3 4',
    'arrow 1 2 3 10001',
    'arrow -1 2 3 4',
    'arrow 1.5 2 3 4',
    'line 1 2 3 4;',
    'line 1 2 3 4 5',
    'circle 1e3 2 3 4',
  ])('“%s” are none', (text) => expect(readMarks(text)).toBeNull());

  test('are not more than a person draws', () => {
    expect(readMarks(Array.from({ length: MOST_MARKS + 1 }, () => 'line 1 2 3 4').join(';'))).toBeNull();
  });

  test('of a place lie in the picture, and an arrow points to it', () => {
    fc.assert(
      fc.property(shape, place, (which, at) => {
        const mark = markAt(which, at);
        expect([mark.from, mark.to].every(within)).toBe(true);
        if (which === 'arrow') {
          expect(mark.to).toEqual(at);
          expect(Math.hypot(mark.to.x - mark.from.x, mark.to.y - mark.from.y)).toBeGreaterThan(2000);
        }
      }),
    );
  });

  test('nine places are read like a page', () => {
    expect([1, 5, 9].map(placeOf)).toEqual([
      { x: 1667, y: 1667 },
      { x: 5000, y: 5000 },
      { x: 8333, y: 8333 },
    ]);
    expect(placeOf(3)).toEqual({ x: 8333, y: 1667 });
  });
});

test('groups hold every picture once, in its order: the arrival, what was found, the jobs in theirs, the rest', () => {
  const placed = fc.record({
    finding: fc.option(fc.integer({ min: 1, max: 3 })),
    job: fc.option(fc.integer({ min: 1, max: 3 })),
    isArrival: fc.boolean(),
  });
  const jobs = [3, 1, 2].map((id) => ({ id, name: `Job ${id}` }));
  fc.assert(
    fc.property(fc.array(placed), (places) => {
      const media = places.map((one, id) => ({ id, ...one, findingName: one.finding === null ? null : `Finding ${one.finding}` }));
      const groups = groupMedia(media, jobs);
      const ids = groups.flatMap(({ items }) => items.map(({ id }) => id));
      expect([...ids].sort((a, b) => a - b)).toEqual(media.map(({ id }) => id));
      for (const { items } of groups) expect(items.map(({ id }) => id)).toEqual([...items.map(({ id }) => id)].sort((a, b) => a - b));
      const rank = (name: string) =>
        name === 'On arrival' ? 0 : name.startsWith('Finding') ? 1 : name ? 2 + jobs.findIndex((job) => job.name === name) : 9;
      const ranks = groups.map(({ name }) => rank(name));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    }),
  );
});

test('a length is told in minutes and seconds', () => {
  expect([0, 49, 700, 5999, 6000, 75_400].map(showDuration)).toEqual(['0:00', '0:00', '0:07', '1:00', '1:00', '12:34']);
});
