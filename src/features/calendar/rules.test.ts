import { describe, expect, test } from 'vitest';
import type { Calendar, Entry } from './calendar.js';
import { dayGrid, monthWeeks, weekGrid } from './grid.js';
import { daysOf, loadOf, rangeOf, rowsOf } from './rules.js';

const NINE_TO_FIVE = [
  { opens: '09:00', closes: '12:00' },
  { opens: '13:00', closes: '17:00' },
];
const entry = (more: Partial<Entry>): Entry => ({
  ...{
    id: 1,
    state: 'confirmed',
    kind: 'drop-off',
    at: new Date('2026-12-01T15:00Z'),
    day: '2026-12-01',
    hundredths: 200,
    concern: '',
    services: '',
  },
  ...{ technician: null, bay: null, name: 'Dana', phone: '', vehicle: 'Corolla', plate: '', workOrder: null },
  ...more,
});
const calendar = (more: Partial<Calendar> = {}): Calendar => ({
  ...{ timeZone: 'America/Chicago', slotMinutes: 30, dayHundredths: 1600, arrivalsPerSlot: 2 },
  hours: { week: [...Array.from({ length: 5 }, () => NINE_TO_FIVE), [], []], special: new Map([['2026-12-03', []]]) },
  ...{ notes: new Map([['2026-12-03', 'Holiday']]), absences: [], entries: [] },
  technicians: [
    { id: 7, name: 'Ana', week: { 2: 800 } },
    { id: 8, name: 'Ben', week: { 2: 600 } },
  ],
  bays: [{ id: 1, name: 'Bay 1', vehiclesPerDay: 2 }],
  ...more,
});

describe('the days of a view', () => {
  test('a week begins on Monday, a month is filled up to whole weeks', () => {
    expect(rangeOf('day', '2026-12-31')).toMatchObject({ first: '2026-12-31', last: '2026-12-31', next: '2027-01-01' });
    expect(rangeOf('week', '2026-12-31')).toMatchObject({ of: '2026-12-28', last: '2027-01-03', previous: '2026-12-21' });
    expect(rangeOf('month', '2026-12-31')).toEqual({
      ...{ of: '2026-12-01', first: '2026-11-30', last: '2027-01-03', previous: '2026-11-01', next: '2027-01-01' },
    });
    expect(daysOf('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
  });
});

describe('how full a day is', () => {
  test('what is cancelled and who did not come takes nothing of it', () => {
    const entries = [
      entry({ technician: 7 }),
      entry({ id: 2, state: 'cancelled' }),
      entry({ id: 3, state: 'no-show' }),
      entry({ id: 4, bay: 1 }),
    ];
    const load = loadOf(calendar({ entries }), '2026-12-01');
    expect(load).toMatchObject({ hours: { booked: 400, there: 1400 }, vehicles: { booked: 2, there: 2 }, isClosed: false });
    expect(load.technicians[0]).toMatchObject({ name: 'Ana', booked: 200, there: 800 });
    expect(load.bays[0]).toMatchObject({ booked: 1, there: 2 });
  });

  test('who is away has no hours; a closed day has none; where nobody said hours, the day’s own count', () => {
    const away = calendar({ absences: [{ technician: 7, first: '2026-11-30', last: '2026-12-02' }] });
    expect(loadOf(away, '2026-12-01').hours.there).toBe(600);
    expect(loadOf(calendar(), '2026-12-03')).toMatchObject({ isClosed: true, hours: { there: 0 }, vehicles: { there: 0 } });
    expect(loadOf(calendar({ technicians: [{ id: 7, name: 'Ana', week: {} }] }), '2026-12-01').hours.there).toBe(1600);
  });
});

describe('the grid', () => {
  test('has a row for each slot, and as many more as somebody comes outside of the hours', () => {
    expect(rowsOf([{ opens: '09:00', closes: '10:00' }], 30, [])).toEqual([540, 570]);
    expect(rowsOf([{ opens: '09:00', closes: '10:00' }], 30, [500, 615])).toEqual([480, 510, 540, 570, 600]);
    expect(rowsOf([], 60, [])).toHaveLength(9);
    expect(rowsOf([{ opens: '00:00', closes: '24:00' }], 15, [])).toHaveLength(96);
  });

  test('every appointment stands in one cell, also one between two slots; breaks and closed days are shut', () => {
    const entries = [entry({ at: new Date('2026-12-01T15:10Z') }), entry({ id: 2, day: '2026-12-03', at: new Date('2026-12-03T13:00Z') })];
    const { columns, rows } = weekGrid(calendar({ entries }), daysOf('2026-11-30', '2026-12-06'), '2026-12-01');
    expect(rows[0]).toBe('7:00 AM');
    expect(columns.flatMap((column) => column.cells.flatMap((cell) => cell.entries.map(({ id }) => [column.day, cell.at, id])))).toEqual([
      ['2026-12-01', '2026-12-01T09:00-06:00', 1],
      ['2026-12-03', '2026-12-03T07:00-06:00', 2],
    ]);
    expect(columns[3]).toMatchObject({ closed: 'Closed: Holiday' });
    expect(columns[3]?.cells.some((cell) => cell.isOpen)).toBe(false);
    expect(columns[1]?.cells.filter((cell) => !cell.isOpen).map((cell) => cell.time)).toEqual([
      '7:00 AM',
      '7:30 AM',
      '8:00 AM',
      '8:30 AM',
      '12:00 PM',
      '12:30 PM',
    ]);
  });

  test('on the day that daylight saving begins and ends, the labels have the offset of their time', () => {
    const open = { week: Array.from({ length: 7 }, () => [{ opens: '00:00', closes: '04:00' }]), special: new Map() };
    const labels = (day: string) =>
      dayGrid(calendar({ hours: open, slotMinutes: 60 }), day, 'technician').columns[0]?.cells.map(({ at }) => at);
    expect(labels('2026-03-08')).toEqual([
      '2026-03-08T00:00-06:00',
      '2026-03-08T01:00-06:00',
      '2026-03-08T03:00-05:00',
      '2026-03-08T03:00-05:00',
    ]);
    expect(labels('2026-11-01')?.at(-1)).toBe('2026-11-01T03:00-06:00');
  });

  test('a day has a column for nobody, and what somebody has who is not there any more stands in it', () => {
    const { columns } = dayGrid(
      calendar({ entries: [entry({ technician: 99 }), entry({ id: 2, technician: 8 })] }),
      '2026-12-01',
      'technician',
    );
    expect(columns.map(({ title, technician, isEmpty }) => [title, technician, isEmpty])).toEqual([
      ['Nobody yet', '', false],
      ['Ana', 7, true],
      ['Ben', 8, false],
    ]);
  });

  test('a month shows the first of a day and says how many more there are', () => {
    const entries = Array.from({ length: 9 }, (_, index) => entry({ id: index + 1 }));
    const days = daysOf('2026-11-30', '2027-01-03');
    const weeks = monthWeeks(calendar({ entries }), days, '2026-12-02', '2026-12-01');
    expect(weeks).toHaveLength(5);
    expect(weeks[0]?.[1]).toMatchObject({ more: 6, load: { isOver: true } });
    expect(weeks[0]?.[2]?.isToday).toBe(true);
    // One more would take no more room than the line that says so.
    expect(monthWeeks(calendar({ entries: entries.slice(0, 4) }), days, '', '2026-12-01')[0]?.[1]).toMatchObject({ more: 0 });
  });
});
