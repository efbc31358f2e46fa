import { Temporal } from 'temporal-polyfill';
import { showIntervals } from './intervals.js';
import type { Interval } from './slots.js';

/** A day that is not as its weekday is. */
export interface SpecialDay {
  /** `2026-12-24` */
  day: string;
  note: string;
  intervals: Interval[];
}

/** Such days in a row that are alike: a vacation is one thing, not fifteen. */
export interface Span {
  first: string;
  last: string;
  note: string;
  intervals: Interval[];
}

/** @param days in order */
export function spansOf(days: readonly SpecialDay[]): Span[] {
  const spans: Span[] = [];
  for (const { day, note, intervals } of days) {
    const before = spans.at(-1);
    const goesOn =
      before &&
      before.note === note &&
      showIntervals(before.intervals) === showIntervals(intervals) &&
      Temporal.PlainDate.from(before.last).add({ days: 1 }).toString() === day;
    if (goesOn) before.last = day;
    else spans.push({ first: day, last: day, note, intervals });
  }
  return spans;
}
