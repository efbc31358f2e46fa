import { randomBytes } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
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

  /** What is kept, sealed with the first key. @returns null when nobody can open it */
  sealAnew(shop: number, sealed: Buffer): Buffer | null {
    const bytes = unseal(this.#keys, sealed, aboutShop(shop));
    return bytes && seal(this.#keys[0], bytes, aboutShop(shop));
  }
}

/**
 * Seals the secrets of all webhooks with the first secret of the server, so that nothing hangs on the older ones any more.
 * @returns how many there are, and how many nobody can open: those webhooks need a new secret
 */
export async function sealHooksAnew(db: Database, secrets: Secrets): Promise<{ sealed: number; lost: number }> {
  const keys = new HookSecrets(secrets);
  const hooks = await db.selectFrom('webhooks').select(['shop_id', 'id', 'secret', 'previous_secret']).execute();
  let lost = 0;
  for (const { shop_id: shop, id, secret, previous_secret: previous } of hooks) {
    const anew = keys.sealAnew(shop, secret);
    if (!anew) lost++;
    else
      await db
        .updateTable('webhooks')
        .set({ secret: anew, ...(previous && { previous_secret: keys.sealAnew(shop, previous) ?? previous }) })
        .where('shop_id', '=', shop)
        .where('id', '=', id)
        // Only what was read: somebody may make a new one meanwhile.
        .where('secret', '=', secret)
        .execute();
  }
  return { sealed: hooks.length - lost, lost };
}

const aboutShop = (shop: number) => `webhook of shop ${shop}`;
