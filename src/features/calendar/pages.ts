import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { dateOf, showCalendarDay } from '../../platform/time.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { type Calendar, readCalendar } from './calendar.js';
import { dayGrid, loadTable, monthWeeks, showEntry, weekGrid } from './grid.js';
import { counts, daysOf, loadOf, type Range, rangeOf, type View } from './rules.js';
import { KIND_CHOICES, showDayAs, showHoursOf, showVehiclesOf } from './words.js';

/** What a screen of the calendar shows: the same for everybody who has it open, so it is pushed to all of them at once. */
export interface Screen {
  view: View;
  /** The columns of a day. */
  by: 'technician' | 'bay';
  /** A day of it. */
  date: string;
}

/** `day`, `day-bay`, `week` or `month`: as it stands in addresses and in the names of rooms. */
export const SCREEN_NAMES = ['day', 'day-bay', 'week', 'month'] as const;
const nameOf = ({ view, by }: Screen) => (view === 'day' && by === 'bay' ? 'day-bay' : view);

/** @param name of SCREEN_NAMES */
export function screenOf(name: string, date: string): Screen {
  return { view: name === 'day-bay' ? 'day' : (name as View), by: name === 'day-bay' ? 'bay' : 'technician', date };
}

/** The page of the calendar. */
export async function calendarPage(db: Database, viewer: Viewer, screen: Screen): Promise<Answer> {
  const range = rangeOf(screen.view, screen.date);
  const today = dateOf(new Date(), viewer.timeZone);
  const by = screen.view === 'day' && screen.by === 'bay' ? '&by=bay' : '';
  const to = (date: string) => `/calendar?view=${screen.view}&date=${date}${by}`;
  return page('calendar/calendar', {
    ...{ title: `Calendar, ${titleOf(screen.view, range)}`, heading: titleOf(screen.view, range), screen, date: screen.date },
    ...{ room: `${nameOf(screen)}:${range.of}`, changes: `/calendar/${nameOf(screen)}/${range.of}/changes` },
    // From a week or a month to the day that is meant: today, where it is among them.
    day: range.first <= today && today <= range.last ? today : range.of,
    ...{ isNow: range.first <= today && today <= range.last, kinds: KIND_CHOICES, version: viewer.version },
    links: { previous: to(range.previous), today: to(today), next: to(range.next) },
    ...partData(await readCalendar(db, viewer.shop, range.first, range.last), screen, range, today),
  });
}

/** What follows changes, alone. */
export async function calendarPart({ db, views }: Services, shop: number, screen: Screen): Promise<string> {
  const range = rangeOf(screen.view, screen.date);
  const calendar = await readCalendar(db, shop, range.first, range.last);
  return views.render('calendar/live', partData(calendar, screen, range, dateOf(new Date(), calendar.timeZone)));
}

function partData(calendar: Calendar, screen: Screen, range: Range, today: string) {
  const days = daysOf(range.first, range.last);
  if (screen.view === 'month') return { view: screen.view, weeks: monthWeeks(calendar, days, today, range.of) };
  return {
    view: screen.view,
    grid: screen.view === 'week' ? weekGrid(calendar, days, today) : dayGrid(calendar, range.of, screen.by),
    loads: loadTable(calendar, days),
    ...(screen.view === 'day' && { whole: wholeDay(calendar, range.of, today) }),
    paper: days.map((day) => paperDay(calendar, day)),
  };
}

/** What is said of a day above its columns. */
function wholeDay(calendar: Calendar, day: string, today: string) {
  const load = loadOf(calendar, day);
  return {
    ...{ isToday: day === today, isClosed: load.isClosed, note: calendar.notes.get(day) ?? '' },
    ...{ hours: { ...load.hours, text: showHoursOf(load.hours) }, vehicles: { ...load.vehicles, text: showVehiclesOf(load.vehicles) } },
  };
}

/** The schedule of a day on paper: who is expected, in order. */
function paperDay(calendar: Calendar, day: string) {
  const entries = calendar.entries.filter((entry) => entry.day === day && counts(entry));
  const load = loadOf(calendar, day);
  return {
    title: showCalendarDay(day),
    load: `${showHoursOf(load.hours)}, ${showVehiclesOf(load.vehicles)}`,
    entries: entries.map((entry) => showEntry(entry, calendar)),
  };
}

function titleOf(view: View, { of, last }: Range): string {
  if (view === 'day') return showCalendarDay(of);
  if (view === 'month') return showDayAs(of, { month: 'long', year: 'numeric' });
  const year = (day: string) => (of.slice(0, 4) === last.slice(0, 4) && day === of ? {} : ({ year: 'numeric' } as const));
  return `${showDayAs(of, { month: 'short', day: 'numeric', ...year(of) })} – ${showDayAs(last, { month: 'short', day: 'numeric', ...year(last) })}`;
}
