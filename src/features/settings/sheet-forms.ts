import type { Database } from '../../platform/database/pool.js';
import type { Refused } from '../../platform/web/routes.js';
import { type FormState, formState } from './fields.js';
import { readSheet, type Sheet } from './sheets.js';

/** The form of a sheet as its view takes it: opened, or, with what was typed, come back. */
export async function sheetForm(
  db: Database,
  shop: number,
  sheet: Sheet,
  refused: Refused | null,
): Promise<FormState & { errors: Record<string, string> }> {
  const row = await readSheet(db, shop, sheet);
  return { ...formState(sheet.fields, row, refused?.values ?? null), errors: refused?.fields ?? {} };
}
