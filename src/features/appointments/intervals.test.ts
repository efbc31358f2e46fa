import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readIntervals, showIntervals } from './intervals.js';

test.each([
  ['8-12, 13-17:30', '08:00–12:00, 13:00–17:30'],
  ['8 am – 5 pm', '08:00–17:00'],
  ['12 am to 12 pm', '00:00–12:00'],
  ['13:00—17:00; 8:00–12:00', '08:00–12:00, 13:00–17:00'],
  ['0-24', '00:00–24:00'],
  [' Closed ', ''],
  ['', ''],
])('%s is %s', (typed, shown) => {
  const read = readIntervals(typed);
  expect(Array.isArray(read) ? showIntervals(read) : read).toBe(shown);
});

test.each([
  ['8-8', /before it opens/],
  ['17-8', /before it opens/],
  ['8-12, 11-13', /lies within/],
  ['8-12, 12-13', /goes on from it/],
  ['8', /like 8:00/],
  ['8-12-13', /like 8:00/],
  ['8-25', /like 8:00/],
  ['24:30-25', /like 8:00/],
  ['13 pm - 14', /like 8:00/],
  ['8:75-9', /like 8:00/],
  ['8-12, ', /like 8:00/],
  ['0-1,2-3,4-5,6-7,8-9', /at most four/],
])('%s is refused', (typed, sentence) => expect(readIntervals(typed)).toMatch(sentence));

test('what is shown can be typed again', () => {
  const clock = (quarter: number) => `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 0, maxLength: 8 }).map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(times, (quarters) => {
      const intervals = Array.from({ length: Math.floor(quarters.length / 2) }, (_, index) => ({
        ...{ opens: clock(quarters[index * 2] ?? 0), closes: clock(quarters[index * 2 + 1] ?? 0) },
      }));
      expect(readIntervals(showIntervals(intervals))).toEqual(intervals);
    }),
  );
});
