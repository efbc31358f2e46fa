import type { Request } from 'express';
import type { SessionData } from 'express-session';
import { sql } from 'kysely';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Database } from '../../platform/database/pool.js';
import { type HalfSignedIn, saveSession } from '../../platform/web/sessions.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { isRightPassword } from './passwords.js';

/** Whether a shop asks somebody for a second factor that they do not have: of `shops`, and of `memberships` as m. */
export const OWES_SECOND_FACTOR = sql<boolean>`((shops.second_factor = 'everybody' or (shops.second_factor = 'managers' and m.role = 'manager'))
  and not exists (select from second_factors f where f.staff_id = m.staff_id))`;

/** How many notices somebody has not read, of `memberships` as m; see features/notices. */
const UNREAD = sql<number>`(select count(*) from notices n where n.shop_id = m.shop_id and n.staff_id = m.staff_id and n.read_at is null)`;

/** How many messages of customers wait for an answer. */
const REPLIES = sql<number>`(select count(*) from messages o where o.shop_id = m.shop_id and o.direction = 'in' and o.done_at is null)`;

/**
 * The person of a session, as the database knows them now.
 * @returns null when they were disabled, or never belonged to that shop
 */
export async function findViewer(db: Database, staff: number, shop: number): Promise<Viewer | null> {
  const row = await db
    .selectFrom('memberships as m')
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .innerJoin('shops', 'shops.id', 'm.shop_id')
    .select([
      'm.staff_id as staff',
      'm.shop_id as shop',
      'm.role',
      's.name',
      'shops.name as shopName',
      'shops.time_zone as timeZone',
      'shops.version',
      UNREAD.as('unread'),
      REPLIES.as('replies'),
      OWES_SECOND_FACTOR.as('owesSecondFactor'),
    ])
    .where('m.staff_id', '=', staff)
    .where('m.shop_id', '=', shop)
    .where('m.disabled_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** Who was read together with a session. The key is what stays the same object from the store to passport. */
const readWithSession = new WeakMap<object, Viewer>();

/** Reads a session and its person in one query; see findViewer. @returns null when there is none, or it has expired */
export async function findSession(db: Database, sid: string): Promise<SessionData | null> {
  const { rows } = await sql<{ sess: SessionData } & { [Key in keyof Viewer]: Viewer[Key] | null }>`
    select i.sess, m.staff_id as staff, m.shop_id as shop, m.role, s.name, shops.name as "shopName", shops.time_zone as "timeZone", shops.version,
      ${UNREAD} as unread, ${REPLIES} as replies, ${OWES_SECOND_FACTOR} as "owesSecondFactor"
    from session i
    left join memberships m on m.staff_id = (i.sess #>> '{passport,user}')::bigint and m.shop_id = (i.sess ->> 'shop')::bigint
      and m.disabled_at is null
    left join staff s on s.id = m.staff_id
    left join shops on shops.id = m.shop_id
    where i.sid = ${sid} and i.expire >= now()`.execute(db);
  if (!rows[0]) return null;
  const { sess, ...viewer } = rows[0];
  if (sess.passport && viewer.staff !== null) readWithSession.set(sess.passport, viewer as Viewer);
  return sess;
}

/** @returns the person with their first shop, or null when e-mail and password do not go together */
async function checkPassword(db: Database, email: string, password: string): Promise<Viewer | null> {
  const person = await db
    .selectFrom('staff')
    .select(['id', 'password_hash'])
    .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', email.trim().toLowerCase()))
    .executeTakeFirst();
  if (!(await isRightPassword(person?.password_hash ?? null, password)) || !person) return null;
  const shop = await db
    .selectFrom('memberships')
    .select('shop_id')
    .where('staff_id', '=', person.id)
    .where('disabled_at', 'is', null)
    .orderBy('shop_id')
    .executeTakeFirst();
  return shop ? findViewer(db, person.id, shop.shop_id) : null;
}

/** passport with its one strategy; a session keeps only the person's id. */
export function createPassport(db: Database): passport.Authenticator {
  const authenticator = new passport.Passport();
  authenticator.use(
    new LocalStrategy({ usernameField: 'email', passwordField: 'password' }, (email, password, tell) => {
      checkPassword(db, email, password).then((viewer) => tell(null, viewer ?? false), tell);
    }),
  );
  authenticator.serializeUser((user, tell) => tell(null, String((user as Viewer).staff)));
  authenticator.deserializeUser((request: Request, staff: string, tell: (error: unknown, user?: Viewer | false) => void) => {
    const known = request.session.passport && readWithSession.get(request.session.passport);
    if (known) return tell(null, known);
    findViewer(db, Number(staff), request.session.shop ?? 0).then((viewer) => tell(null, viewer ?? false), tell);
  });
  return authenticator;
}

/** Runs the strategy on the request's e-mail and password. */
export function authenticate(authenticator: passport.Authenticator, request: Request): Promise<Viewer | null> {
  return new Promise((resolve, reject) => {
    const handler = authenticator.authenticate('local', (error: unknown, viewer: Viewer | false | null) => {
      if (error) reject(error);
      else resolve(viewer || null);
    });
    handler(request, {}, reject);
  });
}

/** Starts a session under a new id (the one from before sign-in may be known to somebody else). */
export async function startSession(request: Request, viewer: Viewer): Promise<void> {
  await new Promise<void>((resolve, reject) => request.login(viewer, (error) => (error ? reject(error) : resolve())));
  request.session.shop = viewer.shop;
  request.session.signedInAt = Date.now();
  request.session.seenAt = Date.now();
  request.session.agent = (request.get('user-agent') ?? '').slice(0, 300);
  await saveSession(request);
}

/** How long after the password the code is awaited. */
const HALF_MINUTES = 10;

/** Remembers whose password was right, under a new id, until the code comes. This opens nothing. */
export async function startHalfSession(request: Request, half: HalfSignedIn): Promise<void> {
  await new Promise<void>((resolve, reject) => request.session.regenerate((error) => (error ? reject(error) : resolve())));
  request.session.half = half;
  request.session.cookie.maxAge = HALF_MINUTES * 60_000;
  await saveSession(request);
}

/** Ends the session here and in the database. */
export function endSession(request: Request): Promise<void> {
  return new Promise((resolve, reject) => request.session.destroy((error) => (error ? reject(error) : resolve())));
}
