import { count, showBytes } from './words.js';

export interface Point {
  /** Milliseconds since 1970. */
  at: number;
  value: number;
}

const DAY = 86_400_000;
/** What is further away than that nobody plans for. */
const FAR = 730;

/**
 * How fast something grows, by least squares.
 * @returns what it gains a day; null with less than a day to go by
 */
export function slopeOf(points: Point[]): number | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 6 || last.at - first.at < DAY) return null;
  const mean = (pick: (point: Point) => number) => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [at, value] = [mean((point) => point.at), mean((point) => point.value)];
  const over = points.reduce((sum, point) => sum + (point.at - at) * (point.value - value), 0);
  return (over / points.reduce((sum, point) => sum + (point.at - at) ** 2, 0)) * DAY;
}

/** @param history how much room there was @returns null when it is not getting full, or not within two years */
export function daysUntilFull(history: Point[], free: number): number | null {
  const slope = slopeOf(history);
  if (slope === null || slope >= 0) return null;
  const days = free / -slope;
  return days < FAR ? days : null;
}

/** When a disk is full, as a sentence. */
export function tellRoom(history: Point[], free: number): string {
  const slope = slopeOf(history);
  if (slope === null) return 'How long that lasts is known after a day.';
  const days = daysUntilFull(history, free);
  if (days !== null) return `At this rate it is full in ${showDays(days)}.`;
  return slope < 0 ? 'At this rate that lasts for more than two years.' : 'It is not getting less.';
}

/** How fast something grows, as a sentence. */
export function tellGrowth(history: Point[]): string {
  const perDay = slopeOf(history);
  if (perDay === null) return 'How fast it grows is known after a day.';
  return perDay * 7 > 1e6 ? `It grows by about ${showBytes(perDay * 7)} a week.` : 'It hardly grows.';
}

/** `about 5 weeks` */
export function showDays(days: number): string {
  if (days < 1) return 'less than a day';
  if (days < 14) return `about ${count(Math.round(days), 'day')}`;
  if (days < 100) return `about ${Math.round(days / 7)} weeks`;
  return `about ${Math.round(days / 30)} months`;
}
