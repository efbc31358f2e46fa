import { describe, expect, test } from 'vitest';
import { ShopClock } from './shop-clock.js';

const ZONE = 'America/Chicago';
const POSITIONS = Array.from({ length: 4101 }, (_, index) => -40 + index / 100);

const FORMAT = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `Mon 07:30` on the shop's clock. */
function local(at: Date): { day: string; time: string } {
  const [day = '', time = ''] = FORMAT.format(at).split(' ');
  return { day, time };
}

describe.each([
  ['a Wednesday morning', '2026-03-11T15:20:00Z'],
  ['just after opening', '2026-06-01T12:31:00Z'],
  ['before opening', '2026-06-01T08:00:00Z'],
  ['late in the evening', '2026-06-02T03:50:00Z'],
  ['a Saturday afternoon', '2026-06-06T21:00:00Z'],
  ['a Sunday night', '2026-11-23T03:16:00Z'],
  ['the day the clocks go forward', '2026-03-08T17:00:00Z'],
  ['the day after they went back', '2026-11-02T15:00:00Z'],
])('on %s', (_, iso) => {
  const now = new Date(iso);
  const clock = new ShopClock(now, ZONE);

  test('time runs forward and ends now', () => {
    const times = POSITIONS.map((position) => clock.at(position).getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(clock.at(1)).toEqual(now);
    expect(clock.at(1.7)).toEqual(now);
  });

  test('the days before lie within opening hours', () => {
    for (const position of POSITIONS.filter((one) => one < 0)) {
      const { day, time } = local(clock.at(position));
      expect(day).not.toBe('Sun');
      expect(time >= '07:30' && time <= (day === 'Sat' ? '13:00' : '17:30'), `${day} ${time}`).toBe(true);
    }
  });

  test('today has room for a morning of work', () => {
    const hours = (now.getTime() - clock.at(0).getTime()) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(4);
    expect(hours).toBeLessThanOrEqual(12);
  });

  test('what is promised lies ahead, on a quarter of an hour, while the shop is open', () => {
    for (const minutes of [75, 200, 400, 700, 1100]) {
      const at = clock.ahead(minutes);
      const { day, time } = local(at);
      expect(at.getTime()).toBeGreaterThan(now.getTime());
      expect(at.getTime() % (15 * 60_000)).toBe(0);
      expect(day).not.toBe('Sun');
      expect(time >= '07:30' && time <= (day === 'Sat' ? '13:00' : '17:30'), `${day} ${time}`).toBe(true);
    }
  });
});
