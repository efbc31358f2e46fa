import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInDanger, openHundredths, openSpans } from './rules.js';

const day = (...intervals: [string, string][]) => intervals.map(([opens, closes]) => ({ opens, closes }));
const WORKDAY = day(['08:00', '12:00'], ['13:00', '17:00']);
const HOURS = { week: [WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, [], []], special: new Map([['2026-12-25', []]]) };
const at = (text: string) => new Date(text);

describe('open hours', () => {
  test.each([
    ['2026-11-23T09:00-06:00', '2026-11-23T14:00-06:00', 400],
    ['2026-11-23T16:00-06:00', '2026-11-24T09:00-06:00', 200],
    ['2026-11-27T16:00-06:00', '2026-11-30T09:00-06:00', 200],
    ['2026-12-24T16:00-06:00', '2026-12-28T08:30-06:00', 150],
    ['2026-11-23T18:00-06:00', '2026-11-23T20:00-06:00', 0],
  ])('from %s to %s', (from, to, hundredths) => {
    expect(openHundredths(openSpans(HOURS, 'America/Chicago', at(from)), at(from), at(to))).toBe(hundredths);
  });

  test.each([
    ['America/New_York', '2026-11-01', '00:00', '04:00', 500],
    ['America/New_York', '2026-03-08', '00:00', '04:00', 300],
    ['Australia/Lord_Howe', '2026-10-04', '00:00', '04:00', 350],
    ['Asia/Kolkata', '2026-11-23', '00:00', '24:00', 2400],
  ])('in %s on %s, when its clock may change', (timeZone, date, opens, closes, hundredths) => {
    const whole = { week: [[], [], [], [], [], [], []], special: new Map([[date, day([opens, closes])]]) };
    const spans = openSpans(whole, timeZone, new Date(`${date}T00:00Z`));
    expect(
      openHundredths(spans, at(`${date}T00:00Z`), at('2030-01-01T00:00Z')) +
        openHundredths(spans, at('2020-01-01T00:00Z'), at(`${date}T00:00Z`)),
    ).toBe(hundredths);
  });

  test('never more than there is time, and together what the parts are', () => {
    const start = at('2026-11-23T00:00Z').getTime();
    const spans = openSpans(HOURS, 'America/Chicago', new Date(start));
    const minute = fc.integer({ min: 0, max: 12 * 1440 }).map((minutes) => new Date(start + minutes * 60_000));
    fc.assert(
      fc.property(minute, minute, minute, (...times) => {
        const [a, b, c] = times.sort((one, other) => one.getTime() - other.getTime()) as [Date, Date, Date];
        expect(openHundredths(spans, a, c)).toBeLessThanOrEqual((c.getTime() - a.getTime()) / 36_000);
        expect(Math.abs(openHundredths(spans, a, b) + openHundredths(spans, b, c) - openHundredths(spans, a, c))).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('a promise is in danger when there is more work left than open hours until then', () => {
  const now = at('2026-11-23T15:00-06:00');
  const spans = openSpans(HOURS, 'America/Chicago', now);
  const is = (promised: string, left: number) => isInDanger(spans, now, at(promised), left);
  expect([is('2026-11-23T17:00-06:00', 200), is('2026-11-23T17:00-06:00', 201), is('2026-11-24T09:00-06:00', 300)]).toEqual([
    false,
    true,
    false,
  ]);
  // What has passed is late, what has no work written up is not judged, and what is far away is in no danger yet.
  expect([is('2026-11-23T14:00-06:00', 500), is('2026-11-23T15:10-06:00', 0), is('2027-03-01T09:00-06:00', 99_999)]).toEqual([
    false,
    false,
    false,
  ]);
});
