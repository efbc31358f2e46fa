import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { UnitJson } from '../vehicles/json.js';
import { getWorkOrder } from '../work-orders/details.js';
import { MOST_TENTHS, type Readings, readMeter, showReading } from './readings.js';

const OfOrder = z.object({ number: Id });
const One = OfOrder.extend({ meter: Id });

const Tenths = z.int().min(0).max(MOST_TENTHS).nullable();
const reading = {
  ...{ meter: JsonId, name: z.string(), unit: UnitJson },
  in_tenths: z.int().nullable().meta({ description: 'What it showed when the vehicle came, in tenths of its unit.' }),
  out_tenths: z.int().nullable().meta({ description: 'What it showed when it left.' }),
  last: z.strictObject({ tenths: z.int(), work_order: JsonId }).nullable().meta({ description: 'Of the visit before.' }),
};
const ReadingJson = z.strictObject(reading).meta({ id: 'Reading' });
const WrittenJson = z
  .strictObject({ ...reading, warning: z.string().nullable().meta({ description: 'It was saved, but may be a mistake.' }) })
  .meta({ id: 'WrittenReading' });
const Body = z.strictObject({ in_tenths: Tenths.optional(), out_tenths: Tenths.optional() });

async function list(db: Database, viewer: ApiViewer, number: number): Promise<z.input<typeof ReadingJson>[]> {
  const { meters } = await getWorkOrder(db, viewer.shop, number);
  return meters.map(({ id, name, unit, inTenths, outTenths, last }) => ({
    ...{ meter: id, name, unit, in_tenths: inTenths, out_tenths: outTenths },
    last: last && { tenths: last.tenths, work_order: last.number },
  }));
}

async function read(db: Database, viewer: ApiViewer, { number, meter }: z.output<typeof One>) {
  const found = (await list(db, viewer, number)).find((one) => one.meter === meter);
  if (!found) throw new NotFound('This vehicle has no such meter.');
  return found;
}

/** What the meters of the vehicle showed at a visit. */
export function readingOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/work-orders/:number/readings',
      {
        ...{ id: 'listReadings', tag: 'Work orders', summary: 'What the meters of its vehicle showed', may: 'board.see', params: OfOrder },
        ...{ answer: pageOf(ReadingJson), example: { params: { number: '1001' } } },
      },
      async ({ viewer, params }) => asPage(await list(db, viewer, params.number), null),
    ),
    api(
      'patch',
      '/work-orders/:number/readings/:meter',
      {
        ...{ id: 'readMeter', tag: 'Work orders', summary: 'Writes down what a meter shows; null takes it back', may: 'job.write-up' },
        ...{ params: One, body: Body, answer: WrittenJson, fields: { in: 'in_tenths', out: 'out_tenths' } },
        example: { params: { number: '1001', meter: '1' }, body: { in_tenths: 812_040 } },
      },
      async ({ viewer, params, body }) => {
        const warning = await readMeter(db, viewer, params.number, params.meter, toTexts(body), {});
        return { ...(await read(db, viewer, params)), warning };
      },
    ),
  ];
}

/** As it would be typed: one way to read it for both. */
function toTexts({ in_tenths: came, out_tenths: left }: z.output<typeof Body>): Partial<Readings> {
  const text = (tenths: number | null) => (tenths === null ? '' : showReading(tenths));
  return { ...(came !== undefined && { in: text(came) }), ...(left !== undefined && { out: text(left) }) };
}
