import { createHmac } from 'node:crypto';
import { deriveKeys, isSame, type Secrets } from '../../platform/secrets.js';
import { hashToken } from '../../platform/tokens.js';

/** What identifies a link's page. */
interface Page {
  shop: number;
  id: number;
  handle: string;
}

/**
 * What a customer's link is made of, from the server's secrets: the desk can show a link again, and on paper, while the database
 * alone opens nothing. Without the secret that made it an old token still works, by its hash; it can only not be shown any more.
 */
export class LinkKeys {
  readonly #tokens: readonly [Buffer, ...Buffer[]];
  readonly #cookies: readonly [Buffer, ...Buffer[]];

  /** @param of what the links are: of a visit, or the customer's own page */
  constructor(secrets: Secrets, of: 'customer' | 'customer-page' = 'customer') {
    this.#tokens = deriveKeys(secrets, `${of}-link`);
    this.#cookies = deriveKeys(secrets, `${of}-cookie`);
  }

  /** The 256 bits that open a link. @param handle of the link @param hash of the token, in hex, where the link is there already */
  token: TokenOf = (shop, handle, hash) => {
    const made = (key: Buffer) => createHmac('sha256', key).update(`${shop}/${handle}`).digest('base64url');
    const known = hash && this.#tokens.map(made).find((token) => hashToken(token).toString('hex') === hash);
    return known || made(this.#tokens[0]);
  };

  /** What a device keeps that has opened it: nothing is stored for each. */
  cookie(link: Page): string {
    return cookieBy(this.#cookies[0], link);
  }

  knows(link: Page, cookie: string | undefined): boolean {
    return this.#cookies.some((key) => isSame(cookieBy(key, link), cookie ?? ''));
  }
}

/** How the token of a link is made: LinkKeys.token. */
export type TokenOf = (shop: number, handle: string, hash?: string) => string;

function cookieBy(key: Buffer, link: Page): string {
  return createHmac('sha256', key).update(`${link.shop}/${link.id}/${link.handle}`).digest('base64url');
}
