import type { Pool } from 'pg';
import { countOne, createLimiter } from '../../platform/web/throttle.js';

/** Slows down whoever tries tokens, and whoever sends more than a person does. Many phones share an address: only what was wrong counts there. */
export class VisitThrottle {
  readonly #wrong;
  readonly #sent;

  constructor(pool: Pool) {
    this.#wrong = createLimiter(pool, 'customer-link', 60, 600);
    this.#sent = createLimiter(pool, 'customer-form', 100, 600);
  }

  /** Counts a token that opens nothing. @throws TooMany */
  wrong(address: string): Promise<void> {
    return countOne(this.#wrong, address, sentence);
  }

  /** Counts something that is sent from the page of a link. @throws TooMany */
  sent(link: number): Promise<void> {
    return countOne(this.#sent, String(link), sentence);
  }
}

function sentence(): string {
  return 'That was a lot at once. Please wait a few minutes, or call the shop.';
}
