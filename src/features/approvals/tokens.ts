import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * What a customer's link is made of, from the server's secret: the desk can show a link again, and on paper, while the database
 * alone opens nothing. With another secret an old token still works, by its hash; it can only not be shown any more.
 */
export class LinkKeys {
  readonly #token: Buffer;
  readonly #cookie: Buffer;

  constructor(secret: string) {
    this.#token = derive(secret, 'customer-link');
    this.#cookie = derive(secret, 'customer-cookie');
  }

  /** The 256 bits that open a link. @param handle of the link */
  token = (shop: number, handle: string): string => createHmac('sha256', this.#token).update(`${shop}/${handle}`).digest('base64url');

  /** What a device keeps that has opened it: nothing is stored for each. */
  cookie(link: { shop: number; id: number; handle: string }): string {
    return createHmac('sha256', this.#cookie).update(`${link.shop}/${link.id}/${link.handle}`).digest('base64url');
  }

  knows(link: { shop: number; id: number; handle: string }, cookie: string | undefined): boolean {
    const expected = Buffer.from(this.cookie(link));
    const given = Buffer.from(cookie ?? '');
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}

/** How the token of a link is made: LinkKeys.token. */
export type TokenOf = (shop: number, handle: string) => string;

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}
