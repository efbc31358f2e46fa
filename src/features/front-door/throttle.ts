import type { Pool } from 'pg';
import { hashToken } from '../../platform/tokens.js';
import { countOne, createLimiter } from '../../platform/web/throttle.js';

/** What is said to whoever sends too much, and to whom a shop would give no more places: nobody learns from it what is known. */
export const TOO_MUCH = 'That was a lot at once. Please wait a while, or call the shop.';

/** Slows down whoever floods a shop with bookings, and whoever tries tokens. Many phones share an address. */
export class DoorThrottle {
  readonly #address;
  readonly #contact;
  readonly #wrong;

  constructor(pool: Pool) {
    this.#address = createLimiter(pool, 'booking-address', 150, 600);
    this.#contact = createLimiter(pool, 'booking-contact', 60, 3600);
    this.#wrong = createLimiter(pool, 'appointment-link', 60, 600);
  }

  /** Counts a form that is sent. @param contacts phone and e-mail, as they were given @throws TooMany */
  async sent(address: string, shop: number, contacts: string[]): Promise<void> {
    await countOne(this.#address, address, () => TOO_MUCH);
    for (const contact of contacts.filter(Boolean)) {
      const key = hashToken(`${shop}/${contact.toLowerCase().replace(/[^a-z0-9@.]/g, '')}`).toString('hex');
      await countOne(this.#contact, key, () => TOO_MUCH);
    }
  }

  /** Counts a token that opens nothing. @throws TooMany */
  wrong(address: string): Promise<void> {
    return countOne(this.#wrong, address, () => TOO_MUCH);
  }
}
