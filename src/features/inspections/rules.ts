import { showQuantity } from '../billing/amounts.js';
import type { FindingColor, Found, Measure, Measured, Need, Reason, TemplateItem } from './content.js';
import { positionsOf } from './content.js';

/** From good to bad. */
const ORDER = ['green', 'yellow', 'red'] as const;
type Light = (typeof ORDER)[number];

/**
 * The color of what was measured. Bounds are half-open, so that every value has one color and no two: where low is bad, below
 * `red` is red, from there to below `yellow` yellow, from `yellow` on green; where high is bad, below `yellow` is green, from
 * there to below `red` yellow, from `red` on red.
 * @param value hundredths of the unit
 * @returns null when the item has no bounds: then a person says
 */
export function colorOf({ bad, yellow, red }: Pick<Measure, 'bad' | 'yellow' | 'red'>, value: number): Light | null {
  if (yellow === null && red === null) return null;
  const reaches = (bound: number | null) => bound !== null && (bad === 'low' ? value < bound : value >= bound);
  if (reaches(red)) return 'red';
  return reaches(yellow) ? 'yellow' : 'green';
}

/** Whether the bounds stand in their order, red beyond yellow. */
export function boundsAreInOrder({ bad, yellow, red }: Pick<Measure, 'bad' | 'yellow' | 'red'>): boolean {
  if (yellow === null || red === null) return true;
  return bad === 'low' ? red <= yellow : yellow <= red;
}

/** The color of an item by what was measured at all of its positions: that of the worst. Null when nothing says one. */
export function measuredColor(measure: Measure | null, measures: Measured[]): Light | null {
  if (!measure) return null;
  const colors = measures.map(({ value }) => colorOf(measure, value)).filter((color) => color !== null);
  return colors.reduce<Light | null>(
    (worst, color) => (worst === null || ORDER.indexOf(color) > ORDER.indexOf(worst) ? color : worst),
    null,
  );
}

/** Whether it is something that was found: yellow or red. */
export function isFound(color: FindingColor | null): color is 'yellow' | 'red' {
  return color === 'yellow' || color === 'red';
}

/**
 * Why it should be done: required (it has failed) or suggested (it is due, or would be better). What is unsafe is required;
 * what is neither yellow nor red has no reason.
 */
export function reasonFor(item: Pick<TemplateItem, 'safety'>, color: FindingColor | null, said: Reason | null): Reason | null {
  if (!isFound(color)) return null;
  if (item.safety && color === 'red') return 'required';
  return said ?? 'suggested';
}

/** Whether a person has said another color than what was measured says. */
export function isOverruled(item: Pick<TemplateItem, 'measure'>, found: Pick<Found, 'color' | 'measures'>): boolean {
  const measured = measuredColor(item.measure, found.measures);
  return measured !== null && found.color !== null && found.color !== 'na' && found.color !== measured;
}

export type Missing = 'color' | 'measured' | 'note' | 'photo' | 'why';

/** What has to be there before the inspection is finished, and is not. */
export function whatIsMissing(item: TemplateItem, found: Found, photos: number): Missing[] {
  if (found.color === null) return ['color'];
  if (found.color === 'na') return [];
  const needed = (need: Need | undefined) => need === 'always' || (need === 'when-found' && isFound(found.color));
  const missing: Missing[] = [];
  const hasNote = found.note.trim() !== '';
  const isMeasured = atPositions(item.measure, found.measures).length === positionsOf(item.measure).length;
  if (needed(item.needs.measured) && !isMeasured) missing.push('measured');
  if (isOverruled(item, found) && !hasNote) missing.push('why');
  else if (needed(item.needs.note) && !hasNote) missing.push('note');
  if (needed(item.needs.photo) && photos === 0) missing.push('photo');
  return missing;
}

/** What is missing, as a sentence. */
export const MISSING_SENTENCES: Record<Missing, string> = {
  color: 'Nobody has said yet how it is.',
  measured: 'A measurement is missing.',
  note: 'It needs a note.',
  photo: 'It needs a photo.',
  why: 'It was measured otherwise: say why in the note.',
};

/** "LF 3.5, RF 4 mm", or "12.4 V": what was measured, as people say it. Empty when nothing was. */
export function showMeasures(measures: Measured[], unit: string): string {
  if (measures.length === 0) return '';
  return `${measures.map(({ position, value }) => [position, showQuantity(value)].filter(Boolean).join(' ')).join(', ')} ${unit}`.trim();
}

/** The values at the positions of an item, in their order; what is elsewhere is left out. */
export function atPositions(measure: Measure | null, measures: Measured[]): Measured[] {
  return positionsOf(measure).flatMap((position) => measures.filter((one) => one.position === position).slice(0, 1));
}

/** What was measured at one visit. */
export interface VisitMeasures {
  /** ISO date and time. */
  at: string;
  /** Tenths of the odometer's unit; null when it was not read. */
  odometer: number | null;
  measures: Measured[];
}

/** How one position wears. Values are hundredths of the unit. */
export interface Wear {
  position: string;
  /** Index of the visit, and what was measured. */
  points: { visit: number; value: number }[];
  /** Change for 1,000 of the odometer's unit between its first and last reading; null when that can't be said. */
  perThousand: number | null;
}

/** How each position changed over the visits, the oldest first. */
export function wearOf(visits: VisitMeasures[]): Wear[] {
  const positions = [...new Set(visits.flatMap(({ measures }) => measures.map(({ position }) => position)))];
  return positions.map((position) => {
    const points = visits.flatMap(({ measures }, visit) => {
      const one = measures.find((measured) => measured.position === position);
      return one ? [{ visit, value: one.value }] : [];
    });
    return { position, points, perThousand: rate(visits, points) };
  });
}

function rate(visits: VisitMeasures[], points: Wear['points']): number | null {
  const read = points.flatMap(({ visit, value }) => {
    const odometer = visits[visit]?.odometer;
    return odometer === null || odometer === undefined ? [] : [{ odometer, value }];
  });
  const [first, last] = [read[0], read.at(-1)];
  if (!first || !last || last.odometer <= first.odometer) return null;
  // Tenths of the odometer's unit: 1,000 of it are 10,000.
  return Math.round(((last.value - first.value) * 10_000) / (last.odometer - first.odometer));
}
