import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
import { dateOf, showDateTime, showFullDateTime, showPromise, showTime, toLocalInput } from '../../platform/time.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { readAvailability, slotsIn } from '../appointments/availability.js';
import type { Kind } from '../appointments/booking.js';
import { listServices } from '../appointments/services.js';
import { slotLabel } from '../appointments/slots.js';
import { listCannedJobs } from '../settings/canned-jobs.js';
import { formState } from '../settings/fields.js';
import { findMatches, type Match } from '../work-orders/lookup.js';
import { type Appointment, getAppointment, listAppointmentEvents, listChoices } from './appointment.js';
import { plannedOf } from './changes.js';
import { EDITED } from './edits.js';
import { MOST_SERVICES } from './inputs.js';
import { tellAppointment } from './telling.js';
import { listWarnings } from './warnings.js';
import { KIND_CHOICES, KIND_WORDS, STATE_WORDS, showDayAs, showHours } from './words.js';

/** An appointment with what can be done with it. @param refused what one of its forms was refused for */
export async function appointmentPage(db: Database, viewer: Viewer, id: number, refused: Refused | null): Promise<Answer> {
  const one = await getAppointment(db, viewer.shop, id);
  const now = new Date();
  const isOpen = one.state === 'requested' || one.state === 'confirmed';
  const [events, warnings, matches, choices] = await Promise.all([
    listAppointmentEvents(db, viewer.shop, id),
    isOpen ? listWarnings(db, viewer.shop, viewer.timeZone, plannedOf(one), now) : [],
    one.customer || one.known ? [] : suggest(db, viewer.shop, one),
    listChoices(db, viewer.shop),
  ]);
  const data = {
    title: `${one.name}, ${showDateTime(one.startsAt, viewer.timeZone)}`,
    one: shownAppointment(one, viewer, now),
    ...{ isOpen, canCheckIn: isOpen || one.state === 'no-show' },
    // Until its day, nobody looks for it to be checked in.
    isDue: one.day <= dateOf(now, viewer.timeZone),
    // That its own time is over is no news: it waits for somebody to come.
    warnings: warnings.filter(({ text }) => text !== 'That time is over already.'),
    ...{ matches, best: bestMatch(one, matches), ...choices, kinds: KIND_CHOICES },
    history: events.map(({ kind, data: what, at, name }) => ({
      ...{ iso: at.toISOString(), at: showDateTime(at, viewer.timeZone), what: tellAppointment(kind, what, viewer.timeZone) },
      who: name ?? (kind === 'appointment.no-show' ? 'ServiceFLOW' : 'The customer'),
    })),
    problem: refused ? (Object.values(refused.fields)[0] ?? '') : '',
    ...{ values: refused?.values ?? {}, requestId: randomUUID() },
  };
  return page('calendar/appointment', data, 'calendar/appointment-sheet');
}

function shownAppointment(one: Appointment, { timeZone }: Viewer, now: Date) {
  return {
    ...one,
    ...{
      iso: one.startsAt.toISOString(),
      when: showPromise(one.startsAt, now, timeZone),
      at: showFullDateTime(one.startsAt, timeZone),
      time: showTime(one.startsAt, timeZone),
    },
    dayName: showDayAs(one.day, {
      ...{ weekday: 'long', month: 'long', day: 'numeric' },
      ...(one.day.slice(0, 4) === dateOf(now, timeZone).slice(0, 4) ? {} : { year: 'numeric' }),
    }),
    label: slotLabel(one.startsAt, timeZone),
    ...{ kindWords: KIND_WORDS[one.kind].name, color: KIND_WORDS[one.kind].color, stateWords: STATE_WORDS[one.state] || 'Confirmed' },
    hours: showHours(one.hundredths),
    services: one.services.map((service) => ({ name: service.name, hours: showHours(service.hundredths) })),
    booked: `${showDateTime(one.bookedAt, timeZone)}, by ${one.bookedBy ?? 'the customer'}`,
  };
}

/** Who of the shop's books it may be, by phone number and plate. */
async function suggest(db: Database, shop: number, { phone, plate }: Appointment): Promise<Match[]> {
  const found = await Promise.all([plate, phone].filter(Boolean).map((text) => findMatches(db, shop, text)));
  const keys = new Set<string>();
  return found
    .flat()
    .filter((match) => !keys.has(keyOf(match)) && keys.add(keyOf(match)))
    .slice(0, 6);
}

/** As a form names it: `vehicle:12`, `customer:7`. */
const keyOf = ({ vehicle, customer }: Match): string => (vehicle ? `vehicle:${vehicle}` : `customer:${customer}`);

/** The one that is meant, if nobody says otherwise: of the same plate, or the only customer of that number. */
function bestMatch({ plate, phone }: Appointment, matches: Match[]): string {
  const tidy = (text: string | null) => (text ?? '').toUpperCase().replace(/[^0-9A-Z]/g, '');
  const same = matches.find((match) => match.vehicle && tidy(plate) && tidy(match.plate) === tidy(plate));
  if (same) return keyOf(same);
  const digits = (text: string) => text.replace(/\D/g, '').slice(-10);
  const caller = matches.find((match) => digits(phone).length >= 7 && digits(match.phone) === digits(phone));
  return caller ? `customer:${caller.customer}` : 'new';
}

/** Slots that could be had on a day, as a choice. */
async function freeOn(db: Database, viewer: Viewer, day: string, wanted: { hundredths: number; kind: Kind }, but: number | null) {
  const now = new Date();
  const read = await readAvailability(db, viewer.shop, now, but);
  const availability = { ...read, rules: { ...read.rules, noticeMinutes: 0 } };
  return slotsIn(availability, { hundredths: wanted.hundredths, isWaiting: wanted.kind === 'waiting' }, now)
    .filter((slot) => slot.day === day)
    .map(({ label }) => ({
      label,
      time: new Date(`${label.slice(0, 16)}Z`).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }),
    }));
}

/** The form that moves an appointment. @param asked the day whose free times are shown, and the time that was wanted */
export async function moveForm(
  db: Database,
  viewer: Viewer,
  id: number,
  asked: { date: string | null; at: string },
  refused: Refused | null,
): Promise<Answer> {
  const one = await getAppointment(db, viewer.shop, id);
  const values: Record<string, unknown> = refused?.values ?? { slot: asked.at };
  const wanted = String(values.slot || values.time || '');
  const date = asked.date ?? (/^\d{4}-\d\d-\d\d/.test(wanted) ? wanted.slice(0, 10) : one.day);
  const [free, choices] = await Promise.all([freeOn(db, viewer, date, one, id), listChoices(db, viewer.shop)]);
  const isFree = free.some(({ label }) => label === values.slot);
  const data = {
    title: `Move ${one.name}`,
    one: shownAppointment(one, viewer, new Date()),
    ...{ date, dayName: showDayAs(date, { weekday: 'long', month: 'long', day: 'numeric' }), free, kinds: KIND_CHOICES, ...choices },
    // A time that is not among the free ones stands in the field for any other.
    slot: isFree ? values.slot : '',
    time: isFree
      ? ''
      : String(values.time || (values.slot ? String(values.slot).slice(0, 16) : toLocalInput(one.startsAt, viewer.timeZone))),
    ...{ values, errors: refused?.fields ?? {}, requestId: randomUUID() },
  };
  return page('calendar/move', data, 'calendar/move-form');
}

/** The form that changes what was said at the booking. */
export async function editForm(db: Database, viewer: Viewer, id: number, refused: Refused | null): Promise<Answer> {
  const [one, offered] = await Promise.all([getAppointment(db, viewer.shop, id), listServices(db, viewer.shop)]);
  const form = { key: 'appointment', ...formState(EDITED, { ...one }, refused?.values ?? null), errors: refused?.fields ?? {} };
  // What is booked stays a choice when the shop has it no more.
  const gone = one.services.filter(({ canned }) => canned !== null && !offered.some((service) => service.id === canned));
  const choices = [...gone.map(({ canned, name }) => ({ id: canned, name })), ...offered];
  const picks = Object.entries(form.values).flatMap(([name, value]) => (/^service\d+$/.test(name) ? [value] : []));
  if (picks.at(-1) !== '') picks.push('');
  const data = { title: `Change ${one.name}`, id, form, choices, picks: picks.slice(0, MOST_SERVICES), errors: refused?.fields ?? {} };
  return page('calendar/edit', data, 'calendar/edit-form');
}

/** The form for a new appointment, empty or with what was typed and chosen. */
export async function newForm(db: Database, viewer: Viewer, refused: Refused | null): Promise<Answer> {
  const values: Record<string, unknown> = refused?.values ?? {};
  const find = String(values.find ?? '');
  const at = String(values.at ?? '');
  const [matches, choices, canned] = await Promise.all([
    find ? findMatches(db, viewer.shop, find) : [],
    listChoices(db, viewer.shop),
    listCannedJobs(db, viewer.shop),
  ]);
  const time = String(values.time ?? (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(at) ? at.slice(0, 16) : ''));
  const data = {
    title: 'New appointment',
    ...{ values, errors: refused?.fields ?? {}, find, time, matches, ...choices, canned, kinds: KIND_CHOICES },
    chosen: { vehicle: values.vehicle ?? '', customer: values.customer ?? '' },
    requestId: String(values.requestId ?? randomUUID()),
  };
  return page('calendar/new', data, 'calendar/new-form');
}
