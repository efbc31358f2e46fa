import fc from 'fast-check';
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { type CalendarEntry, calendarFile, calendarUid } from './calendar-file.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const ENTRY: CalendarEntry = {
  ...{ shop: 1, id: 812, state: 'confirmed', startsAt: new Date('2026-12-01T14:00Z'), minutes: 90, sequence: 2 },
  ...{ bookedAt: new Date('2026-11-20T09:30Z'), summary: 'Riverside: 2019 Toyota Corolla', location: 'River Rd 1\nSpringfield; IL, 62701' },
  ...{ description: 'Grüße; Öl, \\ Räder 🚗\nsecond line', url: 'https://shop.example/book/a/x' },
};
const read = (entry: CalendarEntry) => {
  const file = calendarFile('Riverside', entry, NOW);
  const calendar = new ICAL.Component(ICAL.parse(file));
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? undefined);
  return { file, calendar, event, status: event.component.getFirstPropertyValue('status') };
};

test('another calendar reads what was written, with times in UTC', () => {
  const { file, calendar, event, status } = read(ENTRY);
  expect(calendar.getFirstPropertyValue('version')).toBe('2.0');
  expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
  expect(event.uid).toBe(calendarUid(ENTRY));
  expect(event.startDate.toJSDate()).toEqual(ENTRY.startsAt);
  expect(event.endDate.toJSDate()).toEqual(new Date('2026-12-01T15:30Z'));
  expect(file).toMatch(/\r\nDTSTART:20261201T140000Z\r\n/);
  expect([event.summary, event.description, event.location]).toEqual([ENTRY.summary, ENTRY.description, ENTRY.location]);
  expect([event.sequence, status]).toEqual([2, 'CONFIRMED']);
  for (const line of file.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});

test('what waits for the shop’s word is tentative; what is cancelled is taken out again, under the same name', () => {
  expect(read({ ...ENTRY, state: 'requested' }).status).toBe('TENTATIVE');
  const { calendar, event, status } = read({ ...ENTRY, state: 'cancelled', sequence: 3 });
  expect(calendar.getFirstPropertyValue('method')).toBe('CANCEL');
  expect([event.uid, event.sequence, status]).toEqual([calendarUid(ENTRY), 3, 'CANCELLED']);
});

test('whatever people type comes out as it went in, and makes no property of its own', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !/\p{Cc}/u.test(one));
  fc.assert(
    fc.property(text, text, (summary, description) => {
      const { event, calendar } = read({ ...ENTRY, summary: `x${summary}`, description: `y${description}\nBEGIN:VALARM\nz` });
      expect(event.summary).toBe(`x${summary}`);
      expect(event.description).toBe(`y${description}\nBEGIN:VALARM\nz`);
      expect(calendar.getAllSubcomponents()).toHaveLength(1);
      expect(event.component.getAllSubcomponents()).toHaveLength(0);
    }),
    { numRuns: 200 },
  );
});
