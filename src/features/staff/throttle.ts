import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import { TooMany } from '../../platform/errors.js';

/**
 * Slows down guessing of passwords. Wrong ones are counted per person and place, where the place is the browser that
 * signed in here before (its device cookie) or else the network address: a stranger who guesses can't lock the owner
 * out. A second, generous count per address covers guessing over many names; a whole shop shares one address.
 */
export class SignInThrottle {
  readonly #perPerson: RateLimiterPostgres;
  readonly #perAddress: RateLimiterPostgres;

  constructor(
    pool: Pool,
    private readonly secret: string,
  ) {
    const common = { storeClient: pool, tableName: 'throttle', tableCreated: true };
    const insurance = (points: number, duration: number) => new RateLimiterMemory({ points, duration });
    this.#perPerson = new RateLimiterPostgres({
      ...common,
      keyPrefix: 'person',
      points: 6,
      duration: 300,
      insuranceLimiter: insurance(6, 300),
    });
    this.#perAddress = new RateLimiterPostgres({
      ...common,
      keyPrefix: 'address',
      points: 100,
      duration: 900,
      insuranceLimiter: insurance(100, 900),
    });
  }

  /** Counts one try. Counted before the password is looked at, so that tries in parallel count too. @throws TooMany */
  async count(email: string, address: string, device: string | undefined): Promise<void> {
    const place = this.knowsDevice(email, device) ? `device:${device}` : `address:${address}`;
    await Promise.all([this.#take(this.#perPerson, `${email}|${place}`), this.#take(this.#perAddress, address)]);
  }

  /** The password was right: earlier wrong ones are forgotten. */
  async forget(email: string, address: string, device: string | undefined): Promise<void> {
    const place = this.knowsDevice(email, device) ? `device:${device}` : `address:${address}`;
    await this.#perPerson.delete(`${email}|${place}`);
    await this.#perAddress.reward(address, 1).catch(() => {});
  }

  /** A cookie value that says: this browser has signed in as this person before. */
  newDevice(email: string): string {
    const nonce = randomBytes(12).toString('base64url');
    return `${nonce}.${this.#mark(email, nonce)}`;
  }

  knowsDevice(email: string, device: string | undefined): boolean {
    const [nonce, mark] = (device ?? '').split('.');
    if (!nonce || !mark) return false;
    const expected = Buffer.from(this.#mark(email, nonce));
    const given = Buffer.from(mark);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  #mark(email: string, nonce: string): string {
    return createHmac('sha256', this.secret).update(`device|${email}|${nonce}`).digest('base64url');
  }

  async #take(limiter: RateLimiterPostgres, key: string): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (error) {
      if (error instanceof Error) throw error;
      const seconds = Math.ceil((error as RateLimiterRes).msBeforeNext / 1000);
      const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
      throw new TooMany(`Too many wrong passwords. Please wait ${wait} and try again.`, seconds);
    }
  }
}
