import { z } from 'zod';
import { Id, OptionalId, optional, RequestId, required, Tick } from '../../platform/web/forms.js';
import { originals, textsOf } from '../customers/inputs.js';
import { UNITS, type Unit, VEHICLE_FIELDS, VEHICLE_TYPES, type VehicleFields, type VehicleType } from './rules.js';

const YEARS = 'The year has four figures, like 2019.';

/** What is typed of a vehicle as text. */
export const vehicleTexts = {
  kind: z.enum(['road', 'equipment'], 'A vehicle for the road, or equipment?').default('road'),
  type: z.enum(Object.keys(VEHICLE_TYPES) as [VehicleType, ...VehicleType[]], 'That is not one of the choices.').default(''),
  description: optional('The name'),
  plate: optional('The plate', 20),
  vin: optional('The VIN', 40),
  make: optional('The make', 100),
  model: optional('The model', 100),
  engine: optional('The engine', 100),
  color: optional('The color', 60),
  unitNumber: optional('The unit number', 40),
  serial: optional('The serial number', 60),
  notes: optional('The notes', 10_000),
};
const fields = {
  ...vehicleTexts,
  year: z
    .union(
      [
        z.literal(''),
        z
          .string()
          .trim()
          .regex(/^(18[89]\d|19\d\d|20\d\d|21\d\d|2200)$/, YEARS),
      ],
      YEARS,
    )
    .default(''),
  laborRate: OptionalId,
};

export const NewVehicleInput = z.strictObject({ ...fields, requestId: RequestId });
export const EditVehicleInput = z.strictObject({ ...fields, ...originals(VEHICLE_FIELDS) });
export const vehicleFields = (body: object) => textsOf(body as Record<string, string>, VEHICLE_FIELDS) as VehicleFields;

export const MeterInput = z.strictObject({
  name: required('The name', 60),
  unit: z.enum(Object.keys(UNITS) as [Unit, ...Unit[]], 'Please choose a unit.'),
  requestId: RequestId,
});

export const TransferInput = z.strictObject({
  from: Id,
  to: OptionalId,
  name: optional('The name'),
  phone: optional('The phone number', 40),
  dropNotes: Tick,
  requestId: RequestId,
});
