import { Invalid } from '../../platform/errors.js';
import type { Mark } from '../../platform/pictures/pictures.js';
import type { Medium } from './of-order.js';

/** Pictures that belong together on the page of a work order. */
export interface MediaGroup<Item = Medium> {
  /** '' for those of nothing in particular. */
  name: string;
  items: Item[];
}

type Placed = Pick<Medium, 'finding' | 'findingName' | 'job' | 'isArrival'>;

/** What a picture is shown with: what was found comes before its job, and both before the arrival. */
export function groupOf(medium: Placed): string {
  if (medium.finding !== null) return `finding-${medium.finding}`;
  if (medium.job !== null) return `job-${medium.job}`;
  return medium.isArrival ? 'arrival' : '';
}

/**
 * Pictures in groups: the arrival, what was found, the jobs in their order, the rest.
 * @param media in their order, which stays
 * @param jobs of the order, in theirs
 */
export function groupMedia<Item extends Placed>(media: Item[], jobs: { id: number; name: string }[]): MediaGroup<Item>[] {
  const groups = new Map<string, Item[]>();
  for (const medium of media) groups.set(groupOf(medium), [...(groups.get(groupOf(medium)) ?? []), medium]);
  const names: [string, string][] = [
    ['arrival', 'On arrival'],
    ...media.filter((one) => one.finding !== null).map((one): [string, string] => [groupOf(one), one.findingName || 'Found']),
    ...jobs.map((job): [string, string] => [`job-${job.id}`, job.name]),
    ['', ''],
  ];
  return [...new Map(names)].flatMap(([key, name]) => {
    const items = groups.get(key);
    return items ? [{ name, items }] : [];
  });
}

/** `0:07`, `12:34`. @param hundredths of a second */
export function showDuration(hundredths: number): string {
  const seconds = Math.round(hundredths / 100);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export const SHAPES = ['arrow', 'circle', 'line'] as const;
export type Shape = Mark['shape'];
export const MOST_MARKS = 40;
/** Places are ten-thousandths of a picture's width and height. */
export const WHOLE = 10_000;

/**
 * Reads marks as the drawing script sends them: `arrow 1200 3400 5600 7800;circle …`, from x, y to x, y.
 * @returns null when it is anything else
 */
export function readMarks(text: string): Mark[] | null {
  const marks = text.split(';').map((one): Mark | null => {
    const [, shape, ...places] = /^(arrow|circle|line) (\d{1,5}) (\d{1,5}) (\d{1,5}) (\d{1,5})$/.exec(one) ?? [];
    const [x1, y1, x2, y2] = places.map(Number) as [number, number, number, number];
    if (!shape || Math.max(x1, y1, x2, y2) > WHOLE) return null;
    return { shape: shape as Shape, from: { x: x1, y: y1 }, to: { x: x2, y: y2 } };
  });
  if (marks.length > MOST_MARKS || marks.includes(null)) return null;
  return marks as Mark[];
}

/**
 * The mark for a single place, for whoever can't draw: an arrow that points to it from where there is more room, a circle
 * around it, a line under it.
 */
export function markAt(shape: Shape, at: { x: number; y: number }): Mark {
  const within = (value: number) => Math.min(WHOLE, Math.max(0, Math.round(value)));
  const place = (x: number, y: number) => ({ x: within(x), y: within(y) });
  if (shape === 'circle') return { shape, from: place(at.x - 1200, at.y - 1200), to: place(at.x + 1200, at.y + 1200) };
  if (shape === 'line') return { shape, from: place(at.x - 1500, at.y), to: place(at.x + 1500, at.y) };
  const back = (value: number) => (value > WHOLE / 2 ? value - 2200 : value + 2200);
  return { shape, from: place(back(at.x), back(at.y)), to: place(at.x, at.y) };
}

/** The middle of one of nine parts of a picture, 1 to 9, read like a page. */
export function placeOf(ninth: number): { x: number; y: number } {
  const middle = (index: number) => Math.round((WHOLE * (2 * index + 1)) / 6);
  return { x: middle((ninth - 1) % 3), y: middle(Math.floor((ninth - 1) / 3)) };
}

/**
 * What was asked to be drawn.
 * @param marks drawn by hand
 * @param at where a single mark goes, for whoever can't draw
 * @throws Invalid when there is neither
 */
export function marksOf(marks: Mark[], shape: Shape, at: { x: number; y: number } | null): Mark[] {
  const all = at ? [...marks, markAt(shape, at)] : marks;
  if (all.length === 0) throw new Invalid({ '': 'Please draw something, or choose a place.' });
  return all;
}
