import type { Request, Response } from 'express';
import type { Pool } from 'pg';
import type { RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../../platform/database/pool.js';
import { TooMany } from '../../platform/errors.js';
import type { ApiViewer, Operation, Scope } from '../../platform/web/api.js';
import { createLimiter } from '../../platform/web/throttle.js';
import { can } from '../staff/permissions.js';
import type { AccessTokens } from './access-tokens.js';
import { findTokenUser, PREFIX } from './named-tokens.js';
import { findSignedIn } from './sign-ins.js';

/** Reads the token of a request: `Authorization: Bearer …` (RFC 6750), and nothing else; a cookie gives nothing here. */
export async function authenticate(db: Database, tokens: AccessTokens, request: Request): Promise<ApiViewer | null> {
  const [, token] = /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) return null;
  if (token.startsWith(PREFIX)) return findTokenUser(db, token);
  const claims = await tokens.read(token);
  return claims && findSignedIn(db, claims);
}

/** What a token must be for: what only a manager may change is apart, so that a token for the day's work can't do it. */
export function scopeOf({ method, may }: Pick<Operation, 'method' | 'may'>): Scope {
  if (method === 'get') return 'read';
  return can('mechanic', may) || can('advisor', may) ? 'write' : 'manage';
}

const MINUTE = 60;

/** Counts the requests of each token, for all processes together, and says how many are left (draft-ietf-httpapi-ratelimit-headers). */
export class ApiThrottle {
  readonly #limiter;

  constructor(
    pool: Pool,
    private readonly perMinute: number,
  ) {
    this.#limiter = createLimiter(pool, 'api', perMinute, MINUTE);
  }

  /** @throws TooMany */
  async count({ shop, credential }: ApiViewer, response: Response): Promise<void> {
    const { state, refused } = await this.#limiter.consume(`${shop}|${credential.kind}|${credential.id}`).then(
      (state) => ({ state, refused: false }),
      (error: unknown) => {
        if (error instanceof Error) throw error;
        return { state: error as RateLimiterRes, refused: true };
      },
    );
    const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
    response.set('RateLimit-Policy', `"minute";q=${this.perMinute};w=${MINUTE}`);
    response.set('RateLimit', `"minute";r=${Math.max(0, state.remainingPoints)};t=${seconds}`);
    if (refused) throw new TooMany(`That is more than ${this.perMinute} requests in a minute. Please wait ${seconds} seconds.`, seconds);
  }
}
