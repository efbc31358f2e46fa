import { sql, type Transaction } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { DB } from '../../platform/database/schema.js';
import type { Task } from '../../platform/jobs/jobs.js';
import { hashToken, newToken } from '../../platform/tokens.js';
import { type ApiViewer, SCOPES } from '../../platform/web/api.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { OWES_SECOND_FACTOR } from '../staff/sign-in.js';
import type { AccessClaims } from './access-tokens.js';

/** A sign-in that is not renewed for so long ends. */
const IDLE = '14 days';
/** However often it is renewed. */
const TOTAL = '30 days';
/** An answer with new tokens may get lost: so long the used one gives others. */
const GRACE = '10 seconds';

/** What a program gets for its person: the refresh token is kept only as its hash. */
export interface Family extends AccessClaims {
  refreshToken: string;
}

/** Starts the family of refresh tokens of one sign-in. @param agent what the program calls itself */
export async function startSignIn(db: Database, viewer: Viewer, agent: string): Promise<Family> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: number }>`
      insert into api_sign_ins (shop_id, staff_id, agent, expires_at)
      values (${viewer.shop}, ${viewer.staff}, ${agent.slice(0, 200)}, now() + ${IDLE}::interval) returning id`.execute(trx);
    const signIn = rows[0]?.id as number;
    return { shop: viewer.shop, staff: viewer.staff, signIn, refreshToken: await addRefreshToken(trx, viewer.shop, signIn) };
  });
}

async function addRefreshToken(trx: Transaction<DB>, shop: number, signIn: number): Promise<string> {
  const token = newToken();
  await trx
    .insertInto('api_refresh_tokens')
    .values({ shop_id: shop, sign_in_id: signIn, token_hash: hashToken(token) })
    .execute();
  return token;
}

/** A refresh token that somebody else has too: its whole family has ended. */
export interface Reused {
  reusedOf: { shop: number; staff: number };
}

/**
 * Takes a refresh token for the next one (RFC 9700, 4.14.2). A used one gives another for ten seconds more, for the answer with
 * the next may have got lost; after that its use says that two have it, and nobody knows which of them is the right one.
 * @returns null for one that is unknown, or of a sign-in that has ended
 */
export async function renewSignIn(db: Database, token: string): Promise<Family | Reused | null> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: number; shop: number; signIn: number; staff: number; used: boolean; graced: boolean }>`
      select r.id, r.shop_id as shop, i.id as "signIn", i.staff_id as staff,
        r.used_at is not null as used, coalesce(r.used_at > clock_timestamp() - ${GRACE}::interval, false) as graced
      from api_refresh_tokens r
      join api_sign_ins i on i.shop_id = r.shop_id and i.id = r.sign_in_id
      join memberships m on m.shop_id = i.shop_id and m.staff_id = i.staff_id and m.disabled_at is null
      where r.token_hash = ${hashToken(token)} and i.ended_at is null and i.expires_at > now()
      for update of r, i`.execute(trx);
    const found = rows[0];
    if (!found) return null;
    const { id, shop, signIn, staff, used, graced } = found;
    if (used && !graced) {
      await endWithin(trx, shop, signIn, 'reused');
      return { reusedOf: { shop, staff } };
    }
    if (!used)
      await trx
        .updateTable('api_refresh_tokens')
        .set({ used_at: sql`clock_timestamp()` })
        .where('shop_id', '=', shop)
        .where('id', '=', id)
        .execute();
    await sql`update api_sign_ins set renewed_at = now(), expires_at = least(now() + ${IDLE}::interval, created_at + ${TOTAL}::interval)
      where shop_id = ${shop} and id = ${signIn}`.execute(trx);
    return { shop, staff, signIn, refreshToken: await addRefreshToken(trx, shop, signIn) };
  });
}

/** Nightly: sign-ins that ended a month ago go, with what is left of their tokens. Until then a second use of one is noticed. */
export const sweepSignInsTask: Task = {
  name: 'sweep-api-sign-ins',
  at: '23 3 * * *',
  run: async (_payload, { db }) => {
    await sql`delete from api_sign_ins where least(ended_at, expires_at) < now() - interval '30 days'`.execute(db);
  },
};

/** Ends a sign-in with all its tokens, at once. */
export async function endSignIn(db: Database, shop: number, signIn: number): Promise<void> {
  await endWithin(db, shop, signIn, 'signed-out');
}

async function endWithin(db: Database, shop: number, signIn: number, why: 'signed-out' | 'reused'): Promise<void> {
  await db
    .updateTable('api_sign_ins')
    .set({ ended_at: sql`now()`, ended_why: why })
    .where('shop_id', '=', shop)
    .where('id', '=', signIn)
    .where('ended_at', 'is', null)
    .execute();
}

/**
 * Who an access token stands for, as the database knows them now, in one query.
 * @returns null when the sign-in has ended, or its person does not work there any more
 */
export async function findSignedIn(db: Database, { shop, staff, signIn }: AccessClaims): Promise<ApiViewer | null> {
  const row = await db
    .selectFrom('api_sign_ins as i')
    .innerJoin('memberships as m', (join) => join.onRef('m.shop_id', '=', 'i.shop_id').onRef('m.staff_id', '=', 'i.staff_id'))
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .innerJoin('shops', 'shops.id', 'm.shop_id')
    .select(['m.staff_id as staff', 'm.shop_id as shop', 'm.role', 's.name', 'shops.name as shopName'])
    .select(['shops.time_zone as timeZone', 'shops.version', OWES_SECOND_FACTOR.as('owesSecondFactor')])
    .where('i.shop_id', '=', shop)
    .where('i.id', '=', signIn)
    .where('i.staff_id', '=', staff)
    .where('i.ended_at', 'is', null)
    .where('i.expires_at', '>', sql<Date>`now()`)
    .where('m.disabled_at', 'is', null)
    .executeTakeFirst();
  return row ? { ...row, scopes: SCOPES, credential: { kind: 'sign-in', id: signIn } } : null;
}
