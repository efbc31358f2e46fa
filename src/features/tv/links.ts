import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { hashToken, newToken } from '../../platform/tokens.js';

export type Variant = 'floor' | 'lobby';

interface TvLink {
  id: number;
  name: string;
  variant: Variant;
  createdAt: Date;
  revokedAt: Date | null;
}

/** The shop's links, the newest first; the revoked ones last. */
export function listTvLinks(db: Database, shop: number): Promise<TvLink[]> {
  return db
    .selectFrom('tv_links')
    .select(['id', 'name', 'variant', 'created_at as createdAt', 'revoked_at as revokedAt'])
    .where('shop_id', '=', shop)
    .orderBy((eb) => eb('revoked_at', 'is not', null))
    .orderBy('id', 'desc')
    .execute();
}

/**
 * @param token a fresh one, but for the demo, whose address is known
 * @returns the token of the new link; only its hash is kept, so it is shown once
 */
export async function makeTvLink(
  db: Database,
  actor: Actor,
  input: { name: string; variant: Variant },
  token = newToken(),
): Promise<string> {
  await change(db, actor, {}, async (tx) => {
    const { id } = await tx.db
      .insertInto('tv_links')
      .values({ shop_id: tx.shop, ...input, token_hash: hashToken(token), created_at: tx.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('tv.made', null, { link: id, ...input });
  });
  return token;
}

/** Screens that show it go dark within five seconds. */
export async function revokeTvLink(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const link = await tx.db
      .selectFrom('tv_links')
      .select('revoked_at')
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!link) throw new NotFound('That link is not here.');
    if (link.revoked_at) return;
    await tx.db.updateTable('tv_links').set({ revoked_at: tx.now }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('tv.revoked', null, { link: id });
  });
}

/** A link that works, with what its screen needs to know of the shop. */
interface OpenTvLink {
  id: number;
  shop: number;
  name: string;
  variant: Variant;
  shopName: string;
  timeZone: string;
  /** The shop's version now. */
  version: number;
}

/** @returns what a token opens, or null when it is unknown or revoked */
export async function findTvLink(db: Database, token: string): Promise<OpenTvLink | null> {
  const row = await db
    .selectFrom('tv_links as t')
    .innerJoin('shops as s', 's.id', 't.shop_id')
    .select(['t.id', 't.shop_id as shop', 't.name', 't.variant', 's.name as shopName', 's.time_zone as timeZone', 's.version'])
    .where('t.token_hash', '=', hashToken(token))
    .where('t.revoked_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}
