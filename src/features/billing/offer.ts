import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { offerOf, type Snapshot, takeSnapshot } from './snapshots.js';

export interface Offer {
  /** Says what was asked about: an answer to anything else is refused. */
  offer: string;
  snapshot: Snapshot;
  currency: string;
}

/** What a customer is asked about, as it is now. @throws NotFound */
export async function readOffer(db: Database, shop: number, number: number): Promise<Offer> {
  const { rows } = await sql<{ id: number; currency: string }>`
    select w.id, coalesce(w.terms ->> 'currency', b.currency) as currency
    from work_orders w join billing_settings b on b.shop_id = w.shop_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  const [order] = rows;
  if (!order) throw new NotFound('That work order is not here.');
  const snapshot = await takeSnapshot(db, shop, order.id);
  return { offer: offerOf(snapshot), snapshot, currency: order.currency };
}
