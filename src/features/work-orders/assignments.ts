import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import { getOpenWorkOrder } from './find.js';

interface People {
  mechanic: number | null;
  advisor: number | null;
}

/**
 * Says who works on it and who looks after it; null is nobody.
 * @param original what the form showed: what was left alone there is left alone here, and what somebody else changed
 *   meanwhile is not overwritten; undefined takes the choice as it is
 * @throws Conflict when somebody else gave it to another person since the form was opened
 */
export async function assign(db: Database, actor: Actor, number: number, people: People, original: Partial<People> = {}): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    for (const as of ['mechanic', 'advisor'] as const) {
      const [was, wanted, is] = [original[as], people[as], order[`${as}_id`]];
      if (was !== undefined && wanted === was) continue;
      if (was !== undefined && is !== was && is !== wanted)
        throw new Conflict(`Somebody else has changed the ${as} meanwhile. Look again, then choose.`);
      await assignOne(tx, order, as, wanted);
    }
  });
}

/** A mechanic takes a work order for themselves. @throws Conflict when somebody else has it already */
export async function take(db: Database, actor: Actor & { staff: number }, number: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    if (order.mechanic_id && order.mechanic_id !== actor.staff) throw new Conflict(`Somebody else has WO-${number} already.`);
    await assignOne(tx, order, 'mechanic', actor.staff);
  });
}

type Assigned = { id: number; number: number; mechanic_id: number | null; advisor_id: number | null };

async function assignOne(tx: Change, order: Assigned, as: 'mechanic' | 'advisor', staff: number | null): Promise<void> {
  const before = order[`${as}_id`];
  if (before === staff) return;
  const to = staff === null ? null : await getColleague(tx, as, staff);
  const from = before === null ? null : await getColleague(tx, as, before, true);
  await tx.db
    .updateTable('work_orders')
    .set({ [`${as}_id`]: staff })
    .where('shop_id', '=', tx.shop)
    .where('id', '=', order.id)
    .execute();
  tx.record('work-order.assigned', order.id, { number: order.number, as, from, to });
}

/** The name of somebody who can be given work. @throws Invalid, at `field`, for somebody who does not work in this shop (any more) */
export async function getColleague(tx: Change, field: string, staff: number, disabledToo = false): Promise<string> {
  const row = await tx.db
    .selectFrom('memberships as m')
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .select('s.name')
    .where('m.shop_id', '=', tx.shop)
    .where('m.staff_id', '=', staff)
    .$if(!disabledToo, (query) => query.where('m.disabled_at', 'is', null))
    .executeTakeFirst();
  if (!row) throw new Invalid({ [field]: 'That person does not work here any more.' });
  return row.name;
}
