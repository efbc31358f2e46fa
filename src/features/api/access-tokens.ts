import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { deriveKeys, type Secrets } from '../../platform/secrets.js';

/** Seconds that an access token is good for; a refresh token gets the next one. */
export const ACCESS_SECONDS = 600;

const ISSUER = 'serviceflow';
const AUDIENCE = 'serviceflow-api';
/** RFC 9068. */
const TYPE = 'at+jwt';

/** What an access token says. That it is still true, only the database knows: see findSignedIn(). */
export interface AccessClaims {
  shop: number;
  staff: number;
  signIn: number;
}

const Claims = z.object({
  sub: z.string().regex(/^[1-9]\d{0,14}$/),
  sid: z.string().regex(/^[1-9]\d{0,14}$/),
  shop: z.int().positive(),
});

/**
 * Access tokens: JWT (RFC 7519) signed with HS256, by keys that are derived from the server's secrets. The first signs, all of
 * them are believed; `kid` says which it was.
 */
export class AccessTokens {
  readonly #keys: Map<string, Buffer>;
  readonly #first: string;

  constructor(secrets: Secrets) {
    const keys = deriveKeys(secrets, 'access tokens of the API');
    this.#keys = new Map(keys.map((key) => [keyId(key), key]));
    this.#first = keyId(keys[0]);
  }

  make({ shop, staff, signIn }: AccessClaims): Promise<string> {
    return new SignJWT({ sid: String(signIn), shop })
      .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid: this.#first })
      .setSubject(String(staff))
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_SECONDS}s`)
      .sign(this.#keys.get(this.#first) as Buffer);
  }

  /** @returns null for whatever was not made by make(), or is too old */
  async read(token: string): Promise<AccessClaims | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#keyOf(kid), {
        ...{ algorithms: ['HS256'], typ: TYPE, issuer: ISSUER, audience: AUDIENCE },
        requiredClaims: ['exp', 'iat', 'sub', 'sid', 'shop'],
      });
      const { sub, sid, shop } = Claims.parse(payload);
      return { shop, staff: Number(sub), signIn: Number(sid) };
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null;
      throw error;
    }
  }

  #keyOf(kid: string | undefined): Buffer {
    const key = this.#keys.get(kid ?? '');
    if (!key) throw new errors.JWSSignatureVerificationFailed();
    return key;
  }
}

function keyId(key: Buffer): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 11);
}
