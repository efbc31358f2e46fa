import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { dateOf } from '../../platform/time.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { camelKeys, JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id, required } from '../../platform/web/forms.js';
import { addBay, type Bay, changeBay, listBays, removeBay, shiftBay } from './bays.js';
import { Day } from './hours-inputs.js';
import { addAbsence, listAbsences, listTechnicians, removeAbsence, saveWeeks } from './technicians.js';

const may = 'hours.manage' as const;
const tag = 'Appointments';
const VehiclesPerDay = z.int().min(1).max(50);
const BayJson = z.strictObject({ id: JsonId, name: z.string(), vehicles_per_day: VehiclesPerDay }).meta({ id: 'Bay' });
const BayBody = z.strictObject({ name: required('The name', 40), vehicles_per_day: VehiclesPerDay });
const OneBay = z.object({ bay: Id });

/** What the shop can take in a day. */
export function capacityOperations({ db }: Services): Operation[] {
  return [...bays(db), ...technicianHours(db), ...absences(db)];
}

function bays(db: Database): Operation[] {
  const toJson = ({ id, name, vehiclesPerDay }: Bay) => ({ id, name, vehicles_per_day: vehiclesPerDay });
  const read = async (from: Database, viewer: ApiViewer, { bay }: z.output<typeof OneBay>) => {
    const found = (await listBays(from, viewer.shop)).find(({ id }) => id === bay);
    if (!found) throw new NotFound('That bay is not here any more.');
    return toJson(found);
  };
  const one = { tag, may, params: OneBay, match: read } as const;
  const example = { params: { bay: '1' } };
  return [
    api(
      'get',
      '/bays',
      { id: 'listBays', tag, summary: 'The bays in their order', may, answer: pageOf(BayJson), example: {} },
      async (here) => asPage((await listBays(db, here.viewer.shop)).map(toJson), null),
    ),
    api(
      'post',
      '/bays',
      {
        ...{ id: 'addBay', tag, summary: 'Adds a bay behind the others', may, body: BayBody, answer: BayJson, status: 201 },
        example: { body: { name: 'Alignment', vehicles_per_day: 6 } },
      },
      async ({ viewer, body }) => read(db, viewer, (await addBay(db, viewer, camelKeys(body))).result),
    ),
    api('get', '/bays/:bay', { id: 'getBay', tag, summary: 'One bay', may, params: OneBay, answer: BayJson, example }, (here) =>
      read(db, here.viewer, here.params),
    ),
    api(
      'put',
      '/bays/:bay',
      {
        ...{ ...one, id: 'changeBay', summary: 'Changes name and size of a bay', body: BayBody, answer: BayJson },
        example: { ...example, body: { name: 'Lift 1', vehicles_per_day: 3 } },
      },
      async ({ viewer, params, body }) => {
        await changeBay(db, viewer, params.bay, camelKeys(body));
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/bays/:bay/shifts',
      {
        ...{ ...one, id: 'shiftBay', summary: 'Moves a bay one place up or down', answer: BayJson },
        ...{ body: z.strictObject({ direction: z.enum(['up', 'down']) }), example: { ...example, body: { direction: 'down' } } },
      },
      async ({ viewer, params, body }) => {
        await shiftBay(db, viewer, params.bay, body.direction);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/bays/:bay',
      {
        ...{ ...one, id: 'removeBay', summary: 'Takes a bay away', answer: null, example: { params: { bay: '2' } } },
        details: 'Appointments that were in it still say so; those that are yet to come have none.',
      },
      async ({ viewer, params }) => {
        await removeBay(db, viewer, params.bay);
      },
    ),
  ];
}

const Hundredths = z.int().min(0).max(2400);
const Hours = z.array(Hundredths).length(7).meta({ description: 'Hours on Monday to Sunday, in hundredths.' });
const TechnicianJson = z.strictObject({ id: JsonId, name: z.string(), hours: Hours }).meta({ id: 'TechnicianHours' });
const OnePerson = z.object({ staff: Id });

function technicianHours(db: Database): Operation[] {
  const list = async (from: Database, viewer: ApiViewer) =>
    (await listTechnicians(from, viewer.shop)).map(({ id, name, hours }) => ({ id, name, hours }));
  const read = async (from: Database, viewer: ApiViewer, { staff }: z.output<typeof OnePerson>) => {
    const found = (await list(from, viewer)).find(({ id }) => id === staff);
    if (!found) throw new NotFound('That person is not here any more.');
    return found;
  };
  const one = { tag, may, params: OnePerson, answer: TechnicianJson } as const;
  const path = '/technician-hours/:staff';
  const example = { params: { staff: '1' } };
  return [
    api(
      'get',
      '/technician-hours',
      {
        ...{ id: 'listTechnicianHours', tag, summary: 'Hours that everybody has for booked work', may, answer: pageOf(TechnicianJson) },
        ...{ example: {}, details: 'Where nobody has any, a day takes what the settings of booking say.' },
      },
      async ({ viewer }) => asPage(await list(db, viewer), null),
    ),
    api('get', path, { ...one, id: 'getTechnicianHours', summary: 'The hours of one person', example }, (here) =>
      read(db, here.viewer, here.params),
    ),
    api(
      'put',
      path,
      {
        ...{ ...one, id: 'changeTechnicianHours', summary: 'Changes the hours of one person', match: read },
        body: z.strictObject({ hours: Hours }),
        example: { ...example, body: { hours: [800, 800, 800, 800, 700, 0, 0] } },
      },
      async ({ viewer, params, body }) => {
        await saveWeeks(db, viewer, [{ staff: params.staff, hours: body.hours, was: null }]);
        return read(db, viewer, params);
      },
    ),
  ];
}

const AbsenceJson = z
  .strictObject({ id: JsonId, staff: JsonId, name: z.string(), first: z.iso.date(), last: z.iso.date() })
  .meta({ id: 'Absence' });
const OneAbsence = z.object({ absence: Id });

function absences(db: Database): Operation[] {
  const read = async (from: Database, viewer: ApiViewer, { absence }: z.output<typeof OneAbsence>) => {
    const found = (await listAbsences(from, viewer.shop, '2000-01-01')).find(({ id }) => id === absence);
    if (!found) throw new NotFound('That absence is not here any more.');
    return found;
  };
  const one = { tag, may, params: OneAbsence } as const;
  const example = { params: { absence: '1' } };
  return [
    api(
      'get',
      '/absences',
      {
        ...{ id: 'listAbsences', tag, summary: 'Who is away, from a day on', may, answer: pageOf(AbsenceJson) },
        query: z.strictObject({ from: Day.optional().meta({ description: 'The first day; without it, today.' }) }),
        example: { query: { from: '2030-01-01' } },
      },
      async ({ viewer, query }) => asPage(await listAbsences(db, viewer.shop, query.from ?? dateOf(new Date(), viewer.timeZone)), null),
    ),
    api(
      'post',
      '/absences',
      {
        ...{ id: 'addAbsence', tag, summary: 'Somebody is away on some days', may, answer: AbsenceJson, status: 201 },
        body: z.strictObject({ staff: JsonId, first: Day, last: Day }),
        example: { body: { staff: 1, first: '2031-03-03', last: '2031-03-07' } },
      },
      async ({ viewer, body }) => {
        if (body.last < body.first) throw new Invalid({ last: 'The last day is before the first.' });
        return read(db, viewer, (await addAbsence(db, viewer, body)).result);
      },
    ),
    api('get', '/absences/:absence', { ...one, id: 'getAbsence', summary: 'One absence', answer: AbsenceJson, example }, (here) =>
      read(db, here.viewer, here.params),
    ),
    api(
      'delete',
      '/absences/:absence',
      { ...one, id: 'removeAbsence', summary: 'They are there on these days after all', answer: null, match: read, example },
      ({ viewer, params }) => removeAbsence(db, viewer, params.absence),
    ),
  ];
}
