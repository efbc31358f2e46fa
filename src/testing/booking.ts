import type { Database } from '../platform/database/pool.js';
import type { Client, Fields, Reply } from './client.js';
import type { TestShop } from './shop.js';

/** Lets customers book: two services, every way to come, plenty of room. @returns ids of the services */
export async function openDoor(db: Database, shop: TestShop, more: Record<string, unknown> = {}): Promise<number[]> {
  await db
    .updateTable('booking_settings')
    .set({ is_online: true, notice_minutes: 0, day_hundredths: 4_000, takes_after_hours: true, offers_rides: true, ...more })
    .where('shop_id', '=', shop.id)
    .execute();
  await db.updateTable('bays').set({ vehicles_per_day: 50 }).where('shop_id', '=', shop.id).execute();
  await db
    .updateTable('billing_settings')
    .set({ phone: '(555) 014-2200', address: '12 River Road' })
    .where('shop_id', '=', shop.id)
    .execute();
  const services = await db
    .insertInto('canned_jobs')
    .values(['Oil change', 'Front brakes'].map((name) => ({ shop_id: shop.id, name, bookable_hundredths: 100 })))
    .returning('id')
    .execute();
  return services.map(({ id }) => id);
}

/** The free slots that a page shows. */
export const slotsOn = (reply: Pick<Reply, 'text'>): string[] =>
  [...reply.text.matchAll(/data-slot="([^"]+)"/g)].map(([, label]) => label as string);

/** Those that are on a later day than the first of them: no time that passes in the middle of a test, or that is just before closing. */
export function laterSlotsOn(reply: Pick<Reply, 'text'>): string[] {
  const slots = slotsOn(reply);
  return slots.filter((label) => label.slice(0, 10) !== slots[0]?.slice(0, 10));
}

/** What stands in the fields of a page's form, as a browser would send it. */
export function formOn({ text }: Pick<Reply, 'text'>): Record<string, string> {
  const inputs = [...text.matchAll(/<input [^>]*>/g)].map(([tag]) => tag);
  const valued = inputs.filter((tag) => !/type="checkbox"/.test(tag) || / checked/.test(tag));
  const read = (tag: string, name: string) => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return Object.fromEntries(valued.map((tag) => [read(tag, 'name'), decode(read(tag, 'value'))]));
}

const decode = (text: string) =>
  text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

export const CONTACT = { name: 'Dana Whitfield', phone: '555 0142', email: 'dana@example.com' };

/** The last step for a time, from the page that a browser would be on. @returns its form with somebody's name in it */
export async function lastStep(client: Client, slot: string, more: Record<string, string> = {}): Promise<Record<string, string>> {
  const wish = { concern: 'It squeals', vehicle: '2019 Toyota Corolla', slot, kind: 'drop-off', step: 'who', ...more };
  return { ...formOn(await client.get(`/book?${new URLSearchParams(wish)}`)), ...CONTACT };
}

/** Books a time. @returns the path of the appointment's page */
export async function bookBy(client: Client, slot: string, more: Fields = {}): Promise<string> {
  const reply = await client.post('/book', { ...(await lastStep(client, slot)), ...Object.fromEntries(Object.entries(more)) });
  if (reply.status !== 303) throw new Error(`Not booked: ${reply.status} ${reply.text}`);
  return String(reply.headers.location).replace('?booked', '');
}
