import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** The server's secrets: what is made is made with the first, what was made with any of them still holds. */
export type Secrets = readonly [string, ...string[]];

const [IV, TAG] = [12, 16];

/** A key of 256 bits for one purpose (HKDF with SHA-256, RFC 5869). Who has it knows neither the secret nor another key. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}

/** A key of each secret, in their order. */
export function deriveKeys(secrets: Secrets, purpose: string): readonly [Buffer, ...Buffer[]] {
  const [first, ...older] = secrets;
  return [deriveKey(first, purpose), ...older.map((secret) => deriveKey(secret, purpose))];
}

/**
 * Encrypts (AES-256-GCM) what must be kept but not read in a copy of the database.
 * @param about what it belongs to: moved to somewhere else it can't be opened
 * @returns nonce, tag and ciphertext
 */
export function seal(key: Buffer, plain: Uint8Array, about: string): Buffer {
  const nonce = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Opens what seal() made with one of the keys. @returns null when none fits, or it was changed */
export function unseal(keys: readonly Buffer[], sealed: Buffer, about: string): Buffer | null {
  for (const key of keys) {
    try {
      const opener = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV), { authTagLength: TAG });
      opener.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(IV, IV + TAG));
      return Buffer.concat([opener.update(sealed.subarray(IV + TAG)), opener.final()]);
    } catch {
      // Another key made it, or nobody did.
    }
  }
  return null;
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
export function isSame(expected: string, given: string): boolean {
  const [one, two] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === two.length && timingSafeEqual(one, two);
}
