import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { hashToken } from '../../platform/tokens.js';
import { findOrder } from '../billing/settle.js';
import type { TokenOf } from './tokens.js';

/** Somebody of the shop: the program makes no link by itself. */
export type Sender = Actor & { staff: number };

export interface MadeLink {
  handle: string;
  /** Null when the server's secret has changed since it was made: it still works, but can't be shown again. */
  token: string | null;
}

/** The link of a work order for its customer: the one that is open, or a new one. Nothing is sent. */
export async function makeLink(db: Database, sender: Sender, number: number, tokenOf: TokenOf): Promise<MadeLink> {
  const { result } = await change(db, sender, {}, async (tx) => linkWithin(tx, await findOrder(tx, number), tokenOf));
  return shownLink(sender.shop, result, tokenOf);
}

/** As makeLink(), inside a change that does more. What it gives back is kept with the event, so no token is in it. */
export async function linkWithin(
  tx: Change,
  order: { id: number; number: number },
  tokenOf: TokenOf,
): Promise<{ handle: string; hash: string }> {
  const open = await findOpenLink(tx.db, tx.shop, order.id);
  if (open) {
    await prolong(tx, order, open);
    return { handle: open.handle, hash: open.token_hash.toString('hex') };
  }
  const handle = randomBytes(16).toString('base64url');
  const hash = hashToken(tokenOf(tx.shop, handle));
  const { rows } = await sql<{ id: number }>`
    insert into customer_links (shop_id, work_order_id, token_hash, handle, created_by, created_at, expires_at)
    select ${tx.shop}, ${order.id}, ${hash}, ${handle}, ${tx.actor.staff}, ${tx.now}, ${tx.now}::timestamptz + make_interval(days => link_days)
    from visit_settings where shop_id = ${tx.shop} returning id`.execute(tx.db);
  tx.record('link.made', order.id, { number: order.number, link: rows[0]?.id as number });
  return { handle, hash: hash.toString('hex') };
}

/** What is sent again works again as long as a new link would. */
async function prolong(tx: Change, order: { id: number; number: number }, link: { id: number; expires_at: Date }): Promise<void> {
  const { rows } = await sql<{ expires_at: Date }>`
    update customer_links l set expires_at = ${tx.now}::timestamptz + make_interval(days => v.link_days)
    from visit_settings v
    where v.shop_id = l.shop_id and l.shop_id = ${tx.shop} and l.id = ${link.id}
      and l.expires_at < ${tx.now}::timestamptz + make_interval(days => v.link_days - 1)
    returning l.expires_at`.execute(tx.db);
  if (rows[0]) tx.record('link.prolonged', order.id, { number: order.number, link: link.id, until: rows[0].expires_at.toISOString() });
}

/** The token of a link, if it can be shown. */
export function shownLink(shop: number, { handle, hash }: { handle: string; hash: string }, tokenOf: TokenOf): MadeLink {
  const token = tokenOf(shop, handle, hash);
  return { handle, token: hashToken(token).toString('hex') === hash ? token : null };
}

/** The link of a work order that works, the newest if there are several. */
export async function findOpenLink(db: Database, shop: number, workOrder: number) {
  const { rows } = await sql<{ id: number; handle: string; token_hash: Buffer; expires_at: Date }>`
    select id, handle, token_hash, expires_at from customer_links
    where shop_id = ${shop} and work_order_id = ${workOrder} and revoked_at is null and expires_at > now()
    order by id desc limit 1`.execute(db);
  return rows[0] ?? null;
}

/** No link of the work order opens anything any more, from the next request on. */
export async function revokeLinks(db: Database, actor: Actor, number: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    await revokeWithin(tx, await findOrder(tx, number));
  });
}

/** All that were sent stop working, and there is a new one. */
export async function renewLink(db: Database, sender: Sender, number: number, tokenOf: TokenOf): Promise<MadeLink> {
  const { result } = await change(db, sender, {}, async (tx) => {
    const order = await findOrder(tx, number);
    await revokeWithin(tx, order);
    return linkWithin(tx, order, tokenOf);
  });
  return shownLink(sender.shop, result, tokenOf);
}

async function revokeWithin(tx: Change, order: { id: number; number: number }): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    update customer_links set revoked_at = ${tx.now}
    where shop_id = ${tx.shop} and work_order_id = ${order.id} and revoked_at is null and expires_at > ${tx.now}
    returning id`.execute(tx.db);
  if (rows.length === 0) return;
  await sql`update work_orders set customer_state = null, customer_state_at = null
    where shop_id = ${tx.shop} and id = ${order.id} and customer_state in ('sent', 'opened')`.execute(tx.db);
  tx.record('link.revoked', order.id, { number: order.number, links: rows.map(({ id }) => id) });
}

/** A link as whoever holds it meets it. */
export interface FoundLink {
  id: number;
  shop: number;
  handle: string;
  workOrder: number;
  number: number;
  state: 'open' | 'expired' | 'revoked';
  expiresAt: Date;
  shopName: string;
  phone: string;
  timeZone: string;
}

/** @param by the token of its address, or the handle of its page @returns null when there is no such link */
export async function findLink(db: Database, by: { token: string } | { handle: string }): Promise<FoundLink | null> {
  const { rows } = await sql<FoundLink>`
    select l.id, l.shop_id as shop, l.handle, l.work_order_id as "workOrder", w.number, l.expires_at as "expiresAt",
      case when l.revoked_at is not null then 'revoked' when l.expires_at <= now() then 'expired' else 'open' end as state,
      s.name as "shopName", b.phone, s.time_zone as "timeZone"
    from customer_links l
    join work_orders w on w.shop_id = l.shop_id and w.id = l.work_order_id
    join shops s on s.id = l.shop_id
    join billing_settings b on b.shop_id = l.shop_id
    where ${'token' in by ? sql`l.token_hash = ${hashToken(by.token)}` : sql`l.handle = ${by.handle}`}`.execute(db);
  return rows[0] ?? null;
}

/** How often a customer who keeps looking is told of. */
const TOLD_EVERY_MINUTES = 10;

/** Tells the shop that the customer has the page before them: at the first time, and then every ten minutes at most. */
export async function recordOpening(db: Database, link: FoundLink): Promise<void> {
  const recent = sql<boolean>`last_opened_at > now() - make_interval(mins => ${TOLD_EVERY_MINUTES})`;
  const { rows } = await sql<{ recent: boolean | null }>`
    select ${recent} as recent from customer_links where shop_id = ${link.shop} and id = ${link.id}`.execute(db);
  if (rows[0]?.recent) return;
  await change(db, { shop: link.shop, staff: null }, {}, async (tx) => {
    const opened = await sql<{ first: boolean }>`
      update customer_links set first_opened_at = coalesce(first_opened_at, ${tx.now}), last_opened_at = ${tx.now}
      where shop_id = ${tx.shop} and id = ${link.id} and revoked_at is null and ${recent} is not true
      returning first_opened_at = ${tx.now} as first`.execute(tx.db);
    if (!opened.rows[0]) return;
    await sql`update work_orders set customer_state = 'opened', customer_state_at = ${tx.now}
      where shop_id = ${tx.shop} and id = ${link.workOrder} and customer_state in ('sent', 'opened')`.execute(tx.db);
    tx.record('link.opened', link.workOrder, { number: link.number, link: link.id, first: opened.rows[0].first });
  });
}

/** The link as it is inside a change. @throws NotFound when it does not work any more */
export async function holdLink(tx: Change, link: FoundLink): Promise<void> {
  const { rows } = await sql`
    select from customer_links where shop_id = ${tx.shop} and id = ${link.id} and work_order_id = ${link.workOrder}
      and revoked_at is null and expires_at > ${tx.now}`.execute(tx.db);
  if (rows.length === 0) throw new NotFound('This link does not work any more.');
}
