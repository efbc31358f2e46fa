import type { Request } from 'express';
import type { Change } from '../../platform/database/change.js';
import { hashToken, newToken } from '../../platform/tokens.js';
import { originOf } from '../../platform/web/addresses.js';

/**
 * A new link to change or cancel an appointment, in a change that records something. Those that were made before still work.
 * @param token of the link, where it is known already
 * @returns its path, `/book/a/<token>`; appointmentLink() makes an address of it
 */
export async function makeAppointmentLink(tx: Change, appointment: number, token = newToken()): Promise<string> {
  await tx.db
    .insertInto('appointment_links')
    .values({ shop_id: tx.shop, appointment_id: appointment, token_hash: hashToken(token), made_at: tx.now })
    .execute();
  return `/book/a/${token}`;
}

/**
 * The address of a link, for the customer.
 * @param path of makeAppointmentLink()
 * @param request without a configured origin, the one that the browser of this request uses
 */
export function appointmentLink(publicUrl: string | undefined, path: string, request?: Request): string {
  return `${originOf({ publicUrl }, request)}${path}`;
}
