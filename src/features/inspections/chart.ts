import { showQuantity } from '../billing/amounts.js';
import type { Measure } from './content.js';
import { colorOf, type VisitMeasures, wearOf } from './rules.js';

const WIDTH = 640;
const HEIGHT = 200;
/** Room for the figures at the left, the positions at the right, and the visits below. */
const LEFT = 56;
const RIGHT = 72;
const TOP = 14;
const BOTTOM = 36;
/** Names of positions, one below the other: as high as they are on a phone. */
const APART = 22;

/** A measured item over the visits, as a view draws it: whole pixels of a box of `width` by `height`. */
export interface Chart {
  width: number;
  height: number;
  left: number;
  right: number;
  bounds: { color: 'yellow' | 'red'; y: number; label: string }[];
  series: {
    index: number;
    position: string;
    points: string;
    dots: { x: number; y: number; color: string; label: string }[];
    /** Where the name of the position stands, at the end of its line. */
    labelY: number;
    /** "0.4 mm less in 1,000 mi"; empty when that can't be said. */
    wear: string;
  }[];
  visits: { x: number; label: string; anchor: 'start' | 'middle' | 'end' }[];
  /** The same for whoever does not see it: a row for each visit. */
  rows: { label: string; odometer: string; values: string[] }[];
}

/** A visit with how the shop writes its day and its odometer. */
export interface ChartVisit extends VisitMeasures {
  label: string;
  odometerText: string;
}

/**
 * Lays a measured item out over the visits, the oldest first.
 * @returns null with fewer than two visits that measured it: then there is nothing to compare
 */
export function layOut(measure: Measure, visits: ChartVisit[], odometerUnit: string): Chart | null {
  const measured = visits.filter(({ measures }) => measures.length > 0);
  if (measured.length < 2) return null;
  const bounds = [...(measure.yellow === null ? [] : [measure.yellow]), ...(measure.red === null ? [] : [measure.red])];
  const values = [...measured.flatMap(({ measures }) => measures.map(({ value }) => value)), ...bounds];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(1, Math.round((most - least) / 8));
  const y = (value: number) => Math.round(TOP + ((most + room - value) * (HEIGHT - TOP - BOTTOM)) / Math.max(1, most - least + 2 * room));
  const x = (visit: number) => Math.round(LEFT + 12 + (visit * (WIDTH - LEFT - RIGHT - 24)) / (measured.length - 1));
  const wear = wearOf(measured);
  const labels = spread(wear.map(({ points }) => y(points.at(-1)?.value ?? least)));
  return {
    ...{ width: WIDTH, height: HEIGHT, left: LEFT, right: WIDTH - RIGHT },
    bounds: (['yellow', 'red'] as const).flatMap((color) => {
      const bound = measure[color];
      return bound === null ? [] : [{ color, y: y(bound), label: showQuantity(bound) }];
    }),
    series: wear.map(({ position, points, perThousand }, index) => ({
      ...{ index: index % 6, position, labelY: labels[index] as number },
      points: points.map(({ visit, value }) => `${x(visit)},${y(value)}`).join(' '),
      dots: points.map(({ visit, value }) => ({
        ...{ x: x(visit), y: y(value), color: colorOf(measure, value) ?? 'na' },
        label: `${position} ${showQuantity(value)} ${measure.unit}, ${measured[visit]?.label}`.trim(),
      })),
      wear: tellWear(perThousand, measure.unit, odometerUnit),
    })),
    visits: measured.map(({ label }, index) => ({
      ...{ x: x(index), label },
      anchor: index === 0 ? ('start' as const) : index === measured.length - 1 ? ('end' as const) : ('middle' as const),
    })),
    rows: measured.map(({ label, odometerText, measures }) => ({
      ...{ label, odometer: odometerText },
      values: wear.map(({ position }) => {
        const one = measures.find((found) => found.position === position);
        return one ? showQuantity(one.value) : '–';
      }),
    })),
  };
}

/** Keeps names that would lie over each other apart, and none below the figures. */
function spread(ys: number[]): number[] {
  const order = ys.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  order.forEach((one, at) => {
    const above = order[at - 1];
    if (above && one.y - above.y < APART) one.y = above.y + APART;
  });
  order.reverse().forEach((one, at) => {
    const below = order[at - 1];
    one.y = Math.min(one.y, below ? below.y - APART : HEIGHT - BOTTOM);
  });
  return ys.map((_, index) => order.find((one) => one.index === index)?.y as number);
}

function tellWear(perThousand: number | null, unit: string, odometerUnit: string): string {
  if (perThousand === null || perThousand === 0) return '';
  const size = showQuantity(Math.abs(perThousand));
  return `${size} ${unit} ${perThousand < 0 ? 'less' : 'more'} in 1,000 ${odometerUnit}`;
}
