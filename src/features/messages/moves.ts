import { sql } from 'kysely';
import { change } from '../../platform/database/change.js';
import type { Services } from '../../platform/services.js';
import type { Flash } from '../../platform/web/sessions.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { linkWithin, shownLink } from '../approvals/links.js';
import { LinkKeys } from '../approvals/tokens.js';
import { can } from '../staff/permissions.js';
import { readOrderCustomer } from './composing.js';
import { writeMessage } from './outbox.js';
import { type Mode, OCCASIONS } from './templates.js';

/**
 * What the customer hears of a card that came to another column: nothing; or the question whether they should, with the way to what
 * would be said; or that it is on its way, with the way back. One small query where nothing is said.
 * @param version of the move
 */
export async function tellOfMove(
  { db, config }: Pick<Services, 'db' | 'config'>,
  viewer: Viewer,
  number: number,
  version: number,
  origin: string,
): Promise<Pick<Flash, 'text' | 'next' | 'message'> | null> {
  const { rows } = await sql<{ occasion: 'ready' | 'stage'; mode: Mode | null; customer: string }>`
    select o.occasion, c.name as customer,
      (select t.mode from message_templates t where t.shop_id = e.shop_id and t.occasion = o.occasion and t.column_id in (k.id, 0)
        order by t.column_id desc limit 1) as mode
    from events e
    join columns k on k.shop_id = e.shop_id and k.id = (e.data -> 'to' ->> 'column')::bigint
    join work_orders w on w.shop_id = e.shop_id and w.id = e.work_order_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    cross join lateral (select case when k.meaning = 'done' then 'ready' else 'stage' end as occasion) o
    where e.shop_id = ${viewer.shop} and e.version = ${version} and e.kind = 'card.moved'
      and e.data -> 'to' ->> 'column' <> e.data -> 'from' ->> 'column'`.execute(db);
  const move = rows[0];
  if (!move) return null;
  const mode = move.mode ?? OCCASIONS[move.occasion].mode;
  if (mode === 'never') return null;
  if (mode === 'always') {
    const message = await writeOfMove({ db, config }, viewer, number, move.occasion, version, origin);
    // Who moves cards need not be one who writes to customers.
    if (message)
      return {
        text: `${move.customer} is told: it goes out in a moment.`,
        message: can(viewer.role, 'message.write') ? message : undefined,
      };
  }
  if (!can(viewer.role, 'message.write')) return null;
  return { text: '', next: { to: `/work-orders/${number}/messages/new?occasion=${move.occasion}`, words: 'Tell the customer?' } };
}

/** @returns its id; null when there is no way to them that they allow */
async function writeOfMove(
  { db, config }: Pick<Services, 'db' | 'config'>,
  viewer: Viewer,
  number: number,
  occasion: 'ready' | 'stage',
  version: number,
  origin: string,
): Promise<number | null> {
  const { token: tokenOf } = new LinkKeys(config.sessionSecrets);
  const { result } = await change(db, viewer, {}, async (tx) => {
    const order = await readOrderCustomer(tx.db, tx.shop, number);
    const { token } = shownLink(tx.shop, await linkWithin(tx, { id: order.workOrder, number }, tokenOf), tokenOf);
    return writeMessage(tx, {
      ...{ occasion, onceKey: `${occasion}/${number}/${version}`, to: order.to, workOrder: order.workOrder, column: order.column },
      values: { vehicle: order.vehicle, number: String(number), stage: order.stage, link: token ? `${origin}/c/${token}` : '' },
    });
  });
  return result;
}
