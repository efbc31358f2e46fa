import { Temporal } from 'temporal-polyfill';
import { hoursOf, type Interval } from '../appointments/slots.js';
import type { Calendar, Entry } from './calendar.js';

export const VIEWS = ['day', 'week', 'month'] as const;
export type View = (typeof VIEWS)[number];

/** The days that a view shows: a week begins on Monday, a month is filled up to whole weeks. `of` is the day, Monday or first that names it. */
export interface Range {
  of: string;
  first: string;
  last: string;
  previous: string;
  next: string;
}

/** @param date any day of it, `2026-12-01` */
export function rangeOf(view: View, date: string): Range {
  const day = Temporal.PlainDate.from(date);
  const monday = (one: Temporal.PlainDate) => one.subtract({ days: one.dayOfWeek - 1 });
  const of = view === 'day' ? day : view === 'week' ? monday(day) : day.with({ day: 1 });
  const step = { day: { days: 1 }, week: { weeks: 1 }, month: { months: 1 } }[view];
  const end = of.add(step).subtract({ days: 1 });
  const [first, last] = view === 'month' ? [monday(of), monday(end).add({ days: 6 })] : [of, end];
  const text = { of, first, last, previous: of.subtract(step), next: of.add(step) };
  return Object.fromEntries(Object.entries(text).map(([name, one]) => [name, one.toString()])) as unknown as Range;
}

/** `2026-12-01`, from a day to another, both included. */
export function daysOf(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = Temporal.PlainDate.from(first); day.toString() <= last; day = day.add({ days: 1 })) days.push(day.toString());
  return days;
}

/** Whether it takes of the day's hours and bays. */
export const counts = ({ state }: Pick<Entry, 'state'>): boolean => state !== 'cancelled' && state !== 'no-show';

/** What is booked, against what is there. */
export interface Share {
  booked: number;
  there: number;
}

export interface DayLoad {
  isClosed: boolean;
  /** Work, in hundredths of an hour. */
  hours: Share;
  vehicles: Share;
  /** Hours by technician: those who are there, or have something to do. */
  technicians: (Share & { id: number; name: string; isAway: boolean })[];
  /** Vehicles by bay. */
  bays: (Share & { id: number; name: string })[];
}

/** How full a day is. @param day `2026-12-01` */
export function loadOf(calendar: Calendar, day: string): DayLoad {
  const entries = calendar.entries.filter((entry) => entry.day === day && counts(entry));
  const date = Temporal.PlainDate.from(day);
  const isClosed = hoursOf(calendar.hours, date).length === 0;
  const work = (some: Entry[]) => some.reduce((sum, { hundredths }) => sum + hundredths, 0);
  const technicians = calendar.technicians.map(({ id, name, week }) => {
    const isAway = calendar.absences.some((one) => one.technician === id && one.first <= day && day <= one.last);
    const there = isClosed || isAway ? 0 : (week[date.dayOfWeek] ?? 0);
    return { id, name, isAway, booked: work(entries.filter((entry) => entry.technician === id)), there };
  });
  const nobodySaid = calendar.technicians.every(({ week }) => Object.keys(week).length === 0);
  const there = nobodySaid ? calendar.dayHundredths : technicians.reduce((sum, one) => sum + one.there, 0);
  const bays = calendar.bays.map(({ id, name, vehiclesPerDay }) => {
    return { id, name, booked: entries.filter((entry) => entry.bay === id).length, there: isClosed ? 0 : vehiclesPerDay };
  });
  return {
    isClosed,
    hours: { booked: work(entries), there: isClosed ? 0 : there },
    vehicles: { booked: entries.length, there: bays.reduce((sum, one) => sum + one.there, 0) },
    technicians: technicians.filter((one) => nobodySaid || one.there > 0 || one.booked > 0 || one.isAway),
    bays,
  };
}

export const isOver = ({ booked, there }: Share): boolean => booked > there;

/** Of a time of day the minutes since midnight: `08:30` is 510. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
export const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/**
 * The times of a grid's rows: from the first opening to the last closing of the days, and as far beyond as somebody comes.
 * @param step minutes from row to row, at least 15: the stylesheet has room for the rows of a whole day
 * @param comes minutes since midnight at which somebody comes
 */
export function rowsOf(open: Interval[], step: number, comes: number[]): number[] {
  const from = [...open.map(({ opens }) => minutesOf(opens)), ...comes];
  const to = [...open.map(({ closes }) => minutesOf(closes)), ...comes.map((minutes) => minutes + 1)];
  if (from.length === 0) return rowsOf([{ opens: '08:00', closes: '17:00' }], step, []);
  const first = Math.floor(Math.min(...from) / step) * step;
  const rows: number[] = [];
  for (let row = first; row < Math.max(...to); row += step) rows.push(row);
  return rows;
}

/** Whether the shop is open at a time of day. */
export const isOpenAt = (open: Interval[], minutes: number): boolean =>
  open.some(({ opens, closes }) => minutesOf(opens) <= minutes && minutes < minutesOf(closes));
