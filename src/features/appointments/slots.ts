import { Temporal } from 'temporal-polyfill';

/** When the shop is open, on its own clock: `08:00` to `12:00`. Never over midnight, never empty. */
export interface Interval {
  opens: string;
  /** `24:00` for the end of the day. */
  closes: string;
}

export interface OpeningHours {
  /** Of Monday to Sunday, each in order and apart: what lies between two is a break. */
  week: Interval[][];
  /** Days that are not as their weekday is, by date (`2026-12-24`); without an interval the shop is closed. */
  special: ReadonlyMap<string, Interval[]>;
}

export interface BookingRules {
  /** From one slot to the next. */
  slotMinutes: number;
  /** How long before a slot it can still be booked. */
  noticeMinutes: number;
  /** How many days after today can be booked: 0 for today alone. */
  daysAhead: number;
  /** How many may come at the same time, and how many of them may wait for their vehicle. */
  arrivalsPerSlot: number;
  waitersPerSlot: number;
}

/** What a day can take, or what it has taken. */
export interface Load {
  /** Hours of work, in hundredths. */
  hundredths: number;
  /** Vehicles in the bays. */
  vehicles: number;
}

/** What is booked already. */
export interface Taken {
  /** By date. */
  days: ReadonlyMap<string, Load>;
  /** By the slot's time, in milliseconds since 1970. */
  slots: ReadonlyMap<number, { arrivals: number; waiters: number }>;
}

/** What somebody wants to come for. */
export interface Wanted {
  hundredths: number;
  isWaiting: boolean;
}

export interface Slot {
  /** On the shop's calendar: `2026-12-01`. */
  day: string;
  at: Date;
  /** `2026-12-01T09:00-05:00`: the one that a repeated hour means is told by its offset. */
  label: string;
}

/** The intervals in which the shop is open on a day of its calendar. */
export function hoursOf(hours: OpeningHours, day: Temporal.PlainDate): Interval[] {
  return hours.special.get(day.toString()) ?? hours.week[day.dayOfWeek - 1] ?? [];
}

/**
 * Every slot of a day. They are stepped through in real time, from each opening to each closing: an hour that daylight saving
 * skips has none, one that it repeats has them twice. A slot begins within the hours and ends within them.
 */
export function slotsOf(day: Temporal.PlainDate, timeZone: string, hours: OpeningHours, slotMinutes: number): Slot[] {
  const clock = clockOf(day, timeZone);
  const slots: Slot[] = [];
  for (const { opens, closes } of hoursOf(hours, day)) {
    const end = clock.instant(closes);
    for (let at = clock.instant(opens); at + slotMinutes * 60_000 <= end; at += slotMinutes * 60_000) {
      const label = clock.label(at);
      // A clock that goes back within the hours may go back to before them.
      if (label.slice(11, 16) >= opens) slots.push({ day: day.toString(), at: new Date(at), label });
    }
  }
  return slots;
}

/**
 * The slots that can be booked now: within the hours, not too soon and not too far ahead, on days that have hours of work and a bay
 * left, and where not too many come already. Whoever waits is done before the shop closes.
 * @param capacity of a day
 */
export function freeSlots(
  timeZone: string,
  hours: OpeningHours,
  rules: BookingRules,
  capacity: (day: Temporal.PlainDate) => Load,
  taken: Taken,
  wanted: Wanted,
  now: Date,
): Slot[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const earliest = now.getTime() + rules.noticeMinutes * 60_000;
  const free: Slot[] = [];
  for (let ahead = 0; ahead <= rules.daysAhead; ahead++) {
    const day = today.add({ days: ahead });
    if (!fits(capacity(day), taken.days.get(day.toString()), wanted)) continue;
    const slots = slotsOf(day, timeZone, hours, rules.slotMinutes);
    const last = hoursOf(hours, day).at(-1);
    const closing = last && slots.length > 0 ? clockOf(day, timeZone).instant(last.closes) : 0;
    for (const slot of slots) {
      const at = slot.at.getTime();
      const { arrivals, waiters } = taken.slots.get(at) ?? { arrivals: 0, waiters: 0 };
      if (at < earliest || arrivals >= rules.arrivalsPerSlot) continue;
      if (wanted.isWaiting && (waiters >= rules.waitersPerSlot || at + wanted.hundredths * 36_000 > closing)) continue;
      free.push(slot);
    }
  }
  return free;
}

/** Whether a day can take one more. Work that is longer than a whole day fits an empty one: it goes on the day after. */
function fits(capacity: Load, taken: Load = { hundredths: 0, vehicles: 0 }, wanted: Wanted): boolean {
  if (capacity.hundredths === 0 || taken.vehicles >= capacity.vehicles) return false;
  return taken.hundredths === 0 || taken.hundredths + wanted.hundredths <= capacity.hundredths;
}

/** The clock of a day: what time is when. */
interface Clock {
  /** A time of day as an instant. One that is skipped is when the clock skips it, one that is repeated is the first of the two. */
  instant(time: string): number;
  /** `2026-12-01T09:00-05:00` */
  label(at: number): string;
}

function clockOf(day: Temporal.PlainDate, timeZone: string): Clock {
  const start = day.toZonedDateTime(timeZone);
  return start.hoursInDay === 24 && start.hour === 0 ? plainClock(start) : changingClock(day, timeZone);
}

/** Of nearly every day: it is added up, for asking for the time zone anew at each slot takes a hundred times as long. */
function plainClock(start: Temporal.ZonedDateTime): Clock {
  const midnight = start.epochMilliseconds;
  const date = start.toPlainDate().toString();
  const two = (number: number) => String(number).padStart(2, '0');
  return {
    instant: (time) => midnight + (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000,
    label: (at) => {
      const minute = (at - midnight) / 60_000;
      return `${date}T${two(Math.floor(minute / 60))}:${two(minute % 60)}${start.offset}`;
    },
  };
}

/** Of a day on which the clock changes. */
function changingClock(day: Temporal.PlainDate, timeZone: string): Clock {
  return {
    instant: (time) => {
      if (time === '24:00') return day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
      const at = day.toZonedDateTime({ timeZone, plainTime: time });
      if (at.toPlainTime().equals(time)) return at.epochMilliseconds;
      // What comes just before the next moment: the change itself, also where it is this very moment.
      return at.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? at.epochMilliseconds;
    },
    label: (at) => slotLabel(new Date(at), timeZone),
  };
}

/** `2026-12-01T09:00-05:00`: a time on the shop's clock, which of the two if it comes twice. */
export function slotLabel(at: Date, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  return local.toString({ timeZoneName: 'never', smallestUnit: 'minute' });
}
