import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { SEED } from '../testing/seed.js';
import { fromLocalInput, isTimeZone, showAge, showClock, showDay, showPromise, toLocalInput } from './time.js';

const ZONES = [
  'UTC',
  'America/New_York',
  'America/St_Johns',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];
const HOUR = 3_600_000;

describe('a time typed on the clock of the shop', () => {
  test.each([
    ['2026-11-23T14:30', 'America/Chicago', '2026-11-23T20:30:00.000Z'],
    ['2026-11-23 14:30:59', 'UTC', '2026-11-23T14:30:59.000Z'],
    ['2026-11-23T14:30', 'Asia/Kolkata', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T14:30', 'Australia/Sydney', '2026-11-23T03:30:00.000Z'],
    // Skipped by daylight saving: it moves forward.
    ['2026-03-08T02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-10-04T02:30', 'Australia/Sydney', '2026-10-03T16:30:00.000Z'],
    // Repeated by daylight saving: the first of the two.
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  ])('%s in %s is %s', (typed, zone, iso) => {
    expect(fromLocalInput(typed, zone)?.toISOString()).toBe(iso);
  });

  test.each([
    '',
    'tomorrow',
    '2026-02-30T10:00',
    '0000-00-00T00:00',
    '2026-11-23T25:00',
    '2026-11-23T14:30Z',
    '2026-11-23T14:30+05:30',
    '2026-11-23T14:30[Asia/Kolkata]',
    '2026-11-23',
    '999999-01-01T00:00',
    '2026-11-23T14:30\0',
  ])('%j is no time', (typed) => {
    expect(fromLocalInput(typed, 'America/Chicago')).toBeNull();
  });

  test('shown and sent back unchanged, it is the same minute, or the first of two that look the same', () => {
    const minute = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    const property = fc.property(minute, fc.constantFrom(...ZONES), (date, zone) => {
      const at = new Date(Math.floor(date.getTime() / 60_000) * 60_000);
      const shown = toLocalInput(at, zone);
      const back = fromLocalInput(shown, zone) as Date;
      expect(toLocalInput(back, zone)).toBe(shown);
      expect([0, HOUR / 2, HOUR]).toContain(at.getTime() - back.getTime());
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  test('no time is an empty field', () => {
    expect(toLocalInput(null, 'UTC')).toBe('');
  });
});

describe('what is shown', () => {
  const now = new Date('2026-11-23T12:00:00Z');
  const at = (hours: number) => new Date(now.getTime() + hours * HOUR);

  test('a promise says its day by the calendar of the shop', () => {
    const show = (hours: number, zone = 'UTC') => showPromise(at(hours), now, zone).replaceAll('\u202f', ' ');
    expect([show(2), show(13), show(-13), show(24 * 7)]).toEqual(['2:00 PM', 'tomorrow 1:00 AM', 'yesterday 11:00 PM', 'Nov 30, 12:00 PM']);
    expect(show(9, 'Asia/Kolkata')).toBe('tomorrow 2:30 AM');
  });

  test.each([
    [-1, '0 min'],
    [0.99, '59 min'],
    [1, '1 h'],
    [47.9, '47 h'],
    [48, '2 d'],
    [24 * 400, '400 d'],
  ])('%d hours ago is “%s”', (hours, text) => {
    expect(showAge(at(-hours), now)).toBe(text);
  });

  test('a clock has 24 hours and begins the day at 00', () => {
    expect(showClock(new Date('2026-11-23T00:03:22Z'), 'UTC')).toBe('00:03:22');
    expect(showDay(now, 'Pacific/Apia')).toBe('Tuesday, November 24, 2026');
  });
});

test('time zones are those of the IANA database, and nothing that only looks like one', () => {
  const names = ['UTC', 'America/Chicago', 'Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'Europe/Kiev', 'America/Argentina/Buenos_Aires'];
  for (const zone of [...names, 'US/Central', 'Etc/GMT+5', ...Intl.supportedValuesOf('timeZone')]) {
    expect(isTimeZone(zone), zone).toBe(true);
    expect(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).epochMilliseconds, zone).toBe(0);
  }
  for (const zone of ['', 'Mars/Olympus', 'america/chicago ', '../etc/passwd', '+05:30', '-0530', 'Z', 'America', 'America/Chicago\0'])
    expect(isTimeZone(zone), zone).toBe(false);
});
