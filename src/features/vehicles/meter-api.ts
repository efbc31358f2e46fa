import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { getVehicle } from './details.js';
import { MeterInput } from './inputs.js';
import { MeterJson } from './json.js';
import { addMeter, changeMeter, removeMeter } from './meters.js';

const OfVehicle = z.object({ vehicle: Id });
const One = OfVehicle.extend({ meter: Id });
const { name, unit } = MeterInput.shape;
const Body = z.strictObject({ name, unit });

async function list(db: Database, viewer: ApiViewer, vehicle: number) {
  const { meters } = await getVehicle(db, viewer.shop, viewer.timeZone, vehicle);
  return meters.map(({ id, name, unit }) => ({ id, name, unit }));
}

async function read(db: Database, viewer: ApiViewer, { vehicle, meter }: z.output<typeof One>) {
  const found = (await list(db, viewer, vehicle)).find(({ id }) => id === meter);
  if (!found) throw new NotFound('That meter is not here any more.');
  return found;
}

const one = { tag: 'Vehicles', may: 'customer.edit', params: One, match: read } as const;

/** The meters of a vehicle. What they show at a visit: `/work-orders/{number}/readings`. */
export function meterOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/vehicles/:vehicle/meters',
      {
        ...{ id: 'listMeters', tag: 'Vehicles', summary: 'The meters of a vehicle, its odometer first', may: 'vehicle.see' },
        ...{ params: OfVehicle, answer: pageOf(MeterJson), example: { params: { vehicle: '1' } } },
      },
      async ({ viewer, params }) => asPage(await list(db, viewer, params.vehicle), null),
    ),
    api(
      'post',
      '/vehicles/:vehicle/meters',
      {
        ...{ id: 'addMeter', tag: 'Vehicles', summary: 'Adds a meter, for equipment that has several', may: 'customer.edit' },
        ...{ params: OfVehicle, body: Body, answer: MeterJson, status: 201 },
        example: { params: { vehicle: '2' }, body: { name: 'Pump', unit: 'h' } },
      },
      async ({ viewer, params, body }) => {
        const { result } = await addMeter(db, viewer, params.vehicle, body);
        return read(db, viewer, { ...params, ...result });
      },
    ),
    api(
      'get',
      '/vehicles/:vehicle/meters/:meter',
      {
        ...{ id: 'getMeter', tag: 'Vehicles', summary: 'One meter', may: 'vehicle.see', params: One, answer: MeterJson },
        example: { params: { vehicle: '1', meter: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'put',
      '/vehicles/:vehicle/meters/:meter',
      {
        ...{ ...one, id: 'changeMeter', summary: 'Renames a meter, or changes its unit while nothing was read with it' },
        ...{ body: Body, answer: MeterJson },
        example: { params: { vehicle: '2', meter: '2' }, body: { name: 'Odometer', unit: 'km' } },
      },
      async ({ viewer, params, body }) => {
        await changeMeter(db, viewer, params.vehicle, params.meter, body);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/vehicles/:vehicle/meters/:meter',
      {
        ...{ ...one, id: 'removeMeter', summary: 'Takes a meter away that was never read', answer: null },
        example: { params: { vehicle: '3', meter: '3' } },
      },
      ({ viewer, params }) => removeMeter(db, viewer, params.vehicle, params.meter),
    ),
  ];
}
