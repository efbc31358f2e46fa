import { z } from 'zod';
import { type BytesAnswer, bytes } from './answers.js';

/** What a live screen says when it asks what it has missed: the version of the shop that it shows; -1 for none. */
export const SinceQuery = z.object({ since: z.coerce.number().int().default(-1) });

/**
 * What a screen has missed, and the version that it shows then; an empty 204 when that is nothing.
 * @param version that the shop has
 * @param read markup of what changed, with its version where that is another one; null when nothing of it is on this screen
 * @param revision of scripts and styles, for pages that may begin anew when the program is a new version
 */
export async function answerMissed(
  since: number,
  version: number,
  read: () => Promise<string | { version: number; content: string } | null>,
  revision?: string,
): Promise<BytesAnswer> {
  const headers = { 'X-Version': String(version), 'Cache-Control': 'no-store', ...(revision && { 'X-Assets': revision }) };
  const missed = since === version ? null : await read();
  if (missed === null) return bytes(null, headers, 204);
  const type = { 'Content-Type': 'text/html; charset=utf-8' };
  if (typeof missed === 'string') return bytes(missed, { ...headers, ...type });
  return bytes(missed.content, { ...headers, ...type, 'X-Version': String(missed.version) });
}
