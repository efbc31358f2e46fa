import { readAvailability, slotsIn } from '../../features/appointments/availability.js';
import { changeBooking } from '../../features/appointments/booking-settings.js';
import { makeAppointmentLink } from '../../features/appointments/links.js';
import { makeCustomerPageLink } from '../../features/customer-pages/links.js';
import { StopLinks } from '../../features/messages/unsubscribing.js';
import { change } from '../../platform/database/change.js';
import { newToken } from '../../platform/tokens.js';
import { bookOne } from '../appointment-samples.js';
import { must, type Place, type Ready } from './ready.js';

/** A shop that is booked online, appointments in the states that writes need, and a customer at their own page. */
export async function readyAppointments({ server, database: { db }, shop, samples }: Place): Promise<Record<string, Ready>> {
  const { manager, advisor } = shop.staff;
  const customer = samples.values.customer as number;
  await changeBooking(db, manager, { isOnline: true, slug: 'first' });
  const now = new Date();
  const free = slotsIn(await readAvailability(db, shop.id, now), { hundredths: 100, isWaiting: false }, now).map(({ label }) => label);
  const [slot, moved] = [free.at(-1) as string, free.at(-2) as string];
  const booking = { concern: 'It squeals', vehicle: 'Van', plate: '', slot, kind: 'drop-off', name: 'Eve', phone: '555 0177', email: '' };
  const requested = await bookOne(db, advisor);
  await db.updateTable('appointments').set({ state: 'requested' }).where('id', '=', requested).execute();
  const own = await bookOne(db, advisor, { customer });
  const token = newToken();
  await change(db, manager, {}, async (tx) => {
    await makeAppointmentLink(tx, own, token);
    tx.record('appointment.booked', null, { appointment: own });
  });
  const { result: page } = await change(db, manager, {}, (tx) => makeCustomerPageLink(tx, customer));
  const phone = server.client();
  const base = String((await phone.get(page)).headers.location);
  return {
    '/book': { body: booking },
    '/book/:slug': { path: '/book/first', body: booking },
    '/book/a/:token/moves': { path: `/book/a/${token}/moves`, body: { slot: moved } },
    '/book/a/:token/cancellations': { path: `/book/a/${token}/cancellations` },
    '/appointments/:appointment/confirmations': { path: `/appointments/${requested}/confirmations` },
    '/my/page/:handle/appointments/:appointment/links': {
      path: `${base}/appointments/${own}/links`,
      cookies: new Map(phone.cookies),
    },
  };
}

/** Messages in the states that writes need. */
export async function readyMessages({ server, database: { db }, shop, manager }: Place): Promise<Record<string, Ready>> {
  const now = new Date();
  const later = new Date(now.getTime() + 86_400_000);
  const write = async (state: 'by-hand' | 'failed' | 'waiting') => {
    const times = { due_at: later, written_at: now, ended_at: state === 'failed' ? now : null };
    const row = {
      shop_id: shop.id,
      direction: 'out' as const,
      channel: 'sms' as const,
      state,
      text: 'Ready',
      address: '+18155550199',
      ...times,
    };
    return (await db.insertInto('messages').values(row).returning('id').executeTakeFirstOrThrow()).id;
  };
  const [byHand, failed, waiting] = [await write('by-hand'), await write('failed'), await write('waiting')];
  await must(manager, '/settings/messages/templates', {
    ...{ occasion: 'ready', language: 'de', mode: 'ask', subject: 'Fertig', text: 'Fertig', shortText: 'Fertig' },
  });
  const stop = new StopLinks(server.app.services.config.sessionSecrets, 'http://shop.test').make(shop.id, byHand);
  return {
    '/messages/:message/assignments': { body: { staff: shop.staff.advisor.staff } },
    '/messages/:message/markings': { path: `/messages/${byHand}/markings` },
    '/messages/:message/retries': { path: `/messages/${failed}/retries` },
    '/messages/:message/withdrawals': { path: `/messages/${waiting}/withdrawals` },
    '/settings/messages/templates/removals': { body: { occasion: 'ready', language: 'de' } },
    '/unsubscribe/:token': { path: new URL(stop as string).pathname, cookies: new Map() },
  };
}
