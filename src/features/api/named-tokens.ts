import { sql } from 'kysely';
import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { hashToken, newToken } from '../../platform/tokens.js';
import type { ApiViewer, Scope } from '../../platform/web/api.js';
import { OWES_SECOND_FACTOR } from '../staff/sign-in.js';

/** Told from an access token by its beginning; a scanner of source code finds it by that, too. */
export const PREFIX = 'sf_';

export interface NamedToken {
  id: number;
  name: string;
  scopes: Scope[];
  /** Whom it acts as. */
  person: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** The shop's tokens, the newest first; the revoked ones last. */
export async function listTokens(db: Database, shop: number): Promise<NamedToken[]> {
  const rows = await db
    .selectFrom('api_tokens as t')
    .innerJoin('staff as s', 's.id', 't.staff_id')
    .select(['t.id', 't.name', 't.scopes', 's.name as person', 't.created_at as createdAt'])
    .select(['t.expires_at as expiresAt', 't.last_used_at as lastUsedAt', 't.revoked_at as revokedAt'])
    .where('t.shop_id', '=', shop)
    .orderBy((eb) => eb('t.revoked_at', 'is not', null))
    .orderBy('t.id', 'desc')
    .execute();
  return rows as NamedToken[];
}

/** @returns the new token, shown once: only its hash is kept */
export async function makeToken(
  db: Database,
  actor: Actor & { staff: number },
  input: { name: string; scopes: Scope[]; expiresAt: Date | null },
): Promise<string> {
  const token = `${PREFIX}${newToken()}`;
  await change(db, actor, {}, async (tx) => {
    const { name, scopes, expiresAt } = input;
    const { id } = await tx.db
      .insertInto('api_tokens')
      .values({
        shop_id: tx.shop,
        staff_id: actor.staff,
        name,
        scopes,
        token_hash: hashToken(token),
        created_at: tx.now,
        expires_at: expiresAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('api-token.made', null, { token: id, name, scopes, until: expiresAt?.toISOString() ?? null });
  });
  return token;
}

/** Works from the next request on. */
export async function revokeToken(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const token = await tx.db
      .selectFrom('api_tokens')
      .select(['name', 'revoked_at'])
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!token) throw new NotFound('That token is not here.');
    if (token.revoked_at) return;
    await tx.db.updateTable('api_tokens').set({ revoked_at: tx.now }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('api-token.revoked', null, { token: id, name: token.name });
  });
}

/**
 * Who a named token stands for, as the database knows them now, in one query. Notes the use, once a minute.
 * @returns null when it is unknown, revoked or too old, or its person does not work there any more
 */
export async function findTokenUser(db: Database, token: string): Promise<ApiViewer | null> {
  const row = await db
    .selectFrom('api_tokens as t')
    .innerJoin('memberships as m', (join) => join.onRef('m.shop_id', '=', 't.shop_id').onRef('m.staff_id', '=', 't.staff_id'))
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .innerJoin('shops', 'shops.id', 'm.shop_id')
    .select(['m.staff_id as staff', 'm.shop_id as shop', 'm.role', 's.name', 'shops.name as shopName'])
    .select(['shops.time_zone as timeZone', 'shops.version', 't.id', 't.scopes', OWES_SECOND_FACTOR.as('owesSecondFactor')])
    .select(sql<boolean>`t.last_used_at is null or t.last_used_at < now() - interval '1 minute'`.as('unnoted'))
    .where('t.token_hash', '=', hashToken(token))
    .where('t.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('t.expires_at', 'is', null), eb('t.expires_at', '>', sql<Date>`now()`)]))
    .where('m.disabled_at', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  const { id, scopes, unnoted, ...viewer } = row;
  if (unnoted)
    await db.updateTable('api_tokens').set({ last_used_at: sql`now()` }).where('shop_id', '=', viewer.shop).where('id', '=', id).execute();
  return { ...viewer, scopes: scopes as Scope[], credential: { kind: 'token', id } };
}
