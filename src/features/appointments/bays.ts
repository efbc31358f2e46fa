import { sql } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';

export interface BayFields {
  name: string;
  /** How many vehicles a day it can take. */
  vehiclesPerDay: number;
}

/** A place to work on vehicles. */
export interface Bay extends BayFields {
  id: number;
}

/** The bays that are there, in their order. */
export async function listBays(db: Database, shop: number): Promise<Bay[]> {
  return db
    .selectFrom('bays')
    .select(['id', 'name', 'vehicles_per_day as vehiclesPerDay'])
    .where('shop_id', '=', shop)
    .where('removed_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

/** Puts one behind the others. @throws Invalid when the name is taken */
export async function addBay(db: Database, actor: Actor, input: BayFields, requestId?: string): Promise<Changed<{ bay: number }>> {
  return change(db, actor, { requestId: requestId && `bay/${requestId}` }, async (tx) => {
    refuseTakenName(await listBays(tx.db, tx.shop), input.name, null);
    const { id } = await tx.db
      .insertInto('bays')
      .values({
        ...{ shop_id: tx.shop, name: input.name, vehicles_per_day: input.vehiclesPerDay },
        position: sql<number>`(select coalesce(max(position), 0) + 1 from bays where shop_id = ${tx.shop})`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('bay.added', null, { bay: id, ...input });
    return { bay: id };
  });
}

/** @throws NotFound, Invalid when the name is taken */
export async function changeBay(db: Database, actor: Actor, id: number, input: BayFields): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { bay, bays } = await getBay(tx, id);
    if (bay.name === input.name && bay.vehiclesPerDay === input.vehiclesPerDay) return;
    refuseTakenName(bays, input.name, id);
    const set = { name: input.name, vehicles_per_day: input.vehiclesPerDay };
    await tx.db.updateTable('bays').set(set).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const from = { name: bay.name, vehiclesPerDay: bay.vehiclesPerDay };
    tx.record('bay.changed', null, { bay: id, name: bay.name, from, to: { ...input } });
  });
}

/** Puts a bay one place up or down; at the end of the list it stays. @throws NotFound */
export async function shiftBay(db: Database, actor: Actor, id: number, direction: 'up' | 'down'): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { bay, bays } = await getBay(tx, id);
    const at = bays.indexOf(bay);
    const other = bays[at + (direction === 'up' ? -1 : 1)];
    if (!other) return;
    const order = bays.map((one) => (one === bay ? other.id : one === other ? bay.id : one.id));
    await sql`
      update bays set position = o.place from unnest(${order}::bigint[]) with ordinality o (id, place)
      where bays.shop_id = ${tx.shop} and bays.id = o.id`.execute(tx.db);
    tx.record('bay.shifted', null, { bay: id, name: bay.name, direction });
  });
}

/**
 * Takes a bay away. Appointments that were in it still say so; those that are yet to come have none.
 * @returns how many of these there are @throws NotFound
 */
export async function removeBay(db: Database, actor: Actor, id: number): Promise<Changed<{ ahead: number }>> {
  return change(db, actor, {}, async (tx) => {
    const { bay } = await getBay(tx, id);
    await tx.db.updateTable('bays').set({ removed_at: tx.now }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const { numUpdatedRows } = await tx.db
      .updateTable('appointments')
      .set({ bay_id: null })
      .where('shop_id', '=', tx.shop)
      .where('bay_id', '=', id)
      .where('state', 'in', ['requested', 'confirmed'])
      .executeTakeFirst();
    const ahead = Number(numUpdatedRows);
    tx.record('bay.removed', null, { bay: id, name: bay.name, ahead });
    return { ahead };
  });
}

async function getBay(tx: Change, id: number): Promise<{ bay: Bay; bays: Bay[] }> {
  const bays = await listBays(tx.db, tx.shop);
  const bay = bays.find((one) => one.id === id);
  if (!bay) throw new NotFound('That bay is not here any more.');
  return { bay, bays };
}

function refuseTakenName(bays: Bay[], name: string, except: number | null): void {
  const same = bays.find((bay) => bay.id !== except && bay.name.toLowerCase() === name.toLowerCase());
  if (same) throw new Invalid({ name: `There is a bay “${same.name}” already.` });
}
