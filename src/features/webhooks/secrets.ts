import { randomBytes } from 'node:crypto';
import { deriveKeys, type Secrets, seal, unseal } from '../../platform/secrets.js';

const BYTES = 32;

/** Makes the secrets that sign deliveries, and keeps them so that a copy of the database alone does not tell them. */
export class HookSecrets {
  readonly #keys: readonly [Buffer, ...Buffer[]];

  constructor(secrets: Secrets) {
    this.#keys = deriveKeys(secrets, 'webhooks');
  }

  /** @returns a new secret, `whsec_…`, as its receiver needs it, and as it is kept */
  make(shop: number): { secret: string; sealed: Buffer } {
    const bytes = randomBytes(BYTES);
    return { secret: `whsec_${bytes.toString('base64')}`, sealed: seal(this.#keys[0], bytes, aboutShop(shop)) };
  }

  /** @returns `whsec_…`; null when the server's secret is another one than it was sealed with */
  open(shop: number, sealed: Buffer): string | null {
    const bytes = unseal(this.#keys, sealed, aboutShop(shop));
    return bytes && `whsec_${bytes.toString('base64')}`;
  }
}

const aboutShop = (shop: number) => `webhook of shop ${shop}`;
