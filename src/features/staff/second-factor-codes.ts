import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { hashToken } from '../../platform/tokens.js';

/** RFC 6238 with what every authenticator app takes for granted: SHA-1, six digits, thirty seconds. */
const SETTINGS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;

// Crockford's: no I, L, O and U, which are misread.
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What an app is given: 160 random bits, as RFC 4226 (4, R6) advises. */
export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** How a person types the secret, where no camera reads it: base32 in groups of four. */
export function secretAsText(secret: Buffer): string {
  return (toSecret(secret).base32.match(/.{1,4}/g) ?? []).join(' ');
}

/** The address that the QR code holds. @param issuer the shop's name @param label whose it is: the e-mail address */
export function otpauthUrl(secret: Buffer, issuer: string, label: string): string {
  // A colon separates the two parts, whatever is in them.
  const [from, to] = [issuer, label].map((text) => text.replaceAll(':', ' '));
  return new TOTP({ ...SETTINGS, secret: toSecret(secret), issuer: from as string, label: to as string }).toString();
}

/**
 * The time step whose code this is: the present one, the one before or the one after.
 * @param seconds since 1970, by the clock that everybody shares
 * @returns null when it is none of theirs
 */
export function stepOf(secret: Buffer, code: string, seconds: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = TOTP.validate({ ...SETTINGS, token: code, secret: toSecret(secret), timestamp: seconds * 1000, window: 1 });
  return delta === null ? null : Math.floor(seconds / SETTINGS.period) + delta;
}

/** The code of a moment. @param seconds since 1970 */
export function codeAt(secret: Buffer, seconds: number): string {
  return TOTP.generate({ ...SETTINGS, secret: toSecret(secret), timestamp: seconds * 1000 });
}

/** A new set, each of 125 random bits: `3KD8F-7QW2M-…`. So long that a plain hash keeps them (NIST SP 800-63B, 5.1.2.2). */
export function newRecoveryCodes(): string[] {
  const letter = (byte: number) => LETTERS.charAt(byte % LETTERS.length);
  const one = () => (Array.from(randomBytes(25), letter).join('').match(/.{5}/g) ?? []).join('-');
  return Array.from({ length: RECOVERY_CODES }, one);
}

/** The form in which a recovery code is stored; it may be typed with or without hyphens, in small letters, with O for 0 and I for 1. */
export function hashRecoveryCode(code: string): Buffer {
  return hashToken(
    code
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, '')
      .replaceAll('O', '0')
      .replace(/[IL]/g, '1'),
  );
}

function toSecret(bytes: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer });
}
