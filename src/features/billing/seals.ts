import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { canonicalJson } from '../../platform/database/events.js';

/**
 * All that the authorization `a` to the revision `r` says, as an object; when it was given and who took it down stand in its
 * event. The hash of it is in the event, so the shop's chain of hashes covers what is in the tables.
 */
export const SAID = sql`json_build_object(
  'revision', r.number, 'estimate', encode(r.sha256, 'hex'), 'method', a.method, 'givenBy', a.given_by, 'phone', a.phone, 'note', a.note,
  'decisions', a.decisions, 'authorizedCents', a.authorized_cents, 'authorizedBeforeTaxCents', a.authorized_before_tax_cents,
  'signature', a.signature, 'shown', a.shown, 'fromAddress', a.from_address, 'userAgent', a.user_agent,
  'files', array(select encode(f.sha256, 'hex') from authorization_files f
    where f.shop_id = a.shop_id and f.authorization_id = a.id order by f.sha256))`;

/** SHA-256 in hex of something as canonical JSON. */
export function sealOf(said: unknown): string {
  return createHash('sha256').update(canonicalJson(said)).digest('hex');
}
