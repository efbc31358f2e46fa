import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import { TooMany } from '../errors.js';

/**
 * Counts in Postgres, for all processes together; in memory while that does not answer.
 * @param points how many are let through in `duration` seconds
 */
export function createLimiter(pool: Pool, keyPrefix: string, points: number, duration: number): RateLimiterPostgres {
  return new RateLimiterPostgres({
    ...{ storeClient: pool, tableName: 'throttle', tableCreated: true, keyPrefix, points, duration },
    insuranceLimiter: new RateLimiterMemory({ points, duration }),
  });
}

/**
 * Counts one more of `key`.
 * @param sentence what to tell whoever is slowed down, of the seconds that are left
 * @throws TooMany
 */
export async function countOne(limiter: RateLimiterPostgres, key: string, sentence: (seconds: number) => string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (error instanceof Error) throw error;
    const seconds = Math.ceil((error as RateLimiterRes).msBeforeNext / 1000);
    throw new TooMany(sentence(seconds), seconds);
  }
}
