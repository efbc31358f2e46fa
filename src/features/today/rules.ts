import { Temporal } from 'temporal-polyfill';
import { hoursOf, type OpeningHours } from '../appointments/slots.js';

/** Promises further ahead than this are in no danger that anybody would act on this morning. */
export const DAYS_AHEAD = 14;

/** When the shop is open, in milliseconds since 1970, in order and apart. */
export type Span = [from: number, to: number];

/** The opening hours from a day on, for DAYS_AHEAD days, in real time: right also where the clock changes. */
export function openSpans(hours: OpeningHours, timeZone: string, now: Date): Span[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const at = (day: Temporal.PlainDate, time: string): number =>
    time === '24:00' ? at(day.add({ days: 1 }), '00:00') : day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
  const spans: Span[] = [];
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
    const day = today.add({ days: ahead });
    for (const { opens, closes } of hoursOf(hours, day)) spans.push([at(day, opens), at(day, closes)]);
  }
  return spans;
}

/** Hundredths of an hour between two moments in which the shop is open. */
export function openHundredths(spans: readonly Span[], from: Date, to: Date): number {
  let open = 0;
  for (const [opens, closes] of spans) open += Math.max(0, Math.min(closes, to.getTime()) - Math.max(opens, from.getTime()));
  return Math.floor(open / 36_000);
}

/**
 * Whether a promise can't hold any more: there is more work left than open hours until then, by one pair of hands.
 * @param left work, in hundredths of an hour
 */
export function isInDanger(spans: readonly Span[], now: Date, promisedAt: Date, left: number): boolean {
  const daysAway = (promisedAt.getTime() - now.getTime()) / 86_400_000;
  if (left <= 0 || daysAway < 0 || daysAway > DAYS_AHEAD) return false;
  return openHundredths(spans, now, promisedAt) < left;
}
