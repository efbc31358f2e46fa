import { showDateTime } from '../../platform/time.js';
import type { Snapshot } from '../billing/snapshots.js';
import { nameVehicle } from './facts.js';

/** How many key tags there are below the tag for the windshield. */
const KEY_TAGS = 4;

/** What hangs on the key and lies behind the windshield: who reads it there learns no surname and no number to call. */
export function tagsOf(order: Snapshot) {
  const { vehicle, shop, tag } = order;
  return {
    number: order.number,
    tag,
    plate: vehicle.plate,
    vehicle: nameVehicle(order),
    name: firstNameOf(order.customer),
    promised: order.promisedAt ? showDateTime(new Date(order.promisedAt), shop.timeZone) : '',
    keys: Array.from({ length: KEY_TAGS }, (_, index) => index),
  };
}

/** The company, or of a person the first name, also when it stands behind the surname: `Whitfield, Dana`. */
function firstNameOf({ name, company }: Snapshot['customer']): string {
  if (company) return company;
  const given = name.includes(',') ? name.slice(name.indexOf(',') + 1) : name;
  return given.trim().split(/\s+/)[0] || name;
}
