import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { choices, getKeptCustomer } from '../customers/customers.js';
import type { EditConflict } from '../customers/edit.js';
import { findCustomers } from '../customers/list.js';
import { originalsFor } from '../customers/pages.js';
import { fullName } from '../customers/rules.js';
import { can } from '../staff/permissions.js';
import { getVehicle } from './details.js';
import { findVehicles } from './find.js';
import { NO_FIELDS, UNITS, VEHICLE_FIELDS, VEHICLE_LABELS, VEHICLE_TYPES, type VehicleFields } from './rules.js';
import { listVisits } from './timeline.js';
import { getKeptVehicle, toFields } from './vehicles.js';
import { checkVin } from './vin.js';

/**
 * The page of a vehicle; of a duplicate, the way to the one that is kept.
 * @param refused what a form of a meter was refused for, and of which one; 0 is the new one
 */
export async function showPage(
  db: Database,
  viewer: Viewer,
  id: number,
  before: number | null,
  refused: (Refused & { meter: number }) | null = null,
): Promise<Answer> {
  const vehicle = await getVehicle(db, viewer.shop, viewer.timeZone, id);
  // What was typed must not vanish with the way to another page.
  if (vehicle.mergedInto && refused) throw new NotFound('That vehicle was put together with another one.');
  if (vehicle.mergedInto) return done(`/vehicles/${vehicle.mergedInto}`);
  const of = { id, owner: vehicle.owner.id, currency: vehicle.currency };
  const visits = await listVisits(db, viewer, of, before, can(viewer.role, 'price.see'));
  return page('vehicles/show', {
    ...{
      title: vehicle.fields.description,
      vehicle,
      ...visits,
      older: before !== null,
      labels: VEHICLE_LABELS,
      types: VEHICLE_TYPES,
      units: UNITS,
    },
    ...{ at: refused?.meter ?? null, values: refused?.values ?? {}, errors: refused?.fields ?? {}, requestId: randomUUID() },
  });
}

interface Form {
  title: string;
  action: string;
  back: string;
  requestId: string | null;
  values: Record<string, unknown>;
  original: Record<string, string>;
  conflict?: EditConflict<VehicleFields> | undefined;
  errors: Record<string, string>;
}

async function form(db: Database, viewer: Viewer, { conflict, ...given }: Form): Promise<Answer> {
  const { laborRates } = await choices(db, viewer.shop);
  const vinWarning = given.values.kind === 'equipment' ? null : checkVin(String(given.values.vin ?? ''));
  const data = { ...given, conflicts: conflict?.conflicts ?? {}, labels: VEHICLE_LABELS, types: VEHICLE_TYPES, laborRates, vinWarning };
  return { ...page('vehicles/form', data), status: conflict ? 409 : 200 } as Answer;
}

/** The form for a new vehicle of a customer, empty or with what was typed. */
export async function newPage(db: Database, viewer: Viewer, customer: number, refused: Refused | null): Promise<Answer> {
  const owner = fullName(await getKeptCustomer(db, viewer.shop, customer));
  return form(db, viewer, {
    ...{ title: `New vehicle of ${owner}`, action: `/customers/${customer}/vehicles`, back: `/customers/${customer}` },
    ...{ requestId: String(refused?.values.requestId ?? randomUUID()), original: {} },
    ...{ values: { ...NO_FIELDS, ...refused?.values }, errors: refused?.fields ?? {} },
  });
}

/** The form that changes a vehicle; `original` travels with it. @param conflict the fields that both changed */
export async function editPage(
  db: Database,
  viewer: Viewer,
  id: number,
  refused: Refused | null,
  conflict?: EditConflict<VehicleFields>,
): Promise<Answer> {
  const current = toFields(await getKeptVehicle(db, viewer.shop, id));
  return form(db, viewer, {
    ...{ title: `Change ${current.description}`, action: `/vehicles/${id}/edits`, back: `/vehicles/${id}`, requestId: null, conflict },
    ...{ values: { ...current, ...refused?.values }, original: originalsFor(current, VEHICLE_FIELDS, refused, conflict) },
    errors: refused?.fields ?? {},
  });
}

/** Where the new owner is found, or written down. */
export async function transferPage(db: Database, viewer: Viewer, id: number, find: string, refused: Refused | null): Promise<Answer> {
  const row = await getKeptVehicle(db, viewer.shop, id);
  const owner = await getKeptCustomer(db, viewer.shop, row.customer_id);
  const found = find ? await findCustomers(db, viewer.shop, find, 10) : [];
  return page('vehicles/transfer', {
    ...{ title: `New owner of ${row.description}`, id, notes: row.notes, owner: { id: owner.id, name: fullName(owner) }, find, fullName },
    ...{ found: found.filter((one) => one.id !== owner.id), values: refused?.values ?? {}, errors: refused?.fields ?? {} },
    requestId: String(refused?.values.requestId ?? randomUUID()),
  });
}

/** Where the vehicle is chosen that this one is put together with. */
export async function mergePage(db: Database, viewer: Viewer, id: number, find: string, refused: Refused | null): Promise<Answer> {
  const row = await getKeptVehicle(db, viewer.shop, id);
  const found = find ? await findVehicles(db, viewer.shop, find) : [];
  return page('vehicles/merge', {
    ...{ title: `Put ${row.description} together with another`, id, name: row.description, find, errors: refused?.fields ?? {} },
    found: found.filter((one) => one.id !== id),
  });
}
