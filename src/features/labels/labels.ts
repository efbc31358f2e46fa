import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid, NotFound } from '../../platform/errors.js';
import { getOpenWorkOrder } from '../work-orders/find.js';

export interface Label {
  id: number;
  name: string;
  color: string;
}

/** The shop's labels, by name. */
export function listLabels(db: Database, shop: number): Promise<Label[]> {
  return db.selectFrom('labels').select(['id', 'name', 'color']).where('shop_id', '=', shop).orderBy('name').execute();
}

/** @throws Invalid when the name is taken */
export async function addLabel(db: Database, actor: Actor, input: { name: string; color: string }): Promise<Changed<{ label: number }>> {
  return change(db, actor, {}, async (tx) => {
    await refuseTakenName(tx, input.name, null);
    const { id } = await tx.db
      .insertInto('labels')
      .values({ shop_id: tx.shop, ...input })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('label.added', null, { label: id, ...input });
    return { label: id };
  });
}

export async function changeLabel(db: Database, actor: Actor, id: number, input: { name: string; color: string }): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const before = await getLabel(tx, id);
    if (before.name === input.name && before.color === input.color) return;
    await refuseTakenName(tx, input.name, id);
    await tx.db.updateTable('labels').set(input).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('label.changed', null, { label: id, from: { name: before.name, color: before.color }, to: { ...input } });
  });
}

/** Takes a label away, also from every work order that has it. */
export async function removeLabel(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { name } = await getLabel(tx, id);
    await tx.db.deleteFrom('labels').where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('label.removed', null, { label: id, name });
  });
}

/** Puts one label on a work order, or takes it off. Two people who tick different labels both have their way. */
export async function setLabel(db: Database, actor: Actor, number: number, label: number, on: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    const { name } = await getLabel(tx, label);
    const row = { shop_id: tx.shop, work_order_id: order.id, label_id: label };
    const touched = on
      ? (
          await tx.db
            .insertInto('work_order_labels')
            .values(row)
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirst()
        ).numInsertedOrUpdatedRows
      : (
          await tx.db
            .deleteFrom('work_order_labels')
            .where('shop_id', '=', tx.shop)
            .where('work_order_id', '=', order.id)
            .where('label_id', '=', label)
            .executeTakeFirst()
        ).numDeletedRows;
    if (touched) tx.record(on ? 'work-order.labelled' : 'work-order.unlabelled', order.id, { number, label: name });
  });
}

/** @throws NotFound when the shop has no such label */
export async function getLabel({ db, shop }: { db: Database; shop: number }, id: number): Promise<Label> {
  const label = await db
    .selectFrom('labels')
    .select(['id', 'name', 'color'])
    .where('shop_id', '=', shop)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!label) throw new NotFound('That label is not here any more.');
  return label;
}

async function refuseTakenName(tx: Change, name: string, except: number | null): Promise<void> {
  const same = (await listLabels(tx.db, tx.shop)).find((label) => label.name.toLowerCase() === name.toLowerCase() && label.id !== except);
  if (same) throw new Invalid({ name: `There is a label “${same.name}” already.` });
}
