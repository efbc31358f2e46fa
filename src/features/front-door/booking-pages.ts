import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
import { showAppointment, showTime } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import { type Availability, readAvailability, slotsIn } from '../appointments/availability.js';
import { type Kind, wantedOf } from '../appointments/booking.js';
import type { Slot } from '../appointments/slots.js';
import { type Door, kindsOf, readNotes } from './doors.js';
import { headOf, showAbout, showSlots, WAYS } from './shown.js';
import { weekOf } from './weeks.js';
import { addressOf, fieldsOf, firstGap, isAfter, MOST, STEPS, type Step, type Wish } from './wishes.js';

/** What a shop has free for a wish. */
interface Free {
  availability: Availability;
  slots: Slot[];
  /** The wished one, if it is free. */
  slot: Slot | undefined;
  /** How one can come at that time. */
  kinds: Kind[];
}

async function freeFor(db: Database, door: Door, wish: Wish, now: Date): Promise<Free> {
  const availability = await readAvailability(db, door.shop, now);
  const services = door.services.filter(({ id }) => wish.services.includes(id));
  const wanted = wantedOf(null, services, door.concernHundredths);
  const slots = slotsIn(availability, wanted, now);
  const isWished = ({ label }: Slot) => label === wish.slot;
  const canWait = wish.slot !== '' && slotsIn(availability, { ...wanted, isWaiting: true }, now).some(isWished);
  return { availability, slots, slot: slots.find(isWished), kinds: kindsOf(door).filter((kind) => kind !== 'waiting' || canWait) };
}

/** What was sent and refused: with the next times, when that was the reason. */
export interface Sent extends Refused {
  next?: readonly Slot[];
}

/** A phone shows the top of the page, and what is wrong stands further down. */
const LOOK_BELOW = 'Not booked yet: please look at what is marked below.';

/** The steps of booking at one door. */
export class BookingPages {
  constructor(
    private readonly db: Database,
    private readonly door: Door,
    private readonly base: string,
  ) {}

  /** The page of a step, or the way to the one at which something is missing. */
  async show(step: Step, wish: Wish, query: Record<string, unknown>): Promise<Answer> {
    const now = new Date();
    const services = new Set(this.door.services.map(({ id }) => id));
    const early = firstGap(wish, { services, kinds: [], isFree: true });
    if (early !== null && early !== 'how' && isAfter(step, early)) return done(addressOf(this.base, early, wish, { asked: 'yes' }));
    if (step === 'what') return this.#what(wish, 'asked' in query);
    if (step === 'vehicle') return this.#page(step, wish, { asked: 'asked' in query });
    const free = await freeFor(this.db, this.door, wish, now);
    const gap = firstGap(wish, { services, kinds: free.kinds, isFree: free.slot !== undefined });
    if (gap !== null && isAfter(step, gap)) return done(addressOf(this.base, gap, wish));
    if (step === 'time') return this.#time(wish, free, typeof query.from === 'string' ? query.from : '', now);
    if (step === 'how') return this.#how(wish, free);
    return this.who(wish, null);
  }

  /** The last step: everything at a glance, and who comes. */
  who(wish: Wish, sent: Sent | null): Answer {
    const { name, timeZone, services, consentText } = this.door;
    const words = consentText || consentWords(name);
    const at = new Date(wish.slot);
    const errors = sent?.fields ?? {};
    const elsewhere = (['services', 'concern', 'vehicle', 'plate', 'slot', 'kind', 'website'] as const).map((field) => errors[field]);
    return this.#page('who', wish, {
      ...{ words, requestId: randomUUID(), values: sent?.values ?? {}, errors },
      problem: errors[''] ?? elsewhere.find(Boolean) ?? errors.requestId ?? (sent && Object.keys(errors).length ? LOOK_BELOW : ''),
      next: sent?.next ? showSlots(sent.next, timeZone) : null,
      summary: {
        what: [...services.filter(({ id }) => wish.services.includes(id)).map((one) => one.name), wish.concern].filter(Boolean),
        when: wish.slot ? showAppointment(at, timeZone) : 'No time yet',
        how: wish.kind ? WAYS[wish.kind].summary : '',
      },
      change: Object.fromEntries(STEPS.map((step) => [step, addressOf(this.base, step, wish)])),
    });
  }

  #page(step: Step, wish: Wish, data: object): Answer {
    const index = STEPS.indexOf(step);
    const back = STEPS[index - 1];
    return page(`front-door/${step}`, {
      ...headOf(this.door),
      ...{ title: 'Book an appointment', base: this.base, wish, most: MOST, number: index + 1, steps: STEPS.length },
      fields: Object.entries(fieldsOf(wish)),
      back: back ? addressOf(this.base, back, wish) : null,
      ...data,
    });
  }

  #what(wish: Wish, asked: boolean): Answer {
    const { services, greeting } = this.door;
    const known = services.map((one) => ({ ...one, about: showAbout(one.hundredths), isChosen: wish.services.includes(one.id) }));
    const isGone = wish.services.some((id) => !known.some((one) => one.id === id));
    const problem = isGone ? 'The shop does not offer one of these any more. Please choose again.' : '';
    const missing = asked ? 'Please choose something, or say in your own words what it is about.' : '';
    return this.#page('what', wish, { greeting, services: known, problem: problem || missing });
  }

  async #time(wish: Wish, { availability, slots, slot }: Free, from: string, now: Date): Promise<Answer> {
    const notes = await readNotes(this.db, this.door.shop);
    const week = weekOf(availability, slots, { from, chosen: wish.slot, notes, now });
    const to = (day: string | null) => day && addressOf(this.base, 'time', wish, { from: day });
    const isGone = wish.slot !== '' && !slot;
    return this.#page('time', wish, {
      ...{ week, isEmpty: slots.length === 0 },
      links: { earlier: to(week.earlier), later: to(week.later), first: to(week.first) },
      problem: isGone ? `${showAppointment(new Date(wish.slot), this.door.timeZone)} is taken. Please choose another time.` : '',
    });
  }

  #how(wish: Wish, { kinds, slot, availability }: Free): Answer {
    const ways = kinds.map((kind) => ({ kind, ...WAYS[kind], isChosen: kind === wish.kind }));
    const afterHours = this.door.afterHoursText;
    const when = slot ? `${showAppointment(slot.at, availability.timeZone)}` : '';
    const isFull = availability.rules.waitersPerSlot > 0 && !kinds.includes('waiting');
    return this.#page('how', wish, {
      ...{ when, time: slot ? showTime(slot.at, availability.timeZone) : '', isFull, other: addressOf(this.base, 'time', wish) },
      ways: ways.map((way) => (way.kind === 'after-hours' && afterHours ? { ...way, text: afterHours } : way)),
    });
  }
}

/** What a customer agrees to where the shop has no words of its own (47 CFR 64.1200(f)(9) asks for them). */
export function consentWords(shop: string): string {
  return `${shop} may write to me about this appointment and my vehicle. Text messages may cost what my plan says. I can say STOP at any time, and need not agree in order to book.`;
}
