import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEED } from '../../testing/seed.js';
import { archiveName, isDue, lastTime, type Night, pruned } from './plan.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 0, 5, 3);
/** Backups at whole hours of about two years, any number of them at the same time. */
const backups = fc
  .array(fc.integer({ min: 0, max: 24 * 700 }), { maxLength: 120 })
  .map((hours) => hours.map((hour) => ({ madeAt: new Date(start + hour * HOUR) })));
const dayOf = ({ madeAt }: { madeAt: Date }) => madeAt.toISOString().slice(0, 10);
const newest = (all: { madeAt: Date }[]) => Math.max(...all.map(({ madeAt }) => madeAt.getTime()));

describe('which backups are kept', () => {
  const holds = (property: (all: { madeAt: Date }[], kept: { madeAt: Date }[]) => void) =>
    fc.assert(
      fc.property(backups, (all) => {
        const gone = new Set(pruned(all));
        property(
          all,
          all.filter((backup) => !gone.has(backup)),
        );
      }),
      { seed: SEED },
    );

  test('the newest always, and of the last seven days that have one the newest of each', () => {
    holds((all, kept) => {
      if (all.length > 0) expect(newest(kept)).toBe(newest(all));
      const days = [...new Set(all.map(dayOf))].sort().slice(-7);
      for (const day of days)
        expect(newest(kept.filter((one) => dayOf(one) === day))).toBe(newest(all.filter((one) => dayOf(one) === day)));
    });
  });

  test('of the last twelve months that have one, one of each', () => {
    holds((all, kept) => {
      const month = (one: { madeAt: Date }) => dayOf(one).slice(0, 7);
      const months = [...new Set(all.map(month))].sort().slice(-12);
      for (const each of months) expect(kept.some((one) => month(one) === each)).toBe(true);
    });
  });

  test('the newest ten, whenever they were made', () => {
    holds((all, kept) => {
      const times = (some: { madeAt: Date }[]) =>
        some
          .map(({ madeAt }) => madeAt.getTime())
          .sort((a, b) => b - a)
          .slice(0, 10);
      expect(times(kept)).toEqual(times(all));
    });
  });

  test('never more than 33, and pruning again removes nothing', () => {
    holds((_all, kept) => {
      expect(kept.length).toBeLessThanOrEqual(10 + 7 + 4 + 12);
      expect(pruned(kept)).toEqual([]);
    });
  });

  test('a year of nights leaves seven days, the weeks before and the months before', () => {
    const year = Array.from({ length: 365 }, (_, day) => ({ madeAt: new Date(start + day * DAY) }));
    const gone = new Set(pruned(year));
    const kept = year.filter((backup) => !gone.has(backup)).map(dayOf);
    expect(kept.slice(-7)).toEqual(year.slice(-7).map(dayOf));
    expect(kept.length).toBeGreaterThanOrEqual(18);
    expect(new Set(kept.map((day) => day.slice(0, 7))).size).toBe(12);
  });
});

describe('when the nightly one is due', () => {
  const night: Night = {
    ...{ now: new Date('2026-11-23T09:20:00Z'), hour: 3, timeZone: 'America/Chicago', since: new Date('2026-01-01T00:00:00Z') },
    ...{ lastGood: null, lastTried: null },
  };
  const at = (text: string) => new Date(text);

  test('from the hour on, on the shop’s clock', () => {
    expect(lastTime(night.now, 3, 'America/Chicago')).toEqual(at('2026-11-23T09:00:00Z'));
    expect(lastTime(at('2026-11-23T08:59:59Z'), 3, 'America/Chicago')).toEqual(at('2026-11-22T09:00:00Z'));
    expect(isDue(night)).toBe(true);
    expect(isDue({ ...night, lastGood: at('2026-11-23T09:00:05Z') })).toBe(false);
    expect(isDue({ ...night, lastGood: at('2026-11-22T09:00:05Z') })).toBe(true);
  });

  test('in the morning, when the machine was off at night', () => {
    expect(isDue({ ...night, now: at('2026-11-23T15:00:00Z'), lastGood: at('2026-11-22T09:00:05Z') })).toBe(true);
  });

  test('an hour after one that failed, not sooner', () => {
    expect(isDue({ ...night, lastTried: at('2026-11-23T09:05:00Z') })).toBe(false);
    expect(isDue({ ...night, now: at('2026-11-23T10:05:00Z'), lastTried: at('2026-11-23T09:05:00Z') })).toBe(true);
  });

  test('not before the first night of a new shop', () => {
    expect(isDue({ ...night, since: at('2026-11-23T09:10:00Z') })).toBe(false);
  });

  test('in a night without that hour, the hour after', () => {
    expect(lastTime(at('2026-03-08T12:00:00Z'), 2, 'America/Chicago')).toEqual(at('2026-03-08T08:00:00Z'));
  });

  test('once a day in every time zone, whatever the day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 * 365 * 24 * 4 }),
        fc.constantFrom('UTC', 'America/Chicago', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'),
        fc.integer({ min: 0, max: 23 }),
        (quarter, timeZone, hour) => {
          const now = new Date(start + (quarter * HOUR) / 4);
          const last = lastTime(now, hour, timeZone);
          expect(last.getTime()).toBeLessThanOrEqual(now.getTime());
          expect(now.getTime() - last.getTime()).toBeLessThanOrEqual(25 * HOUR);
          expect(lastTime(last, hour, timeZone)).toEqual(last);
        },
      ),
      { seed: SEED },
    );
  });
});

test('an archive’s name says whose it is and when it was made, in letters that every disk takes', () => {
  expect(archiveName('Bergmann’s Auto & Truck', new Date('2026-11-23T08:12:05.123Z'))).toBe(
    'serviceflow-bergmann-s-auto-truck-20261123-081205Z.zip',
  );
  expect(archiveName('自動車', new Date('2026-11-23T08:12:05Z'))).toBe('serviceflow-shop-20261123-081205Z.zip');
  expect(archiveName('../../etc/passwd', new Date('2026-11-23T08:12:05Z'))).toBe('serviceflow-etc-passwd-20261123-081205Z.zip');
});
