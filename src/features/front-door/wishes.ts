// What somebody has chosen so far. It stands in the address, so that going back, reloading and sending a link all just work.
import { KINDS, type Kind } from '../appointments/booking.js';

export const STEPS = ['what', 'vehicle', 'time', 'how', 'who'] as const;
export type Step = (typeof STEPS)[number];

export interface Wish {
  /** Ids of canned jobs. */
  services: number[];
  concern: string;
  vehicle: string;
  plate: string;
  /** Label of a slot; empty: not chosen. */
  slot: string;
  kind: Kind | null;
}

/** Most characters of what is typed: an address has room for all of it. */
export const MOST = { concern: 1000, vehicle: 200, plate: 20, services: 20 };
export const SLOT = /^\d{4}-\d\d-\d\dT\d\d:\d\d[+-]\d\d:\d\d$/;

/** Reads it out of an address or a form. What can't be meant is left out: messengers add to addresses, and people cut them. */
export function wishIn(given: Record<string, unknown>): Wish {
  const kind = KINDS.find((one) => one === given.kind);
  const slot = textIn(given.slot, 40);
  return {
    services: servicesIn(given),
    concern: textIn(given.concern, MOST.concern),
    vehicle: textIn(given.vehicle, MOST.vehicle),
    plate: textIn(given.plate, MOST.plate),
    slot: SLOT.test(slot) && !Number.isNaN(Date.parse(slot)) ? slot : '',
    kind: kind ?? null,
  };
}

/** Which step is asked for; the first, when it is none. */
export function stepIn(given: Record<string, unknown>): Step {
  return STEPS.find((step) => step === given.step) ?? 'what';
}

/** `services=1,2` as the later steps carry them, or `service=1&service=2` as they are ticked. */
function servicesIn({ services, service }: Record<string, unknown>): number[] {
  const texts = [typeof services === 'string' ? services.split(',') : [], service].flat(2);
  const ids = texts.filter((text): text is string => typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text)).map(Number);
  return [...new Set(ids)].slice(0, MOST.services);
}

function textIn(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  return value.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim().slice(0, most).toWellFormed().trim();
}

/** The fields that carry it on; what is empty is left out. */
export function fieldsOf({ services, kind, ...texts }: Wish): Record<string, string> {
  const all = { services: services.join(), ...texts, kind: kind ?? '' };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** The address of a step. @param more other fields */
export function addressOf(base: string, step: Step, wish: Wish, more: Record<string, string> = {}): string {
  return `${base}?${new URLSearchParams({ ...fieldsOf(wish), step, ...more })}`;
}

/** What a wish is measured by. */
export interface Offer {
  services: ReadonlySet<number>;
  /** Kinds that the shop offers at the wished time. */
  kinds: readonly Kind[];
  isFree: boolean;
}

/** The first step at which something is missing; null when it can be booked. */
export function firstGap(wish: Wish, offer: Offer): Step | null {
  if (wish.services.length === 0 && wish.concern === '') return 'what';
  if (wish.services.some((id) => !offer.services.has(id))) return 'what';
  if (wish.vehicle === '') return 'vehicle';
  if (!offer.isFree) return 'time';
  return wish.kind !== null && offer.kinds.includes(wish.kind) ? null : 'how';
}

/** Whether a step comes after another. */
export function isAfter(step: Step, other: Step): boolean {
  return STEPS.indexOf(step) > STEPS.indexOf(other);
}
