import { createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { isSame, type Secrets } from '../../platform/secrets.js';
import { countOne, createLimiter } from '../../platform/web/throttle.js';

/**
 * Slows down guessing of passwords. Wrong ones are counted per person and place, where the place is the browser that
 * signed in here before (its device cookie) or else the network address: a stranger who guesses can't lock the owner
 * out. A second, generous count per address covers guessing over many names; a whole shop shares one address.
 */
export class SignInThrottle {
  readonly #perPerson;
  readonly #perAddress;

  constructor(
    pool: Pool,
    private readonly secrets: Secrets,
  ) {
    this.#perPerson = createLimiter(pool, 'person', 6, 300);
    this.#perAddress = createLimiter(pool, 'address', 100, 900);
  }

  /** Counts one try. Counted before the password is looked at, so that tries in parallel count too. @throws TooMany */
  async count(email: string, address: string, device: string | undefined): Promise<void> {
    const key = `${email}|${this.#place(email, address, device)}`;
    await Promise.all([countOne(this.#perPerson, key, tooMany('passwords')), countOne(this.#perAddress, address, tooMany('passwords'))]);
  }

  /** The password was right: earlier wrong ones are forgotten. */
  async forget(email: string, address: string, device: string | undefined): Promise<void> {
    await this.#perPerson.delete(`${email}|${this.#place(email, address, device)}`);
    await this.#perAddress.reward(address, 1).catch(() => {});
  }

  /** Counts one try of a code, after the password was right. @throws TooMany */
  async countCode(email: string, address: string, device: string | undefined): Promise<void> {
    await countOne(this.#perPerson, `code|${email}|${this.#place(email, address, device)}`, tooMany('codes'));
  }

  async forgetCode(email: string, address: string, device: string | undefined): Promise<void> {
    await this.#perPerson.delete(`code|${email}|${this.#place(email, address, device)}`);
  }

  /** A cookie value that says: this browser has signed in as this person before. */
  newDevice(email: string): string {
    const nonce = randomBytes(12).toString('base64url');
    return `${nonce}.${mark(this.secrets[0], email, nonce)}`;
  }

  knowsDevice(email: string, device: string | undefined): boolean {
    const [nonce, given] = (device ?? '').split('.');
    if (!nonce || !given) return false;
    return this.secrets.some((secret) => isSame(mark(secret, email, nonce), given));
  }

  #place(email: string, address: string, device: string | undefined): string {
    return this.knowsDevice(email, device) ? `device:${device}` : `address:${address}`;
  }
}

function mark(secret: string, email: string, nonce: string): string {
  return createHmac('sha256', secret).update(`device|${email}|${nonce}`).digest('base64url');
}

function tooMany(what: string): (seconds: number) => string {
  return (seconds) => {
    const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
    return `Too many wrong ${what}. Please wait ${wait} and try again.`;
  };
}
