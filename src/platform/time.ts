import { Temporal } from 'temporal-polyfill';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timeZone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone}|${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', { ...options, timeZone });
    formats.set(key, found);
  }
  return found;
}

/** `Nov 23, 2:30 PM` */
export function showDateTime(at: Date, timeZone: string): string {
  return format(timeZone, 'dateTime', { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }).format(at);
}

/** `2:30 PM` */
export function showTime(at: Date, timeZone: string): string {
  return format(timeZone, 'time', { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** `14:30:05`, for a wall clock */
export function showClock(at: Date, timeZone: string): string {
  return format(timeZone, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);
}

/** `14:30`, beside a wall clock */
function showShortClock(at: Date, timeZone: string): string {
  return format(timeZone, 'shortClock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** `14:30` today, `Tue 14:30` up to six days off, else `Nov 30`: short, and on the same clock as showClock(). */
export function showOnWall(at: Date, now: Date, timeZone: string): string {
  const days = Math.abs(localDate(at, timeZone).since(localDate(now, timeZone)).days);
  if (days === 0) return showShortClock(at, timeZone);
  if (days < 7) return `${format(timeZone, 'weekday', { weekday: 'short' }).format(at)} ${showShortClock(at, timeZone)}`;
  return format(timeZone, 'date', { month: 'short', day: 'numeric' }).format(at);
}

/** `Monday, November 23, 2026` */
export function showDay(at: Date, timeZone: string): string {
  return format(timeZone, 'day', { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' }).format(at);
}

/** `Tuesday, December 1` */
export function showWeekday(at: Date, timeZone: string): string {
  return format(timeZone, 'longDay', { weekday: 'long', month: 'long', day: 'numeric' }).format(at);
}

/** `Tue, Dec 1` */
export function showShortDay(at: Date, timeZone: string): string {
  return format(timeZone, 'shortWeekday', { weekday: 'short', month: 'short', day: 'numeric' }).format(at);
}

/** `Tuesday, December 1, 9:00 AM`: an appointment, as its customer reads it. */
export function showAppointment(at: Date, timeZone: string): string {
  return `${showWeekday(at, timeZone)}, ${showTime(at, timeZone)}`;
}

/** `today 2:30 PM`, `tomorrow 9:00 AM`, `Nov 30, 9:00 AM` */
export function showPromise(at: Date, now: Date, timeZone: string): string {
  const days = localDate(at, timeZone).since(localDate(now, timeZone)).days;
  if (days === 0) return showTime(at, timeZone);
  if (days === 1) return `tomorrow ${showTime(at, timeZone)}`;
  if (days === -1) return `yesterday ${showTime(at, timeZone)}`;
  return showDateTime(at, timeZone);
}

/** `Nov 23, 2026, 2:30 PM`, for what is read years later */
export function showFullDateTime(at: Date, timeZone: string): string {
  return format(timeZone, 'fullDateTime', { month: 'short', day: 'numeric', year: 'numeric', hour: 'numeric', minute: '2-digit' }).format(
    at,
  );
}

/** `Nov 23, 2026` */
export function showDate(at: Date, timeZone: string): string {
  return format(timeZone, 'shortDate', { month: 'short', day: 'numeric', year: 'numeric' }).format(at);
}

/** How long since, in the coarsest unit that says it: `5 min`, `3 h`, `2 d`. */
export function showAge(since: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} d`;
}

/** The value of an `<input type="datetime-local">`: `2026-11-23T14:30` on the shop's clock. */
export function toLocalInput(at: Date | null, timeZone: string): string {
  if (!at) return '';
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });
}

/** `2026-11-23T14:30:05-06:00`: for other programs, on the shop's clock. */
export function toIsoWithOffset(at: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

// Nothing more: a time with an offset would be read as if it had none. A browser without such a field lets people type a blank.
const LOCAL_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/;

/**
 * Reads the value of an `<input type="datetime-local">` as a time on the shop's clock.
 * A time that daylight saving skips moves forward; one that it repeats is the first of the two.
 * @returns null when it is not a date and time
 */
export function fromLocalInput(value: string, timeZone: string): Date | null {
  if (!LOCAL_TIME.test(value)) return null;
  try {
    return new Date(
      Temporal.PlainDateTime.from(value, { overflow: 'reject' }).toZonedDateTime(timeZone, { disambiguation: 'compatible' })
        .epochMilliseconds,
    );
  } catch {
    return null;
  }
}

const ZONE = /^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*)*$/;

/** Whether it is a time zone of the IANA database that this system knows, by any of its names: `Asia/Kolkata` and `Asia/Calcutta` are one. */
export function isTimeZone(name: string): boolean {
  if (!ZONE.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `2026-11-23`: the day that it is there. */
export function dateOf(at: Date, timeZone: string): string {
  return localDate(at, timeZone).toString();
}

/** `Thursday, December 24, 2026` of `2026-12-24` */
export function showCalendarDay(day: string): string {
  return showDay(new Date(`${day}T12:00Z`), 'UTC');
}

function localDate(at: Date, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
}
