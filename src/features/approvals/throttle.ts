import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import { TooMany } from '../../platform/errors.js';

/** Slows down whoever tries tokens, and whoever sends more than a person does. Many phones share an address: only what was wrong counts there. */
export class VisitThrottle {
  readonly #wrong: RateLimiterPostgres;
  readonly #sent: RateLimiterPostgres;

  constructor(pool: Pool) {
    const limiter = (keyPrefix: string, points: number, duration: number) =>
      new RateLimiterPostgres({
        ...{ storeClient: pool, tableName: 'throttle', tableCreated: true, keyPrefix, points, duration },
        insuranceLimiter: new RateLimiterMemory({ points, duration }),
      });
    this.#wrong = limiter('customer-link', 60, 600);
    this.#sent = limiter('customer-form', 100, 600);
  }

  /** Counts a token that opens nothing. @throws TooMany */
  wrong(address: string): Promise<void> {
    return this.#take(this.#wrong, address);
  }

  /** Counts something that is sent from the page of a link. @throws TooMany */
  sent(link: number): Promise<void> {
    return this.#take(this.#sent, String(link));
  }

  async #take(limiter: RateLimiterPostgres, key: string): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (error) {
      if (error instanceof Error) throw error;
      const seconds = Math.ceil((error as RateLimiterRes).msBeforeNext / 1000);
      throw new TooMany('That was a lot at once. Please wait a few minutes, or call the shop.', seconds);
    }
  }
}
