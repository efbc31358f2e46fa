import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { byDay } from './quiet-hours.js';

const DAY = { begins: '08:00', ends: '21:00' };

test.each([
  ['America/Chicago', '2026-11-23T15:00Z', '2026-11-23T15:00Z'],
  ['America/Chicago', '2026-11-24T02:59Z', '2026-11-24T02:59Z'],
  ['America/Chicago', '2026-11-24T03:00Z', '2026-11-24T14:00Z'],
  ['America/Chicago', '2026-11-24T13:59Z', '2026-11-24T14:00Z'],
  // The night in which the clock goes back is an hour longer.
  ['America/Chicago', '2026-11-01T03:00Z', '2026-11-01T14:00Z'],
  ['America/Los_Angeles', '2026-11-23T15:00Z', '2026-11-23T16:00Z'],
  ['Asia/Kolkata', '2026-11-23T15:30Z', '2026-11-24T02:30Z'],
])('in %s what is due at %s goes at %s', (timeZone, due, goes) => {
  expect(byDay(new Date(due), timeZone, DAY)).toEqual(new Date(goes));
});

test('never by night, never before it is due, and never later than the next morning', () => {
  const zones = fc.constantFrom(
    'America/Chicago',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Africa/Cairo',
    'Pacific/Apia',
  );
  const hours = fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 12, max: 23 }));
  const moments = fc.date({ min: new Date('2026-01-01T00:00Z'), max: new Date('2027-01-01T00:00Z'), noInvalidDate: true });
  fc.assert(
    fc.property(zones, hours, moments, (timeZone, [from, to], due) => {
      const daytime = { begins: `${String(from).padStart(2, '0')}:00`, ends: `${to}:00` };
      const goes = byDay(due, timeZone, daytime);
      const there = Temporal.Instant.fromEpochMilliseconds(goes.getTime()).toZonedDateTimeISO(timeZone);
      expect(goes.getTime()).toBeGreaterThanOrEqual(due.getTime());
      expect(goes.getTime() - due.getTime()).toBeLessThan(25 * 3_600_000);
      expect(there.hour).toBeGreaterThanOrEqual(from);
      expect(there.hour).toBeLessThan(to);
      expect(byDay(goes, timeZone, daytime)).toEqual(goes);
    }),
  );
});
