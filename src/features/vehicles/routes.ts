import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { done } from '../../platform/web/answers.js';
import { Id, OptionalId, optional } from '../../platform/web/forms.js';
import { type FormContext, get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { EditConflict } from '../customers/edit.js';
import { IntoInput, textsOf } from '../customers/inputs.js';
import { EditVehicleInput, MeterInput, NewVehicleInput, TransferInput, vehicleFields } from './inputs.js';
import { mergeVehicles, undoMerge } from './merges.js';
import { addMeter, changeMeter, removeMeter } from './meters.js';
import { editPage, mergePage, newPage, showPage, transferPage } from './pages.js';
import { VEHICLE_FIELDS } from './rules.js';
import { transferVehicle } from './transfers.js';
import { addVehicle, editVehicle } from './vehicles.js';
import { checkVin } from './vin.js';

const One = z.object({ vehicle: Id });
const OfCustomer = z.object({ customer: Id });
const OneMeter = One.extend({ meter: Id });
const Nothing = z.strictObject({});
const VisitsQuery = z.object({ before: OptionalId.catch(null) });
const FindQuery = z.object({ find: optional('The search', 100) });

type AtMeter = FormContext<string, typeof OneMeter>;
type Here = FormContext<string, typeof One>;

export function vehicleRoutes(services: Services): Route[] {
  const { db } = services;
  return [
    get('/vehicles/:vehicle', { may: 'vehicle.see', params: One, query: VisitsQuery }, ({ viewer, params, query }) =>
      showPage(db, viewer, params.vehicle, query.before),
    ),
    ...formRoutes(services),
    ...meterRoutes(services),
    get('/vehicles/:vehicle/transfers/new', { may: 'customer.edit', params: One, query: FindQuery }, ({ viewer, params, query }) =>
      transferPage(db, viewer, params.vehicle, query.find, null),
    ),
    post(
      '/vehicles/:vehicle/transfers',
      {
        may: 'customer.edit',
        params: One,
        body: TransferInput,
        form: ({ viewer, params }, refused) => transferPage(db, viewer, params.vehicle, '', refused),
      },
      async ({ viewer, params, body }) => {
        const { requestId, ...transfer } = body;
        await transferVehicle(db, viewer, params.vehicle, transfer, requestId);
        return done(`/vehicles/${params.vehicle}`, { flash: { text: 'It has a new owner. What was done on it stays here.' } });
      },
    ),
    get('/vehicles/:vehicle/merges/new', { may: 'customer.merge', params: One, query: FindQuery }, ({ viewer, params, query }) =>
      mergePage(db, viewer, params.vehicle, query.find, null),
    ),
    post(
      '/vehicles/:vehicle/merges',
      {
        may: 'customer.merge',
        params: One,
        body: IntoInput,
        form: ({ viewer, params }: Here, refused: Refused) => mergePage(db, viewer, params.vehicle, '', refused),
      },
      async ({ viewer, params, body }) => {
        await mergeVehicles(db, viewer, params.vehicle, body.into);
        return done(`/vehicles/${body.into}`, { flash: { text: 'They are one now. Below it can be taken back.' } });
      },
    ),
    // Of customers and of vehicles.
    post('/merges/:merge/undos', { may: 'customer.merge', params: z.object({ merge: Id }), body: Nothing }, async ({ viewer, params }) => {
      const { kind, gone } = await undoMerge(db, viewer, params.merge);
      return done(`/${kind}s/${gone}`, { flash: { text: 'It stands on its own again, with what was its own.' } });
    }),
  ];
}

function formRoutes({ db }: Services): Route[] {
  return [
    get('/customers/:customer/vehicles/new', { may: 'customer.edit', params: OfCustomer }, ({ viewer, params }) =>
      newPage(db, viewer, params.customer, null),
    ),
    post(
      '/customers/:customer/vehicles',
      {
        may: 'customer.edit',
        params: OfCustomer,
        body: NewVehicleInput,
        form: ({ viewer, params }, refused) => newPage(db, viewer, params.customer, refused),
      },
      async ({ viewer, params, body }) => {
        const { result } = await addVehicle(db, viewer, params.customer, vehicleFields(body), body.requestId);
        return done(`/vehicles/${result.vehicle}`, { flash: { text: saved('The vehicle is here.', body) } });
      },
    ),
    get('/vehicles/:vehicle/edit', { may: 'customer.edit', params: One }, ({ viewer, params }) =>
      editPage(db, viewer, params.vehicle, null),
    ),
    post(
      '/vehicles/:vehicle/edits',
      {
        may: 'customer.edit',
        params: One,
        body: EditVehicleInput,
        form: ({ viewer, params }, refused) => editPage(db, viewer, params.vehicle, refused),
      },
      async ({ viewer, params, body, request }) => {
        try {
          await editVehicle(db, viewer, params.vehicle, textsOf(body, VEHICLE_FIELDS, 'original.'), vehicleFields(body));
        } catch (error) {
          if (!(error instanceof EditConflict)) throw error;
          return editPage(db, viewer, params.vehicle, { values: request.body, fields: { '': error.message } }, error);
        }
        return done(`/vehicles/${params.vehicle}`, { flash: { text: saved('Saved.', body) } });
      },
    ),
  ];
}

/** A VIN that may be mistyped is saved all the same, with a word about it. */
function saved(text: string, { kind, vin }: { kind: string; vin: string }): string {
  const warning = kind === 'road' ? checkVin(vin) : null;
  return warning ? `${text} ${warning}` : text;
}

function meterRoutes({ db }: Services): Route[] {
  const again = ({ viewer, params }: AtMeter, refused: Refused) =>
    showPage(db, viewer, params.vehicle, null, { ...refused, meter: params.meter });
  return [
    post(
      '/vehicles/:vehicle/meters',
      {
        may: 'customer.edit',
        params: One,
        body: MeterInput,
        form: ({ viewer, params }: Here, refused: Refused) => showPage(db, viewer, params.vehicle, null, { ...refused, meter: 0 }),
      },
      async ({ viewer, params, body }) => {
        await addMeter(db, viewer, params.vehicle, { name: body.name, unit: body.unit }, body.requestId);
        return done(`/vehicles/${params.vehicle}`, { flash: { text: `The meter “${body.name}” is here.` } });
      },
    ),
    post(
      '/vehicles/:vehicle/meters/:meter',
      { may: 'customer.edit', params: OneMeter, body: MeterInput, form: again },
      async ({ viewer, params, body }) => {
        await changeMeter(db, viewer, params.vehicle, params.meter, { name: body.name, unit: body.unit });
        return done(`/vehicles/${params.vehicle}`, { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/vehicles/:vehicle/meters/:meter/removals',
      { may: 'customer.edit', params: OneMeter, body: Nothing, form: again },
      async ({ viewer, params }) => {
        await removeMeter(db, viewer, params.vehicle, params.meter);
        return done(`/vehicles/${params.vehicle}`, { flash: { text: 'The meter is gone.' } });
      },
    ),
  ];
}
