import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { hashToken, newToken } from '../../platform/tokens.js';
import type { TokenOf } from '../approvals/tokens.js';

/** How long a link to a customer's page works. */
const DAYS = 180;

/**
 * A new link to the page of a customer, in the caller's change. Those that were made before still work: the one in an earlier
 * message, and the one that the staff has shown.
 * @param tokenOf where the desk is to show the link again; a random token otherwise
 * @returns its path, `/my/<token>`
 * @throws NotFound when the shop has no such customer
 */
export async function makeCustomerPageLink(tx: Change, customer: number, tokenOf?: TokenOf): Promise<string> {
  const handle = randomBytes(16).toString('base64url');
  const token = tokenOf ? tokenOf(tx.shop, handle) : newToken();
  const { rows } = await sql<{ id: number }>`
    insert into customer_pages (shop_id, customer_id, token_hash, handle, made_by, made_at, expires_at)
    select shop_id, id, ${hashToken(token)}, ${handle}, ${tx.actor.staff}, ${tx.now}, ${tx.now}::timestamptz + make_interval(days => ${DAYS}::int)
    from customers where shop_id = ${tx.shop} and id = ${customer} and merged_into_id is null returning id`.execute(tx.db);
  if (!rows[0]) throw new NotFound('That customer is not here.');
  tx.record('customer-page.made', null, { customer, page: rows[0].id });
  return `/my/${token}`;
}

/** A customer, and the duplicates that were put together with them: their links open the same page. */
const withDuplicates = (shop: number, customer: number) => sql`(with recursive own as (select ${customer}::bigint as id union
  select d.id from customers d join own on d.shop_id = ${shop} and d.merged_into_id = own.id) select id from own)`;

/** Nothing that was sent opens the customer's page any more. */
export async function revokeCustomerPages(db: Database, actor: Actor, customer: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { rows } = await sql<{ id: number }>`
      update customer_pages set revoked_at = ${tx.now}
      where shop_id = ${tx.shop} and customer_id in ${withDuplicates(tx.shop, customer)} and revoked_at is null and expires_at > ${tx.now} returning id`.execute(
      tx.db,
    );
    if (rows.length > 0) tx.record('customer-page.revoked', null, { customer, pages: rows.length });
  });
}

export interface OpenPages {
  name: string;
  phone: string;
  email: string;
  shopName: string;
  /** Links that work, also those in messages. */
  count: number;
  lastOpenedAt: Date | null;
  /** The newest one that the desk can show again. */
  shown: { token: string; expiresAt: Date } | null;
}

/** What there is for the desk to show. @throws NotFound when the shop has no such customer */
export async function readOpenPages(db: Database, shop: number, customer: number, tokenOf: TokenOf): Promise<OpenPages> {
  const { rows } = await sql<
    Omit<OpenPages, 'shown' | 'count' | 'lastOpenedAt'> & {
      pages: { handle: string; hash: string; until: string; opened: string | null }[];
    }
  >`
    select coalesce(nullif(c.company, ''), c.name) as name, c.phone, c.email, s.name as "shopName",
      coalesce((select jsonb_agg(jsonb_build_object('handle', p.handle, 'hash', encode(p.token_hash, 'hex'), 'until', p.expires_at,
          'opened', p.last_opened_at) order by p.id desc)
        from customer_pages p where p.shop_id = c.shop_id and p.customer_id in ${withDuplicates(shop, customer)} and p.revoked_at is null and p.expires_at > now()), '[]') as pages
    from customers c join shops s on s.id = c.shop_id
    where c.shop_id = ${shop} and c.id = ${customer} and c.merged_into_id is null`.execute(db);
  if (!rows[0]) throw new NotFound('That customer is not here.');
  const { pages, ...rest } = rows[0];
  const opened = pages.flatMap((page) => (page.opened ? [Date.parse(page.opened)] : []));
  const own = pages
    .map((page) => ({ ...page, token: tokenOf(shop, page.handle, page.hash) }))
    .find(({ token, hash }) => hashToken(token).toString('hex') === hash);
  return {
    ...rest,
    count: pages.length,
    lastOpenedAt: opened.length > 0 ? new Date(Math.max(...opened)) : null,
    shown: own ? { token: own.token, expiresAt: new Date(own.until) } : null,
  };
}

/** The page of a customer as whoever holds its link meets it. */
export interface FoundPage {
  id: number;
  shop: number;
  handle: string;
  /** Who they are by now: whom they were put together with, if they were. */
  customer: number;
  expiresAt: Date;
  shopName: string;
  phone: string;
  address: string;
  timeZone: string;
}

/** @param by the token of its address, or the handle of its page @returns null when no such link works: nobody learns why */
export async function findPage(db: Database, by: { token: string } | { handle: string }): Promise<FoundPage | null> {
  const { rows } = await sql<FoundPage>`
    with recursive found as (
      select p.id, p.shop_id, p.handle, p.customer_id, p.expires_at from customer_pages p
      where ${'token' in by ? sql`p.token_hash = ${hashToken(by.token)}` : sql`p.handle = ${by.handle}`} and p.revoked_at is null and p.expires_at > now()
    ), kept as (
      select c.shop_id, c.id, c.merged_into_id from found join customers c on c.shop_id = found.shop_id and c.id = found.customer_id
      union
      select c.shop_id, c.id, c.merged_into_id from kept join customers c on c.shop_id = kept.shop_id and c.id = kept.merged_into_id
    )
    select f.id, f.shop_id as shop, f.handle, k.id as customer, f.expires_at as "expiresAt", s.name as "shopName", b.phone, b.address,
      s.time_zone as "timeZone"
    from found f join kept k on k.merged_into_id is null join shops s on s.id = f.shop_id join billing_settings b on b.shop_id = f.shop_id`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** Notes that somebody looked: for the desk, and no change of the shop. */
export async function noteOpening(db: Database, page: FoundPage): Promise<void> {
  await sql`update customer_pages set last_opened_at = now() where shop_id = ${page.shop} and id = ${page.id}
    and (last_opened_at is null or last_opened_at < now() - interval '10 minutes')`.execute(db);
}
