import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import type { Meaning } from './rules.js';

/** Colours that columns and labels may have; each is a class in the stylesheet. */
export const COLORS = ['grey', 'blue', 'violet', 'green', 'amber', 'red', 'teal', 'pink'] as const;

export const MEANINGS: Record<Meaning, string> = {
  estimate: 'Before the work',
  active: 'Being worked on',
  waiting: 'Waiting for something',
  done: 'Finished',
};

export interface Column {
  id: number;
  name: string;
  meaning: Meaning;
  color: string;
  limit: number | null;
}

export interface ColumnInput {
  name: string;
  meaning: Meaning;
  color: string;
  limit: number | null;
}

/** What a new shop starts with. */
export const DEFAULT_COLUMNS: ColumnInput[] = [
  { name: 'Estimates', meaning: 'estimate', color: 'blue', limit: null },
  { name: 'In Progress', meaning: 'active', color: 'amber', limit: null },
  { name: 'Waiting on Parts', meaning: 'waiting', color: 'violet', limit: null },
  { name: 'Completed', meaning: 'done', color: 'green', limit: null },
];

/** The columns on the board, from left to right. */
export async function listColumns(db: Database, shop: number): Promise<Column[]> {
  return db
    .selectFrom('columns')
    .select(['id', 'name', 'meaning', 'color', 'card_limit as limit'])
    .where('shop_id', '=', shop)
    .where('position', 'is not', null)
    .orderBy('position')
    .execute();
}

/** Adds a column at the right end. @returns its id */
export async function addColumn(db: Database, actor: Actor, input: ColumnInput, requestId?: string): Promise<Changed<number>> {
  return change(db, actor, { requestId: requestId && `column/${requestId}` }, (tx) => insertColumn(tx, input));
}

/** As addColumn, inside a change that does more (a new shop). @returns the column's id */
export async function insertColumn(tx: Change, input: ColumnInput): Promise<number> {
  const order = await lockOrder(tx);
  const { id } = await tx.db
    .insertInto('columns')
    .values({
      shop_id: tx.shop,
      name: input.name,
      meaning: input.meaning,
      color: input.color,
      card_limit: input.limit,
      position: order.length,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  tx.record('column.added', null, { column: id, ...input });
  return id;
}

export async function changeColumn(db: Database, actor: Actor, id: number, input: ColumnInput): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const before = (await listColumns(tx.db, tx.shop)).find((column) => column.id === id);
    if (!before) throw new NotFound('That column is not on the board any more.');
    const { id: _, ...from } = before;
    if (JSON.stringify(sorted(from)) === JSON.stringify(sorted(input))) return;
    await tx.db
      .updateTable('columns')
      .set({ name: input.name, meaning: input.meaning, color: input.color, card_limit: input.limit })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    tx.record('column.changed', null, { column: id, from: { ...from }, to: { ...input } });
  });
}

/** Moves a column one place to the left or to the right; at the end it stays. */
export async function shiftColumn(db: Database, actor: Actor, id: number, direction: 'left' | 'right'): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await lockOrder(tx);
    const from = order.indexOf(id);
    if (from < 0) throw new NotFound('That column is not on the board any more.');
    const to = from + (direction === 'left' ? -1 : 1);
    if (to < 0 || to >= order.length) return;
    order.splice(to, 0, ...order.splice(from, 1));
    await writeOrder(tx, order);
    tx.record('column.shifted', null, { column: id, direction });
  });
}

/** @throws Conflict while it holds a card, and for the last column */
export async function removeColumn(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await lockOrder(tx);
    if (!order.includes(id)) throw new NotFound('That column is not on the board any more.');
    if (order.length === 1) throw new Conflict('A board needs at least one column.');
    const cards = await tx.db
      .selectFrom('work_orders')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('shop_id', '=', tx.shop)
      .where('column_id', '=', id)
      .where('rank', 'is not', null)
      .executeTakeFirstOrThrow();
    if (cards.count > 0)
      throw new Conflict(
        cards.count === 1 ? 'There is still a card in it. Move it first.' : `There are still ${cards.count} cards in it. Move them first.`,
      );
    await tx.db.updateTable('columns').set({ position: null }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    await writeOrder(
      tx,
      order.filter((column) => column !== id),
    );
    tx.record('column.removed', null, { column: id });
  });
}

/** The ids from left to right. The lock of the shop, which every change holds, keeps others from the order. */
async function lockOrder(tx: Change): Promise<number[]> {
  return (await listColumns(tx.db, tx.shop)).map((column) => column.id);
}

async function writeOrder(tx: Change, order: number[]): Promise<void> {
  for (const [position, id] of order.entries()) {
    await tx.db.updateTable('columns').set({ position }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
  }
}

function sorted(input: object): [string, unknown][] {
  return Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1));
}
