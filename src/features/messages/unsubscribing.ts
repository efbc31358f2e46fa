import { createHmac } from 'node:crypto';
import { deriveKeys, isSame, type Secrets } from '../../platform/secrets.js';

/** Links with which one click ends messages that advertise (RFC 8058): made of the server's secrets, so nothing is stored. */
export class StopLinks {
  readonly #keys: readonly [Buffer, ...Buffer[]];

  /** @param publicUrl origin under which the shop is reached; without it there are no links */
  constructor(
    secrets: Secrets,
    private readonly publicUrl: string | undefined,
  ) {
    this.#keys = deriveKeys(secrets, 'message-unsubscribe');
  }

  /** The address for a message; null where nobody knows how the shop is reached. */
  make(shop: number, message: number): string | null {
    return this.publicUrl ? `${this.publicUrl}/unsubscribe/${shop}.${message}.${sign(this.#keys[0], shop, message)}` : null;
  }

  /** @returns which message a link belongs to; null when we did not make it */
  read(token: string): { shop: number; message: number } | null {
    const [, shop, message, signature = ''] = /^([1-9]\d{0,14})\.([1-9]\d{0,14})\.([\w-]{43})$/.exec(token) ?? [];
    const found = { shop: Number(shop), message: Number(message) };
    return this.#keys.some((key) => isSame(sign(key, found.shop, found.message), signature)) ? found : null;
  }
}

function sign(key: Buffer, shop: number, message: number): string {
  return createHmac('sha256', key).update(`${shop}/${message}`).digest('base64url');
}
