import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { showQuantity } from '../billing/amounts.js';

/** A canned job, and what it takes of a day in hundredths of an hour; null: customers can't book it. */
export interface Service {
  id: number;
  name: string;
  hundredths: number | null;
}

/** Every canned job that is in use, by name. */
export async function listServices(db: Database, shop: number): Promise<Service[]> {
  return db
    .selectFrom('canned_jobs')
    .select(['id', 'name', 'bookable_hundredths as hundredths'])
    .where('shop_id', '=', shop)
    .where('archived_at', 'is', null)
    .orderBy('name')
    .orderBy('id')
    .execute();
}

/**
 * Says how long a canned job takes for whoever books it. Appointments that are there already keep the time they were booked with.
 * @param hundredths of an hour; null: customers can't book it any more
 * @throws NotFound when it is not in use
 */
export async function setService(db: Database, actor: Actor, id: number, hundredths: number | null): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const before = await tx.db
      .selectFrom('canned_jobs')
      .select(['name', 'bookable_hundredths'])
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .where('archived_at', 'is', null)
      .executeTakeFirst();
    if (!before) throw new NotFound('That canned job is not here any more.');
    if (before.bookable_hundredths === hundredths) return;
    await tx.db
      .updateTable('canned_jobs')
      .set({ bookable_hundredths: hundredths })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    const show = (value: number | null) => (value === null ? '' : showQuantity(value));
    tx.record('canned-job.offered', null, { id, name: before.name, from: show(before.bookable_hundredths), to: show(hundredths) });
  });
}
