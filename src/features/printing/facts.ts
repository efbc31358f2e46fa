import { showFullDateTime } from '../../platform/time.js';
import type { Snapshot, SnapshotCustomer } from '../billing/snapshots.js';
import { showReading } from './figures.js';
import { type Fact, facts, type Piece } from './pieces.js';

/** Who and what an order is for, as every paper for a customer begins. @param dates the paper's own: when it was made, when it is due */
export function customerFacts(order: Snapshot, dates: Fact[]): Piece {
  const { customer, vehicle, billTo, shop } = order;
  const [odometer, ...meters] = vehicle.meters;
  const reading = (tenths: number | null | undefined) =>
    tenths === null || tenths === undefined || !odometer ? '' : showReading(tenths, odometer.unit);
  const promised = order.promisedAt ? showFullDateTime(new Date(order.promisedAt), shop.timeZone) : '';
  const more: Fact[] = [
    ...(order.poNumber ? [{ label: 'Purchase order', value: order.poNumber }] : []),
    ...(order.tag ? [{ label: 'Tag', value: order.tag }] : []),
    ...meters.map((meter) => ({ label: meter.name, value: meter.in === null ? '' : showReading(meter.in, meter.unit) })),
  ];
  return facts([
    [
      { label: 'Customer', value: addressOf(customer, customer.address), wide: true },
      { label: 'Phone', value: customer.phone },
      dates[0] as Fact,
    ],
    [
      { label: 'Vehicle', value: nameVehicle(order), wide: true, strong: true },
      { label: 'Plate', value: vehicle.plate, strong: true },
      { label: 'Promised', value: promised },
    ],
    [
      { label: vehicle.kind === 'equipment' ? 'Serial number' : 'VIN', value: vehicle.vin || vehicle.serial, wide: true },
      { label: `${odometer?.name ?? 'Odometer'} in`, value: reading(odometer?.in) },
      { label: `${odometer?.name ?? 'Odometer'} out`, value: reading(odometer?.out) },
    ],
    [
      billTo
        ? { label: 'Bill to', value: addressOf(billTo, billTo.billingAddress || billTo.address), wide: true }
        : { label: 'E-mail', value: customer.email, wide: true },
      { label: 'Your advisor', value: order.advisor ?? '' },
      dates[1] ?? { label: '', value: ' ' },
    ],
    ...rowsOf(more),
  ]);
}

/** `2019 Toyota Corolla`, as the law wants it where year, make and model are known; else what was typed. */
export function nameVehicle({ vehicle }: Snapshot): string {
  const { year, make, model, description, unitNumber, color } = vehicle;
  const name = make && model ? [year, make, model].filter(Boolean).join(' ') : description;
  return [name, color?.toLowerCase(), unitNumber && `unit ${unitNumber}`].filter(Boolean).join(', ');
}

function addressOf({ name, company }: SnapshotCustomer, address: string): string {
  return [company, name, address].filter(Boolean).join('\n');
}

/** Four beside each other; the last row is filled up. */
function rowsOf(all: Fact[]): Fact[][] {
  const rows: Fact[][] = [];
  for (let from = 0; from < all.length; from += 4) rows.push(all.slice(from, from + 4));
  return rows;
}
