import { sql } from 'kysely';
import { type Actor, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { hashToken, newToken } from '../../platform/tokens.js';
import { getColleague } from '../work-orders/assignments.js';
import type { State } from './calendar.js';
import { whatFor } from './words.js';

/** An address by which another program reads the calendar. */
export interface Feed {
  id: number;
  name: string;
  /** Whose appointments; null: everybody's. */
  technician: string | null;
  madeAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** The shop's feeds, the newest first; the revoked ones last. */
export function listFeeds(db: Database, shop: number): Promise<Feed[]> {
  return db
    .selectFrom('calendar_feeds as f')
    .leftJoin('staff as s', 's.id', 'f.technician_id')
    .select(['f.id', 'f.name', 's.name as technician', 'f.made_at as madeAt', 'f.last_used_at as lastUsedAt', 'f.revoked_at as revokedAt'])
    .where('f.shop_id', '=', shop)
    .orderBy((eb) => eb('f.revoked_at', 'is not', null))
    .orderBy('f.id', 'desc')
    .execute();
}

/** @returns the token of the new address; only its hash is kept, so it is shown once @throws Invalid for a technician who is not here */
export async function makeFeed(
  db: Database,
  actor: Actor & { staff: number },
  { name, technician }: { name: string; technician: number | null },
): Promise<string> {
  const token = newToken();
  await change(db, actor, {}, async (tx) => {
    if (technician) await getColleague(tx, 'technician', technician);
    const { id } = await tx.db
      .insertInto('calendar_feeds')
      .values({ shop_id: tx.shop, name, token_hash: hashToken(token), technician_id: technician, made_by: actor.staff, made_at: tx.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('calendar-feed.made', null, { feed: id, name, technician });
  });
  return token;
}

/** The address shows nothing any more. */
export function revokeFeed(db: Database, actor: Actor, id: number): Promise<Changed<void>> {
  return change(db, actor, {}, async (tx) => {
    const feed = await tx.db
      .selectFrom('calendar_feeds')
      .select(['name', 'revoked_at'])
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!feed) throw new NotFound('That address is not here.');
    if (feed.revoked_at) return;
    await tx.db.updateTable('calendar_feeds').set({ revoked_at: tx.now }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('calendar-feed.revoked', null, { feed: id, name: feed.name });
  });
}

export interface OpenFeed {
  id: number;
  shop: number;
  name: string;
  shopName: string;
  technician: number | null;
  /** The shop's version: what is read is the same as long as it is, on the same day. */
  version: number;
}

/** @returns what a token opens, or null when it is unknown or revoked; notes that it was used, to the minute */
export async function useFeed(db: Database, token: string): Promise<OpenFeed | null> {
  const feed = await db
    .selectFrom('calendar_feeds as f')
    .innerJoin('shops as s', 's.id', 'f.shop_id')
    .select(['f.id', 'f.shop_id as shop', 'f.name', 's.name as shopName', 'f.technician_id as technician', 's.version'])
    .where('f.token_hash', '=', hashToken(token))
    .where('f.revoked_at', 'is', null)
    .executeTakeFirst();
  if (!feed) return null;
  await sql`update calendar_feeds set last_used_at = now() where shop_id = ${feed.shop} and id = ${feed.id}
    and (last_used_at is null or last_used_at < now() - interval '1 minute')`.execute(db);
  return feed;
}

/** An appointment as a feed tells it: no more of the customer than their first name. */
export interface FeedEntry {
  id: number;
  state: State;
  startsAt: Date;
  bookedAt: Date;
  minutes: number;
  sequence: number;
  summary: string;
  description: string;
}

/** What a feed holds: the last 30 days and the next 180, in order. */
export async function listFeedEntries(db: Database, { shop, technician }: Pick<OpenFeed, 'shop' | 'technician'>): Promise<FeedEntry[]> {
  const { rows } = await sql<
    Omit<FeedEntry, 'summary' | 'description'> & { name: string; vehicle: string; concern: string; services: string }
  >`
    select a.id, a.state, a.starts_at as "startsAt", a.booked_at as "bookedAt", greatest(15, a.hundredths * 60 / 100)::int as minutes, a.sequence,
      split_part(trim(a.name), ' ', 1) as name, a.vehicle, a.concern, coalesce((
        select string_agg(e.name, ', ' order by e.position) from appointment_services e where e.shop_id = a.shop_id and e.appointment_id = a.id), '') as services
    from appointments a
    where a.shop_id = ${shop} and a.day between current_date - 30 and current_date + 180
      and (${technician}::bigint is null or a.technician_id = ${technician}::bigint)
    order by a.starts_at, a.id`.execute(db);
  return rows.map(({ name, vehicle, concern, services, ...entry }) => ({
    ...entry,
    summary: `${name}, ${vehicle}`,
    description: whatFor({ services, concern }),
  }));
}
