import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { done, page } from '../../platform/web/answers.js';
import { OptionalId, optional, Tick } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listColumns } from '../board/columns.js';
import { editInput } from '../settings/edit-input.js';
import { type Row, type Texts, text, tick } from '../settings/fields.js';
import { sheetForm } from '../settings/sheet-forms.js';
import { type Sheet, saveSheet } from '../settings/sheets.js';

/** What a shop wants of a visit. */
export const VISITS: Sheet = {
  table: 'visit_settings',
  event: 'visits.changed',
  fields: {
    linkDays: text('link_days'),
    estimateDays: text('estimate_days'),
    approvedColumn: { column: 'approved_column_id', show: (value) => (value === null ? '' : String(value)) },
    consentText: text('consent_text'),
    greeting: text('greeting'),
    needsArrivalPhotos: tick('needs_arrival_photos'),
    needsQualityCheck: tick('needs_quality_check'),
  },
};

const Days = z
  .string({ error: 'Please fill this in.' })
  .trim()
  .regex(/^\d{1,3}$/, 'Please write a number of days.')
  .transform(Number)
  .refine((days) => days >= 1 && days <= 365, 'Please choose from 1 to 365 days.');

export const VISIT_INPUTS = {
  ...{ linkDays: Days, estimateDays: Days, approvedColumn: OptionalId },
  consentText: optional('The text', 3000),
  greeting: optional('The greeting', 500),
  ...{ needsArrivalPhotos: Tick, needsQualityCheck: Tick },
};

/** What a visit needs, and what a customer's page says. */
export function visitSettingsRoutes({ db }: Services): Route[] {
  const may = 'visits.manage';
  const show = async (viewer: Viewer, refused: Refused | null) => {
    const columns = await listColumns(db, viewer.shop);
    const choices = [['', 'It stays where it is'], ...columns.map((column) => [String(column.id), column.name])];
    return page('approvals/settings', { title: 'Visits', form: await sheetForm(db, viewer.shop, VISITS, refused), choices });
  };
  return [
    get('/settings/visits', { may }, ({ viewer }) => show(viewer, null)),
    post(
      '/settings/visits',
      { may, body: editInput(VISITS.fields, VISIT_INPUTS), form: ({ viewer }, refused) => show(viewer, refused) },
      async ({ viewer, body }) => {
        await saveVisits(db, viewer, body.original, body.mine);
        return done('/settings/visits', { flash: { text: 'Saved.' } });
      },
    ),
  ];
}

/** Saves the sheet, as saveSheet(). @throws Invalid for a column that is not on the board any more */
export async function saveVisits(db: Database, viewer: Viewer, original: Texts, mine: Row): Promise<void> {
  await checkColumn(db, viewer.shop, mine.approvedColumn);
  await saveSheet(db, viewer, VISITS, original, mine);
}

async function checkColumn(db: Database, shop: number, column: unknown): Promise<void> {
  if (column === null || (await listColumns(db, shop)).some(({ id }) => id === column)) return;
  throw new Invalid({ approvedColumn: 'That column is not on the board any more.' });
}
