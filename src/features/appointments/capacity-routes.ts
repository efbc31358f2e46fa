import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { dateOf, showCalendarDay } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showQuantity } from '../billing/amounts.js';
import { readSheet } from '../settings/sheets.js';
import { addBay, changeBay, listBays, removeBay, shiftBay } from './bays.js';
import { BOOKING } from './booking-settings.js';
import { AbsenceInput, BayInput, NewBayInput, WeeksInput } from './capacity-inputs.js';
import { readWeek, WEEKDAYS } from './hours.js';
import { addAbsence, listAbsences, listTechnicians, removeAbsence, saveWeeks, showWeek, type Technician } from './technicians.js';

const OneBay = z.object({ bay: Id });
const OneAbsence = z.object({ absence: Id });
const PATH = '/settings/capacity';
/** So many people a form has: a request takes 400 fields. */
const PEOPLE_PER_FORM = 40;

/** Which form was refused, and of which bay. */
interface Trouble {
  of: 'bay' | 'weeks' | 'absence';
  at: number | null;
  refused: Refused;
}

/** What the shop can take in a day: bays, and the hours of the people. */
export function capacityRoutes(services: Services): Route[] {
  const { db } = services;
  const may = 'hours.manage';
  const show = (viewer: Viewer, trouble: Trouble | null = null) => showCapacity(services, viewer, trouble);
  const saved = (text: string) => done(PATH, { flash: { text } });
  const weeks = ({ viewer }: { viewer: Viewer }, refused: Refused) => show(viewer, { of: 'weeks', at: null, refused });
  const absence = ({ viewer }: { viewer: Viewer }, refused: Refused) => show(viewer, { of: 'absence', at: null, refused });
  return [
    get(PATH, { may }, ({ viewer }) => show(viewer)),
    ...bayRoutes(services, show),
    post(`${PATH}/hours`, { may, body: WeeksInput, form: weeks }, async ({ viewer, body }) => {
      await saveWeeks(db, viewer, body);
      return saved('Saved.');
    }),
    post(`${PATH}/absences`, { may, body: AbsenceInput, form: absence }, async ({ viewer, body }) => {
      await addAbsence(db, viewer, body, body.requestId);
      return saved('Saved. Their hours are not counted on these days.');
    }),
    post(
      `${PATH}/absences/:absence/removals`,
      { may, params: OneAbsence, body: z.strictObject({}), form: absence },
      async ({ viewer, params }) => {
        await removeAbsence(db, viewer, params.absence);
        return saved('Their hours are counted again.');
      },
    ),
  ];
}

function bayRoutes({ db }: Services, show: (viewer: Viewer, trouble: Trouble) => Promise<Answer>): Route[] {
  const may = 'hours.manage';
  const params = OneBay;
  const saved = (text: string) => done(PATH, { flash: { text } });
  const form = ({ viewer, params: { bay } }: { viewer: Viewer; params: { bay: number } }, refused: Refused) =>
    show(viewer, { of: 'bay', at: bay, refused });
  return [
    post(
      `${PATH}/bays`,
      { may, body: NewBayInput, form: ({ viewer }, refused) => show(viewer, { of: 'bay', at: null, refused }) },
      async ({ viewer, body: { requestId, ...fields } }) => {
        await addBay(db, viewer, fields, requestId);
        return saved(`The bay “${fields.name}” is here.`);
      },
    ),
    post(`${PATH}/bays/:bay`, { may, params, body: BayInput, form }, async ({ viewer, params, body }) => {
      await changeBay(db, viewer, params.bay, body);
      return saved('Saved.');
    }),
    post(
      `${PATH}/bays/:bay/shifts`,
      { may, params, body: z.strictObject({ direction: z.enum(['up', 'down']) }), form },
      async ({ viewer, params, body }) => {
        await shiftBay(db, viewer, params.bay, body.direction);
        return saved('Saved.');
      },
    ),
    post(`${PATH}/bays/:bay/removals`, { may, params, body: z.strictObject({}), form }, async ({ viewer, params }) => {
      const { ahead } = (await removeBay(db, viewer, params.bay)).result;
      const now =
        ahead === 0
          ? ''
          : ahead === 1
            ? ' One appointment that was planned for it has none now.'
            : ` ${ahead} appointments that were planned for it have none now.`;
      return saved(`The bay is gone. What was in it still says so.${now}`);
    }),
  ];
}

async function showCapacity({ db }: Services, viewer: Viewer, trouble: Trouble | null): Promise<Answer> {
  const [bays, people] = [await listBays(db, viewer.shop), await listTechnicians(db, viewer.shop)];
  const absences = await listAbsences(db, viewer.shop, dateOf(new Date(), viewer.timeZone));
  const [week, { day_hundredths }] = [await readWeek(db, viewer.shop), await readSheet(db, viewer.shop, BOOKING)];
  const typed = trouble?.refused.values ?? {};
  const errors = trouble?.refused.fields ?? {};
  const ofWeeks = trouble?.of === 'weeks' ? typed : {};
  const rows = people.map((one) => ({ ...one, was: showWeek(one.hours), cells: cellsOf(one, ofWeeks) }));
  return page('appointments/capacity', {
    title: 'Capacity',
    bays,
    of: trouble?.of ?? null,
    at: trouble?.at ?? null,
    ...{ typed, errors, requestId: randomUUID() },
    weekdays: WEEKDAYS,
    groups: Array.from({ length: Math.ceil(rows.length / PEOPLE_PER_FORM) }, (_, at) =>
      rows.slice(at * PEOPLE_PER_FORM, (at + 1) * PEOPLE_PER_FORM),
    ),
    people,
    days: WEEKDAYS.map((name, at) => ({
      name,
      isOpen: (week[name] as unknown[]).length > 0,
      hours: hoursOfDay(people, at, Number(day_hundredths)),
    })),
    nobodySaid: people.every(({ hours }) => hours.every((one) => one === 0)),
    vehicles: bays.reduce((sum, bay) => sum + bay.vehiclesPerDay, 0),
    absences: absences.map((one) => ({
      ...one,
      when: one.first === one.last ? showCalendarDay(one.first) : `${showCalendarDay(one.first)} to ${showCalendarDay(one.last)}`,
    })),
  });
}

function cellsOf({ id, hours }: Technician, typed: Record<string, unknown>) {
  return hours.map((hundredths, at) => {
    const name = `hours.${id}.${at + 1}`;
    return { name, value: String(typed[name] ?? (hundredths ? showQuantity(hundredths) : '')) };
  });
}

/** What a weekday takes, as text; where nobody has hours on any day, what the settings of booking say. */
function hoursOfDay(people: Technician[], at: number, otherwise: number): string {
  if (people.every(({ hours }) => hours.every((one) => one === 0))) return showQuantity(otherwise);
  return showQuantity(people.reduce((sum, { hours }) => sum + (hours[at] ?? 0), 0));
}
