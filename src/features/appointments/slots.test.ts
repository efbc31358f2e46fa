import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { type BookingRules, freeSlots, type Interval, type Load, type OpeningHours, type Slot, slotsOf, type Taken } from './slots.js';

/** New York; half an hour off, without and with a change of half an hour; south of the equator; one that changes at midnight; one far east. */
const ZONES = [
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Pacific/Auckland',
  'Europe/Berlin',
];
const ALWAYS: BookingRules = { slotMinutes: 30, noticeMinutes: 0, daysAhead: 60, arrivalsPerSlot: 3, waitersPerSlot: 1 };
const EMPTY: Taken = { days: new Map(), slots: new Map() };

const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
/** Up to three intervals of a day, apart, in quarters of an hour. */
const dayHours = fc
  .uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 0, maxLength: 6 })
  .map((quarters) => quarters.sort((a, b) => a - b))
  .map((quarters) =>
    Array.from({ length: Math.floor(quarters.length / 2) }, (_, index): Interval => {
      const [opens = 0, closes = 0] = quarters.slice(index * 2);
      return { opens: clock(opens * 15), closes: clock(closes * 15) };
    }),
  );
const openingHours = fc
  .tuple(
    fc.array(dayHours, { minLength: 7, maxLength: 7 }),
    fc.dictionary(fc.constantFrom('2026-03-08', '2026-11-01', '2026-12-25'), dayHours),
  )
  .map(([week, special]): OpeningHours => ({ week, special: new Map(Object.entries(special)) }));
/** Around every change of clocks of 2026, and any other day. */
const moment = fc.oneof(
  fc.date({ min: new Date('2026-01-01T00:00Z'), max: new Date('2027-06-30T00:00Z'), noInvalidDate: true }),
  fc
    .tuple(
      fc.constantFrom('2026-03-07', '2026-03-28', '2026-04-04', '2026-09-26', '2026-10-03', '2026-10-24', '2026-10-31'),
      fc.nat(48 * 60),
    )
    .map(([day, minutes]) => new Date(Date.parse(`${day}T00:00Z`) + minutes * 60_000)),
);
const bookingRules = fc.record({
  slotMinutes: fc.constantFrom(15, 20, 30, 60),
  noticeMinutes: fc.constantFrom(0, 60, 24 * 60),
  daysAhead: fc.integer({ min: 0, max: 12 }),
  arrivalsPerSlot: fc.integer({ min: 1, max: 3 }),
  waitersPerSlot: fc.integer({ min: 0, max: 2 }),
});
const capacity = fc.record({ hundredths: fc.integer({ min: 0, max: 4000 }), vehicles: fc.integer({ min: 0, max: 6 }) });
const wanted = fc.record({ hundredths: fc.integer({ min: 25, max: 1200 }), isWaiting: fc.boolean() });

const zoned = (slot: Slot, zone: string) => Temporal.Instant.fromEpochMilliseconds(slot.at.getTime()).toZonedDateTimeISO(zone);
const minuteOf = (time: Temporal.PlainTime) => time.hour * 60 + time.minute;
const minutesIn = (interval: Interval): [number, number] => {
  const [from = 0, to = 0] = [interval.opens, interval.closes].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
  return [from, to];
};

describe.each(ZONES)('slots in %s', (zone) => {
  test('lie within the hours of their day, apart, and say so in their label', () => {
    fc.assert(
      fc.property(openingHours, bookingRules, moment, (hours, rules, now) => {
        const slots = freeSlots(
          zone,
          hours,
          rules,
          () => ({ hundredths: 1_000, vehicles: 9 }),
          EMPTY,
          { hundredths: 100, isWaiting: false },
          now,
        );
        const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
        let before = 0;
        for (const slot of slots) {
          const at = zoned(slot, zone);
          const open = hours.special.get(slot.day) ?? hours.week[at.dayOfWeek - 1] ?? [];
          const minute = minuteOf(at.toPlainTime());
          expect(at.toPlainDate().toString()).toBe(slot.day);
          expect(
            open.some((interval) => minutesIn(interval)[0] <= minute && minute < minutesIn(interval)[1]),
            `${slot.label} of ${JSON.stringify(open)}`,
          ).toBe(true);
          expect(Temporal.Instant.from(slot.label).epochMilliseconds).toBe(slot.at.getTime());
          expect(slot.label.slice(0, 16)).toBe(at.toPlainDateTime().toString({ smallestUnit: 'minute' }));
          expect(slot.at.getTime()).toBeGreaterThanOrEqual(now.getTime() + rules.noticeMinutes * 60_000);
          expect(today.until(at.toPlainDate()).days).toBeLessThanOrEqual(rules.daysAhead);
          expect(slot.at.getTime()).toBeGreaterThan(before);
          before = slot.at.getTime();
        }
      }),
      { numRuns: 150 },
    );
  });

  test('miss none of the time that the shop is open, on the days on which clocks change, too', () => {
    fc.assert(
      fc.property(openingHours, fc.constantFrom(15, 30, 60), moment, (hours, slotMinutes, now) => {
        const day = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
        const slots = new Set(slotsOf(day, zone, hours, slotMinutes).map((slot) => slot.at.getTime()));
        // Minute by minute through the day as it really passes, and not by the function under test.
        const end = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
        const open = hours.special.get(day.toString()) ?? hours.week[day.dayOfWeek - 1] ?? [];
        let openFor = 0;
        let inSlots = 0;
        let slotEnds = 0;
        for (let at = day.toZonedDateTime(zone).epochMilliseconds; at < end; at += 60_000) {
          const minute = minuteOf(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainTime());
          if (open.some((interval) => minutesIn(interval)[0] <= minute && minute < minutesIn(interval)[1])) openFor++;
          if (slots.has(at)) slotEnds = at + slotMinutes * 60_000;
          if (at < slotEnds) inSlots++;
        }
        expect(inSlots).toBe(slots.size * slotMinutes);
        // What is left at the end of an interval is shorter than a slot; a change of clocks within one may leave as much again.
        expect(openFor - inSlots).toBeLessThan(Math.max(1, open.length) * slotMinutes + 61);
        const isPlain = day.toZonedDateTime(zone).hoursInDay === 24;
        if (isPlain) expect(openFor - inSlots).toBeLessThanOrEqual(open.length * (slotMinutes - 15));
      }),
      { numRuns: 60 },
    );
  });

  test('can be booked, each that is offered, until nothing is offered and nothing is over its capacity', () => {
    fc.assert(
      fc.property(
        openingHours,
        bookingRules,
        capacity,
        fc.array(wanted, { minLength: 1, maxLength: 25 }),
        moment,
        fc.nat(),
        (hours, rules, load, wants, now, pick) => {
          const booked: { slot: Slot; want: (typeof wants)[number] }[] = [];
          for (const [index, want] of wants.entries()) {
            const free = freeSlots(zone, hours, rules, () => load, takenBy(booked), want, now);
            const slot = free[(pick + index * 7) % (free.length || 1)];
            if (slot) booked.push({ slot, want });
          }
          const { days, slots } = takenBy(booked);
          for (const [day, taken] of days) {
            expect(taken.vehicles).toBeLessThanOrEqual(load.vehicles);
            if (booked.filter(({ slot }) => slot.day === day).length > 1) expect(taken.hundredths).toBeLessThanOrEqual(load.hundredths);
          }
          for (const { arrivals, waiters } of slots.values()) {
            expect(arrivals).toBeLessThanOrEqual(rules.arrivalsPerSlot);
            expect(waiters).toBeLessThanOrEqual(rules.waitersPerSlot);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** What is booked, added up. */
function takenBy(booked: { slot: Slot; want: { hundredths: number; isWaiting: boolean } }[]): Taken {
  const days = new Map<string, Load>();
  const slots = new Map<number, { arrivals: number; waiters: number }>();
  for (const { slot, want } of booked) {
    const day = days.get(slot.day) ?? { hundredths: 0, vehicles: 0 };
    days.set(slot.day, { hundredths: day.hundredths + want.hundredths, vehicles: day.vehicles + 1 });
    const at = slots.get(slot.at.getTime()) ?? { arrivals: 0, waiters: 0 };
    slots.set(slot.at.getTime(), { arrivals: at.arrivals + 1, waiters: at.waiters + (want.isWaiting ? 1 : 0) });
  }
  return { days, slots };
}

const NINE_TO_FIVE: OpeningHours = { week: Array.from({ length: 7 }, () => [{ opens: '09:00', closes: '17:00' }]), special: new Map() };
const NIGHT: OpeningHours = { week: Array.from({ length: 7 }, () => [{ opens: '00:00', closes: '04:00' }]), special: new Map() };
const labels = (zone: string, day: string, hours: OpeningHours, minutes: number) =>
  slotsOf(Temporal.PlainDate.from(day), zone, hours, minutes).map(({ label }) => label.slice(11));

test('an hour that is skipped has no slot, one that is repeated has them twice', () => {
  expect(labels('America/New_York', '2026-03-08', NIGHT, 60)).toEqual(['00:00-05:00', '01:00-05:00', '03:00-04:00']);
  expect(labels('America/New_York', '2026-11-01', NIGHT, 60)).toEqual([
    '00:00-04:00',
    '01:00-04:00',
    '01:00-05:00',
    '02:00-05:00',
    '03:00-05:00',
  ]);
  expect(labels('Australia/Lord_Howe', '2026-10-04', NIGHT, 30)).toHaveLength(7);
  expect(labels('Africa/Cairo', '2026-04-24', NIGHT, 60)).toEqual(['01:00+03:00', '02:00+03:00', '03:00+03:00']);
});

test('whoever waits is done before the shop closes', () => {
  const now = new Date('2026-12-01T12:00Z');
  const free = freeSlots(
    'America/New_York',
    NINE_TO_FIVE,
    { ...ALWAYS, daysAhead: 0 },
    () => ({ hundredths: 4000, vehicles: 9 }),
    EMPTY,
    { hundredths: 250, isWaiting: true },
    now,
  );
  expect(free.at(-1)?.label).toBe('2026-12-01T14:30-05:00');
});

test('a closed day, a special day, and work that is longer than a day', () => {
  const special = new Map([
    ['2026-12-01', []],
    ['2026-12-02', [{ opens: '10:00', closes: '11:00' }]],
  ]);
  const ask = (hundredths: number, taken: Taken) =>
    freeSlots(
      'Europe/Berlin',
      { ...NINE_TO_FIVE, special },
      { ...ALWAYS, slotMinutes: 60, daysAhead: 2 },
      () => ({ hundredths: 1600, vehicles: 9 }),
      taken,
      { hundredths, isWaiting: false },
      new Date('2026-12-01T05:00Z'),
    ).map(({ day }) => day);
  expect(ask(100, EMPTY)).toEqual(['2026-12-02', ...Array<string>(8).fill('2026-12-03')]);
  expect(ask(4000, EMPTY)).toEqual(ask(100, EMPTY));
  const some: Taken = { days: new Map([['2026-12-03', { hundredths: 1, vehicles: 1 }]]), slots: new Map() };
  expect(ask(4000, some)).toEqual(['2026-12-02']);
});
