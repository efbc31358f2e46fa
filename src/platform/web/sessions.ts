import connectPgSimple from 'connect-pg-simple';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import type { Pool } from 'pg';
import type { Secrets } from '../secrets.js';

declare module 'express-session' {
  interface SessionData {
    /** The shop this person works in; a person can belong to several. */
    shop: number;
    /** Milliseconds since 1970. The session ends 30 days after. */
    signedInAt: number;
    /** When its expiry was last pushed out. */
    seenAt: number;
    flash: Flash;
    passport: { user: string };
    /** What the browser called itself at sign-in. */
    agent: string;
    half: HalfSignedIn;
  }
}

/** Whose password was right, before their code is. */
export interface HalfSignedIn {
  staff: number;
  shop: number;
  /** As it was typed, in small letters: a known device is known by it. */
  email: string;
  next: string;
}

/** One message that the next page shows once. */
export interface Flash {
  text: string;
  /** Event version of a move that this person may take back. */
  undo?: number | undefined;
  /** Where it goes on from here, and what that is called. */
  next?: { to: string; words: string } | undefined;
  /** A message that this person may take back. */
  message?: number | undefined;
}

const DAY = 24 * 60 * 60 * 1000;
const IDLE_LIMIT = 14 * DAY;
const TOTAL_LIMIT = 30 * DAY;
const PUSH_OUT_EVERY = 60 * 60 * 1000;

export interface Sessions {
  handler: RequestHandler;
  cookieName: string;
  close(): void;
}

/** A session that is in the database and has not expired. @returns null when there is none */
export type FindSession = (sid: string) => Promise<session.SessionData | null>;

/**
 * Sessions in Postgres. A row is written at sign-in, at sign-out, for a message, and once an hour: not per request.
 * @param find reads a session; whoever signs people in reads the person with it, which saves every request a query
 */
export function openSessions(pool: Pool, secrets: Secrets, publicUrl: string | undefined, find: FindSession): Sessions {
  const https = publicUrl?.startsWith('https:') ?? false;
  const cookieName = https ? '__Host-sid' : 'sid';
  const PgStore = connectPgSimple(session);
  const store = new PgStore({ pool, tableName: 'session', createTableIfMissing: false, ttl: IDLE_LIMIT / 1000 });
  // Nothing is touched. If the store looked as if it could, every answer's last byte would wait for it (express-session).
  (store as { touch?: unknown }).touch = undefined;
  store.get = (sid, tell) => void find(sid).then((found) => tell(null, found), tell);
  const load = session({
    name: cookieName,
    secret: [...secrets],
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: https, path: '/', maxAge: IDLE_LIMIT },
  });
  const handler: RequestHandler = (request, response, next) => {
    load(request, response, (error?: unknown) => {
      if (error) return next(error);
      keepAlive(request.session, next);
    });
  };
  return { handler, cookieName, close: () => void store.close() };
}

/**
 * Writes the session now. express-session by itself sends the answer's head before it has written the row, so a browser
 * that is sent elsewhere can be there first and find the session as it was.
 */
export function saveSession(request: Request): Promise<void> {
  return new Promise((resolve, reject) => request.session.save((error) => (error ? reject(error) : resolve())));
}

function keepAlive(current: session.Session & Partial<session.SessionData>, next: (error?: unknown) => void): void {
  if (!current.signedInAt) return void next();
  const now = Date.now();
  if (now - current.signedInAt > TOTAL_LIMIT) return void current.regenerate(next);
  if (now - (current.seenAt ?? 0) > PUSH_OUT_EVERY) current.seenAt = now;
  next();
}
