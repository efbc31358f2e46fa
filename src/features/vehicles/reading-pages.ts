import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { readMeters } from './readings.js';

/** Where the meters of a vehicle are written down, when it comes and when it leaves. */
export async function readingsPage(db: Database, viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
  const order = await db
    .selectFrom('work_orders as w')
    .innerJoin('vehicles as v', (join) => join.onRef('v.shop_id', '=', 'w.shop_id').onRef('v.id', '=', 'w.vehicle_id'))
    .select(['w.id', 'w.vehicle_id as vehicle', 'v.description'])
    .where('w.shop_id', '=', viewer.shop)
    .where('w.number', '=', number)
    .executeTakeFirst();
  if (!order) throw new NotFound('That work order is not here.');
  return page(
    'vehicles/readings-page',
    {
      ...{ title: `Meters of WO-${number}`, number, description: order.description, ...(await readMeters(db, viewer.shop, order)) },
      ...{ values: refused?.values ?? {}, errors: refused?.fields ?? {} },
    },
    'vehicles/readings',
  );
}
