import type { Database } from '../../platform/database/pool.js';
import { showDateTime } from '../../platform/time.js';

const PAGE = 50;

export interface Finished {
  number: number;
  vehicle: string;
  plate: string;
  customer: string;
  handedOver: string;
}

/**
 * Work orders that were handed over, the latest first, a page at a time.
 * @param before number of the last one seen; null for the first page
 * @param find part of a number, plate, vehicle or customer; empty for all
 * @returns `next` is the number to go on behind, or null at the end
 */
export async function listFinished(
  db: Database,
  shop: number,
  timeZone: string,
  before: number | null,
  find: string,
): Promise<{ orders: Finished[]; next: number | null }> {
  const like = `%${find.replace(/[\\%_]/g, '\\$&')}%`;
  const plate = find.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  const rows = await db
    .selectFrom('work_orders as w')
    .innerJoin('vehicles as v', (join) => join.onRef('v.shop_id', '=', 'w.shop_id').onRef('v.id', '=', 'w.vehicle_id'))
    .innerJoin('customers as c', (join) => join.onRef('c.shop_id', '=', 'w.shop_id').onRef('c.id', '=', 'w.customer_id'))
    .select(['w.id', 'w.number', 'v.description', 'v.plate', 'c.name', 'c.company', 'w.handed_over_at'])
    .where('w.shop_id', '=', shop)
    .where('w.handed_over_at', 'is not', null)
    .$if(before !== null, (query) =>
      query.where((eb) => {
        const seen = eb
          .selectFrom('work_orders as s')
          .where('s.shop_id', '=', shop)
          .where('s.number', '=', before ?? 0);
        return eb(eb.refTuple('w.handed_over_at', 'w.id'), '<', seen.select(['s.handed_over_at', 's.id']).$asTuple('handed_over_at', 'id'));
      }),
    )
    .$if(find !== '', (query) =>
      query.where((eb) =>
        eb.or([
          eb(eb.cast<string>('w.number', 'text'), 'like', like),
          eb('v.plate', 'ilike', like),
          // In any spelling; the key has Latin letters and figures only.
          ...(plate ? [eb('v.plate_key', 'like', `%${plate}%`)] : []),
          eb('v.description', 'ilike', like),
          eb('c.name', 'ilike', like),
          eb('c.company', 'ilike', like),
        ]),
      ),
    )
    .orderBy('w.handed_over_at', 'desc')
    .orderBy('w.id', 'desc')
    .limit(PAGE + 1)
    .execute();
  const orders = rows.slice(0, PAGE).map((row) => ({
    number: row.number,
    vehicle: row.description,
    plate: row.plate,
    customer: row.company || row.name,
    handedOver: row.handed_over_at ? showDateTime(row.handed_over_at, timeZone) : '',
  }));
  return { orders, next: rows.length > PAGE ? (orders.at(-1)?.number ?? null) : null };
}
