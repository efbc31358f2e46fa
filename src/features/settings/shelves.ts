import { sql } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { EventData } from '../../platform/database/events.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { type Fields, mergeRow, type Row, showRow, storeRow, type Texts } from './fields.js';

/**
 * Named things that a shop keeps several of and picks from: rates, taxes, fees, matrices, canned jobs. They are archived,
 * never deleted: old lines go on naming them.
 */
export interface Shelf {
  table: 'labor_rates' | 'tax_rates' | 'fees' | 'price_matrices' | 'canned_jobs';
  /** What its events begin with. */
  event: string;
  /** As it stands in a sentence. */
  noun: string;
  fields: Fields;
  /** Fields that are said once, when it is made. */
  fixed?: string[];
  /** Whether one of them is taken when nothing else is said: of all, or of each value of a column. */
  standard?: { required: boolean; per?: string };
}

export interface Entry {
  id: number;
  name: string;
  archived: boolean;
  isDefault: boolean;
  /** By column. */
  row: Row;
}

/** Everything on a shelf by name, also what is archived. */
export async function listShelf(db: Database, shop: number, shelf: Shelf): Promise<Entry[]> {
  const { rows } = await sql<Row & { id: number; archived: boolean; is_default: boolean }>`
    select id, archived_at is not null as archived, ${shelf.standard ? sql.ref('is_default') : sql.lit(false)} as is_default, ${columnsOf(shelf)}
    from ${sql.table(shelf.table)} where shop_id = ${shop} order by lower(name), id`.execute(db);
  return rows.map((row) => ({ id: row.id, name: String(row.name), archived: row.archived, isDefault: row.is_default, row }));
}

/**
 * Puts a new one on its shelf; the first becomes the one that is taken when nothing else is said.
 * @param mine by field @throws Invalid when the name is taken
 */
export function addToShelf(db: Database, actor: Actor, shelf: Shelf, mine: Row, requestId?: string): Promise<Changed<{ id: number }>> {
  return change(db, actor, { requestId: requestId && `${shelf.event}/${requestId}` }, async (tx) => {
    const others = await listShelf(tx.db, tx.shop, shelf);
    refuseTakenName(shelf, others, String(mine.name), null);
    const columns = storeRow(shelf.fields, mine);
    if (shelf.standard) columns.is_default = !standardOf(shelf, others, columns);
    const names = Object.keys(columns);
    const { rows } = await sql<{ id: number }>`
      insert into ${sql.table(shelf.table)} (shop_id, ${sql.join(names.map((name) => sql.ref(name)))})
      values (${tx.shop}, ${sql.join(Object.values(columns))}) returning id`.execute(tx.db);
    const texts = Object.fromEntries(Object.entries(shelf.fields).map(([name, field]) => [name, field.show(mine[name])]));
    const id = rows[0]?.id ?? 0;
    tx.record(`${shelf.event}.added`, null, { id, ...texts });
    return { id };
  });
}

/**
 * Saves the form of one, field by field.
 * @param original what the form showed when it was opened @throws Conflict, Invalid, NotFound
 */
export async function changeOnShelf(db: Database, actor: Actor, shelf: Shelf, id: number, original: Texts, mine: Row): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { entry, others } = await getEntry(tx, shelf, id);
    const edit = mergeRow(changeable(shelf), entry.row, original, mine);
    if (!edit) return;
    if (edit.to.name !== undefined) refuseTakenName(shelf, others, edit.to.name, id);
    await write(tx, shelf, id, edit.set);
    tx.record(`${shelf.event}.changed`, null, { id, name: entry.name, from: edit.from, to: edit.to });
  });
}

/** Archives one, or takes it back into use. @throws Conflict for the one that is taken when nothing else is said */
export async function archiveOnShelf(db: Database, actor: Actor, shelf: Shelf, id: number, archived: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { entry, others } = await getEntry(tx, shelf, id);
    if (entry.archived === archived) return;
    if (archived && entry.isDefault && shelf.standard?.required)
      throw new Conflict(`“${entry.name}” is used by default. Use another one by default first.`);
    if (!archived) refuseTakenName(shelf, others, entry.name, id);
    await write(tx, shelf, id, { archived_at: archived ? tx.now : null, ...(shelf.standard && { is_default: false }) });
    const data: EventData = { id, name: entry.name, ...showRow(shelf.fields, entry.row) };
    tx.record(`${shelf.event}.${archived ? 'archived' : 'restored'}`, null, data);
  });
}

/** Makes one the one that is taken when nothing else is said, or, where a shelf can do without, no longer. */
export async function makeStandard(db: Database, actor: Actor, shelf: Shelf, id: number, on: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { entry, others } = await getEntry(tx, shelf, id);
    if (entry.archived) throw new NotFound(`That ${shelf.noun} is archived.`);
    if (entry.isDefault === on) return;
    if (!on && shelf.standard?.required) throw new Conflict(`Choose another ${shelf.noun} for that: there must be one.`);
    const before = standardOf(shelf, others, entry.row);
    if (before) await write(tx, shelf, before.id, { is_default: false });
    await write(tx, shelf, id, { is_default: on });
    tx.record(`${shelf.event}.default-changed`, null, { id, from: before?.name ?? null, to: on ? entry.name : null });
  });
}

/** The fields that can change later. */
export function changeable(shelf: Shelf): Fields {
  return Object.fromEntries(Object.entries(shelf.fields).filter(([name]) => !shelf.fixed?.includes(name)));
}

function standardOf(shelf: Shelf, entries: Entry[], like: Row): Entry | undefined {
  const per = shelf.standard?.per;
  return entries.find((entry) => entry.isDefault && !entry.archived && (!per || entry.row[per] === like[per]));
}

async function getEntry(tx: Change, shelf: Shelf, id: number): Promise<{ entry: Entry; others: Entry[] }> {
  const others = await listShelf(tx.db, tx.shop, shelf);
  const entry = others.find((one) => one.id === id);
  if (!entry) throw new NotFound(`That ${shelf.noun} is not here.`);
  return { entry, others: others.filter((one) => one.id !== id) };
}

function refuseTakenName(shelf: Shelf, entries: Entry[], name: string, except: number | null): void {
  const same = entries.find((entry) => !entry.archived && entry.id !== except && entry.name.toLowerCase() === name.toLowerCase());
  if (same) throw new Invalid({ name: `There is a ${shelf.noun} “${same.name}” already.` });
}

async function write(tx: Change, shelf: Shelf, id: number, set: Row): Promise<void> {
  const pairs = Object.entries(set).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  await sql`update ${sql.table(shelf.table)} set ${sql.join(pairs)} where shop_id = ${tx.shop} and id = ${id}`.execute(tx.db);
}

function columnsOf(shelf: Shelf) {
  return sql.join(Object.values(shelf.fields).map((field) => sql.ref(field.column)));
}
