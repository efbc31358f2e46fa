import type { Change } from '../../platform/database/change.js';
import { showAppointment } from '../../platform/time.js';
import { writeMessage } from '../messages/outbox.js';
import { makeAppointmentLink } from './links.js';

/**
 * Writes to the customer of an appointment what has become of it, in the caller's change, with a fresh link. Once for each state of
 * it: the number of its changes is part of the key.
 * @param origin of the link, by originOf(); where nobody knows it, the message has none
 */
export async function tellCustomer(
  tx: Change,
  id: number,
  occasion: 'requested' | 'confirmed' | 'changed' | 'cancelled',
  origin = '',
): Promise<void> {
  const found = await tx.db
    .selectFrom('appointments as a')
    .innerJoin('shops as s', 's.id', 'a.shop_id')
    .select(['a.name', 'a.email', 'a.phone', 'a.vehicle', 'a.customer_id', 'a.starts_at', 'a.sequence', 's.time_zone'])
    .where('a.shop_id', '=', tx.shop)
    .where('a.id', '=', id)
    .executeTakeFirstOrThrow();
  const link = occasion === 'cancelled' || origin === '' ? '' : `${origin}${await makeAppointmentLink(tx, id)}`;
  await writeMessage(tx, {
    occasion,
    onceKey: `${occasion}/${id}/${found.sequence}`,
    to: { customer: found.customer_id, name: found.name, mail: found.email, phone: found.phone, language: '', timeZone: '' },
    appointment: id,
    values: { vehicle: found.vehicle, when: showAppointment(found.starts_at, found.time_zone), link },
  });
}
