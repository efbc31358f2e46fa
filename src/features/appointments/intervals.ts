import type { Interval } from './slots.js';

const TIME = /^(\d{1,2})(?::(\d\d))?\s*(am|pm)?$/i;

/** `08:00–12:00, 13:00–17:00`; nothing where the shop is closed. */
export function showIntervals(intervals: readonly Interval[]): string {
  return intervals.map(({ opens, closes }) => `${opens}–${closes}`).join(', ');
}

/**
 * Reads what somebody types: `8-12, 13-17:30`, `8 am – 5 pm`, `closed`.
 * @returns the intervals in order, or a sentence that says what is wrong
 */
export function readIntervals(typed: string): Interval[] | string {
  const text = typed.trim().toLowerCase();
  if (text === '' || text === 'closed') return [];
  const intervals: Interval[] = [];
  for (const part of text.split(/[,;]|\band\b/)) {
    const [opens, closes, ...more] = part.split(/\s*(?:[-–—]|\bto\b)\s*/).map((one) => readTime(one.trim()));
    if (!opens || !closes || more.length > 0) return 'Please write times like 8:00–12:00, 13:00–17:00.';
    if (closes <= opens) return `It closes at ${closes} before it opens at ${opens}. A night goes until 24:00.`;
    intervals.push({ opens, closes });
  }
  intervals.sort((a, b) => (a.opens < b.opens ? -1 : 1));
  const touching = intervals.find(({ opens }, index) => index > 0 && opens <= (intervals[index - 1] as Interval).closes);
  if (touching) return `${touching.opens} lies within the time before it, or goes on from it: write one time for both.`;
  if (intervals.length > 4) return 'A day can have at most four times.';
  return intervals;
}

/** `08:00`; null when it is no time of day. */
function readTime(typed: string): string | null {
  const [, hours = '', minutes = '00', half] = TIME.exec(typed) ?? [];
  if (!hours || Number(minutes) > 59) return null;
  let hour = Number(hours);
  if (half && (hour < 1 || hour > 12)) return null;
  if (half) hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  if (hour > 24 || (hour === 24 && minutes !== '00')) return null;
  return `${String(hour).padStart(2, '0')}:${minutes}`;
}
