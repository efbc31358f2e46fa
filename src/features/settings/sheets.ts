import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { type Edit, type Fields, mergeRow, type Row, type Texts } from './fields.js';

/** Settings of which a shop has exactly one row: what it says on paper, how it counts, which law it works under. */
export interface Sheet {
  table: 'billing_settings' | 'jurisdictions' | 'visit_settings' | 'retention_settings' | 'booking_settings' | 'message_settings';
  event: string;
  fields: Fields;
}

/** The row by column. */
export async function readSheet(db: Database, shop: number, sheet: Sheet): Promise<Row> {
  const columns = Object.values(sheet.fields).map((field) => sql.ref(field.column));
  const { rows } = await sql<Row>`select ${sql.join(columns)} from ${sql.table(sheet.table)} where ${itsRow(sheet, shop)}`.execute(db);
  if (!rows[0]) throw new Error(`Shop ${shop} has no ${sheet.table}.`);
  return rows[0];
}

/**
 * Saves the form of a sheet, field by field.
 * @param original what the form showed when it was opened
 * @param mine by field @throws Conflict when somebody else changed the same field meanwhile
 */
export async function saveSheet(db: Database, actor: Actor, sheet: Sheet, original: Texts, mine: Row): Promise<void> {
  await change(db, actor, {}, (tx) => saveSheetWithin(tx, sheet, original, mine));
}

/** As saveSheet, inside a change that does more. */
export async function saveSheetWithin(tx: Change, sheet: Sheet, original: Texts, mine: Row): Promise<Edit | null> {
  const edit = mergeRow(sheet.fields, await readSheet(tx.db, tx.shop, sheet), original, mine);
  if (!edit) return null;
  const pairs = Object.entries(edit.set).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  await sql`update ${sql.table(sheet.table)} set ${sql.join(pairs)} where ${itsRow(sheet, tx.shop)}`.execute(tx.db);
  tx.record(sheet.event, null, { from: edit.from, to: edit.to });
  return edit;
}

function itsRow(sheet: Sheet, shop: number) {
  return sheet.table === 'jurisdictions' ? sql`shop_id = ${shop} and is_active` : sql`shop_id = ${shop}`;
}
