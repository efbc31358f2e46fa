import { Temporal } from 'temporal-polyfill';
import { hoursOf, type Interval, slotLabel } from '../appointments/slots.js';
import type { Calendar, Entry } from './calendar.js';
import { counts, type DayLoad, isOpenAt, isOver, loadOf, rowsOf, type Share, timeOf } from './rules.js';
import { KIND_WORDS, STATE_WORDS, showDayAs, showHours, showHoursOf, showMinutes, showVehiclesOf, whatFor } from './words.js';

/** What a view says of an entry. */
export type Shown = ReturnType<typeof showEntry>;

/** One time of a column. */
interface Cell {
  /** Label of the slot that an appointment gets which is put there. */
  at: string;
  time: string;
  isOpen: boolean;
  entries: Shown[];
}

interface Column {
  day: string;
  /** Who or where, of a day's columns: what an appointment gets that is put there. `''` is nobody and nowhere. */
  technician: number | '' | null;
  bay: number | '' | null;
  title: string;
  href: string | null;
  isToday: boolean;
  /** Why nobody comes: it is closed, somebody is away. */
  closed: string;
  load: { text: string; isOver: boolean; booked: number; there: number }[];
  isEmpty: boolean;
  cells: Cell[];
}

/** Columns beside each other, with the same rows. */
export interface Grid {
  rows: string[];
  columns: Column[];
}

/** An entry as it is read: times on the shop's clock, everything in words. */
export function showEntry(entry: Entry, { timeZone, technicians, bays }: Pick<Calendar, 'timeZone' | 'technicians' | 'bays'>) {
  const local = localOf(entry.at, timeZone);
  const { id, state, kind, name, phone, vehicle, plate, workOrder, day } = entry;
  return {
    ...{ id, state, kind, name, phone, vehicle, plate, workOrder, day },
    minutes: local.hour * 60 + local.minute,
    time: showMinutes(local.hour * 60 + local.minute),
    iso: entry.at.toISOString(),
    kindWords: KIND_WORDS[kind].name,
    color: KIND_WORDS[kind].color,
    stateWords: STATE_WORDS[state],
    hours: showHours(entry.hundredths),
    what: whatFor(entry),
    technician: technicians.find((one) => one.id === entry.technician)?.name ?? '',
    bay: bays.find((one) => one.id === entry.bay)?.name ?? '',
    canMove: state === 'requested' || state === 'confirmed',
  };
}

const localOf = (at: Date, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);

/** A share as the head of a column shows it. */
const loadBar = (share: Share, text: string) => ({ text, isOver: isOver(share), ...share });
const dayBars = ({ isClosed, hours, vehicles }: DayLoad) => {
  if (!isClosed) return [loadBar(hours, showHoursOf(hours)), loadBar(vehicles, showVehiclesOf(vehicles))];
  return vehicles.booked === 0 ? [] : [loadBar(vehicles, `${vehicles.booked} booked all the same`)];
};

type Head = Omit<Column, 'cells' | 'isEmpty'>;

/** The columns of a week: its days. */
export function weekGrid(calendar: Calendar, days: string[], today: string): Grid {
  return gridOf(
    calendar,
    days.map((day) => {
      const load = loadOf(calendar, day);
      const head: Head = {
        ...{ day, technician: null, bay: null, href: `/calendar?view=day&date=${day}`, isToday: day === today },
        title: `${showDayAs(day, { weekday: 'short' })} ${showDayAs(day, { day: 'numeric' })}`,
        closed: closedWords(calendar, day, load),
        load: dayBars(load),
      };
      return { head, mine: (entry: Entry) => entry.day === day };
    }),
  );
}

/** Why nobody comes on a day; nothing when the shop is open. */
function closedWords({ notes }: Pick<Calendar, 'notes'>, day: string, { isClosed }: DayLoad): string {
  return isClosed ? ['Closed', notes.get(day)].filter(Boolean).join(': ') : '';
}

/** The columns of a day: its technicians, or its bays; first what nobody has yet. */
export function dayGrid(calendar: Calendar, day: string, by: 'technician' | 'bay'): Grid {
  const load = loadOf(calendar, day);
  const closed = closedWords(calendar, day, load);
  const base = { day, technician: null, bay: null, href: null, isToday: false, closed };
  const those =
    by === 'technician'
      ? load.technicians.map((one) => ({
          head: { ...base, technician: one.id, title: one.name, closed: one.isAway ? 'Away' : closed, load: hoursBar(one) },
          mine: (entry: Entry) => entry.technician === one.id,
        }))
      : load.bays.map((one) => ({
          head: { ...base, bay: one.id, title: one.name, load: [loadBar(one, showVehiclesOf(one))] },
          mine: (entry: Entry) => entry.bay === one.id,
        }));
  const known = new Set(those.map(({ head }) => head[by]));
  const nobody = {
    head: { ...base, [by]: '' as const, title: by === 'technician' ? 'Nobody yet' : 'No bay yet', load: [] },
    mine: (entry: Entry) => !known.has(entry[by]),
  };
  return gridOf(calendar, [nobody, ...those]);
}

/** Of somebody of whom nobody said how many hours there are, only what is booked. */
const hoursBar = (share: Share) => {
  if (share.there > 0) return [loadBar(share, showHoursOf(share))];
  return share.booked === 0 ? [] : [{ ...loadBar(share, showHours(share.booked)), isOver: false }];
};

function gridOf(calendar: Calendar, columns: { head: Head; mine: (entry: Entry) => boolean }[]): Grid {
  const { timeZone, slotMinutes } = calendar;
  const days = new Set(columns.map(({ head }) => head.day));
  const shown = calendar.entries.filter(({ day }) => days.has(day)).map((entry) => ({ entry, shown: showEntry(entry, calendar) }));
  const open = new Map([...days].map((day) => [day, hoursOf(calendar.hours, Temporal.PlainDate.from(day))]));
  const rows = rowsOf(
    [...open.values()].flat(),
    slotMinutes,
    shown.map((one) => one.shown.minutes),
  );
  const cellOf = (head: Head, mine: typeof shown, row: number): Cell => ({
    at: labelOf(head.day, row, timeZone),
    time: showMinutes(row),
    isOpen: isOpenAt(open.get(head.day) as Interval[], row),
    entries: mine.filter((one) => one.shown.minutes >= row && one.shown.minutes < row + slotMinutes).map((one) => one.shown),
  });
  return {
    rows: rows.map(showMinutes),
    columns: columns.map(({ head, mine }) => {
      const those = shown.filter(({ entry }) => mine(entry));
      return { ...head, isEmpty: !those.some(({ entry }) => counts(entry)), cells: rows.map((row) => cellOf(head, those, row)) };
    }),
  };
}

/** Label of a time of day; of one that daylight saving skips, of when it goes on. */
function labelOf(day: string, minutes: number, timeZone: string): string {
  const at = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: timeOf(minutes) });
  return slotLabel(new Date(at.epochMilliseconds), timeZone);
}

/** How many of a day stand in a month's cell. */
const SHOWN_IN_MONTH = 3;

/** The weeks of a month: of each day its load, its first appointments, and how many more there are. */
export function monthWeeks(calendar: Calendar, days: string[], today: string, month: string) {
  const cells = days.map((day) => {
    const load = loadOf(calendar, day);
    const entries = calendar.entries.filter((entry) => entry.day === day && entry.state !== 'cancelled');
    const most = entries.length === SHOWN_IN_MONTH + 1 ? entries.length : SHOWN_IN_MONTH;
    return {
      ...{
        day,
        isToday: day === today,
        isPast: day < today,
        isOutside: day.slice(0, 7) !== month.slice(0, 7),
        closed: closedWords(calendar, day, load),
      },
      ...{ number: showDayAs(day, { day: 'numeric' }), name: showDayAs(day, { weekday: 'short' }) },
      title: showDayAs(day, { weekday: 'long', month: 'long', day: 'numeric' }),
      load: monthLoad(load),
      entries: entries.slice(0, most).map((entry) => showEntry(entry, calendar)),
      more: Math.max(0, entries.length - most),
    };
  });
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** Of a day with something on it the one figure that says most: what is more than there is room for, or else the hours. */
function monthLoad(load: DayLoad) {
  if (load.vehicles.booked === 0) return null;
  const bars = dayBars(load);
  return bars.find(({ isOver: isTooMuch }) => isTooMuch) ?? bars[0] ?? null;
}

/** Who and what is how full on which day, as a table. */
export function loadTable(calendar: Calendar, days: string[]) {
  const loads = days.map((day) => loadOf(calendar, day));
  const people = calendar.technicians.map(({ id, name }) => ({
    name,
    cells: loads.map(({ technicians }) => {
      const one = technicians.find((other) => other.id === id);
      if (!one) return { text: '', isOver: false };
      if (one.isAway && one.booked === 0) return { text: 'away', isOver: false };
      const isOverHours = isOver(one) && (one.there > 0 || one.isAway);
      const text = one.there > 0 || one.isAway ? showHoursOf(one) : one.booked > 0 ? showHours(one.booked) : '';
      return { text, isOver: isOverHours };
    }),
  }));
  const bays = calendar.bays.map(({ name }, index) => ({
    name,
    cells: loads.map((load) => {
      const one = load.bays[index] as DayLoad['bays'][number];
      if (load.isClosed && one.booked === 0) return { text: '', isOver: false };
      return { text: `${one.booked} of ${one.there}`, isOver: isOver(one) };
    }),
  }));
  return { days: days.map((day) => showDayAs(day, { weekday: 'short', day: 'numeric' })), people, bays };
}
