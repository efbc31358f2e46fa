import { KINDS, type Kind } from '../appointments/booking.js';
import type { Entry, State } from './calendar.js';
import type { Share } from './rules.js';

/** How a vehicle comes, in a word or two; the colour is only a help. */
export const KIND_WORDS: Record<Kind, { name: string; color: string }> = {
  waiting: { name: 'Waits', color: 'pink' },
  'drop-off': { name: 'Drop-off', color: 'teal' },
  'after-hours': { name: 'After hours', color: 'violet' },
  ride: { name: 'Needs a ride', color: 'blue' },
};

/** For a form: each kind with its words. */
export const KIND_CHOICES = KINDS.map((kind) => ({ kind, ...KIND_WORDS[kind] }));

/** A confirmed one is what one expects, and says nothing. */
export const STATE_WORDS: Record<State, string> = {
  requested: 'Requested',
  confirmed: '',
  arrived: 'Arrived',
  'no-show': 'No-show',
  cancelled: 'Cancelled',
};

/** `6.5 h` of hundredths. */
export const showHours = (hundredths: number): string => `${hundredths / 100} h`;
/** `6.5 of 16 h` */
export const showHoursOf = ({ booked, there }: Share): string => `${booked / 100} of ${there / 100} h`;
/** `3 of 4 vehicles` */
export const showVehiclesOf = ({ booked, there }: Share): string => `${booked} of ${there} ${there === 1 ? 'vehicle' : 'vehicles'}`;

/** What it is for: the services, and what the customer said. */
export const whatFor = ({ services, concern }: Pick<Entry, 'services' | 'concern'>): string =>
  [services, concern].filter(Boolean).join(' · ');

const formats = new Map<string, Intl.DateTimeFormat>();

/** A day of the calendar, as `options` say: `show('2026-12-01', { weekday: 'short' })` is `Tue`. */
export function showDayAs(day: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  formats.set(key, format);
  return format.format(new Date(`${day}T12:00Z`));
}

/** `8:30 AM` of minutes since midnight */
export function showMinutes(minutes: number): string {
  const hour = Math.floor(minutes / 60);
  return `${hour % 12 || 12}:${String(minutes % 60).padStart(2, '0')} ${hour < 12 ? 'AM' : 'PM'}`;
}
