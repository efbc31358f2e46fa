import { showDateTime } from '../../platform/time.js';
import { KIND_WORDS } from './words.js';

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

/** What the events of an appointment say in the history of its work order, as the rest of a sentence that begins with who did it. */
export const APPOINTMENT_SENTENCES: Record<string, (data: Data) => string> = {
  'appointment.arrived': ({ at, how }) => `checked it in: the appointment of ${showSlot(at)}${how ? ` (${how})` : ''}`,
};

const FIELDS: Record<string, string> = {
  name: 'name',
  phone: 'phone',
  email: 'e-mail',
  vehicle: 'vehicle',
  plate: 'plate',
  concern: 'concern',
  services: 'services',
  hours: 'hours',
};

/** The same in its own history. */
export function tellAppointment(kind: string, data: Data, timeZone: string): string {
  const tell: Record<string, () => string> = {
    'appointment.booked': () => `booked it for ${showSlot(data.at)}`,
    'appointment.confirmed': () => 'confirmed it',
    'appointment.moved': () => tellMoved(data, timeZone),
    'appointment.cancelled': () => `cancelled it${data.reason ? `: ${data.reason}` : ''}`,
    'appointment.edited': () =>
      `changed ${Object.keys(data.to)
        .map((field) => `${FIELDS[field]} from “${data.from[field]}” to “${data.to[field]}”`)
        .join(', ')}`,
    'appointment.linked': () => (data.vehicle || data.customer ? 'noted who it is in the shop’s books' : 'took the note away who it is'),
    'appointment.no-show': () => 'noted that nobody came',
    'appointment.arrived': () => `checked the vehicle in: WO-${data.number}`,
  };
  return tell[kind]?.() ?? kind;
}

function tellMoved(data: Data, timeZone: string): string {
  const isMoved = Date.parse(data.from) !== Date.parse(data.at);
  return isMoved
    ? `moved it from ${showDateTime(new Date(data.from), timeZone)} to ${showSlot(data.at)}`
    : `changed who does it, where, or how it comes (${KIND_WORDS[data.kind as keyof typeof KIND_WORDS]?.name ?? data.kind})`;
}

/** `Dec 1, 9:00 AM` of a slot's label, on the clock that it was said by. */
const showSlot = (label: string): string => showDateTime(new Date(`${label.slice(0, 16)}Z`), 'UTC');
