import { Temporal } from 'temporal-polyfill';

/** When people may be written to, on their own clock: `08:00` to `21:00`; `24:00` is the end of the day. */
export interface Daytime {
  begins: string;
  ends: string;
}

/**
 * When a message that is due may go: at once by day, else in the morning of whom it goes to (47 CFR 64.1200(c)(1) has 8 to 21 o'clock
 * at the place of the one who is called).
 * @param timeZone of the customer
 */
export function byDay(due: Date, timeZone: string, { begins, ends }: Daytime): Date {
  const there = Temporal.Instant.fromEpochMilliseconds(due.getTime()).toZonedDateTimeISO(timeZone);
  const time = there.toPlainTime();
  const isEarly = Temporal.PlainTime.compare(time, begins) < 0;
  if (!isEarly && (ends.startsWith('24') || Temporal.PlainTime.compare(time, ends) < 0)) return due;
  const morning = isEarly ? there.toPlainDate() : there.toPlainDate().add({ days: 1 });
  return new Date(morning.toZonedDateTime({ timeZone, plainTime: begins }).epochMilliseconds);
}
