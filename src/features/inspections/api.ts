import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf, showTime, Time } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { VEHICLE_TYPES, type VehicleType } from '../vehicles/rules.js';
import { getWorkOrder } from '../work-orders/details.js';
import { COLORS, REASONS } from './content.js';
import type { Inspection } from './of-order.js';

const FindingJson = z
  .strictObject({
    ...{ id: JsonId, section: z.string(), name: z.string(), color: z.enum(COLORS), reason: z.enum(REASONS).nullable(), note: z.string() },
    item: z.string().meta({ description: 'The same for the same thing in all inspections.' }),
    measures: z.array(z.strictObject({ position: z.string(), hundredths: z.int() })).meta({ description: 'Hundredths of the unit.' }),
    unit: z.string(),
    safety: z.boolean().meta({ description: 'A red one is unsafe.' }),
    released: z.boolean().meta({ description: 'Chosen for the customer.' }),
    job: z.strictObject({ id: JsonId, name: z.string() }).nullable().meta({ description: 'That was proposed because of it.' }),
    ...{ by: z.string(), at: Time },
  })
  .meta({ id: 'Finding' });
const InspectionJson = z
  .strictObject({
    ...{ id: JsonId, name: z.string(), vehicle_type: z.enum(Object.keys(VEHICLE_TYPES) as [VehicleType, ...VehicleType[]]) },
    ...{ version: z.int(), started_by: z.string(), started_at: Time, finished_by: z.string().nullable(), finished_at: Time.nullable() },
    released_at: Time.nullable().meta({ description: 'From then on the customer sees its released findings.' }),
    items: z.int().meta({ description: 'Of how many items.' }),
    findings: z.array(FindingJson).meta({ description: 'What was said so far.' }),
  })
  .meta({ id: 'Inspection' });

/** What was found on vehicles. */
export function inspectionOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/work-orders/:number/inspections',
      {
        ...{ id: 'listInspections', tag: 'Inspections', summary: 'The inspections of a work order, with what was found', may: 'board.see' },
        ...{ params: z.object({ number: Id }), answer: pageOf(InspectionJson) },
        example: { params: { number: '1003' } },
      },
      async ({ viewer, params }) => {
        const { visit } = await getWorkOrder(db, viewer.shop, params.number);
        return asPage(
          visit.inspections.map((one) => toJson(one, viewer)),
          null,
        );
      },
    ),
  ];
}

function toJson(inspection: Inspection, viewer: ApiViewer): z.input<typeof InspectionJson> {
  const { id, name, version, items, vehicleType, startedBy, finishedBy } = inspection;
  const time = (at: string) => showTime(new Date(at), viewer);
  const timeOrNull = (at: string | null) => at && time(at);
  return {
    ...{ id, name, version, items, vehicle_type: vehicleType, started_by: startedBy, started_at: time(inspection.startedAt) },
    ...{ finished_by: finishedBy, finished_at: timeOrNull(inspection.finishedAt), released_at: timeOrNull(inspection.releasedAt) },
    findings: inspection.findings.map(({ at, measures, ...finding }) => ({
      ...finding,
      measures: measures.map(({ position, value }) => ({ position, hundredths: value })),
      at: time(at),
    })),
  };
}
