import type { Request } from 'express';
import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { mailtoOf, originOf, smsOf } from '../../platform/web/addresses.js';
import { findOpenLink, type MadeLink, shownLink } from './links.js';
import type { TokenOf } from './tokens.js';

/** What a link is sent with. */
export interface Sharing {
  number: number;
  vehicle: string;
  phone: string;
  email: string;
  shopName: string;
  /** Null when there is no link that works. */
  link: (MadeLink & { expiresAt: Date }) | null;
}

/** @throws NotFound when the shop has no such number */
export async function getSharing(db: Database, shop: number, number: number, tokenOf: TokenOf): Promise<Sharing> {
  const { rows } = await sql<Omit<Sharing, 'link'> & { id: number }>`
    select w.id, w.number, v.description as vehicle, c.phone, c.email, s.name as "shopName"
    from work_orders w
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join shops s on s.id = w.shop_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  if (!rows[0]) throw new NotFound('That work order is not here.');
  const { id, ...rest } = rows[0];
  const open = await findOpenLink(db, shop, id);
  const made = open && shownLink(shop, { handle: open.handle, hash: open.token_hash.toString('hex') }, tokenOf);
  return { ...rest, link: made && { ...made, expiresAt: open.expires_at } };
}

/** The address of a link, for the customer; null when it can't be shown again. */
export function addressOf({ token }: MadeLink, publicUrl: string | undefined, request: Request): string | null {
  return token && `${originOf({ publicUrl }, request)}/c/${token}`;
}

/** The message that goes with a link, and the addresses that open a phone's own programs with it: no provider is needed. */
export function messagesOf({ vehicle, phone, email, shopName }: Sharing, url: string) {
  const text = `${shopName}: your ${vehicle}. Here you see where it is, what we found and the estimate, and can answer: ${url}`;
  const subject = `Your ${vehicle} at ${shopName}`;
  return {
    text,
    mailto: mailtoOf(email, subject, text),
    sms: smsOf(phone, text),
  };
}
