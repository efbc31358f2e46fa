import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import { isCommon } from './common-passwords.js';

// argon2id is this library's default. OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.
const SETTINGS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Compared against when there is no such person, so that both answers take the same time. */
const NOBODY = hash('nobody has this password', SETTINGS);

/** A password somebody chooses. It is used exactly as typed: no trimming, no rules about its characters. */
export const NewPassword = z
  .string({ error: 'Please choose a password.' })
  .min(10, 'Please use at least 10 characters. A few words are fine.')
  .refine((value) => Buffer.byteLength(value) <= 1024, 'That password is too long: 1,024 bytes at most.')
  .refine((value) => !isCommon(value), 'That is one of the passwords that are tried first. A few words of your own are better.');

/**
 * The hash of a password that somebody chooses.
 * @param own what others know of them: name, e-mail address
 * @throws Invalid when that is the password
 */
export async function hashChosen(password: string, own: string[]): Promise<string> {
  if (isCommon(password, own))
    throw new Invalid({ password: 'Your name or address is the first that others try. Please choose something else.' });
  return hashPassword(password);
}

/** @returns the argon2id hash in PHC form */
export function hashPassword(password: string): Promise<string> {
  return hash(password, SETTINGS);
}

/** @param stored null when there is no such person, or none with a password: then it is never right */
export async function isRightPassword(stored: string | null, password: string): Promise<boolean> {
  if (Buffer.byteLength(password) > 1024) return false;
  const right = await verify(stored ?? (await NOBODY), password);
  return right && stored !== null;
}
