import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import type { Operation } from '../../platform/web/api.js';
import { JsonId } from '../../platform/web/api-fields.js';
import { sheetOperations, Words } from '../settings/sheet-operations.js';
import { saveVisits, VISIT_INPUTS, VISITS } from './visit-settings.js';

const Days = z.int();

/** What a shop wants of a visit. */
export function visitSettingsOperations(services: Services): Operation[] {
  return sheetOperations(services, {
    ...{ path: '/settings/visits', name: 'VisitSettings', summary: 'What a visit needs, and what a customer’s page says' },
    ...{ may: 'visits.manage', sheet: VISITS, inputs: VISIT_INPUTS, columns: { approved_column: 'approved_column_id' } },
    json: z.strictObject({
      ...{ link_days: Days, estimate_days: Days },
      approved_column: JsonId.nullable().meta({ description: 'Where a card goes when everything is approved; null: it stays.' }),
      ...{ consent_text: Words, greeting: Words, needs_arrival_photos: z.boolean(), needs_quality_check: z.boolean() },
    }),
    example: {
      ...{ link_days: 30, estimate_days: 14, approved_column: null, consent_text: '', greeting: 'Hello' },
      ...{ needs_arrival_photos: false, needs_quality_check: false },
    },
    save: (db, viewer, mine) => saveVisits(db, viewer, {}, mine),
  });
}
