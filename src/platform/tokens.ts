import { createHash, randomBytes } from 'node:crypto';

/** SHA-256 of a token, the only form in which it is stored. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** 256 random bits, for a link. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}
