import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { camelKeys, JsonId, Money, pageOf, pageQuery, showTime, Time, toPage } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { patchOf } from '../../platform/web/api-patch.js';
import { Id, optional } from '../../platform/web/forms.js';
import { textsOf } from '../customers/inputs.js';
import { MergesJson } from '../customers/json.js';
import { can } from '../staff/permissions.js';
import { getVehicle } from './details.js';
import { type Found, findVehicles, listVehicles } from './find.js';
import { TransferInput, vehicleFields, vehicleTexts } from './inputs.js';
import { MeterJson, UnitJson } from './json.js';
import { type Unit, VEHICLE_FIELDS, VEHICLE_TYPES, type VehicleFields, type VehicleType } from './rules.js';
import { listVisits, type Visit } from './timeline.js';
import { transferVehicle } from './transfers.js';
import { addVehicle, editVehicle } from './vehicles.js';

const One = z.object({ vehicle: Id });
const OfCustomer = z.object({ customer: Id });
const ListQuery = pageQuery(JsonId).extend({
  find: optional('The search', 100).meta({ description: 'A plate, VIN, unit or serial number, or an owner: the best ten.' }),
  customer: Id.optional(),
});
const Types = z.enum(Object.keys(VEHICLE_TYPES) as [VehicleType, ...VehicleType[]]);

const HIDDEN = 'Null for who may not see customers.';

const ListedJson = z
  .strictObject({
    id: JsonId,
    description: z.string(),
    plate: z.string(),
    vin: z.string(),
    owner: z.string().nullable().meta({ description: HIDDEN }),
  })
  .meta({ id: 'VehicleInList' });
const VehicleJson = z
  .strictObject({
    ...{ id: JsonId, kind: z.enum(['road', 'equipment']), type: Types, description: z.string(), plate: z.string(), vin: z.string() },
    ...{ make: z.string(), model: z.string(), year: z.int().nullable(), engine: z.string(), color: z.string() },
    ...{ unit_number: z.string(), serial: z.string(), labor_rate: JsonId.nullable(), notes: z.string() },
    owner: z.strictObject({ id: JsonId, name: z.string(), phone: z.string() }).nullable().meta({ description: HIDDEN }),
    meters: z.array(MeterJson),
    vin_warning: z.string().nullable().meta({ description: 'What may be wrong with the VIN.' }),
    merged_into: JsonId.nullable().meta({ description: 'Of a duplicate: the vehicle that it was put together with.' }),
    merges: MergesJson,
  })
  .meta({ id: 'Vehicle' });
const VisitJson = z
  .strictObject({
    ...{ work_order: JsonId.nullable().meta({ description: 'Null of a former owner’s.' }), created_at: Time, in_the_shop: z.boolean() },
    former: z.boolean().meta({ description: 'Of a former owner: then only what was done, when, and what the meters showed.' }),
    concern: z.string(),
    readings: z.array(
      z.strictObject({
        meter: z.string(),
        unit: UnitJson,
        moment: z.enum(['in', 'out']),
        tenths: z.int().meta({ description: 'Of the unit.' }),
      }),
    ),
    done: z.array(z.strictObject({ name: z.string(), correction: z.string() })),
    open: z.array(z.string()),
    left: z
      .array(
        z.strictObject({
          ...{ name: z.string(), consent: z.enum(['declined', 'deferred']), reason: z.string() },
          taken_up_by: JsonId.nullable().meta({ description: 'The work order that it was brought back with.' }),
        }),
      )
      .meta({ description: 'What was not done then.' }),
    people: z.array(z.string()),
    total: Money.nullable().meta({ description: 'Null for who may not see prices.' }),
  })
  .meta({ id: 'Visit' });

const { kind, type, description, plate, vin, make, model, engine, color, unitNumber, serial, notes } = vehicleTexts;
const texts = { kind, type, description, plate, vin, make, model, engine, color, unit_number: unitNumber, serial, notes };
const NewBody = z.strictObject({
  ...texts,
  ...{ year: z.int().min(1880).max(2200).nullable().default(null), labor_rate: JsonId.nullable().default(null) },
});
const ChangeBody = patchOf(NewBody.shape);
const { name, phone } = TransferInput.shape;
const TransferBody = z.strictObject({
  from: JsonId.meta({ description: 'Whose it is, as it was read: refused when it has changed hands since.' }),
  to: JsonId.nullable().default(null).meta({ description: 'A customer who is known; or null, and name and phone of a new one.' }),
  ...{ name, phone, drop_notes: z.boolean().default(false).meta({ description: 'Notes may be about who owned it.' }) },
});

async function read(db: Database, viewer: ApiViewer, { vehicle }: z.output<typeof One>): Promise<z.input<typeof VehicleJson>> {
  const found = await getVehicle(db, viewer.shop, viewer.timeZone, vehicle);
  const { kind, type, year, unitNumber, laborRate, ...same } = found.fields;
  return {
    ...{ id: found.id, kind: kind as 'road' | 'equipment', type: type as VehicleType, ...same },
    ...{
      year: Number(year) || null,
      unit_number: unitNumber,
      labor_rate: can(viewer.role, 'price.see') ? Number(laborRate) || null : null,
    },
    owner: can(viewer.role, 'customer.see') ? found.owner : null,
    meters: found.meters.map(({ id, name, unit }) => ({ id, name, unit })),
    ...{ vin_warning: found.vinWarning, merged_into: found.mergedInto, merges: found.merges.map(({ id, name }) => ({ id, name })) },
  };
}

/** Vehicles, and what was done on them. */
export function vehicleOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/vehicles',
      {
        ...{ id: 'listVehicles', tag: 'Vehicles', summary: 'Vehicles, the latest first, or those that fit a search', may: 'vehicle.see' },
        ...{ query: ListQuery, answer: pageOf(ListedJson) },
        example: { query: { customer: '1' } },
      },
      async ({ viewer, query }) => {
        if (query.find)
          return asPage(
            (await findVehicles(db, viewer.shop, query.find)).map((row) => listedJson(row, viewer)),
            null,
          );
        const rows = await listVehicles(db, viewer.shop, query.customer, query.after ?? null, query.limit + 1);
        return toPage(
          rows,
          query.limit,
          ({ id }) => id,
          (row) => listedJson(row, viewer),
        );
      },
    ),
    api(
      'post',
      '/customers/:customer/vehicles',
      {
        ...{ id: 'addVehicle', tag: 'Vehicles', summary: 'Adds a vehicle of a customer', may: 'customer.edit', params: OfCustomer },
        ...{ body: NewBody, answer: VehicleJson, status: 201 },
        example: { params: { customer: '1' }, body: { year: 2021, make: 'Honda', model: 'Civic', plate: 'KLM 482' } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await addVehicle(db, viewer, params.customer, vehicleFields(textsOf(camelKeys(body), VEHICLE_FIELDS)));
        return read(db, viewer, result);
      },
    ),
    api(
      'get',
      '/vehicles/:vehicle',
      {
        ...{ id: 'getVehicle', tag: 'Vehicles', summary: 'One vehicle', may: 'vehicle.see', params: One, answer: VehicleJson },
        example: { params: { vehicle: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'patch',
      '/vehicles/:vehicle',
      {
        ...{ id: 'changeVehicle', tag: 'Vehicles', summary: 'Changes a vehicle; what is not given stays', may: 'customer.edit' },
        ...{ params: One, body: ChangeBody, answer: VehicleJson, match: read },
        example: { params: { vehicle: '1' }, body: { plate: 'KLM 482', vin: '1HGCM82633A004352' } },
      },
      async ({ viewer, params, body }) => {
        const given = VEHICLE_FIELDS.filter((field) => field in camelKeys(body));
        const mine: Partial<VehicleFields> = textsOf(camelKeys(body), given);
        await editVehicle(db, viewer, params.vehicle, {}, mine);
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/vehicles/:vehicle/transfers',
      {
        ...{ id: 'transferVehicle', tag: 'Vehicles', summary: 'Gives a vehicle to another owner', may: 'customer.edit', params: One },
        ...{ body: TransferBody, answer: VehicleJson, match: read, status: 201 },
        details: 'Its visits stay with who they were for. A labor rate of its own was agreed with the former owner, and ends.',
        example: { params: { vehicle: '6' }, body: { from: 6, to: null, name: 'Noor Haddad', phone: '555 0133' } },
      },
      async ({ viewer, params, body }) => {
        await transferVehicle(db, viewer, params.vehicle, camelKeys(body));
        return read(db, viewer, params);
      },
    ),
    api(
      'get',
      '/vehicles/:vehicle/visits',
      {
        ...{ id: 'listVisits', tag: 'Vehicles', summary: 'All visits of a vehicle, the latest first', may: 'vehicle.see', params: One },
        ...{ query: pageQuery(JsonId), answer: pageOf(VisitJson) },
        example: { params: { vehicle: '1' } },
      },
      async ({ viewer, params, query }) => {
        const { id, owner, currency } = await getVehicle(db, viewer.shop, viewer.timeZone, params.vehicle);
        const prices = can(viewer.role, 'price.see');
        const { visits, next } = await listVisits(db, viewer, { id, owner: owner.id, currency }, query.after ?? null, prices, query.limit);
        return asPage(
          visits.map((visit) => visitJson(visit, currency, viewer)),
          next,
        );
      },
    ),
  ];
}

function listedJson({ id, description, plate, vin, owner }: Found, viewer: ApiViewer): z.input<typeof ListedJson> {
  return { id, description, plate, vin, owner: can(viewer.role, 'customer.see') ? owner : null };
}

function visitJson(visit: Visit, currency: string, viewer: ApiViewer): z.input<typeof VisitJson> {
  const { number, inTheShop, former, concern, done, open, people, totalCents } = visit;
  return {
    ...{
      work_order: former ? null : number,
      created_at: showTime(new Date(visit.iso), viewer),
      in_the_shop: inTheShop,
      former,
      concern,
      done,
      open,
      people,
    },
    readings: visit.readings.map(({ name, unit, moment, tenths }) => ({ meter: name, unit: unit as Unit, moment, tenths })),
    left: visit.left.map(({ name, word, reason, taken }) => ({
      ...{ name, consent: word === 'Declined' ? ('declined' as const) : ('deferred' as const), reason, taken_up_by: former ? null : taken },
    })),
    total: totalCents === null ? null : { cents: totalCents, currency },
  };
}
