// A week of times to choose from, ready to read.
import { Temporal } from 'temporal-polyfill';
import { dateOf, showTime, showWeekday } from '../../platform/time.js';
import type { Availability } from '../appointments/availability.js';
import { hoursOf, type Slot, slotsOf } from '../appointments/slots.js';

export interface ShownDay {
  /** `2026-12-01` */
  day: string;
  /** `Tuesday, December 1` */
  name: string;
  /** `Tue` and `1`, for the line of days. */
  short: string;
  number: number;
  slots: { label: string; time: string; isChosen: boolean }[];
  /** Why nothing is free; empty when something is. */
  why: string;
}

export interface ShownWeek {
  days: ShownDay[];
  /** The first day of the week before, when something is free there, and after; null when there is none. */
  earlier: string | null;
  later: string | null;
  /** The first free day, when it is not in this week. */
  first: string | null;
  /** `America/Chicago` */
  timeZone: string;
}

const DAYS = 7;

/**
 * @param from the first day, as the address says it; anything else shows the chosen slot's week, else the first in which something is free
 * @param chosen label of a slot
 * @param notes why special days are special, by day
 */
export function weekOf(
  availability: Availability,
  free: readonly Slot[],
  { from, chosen, notes, now }: { from: string; chosen: string; notes: ReadonlyMap<string, string>; now: Date },
): ShownWeek {
  const { timeZone, rules } = availability;
  const today = Temporal.PlainDate.from(dateOf(now, timeZone));
  const last = today.add({ days: rules.daysAhead });
  const start = clamp(dayIn(from) ?? dayIn(chosen.slice(0, 10)) ?? dayIn(free[0]?.day ?? '') ?? today, today, last);
  const days = Array.from({ length: DAYS }, (_, index) => start.add({ days: index }))
    .filter((day) => Temporal.PlainDate.compare(day, last) <= 0)
    .map((day) =>
      showDay(
        availability,
        day,
        free.filter((slot) => slot.day === day.toString()),
        { chosen, notes, now },
      ),
    );
  const before = start.subtract({ days: DAYS });
  const after = start.add({ days: DAYS });
  const isHere = days.some(({ day }) => day === free[0]?.day);
  return {
    ...{ days, timeZone, first: isHere ? null : (free[0]?.day ?? null) },
    earlier: free.some(({ day }) => day < start.toString()) ? clamp(before, today, last).toString() : null,
    later: Temporal.PlainDate.compare(after, last) <= 0 ? after.toString() : null,
  };
}

function showDay(
  availability: Availability,
  day: Temporal.PlainDate,
  free: Slot[],
  { chosen, notes, now }: { chosen: string; notes: ReadonlyMap<string, string>; now: Date },
): ShownDay {
  const { timeZone } = availability;
  const noon = new Date(`${day}T12:00Z`);
  const times = free.map((slot) => showTime(slot.at, timeZone));
  return {
    ...{ day: day.toString(), name: showWeekday(noon, 'UTC'), short: showWeekday(noon, 'UTC').slice(0, 3), number: day.day },
    slots: free.map(({ label }, index) => {
      const time = times[index] as string;
      // The hour that comes twice: which of the two.
      const isTwice = times.filter((one) => one === time).length > 1;
      return { label, time: isTwice ? `${time} (UTC${label.slice(16)})` : time, isChosen: label === chosen };
    }),
    why: free.length > 0 ? '' : whyNot(availability, day, notes.get(day.toString()) ?? '', now),
  };
}

function whyNot({ hours, timeZone, rules }: Availability, day: Temporal.PlainDate, note: string, now: Date): string {
  if (hoursOf(hours, day).length === 0) return note ? `Closed: ${note}` : 'Closed';
  const earliest = now.getTime() + rules.noticeMinutes * 60_000;
  const slots = slotsOf(day, timeZone, hours, rules.slotMinutes);
  return slots.every(({ at }) => at.getTime() < earliest) ? 'Too soon to book here. Please call.' : 'Full';
}

function dayIn(text: string): Temporal.PlainDate | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return null;
  }
}

function clamp(day: Temporal.PlainDate, least: Temporal.PlainDate, most: Temporal.PlainDate): Temporal.PlainDate {
  if (Temporal.PlainDate.compare(day, least) < 0) return least;
  return Temporal.PlainDate.compare(day, most) > 0 ? most : day;
}
