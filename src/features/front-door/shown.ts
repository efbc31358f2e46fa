// What the pages of the front door have in common, ready to read.
import { showShortDay, showTime } from '../../platform/time.js';
import type { Kind } from '../appointments/booking.js';
import type { Slot } from '../appointments/slots.js';

/** Referrer-Policy of these pages: a long address does not come a second time with the next request, and a token with none. */
export const ORIGIN_ONLY = 'strict-origin';

/** What every page begins with. */
export function headOf({ name, phone, address }: { name: string; phone: string; address: string }) {
  return { shopName: name, phone, call: phone.replace(/[^\d+]/g, ''), address };
}

/** `about 1 h 30 min` of hundredths of an hour. */
export function showAbout(hundredths: number): string {
  const minutes = Math.max(5, Math.round((hundredths * 0.6) / 5) * 5);
  const parts = [minutes >= 60 ? `${Math.floor(minutes / 60)} h` : '', minutes % 60 ? `${minutes % 60} min` : ''];
  return `about ${parts.filter(Boolean).join(' ')}`;
}

/** Slots that lie on several days. */
export function showSlots(slots: readonly Slot[], timeZone: string) {
  return slots.map(({ at, label }) => ({ label, day: showShortDay(at, timeZone), time: showTime(at, timeZone) }));
}

/** How they come, as the customer reads it. */
export const WAYS: Record<Kind, { title: string; text: string; summary: string }> = {
  'drop-off': { title: 'I leave it with you', text: 'We call when it is ready.', summary: 'You leave the vehicle with us' },
  waiting: { title: 'I wait for it', text: 'You sit with us until it is done.', summary: 'You wait while we work' },
  'after-hours': {
    title: 'I bring it while you are closed',
    text: 'Leave it here before that time.',
    summary: 'You leave it here while we are closed',
  },
  ride: { title: 'I need a ride', text: 'We take you where you have to go.', summary: 'You leave it with us and need a ride' },
};
