import { change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Task } from '../../platform/jobs/jobs.js';
import type { Services } from '../../platform/services.js';
import { showDateTime } from '../../platform/time.js';
import { appointmentLink, makeAppointmentLink } from '../appointments/links.js';
import { makeCustomerPageLink } from '../customer-pages/links.js';
import { type Outgoing, writeMessage } from '../messages/outbox.js';
import { findReminders, isStillWanted, type Reminder } from './finding.js';

/** Reminds customers of all shops. Done twice, or by two processes at once, nobody gets a message twice. */
export const remindTask: Task = {
  name: 'reminders',
  at: '*/10 * * * *',
  run: async (_payload, services) => {
    for (const { id, time_zone } of await services.db.selectFrom('shops').select(['id', 'time_zone']).orderBy('id').execute())
      await remind(services, id, time_zone);
  },
};

/** Writes what is to be written now. What a shop wants to be asked about waits among the messages until somebody sends it. */
export async function remind(
  { db, config }: Pick<Services, 'db' | 'config'>,
  shop: number,
  timeZone: string,
  now = new Date(),
): Promise<void> {
  for (const reminder of await findReminders(db, shop, now)) await send(db, config.publicUrl, shop, timeZone, reminder, now);
}

async function send(
  db: Database,
  publicUrl: string | undefined,
  shop: number,
  timeZone: string,
  reminder: Reminder,
  now: Date,
): Promise<void> {
  await change(db, { shop, staff: null }, {}, async (tx) => {
    // Under the shop's lock: it may have been moved, cancelled or sent since.
    if (!(await isStillWanted(tx.db, shop, reminder, now))) return;
    const { appointment, customer } = reminder;
    const path = appointment !== null ? await makeAppointmentLink(tx, appointment) : await makeCustomerPageLink(tx, customer as number);
    // An address without a name leads nowhere from a phone.
    const link = publicUrl ? appointmentLink(publicUrl, path) : '';
    await writeMessage(tx, toMessage(reminder, link, timeZone));
  });
}

function toMessage(reminder: Reminder, link: string, timeZone: string): Outgoing {
  const { occasion, onceKey, customer, name, mail, phone, vehicle, work, at, appointment, workOrder } = reminder;
  return {
    ...{ occasion, onceKey, appointment, workOrder, to: { customer, name, mail, phone, language: '', timeZone: '' } },
    propose: true,
    values: { vehicle, work, link, ...(at && { when: showDateTime(at, timeZone) }) },
  };
}
