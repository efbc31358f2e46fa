import { sql } from 'kysely';
import { change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { markAsSentWithin } from '../billing/revisions.js';
import { lockOrder } from '../billing/settle.js';
import { linkWithin, type MadeLink, type Sender, shownLink } from './links.js';
import type { TokenOf } from './tokens.js';

/**
 * The estimate as it stands now is what the customer may answer: it is frozen, and there is a link to it. Doing it twice is
 * doing it once. Nothing leaves the shop: the link is copied, shown or printed by whoever sends it.
 * @throws Conflict when it is posted
 */
export async function sendToCustomer(
  db: Database,
  sender: Sender,
  number: number,
  tokenOf: TokenOf,
): Promise<MadeLink & { revision: number; fresh: boolean }> {
  const { result } = await change(db, sender, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    const sent = await markAsSentWithin(tx, order);
    const link = await linkWithin(tx, order, tokenOf);
    const { rows } = await sql`update work_orders set customer_state = 'sent', customer_state_at = ${tx.now}
      where shop_id = ${tx.shop} and id = ${order.id} and (${sent.fresh} or customer_state is null) returning id`.execute(tx.db);
    if (rows.length > 0) tx.record('link.sent', order.id, { number, revision: sent.revision });
    return { ...link, ...sent };
  });
  const { revision, fresh, ...link } = result;
  return { ...shownLink(sender.shop, link, tokenOf), revision, fresh };
}
