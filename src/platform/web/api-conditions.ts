import { createHash } from 'node:crypto';
import { RequestError } from '../errors.js';
import { namesTag } from './send-file.js';

/** A strong ETag (RFC 9110, 8.8.3) of a representation, or of what it is made of. */
export function etagOf(content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
}

/**
 * Compares for `If-Match`. A weak tag is taken for the strong one it was made of: what a proxy has compressed is still the same thing.
 * @throws RequestError 412
 */
export function refuseOther(header: string, etag: string): void {
  if (namesTag(header, etag)) return;
  throw new RequestError(412, 'It was changed since you read it. Read it again, and decide then.');
}
