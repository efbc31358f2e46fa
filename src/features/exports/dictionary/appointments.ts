import { ID, POSITION, person, type ShopTable, table } from './table.js';

const APPOINTMENT = 'Row in appointments.';
const DAY = 'Day on the shop’s calendar.';
const HUNDREDTHS = 'Hours of work, in hundredths.';
const WEEKDAY = '1 Monday to 7 Sunday.';

/** When the shop is open, what it can take, and who comes. */
export const APPOINTMENT_TABLES: Record<string, ShopTable> = {
  opening_hours: table('A time of a weekday in which the shop is open.', {
    weekday: WEEKDAY,
    opens: 'From, on the shop’s clock.',
    closes: 'Until, on the shop’s clock; 24:00 for the end of the day.',
  }),
  special_days: table('A day that is not as its weekday is.', {
    day: DAY,
    note: 'Why, as customers read it.',
    intervals: 'When the shop is open: pairs of from and until; without one it is closed.',
  }),
  bays: table('A place to work on vehicles.', {
    id: ID,
    name: 'What it is called.',
    position: POSITION,
    vehicles_per_day: 'How many vehicles a day it can take.',
    removed_at: 'Since when it is not there any more; empty: it is.',
  }),
  technician_hours: table('Hours that somebody has for booked work on a weekday.', {
    staff_id: person('Who'),
    weekday: WEEKDAY,
    hundredths: HUNDREDTHS,
  }),
  absences: table('Days on which somebody is away.', { id: ID, staff_id: person('Who'), first_day: DAY, last_day: DAY }),
  booking_settings: table(
    'How appointments are booked.',
    {
      is_online: 'Whether customers can book.',
      slot_minutes: 'Minutes from one slot to the next.',
      notice_minutes: 'Minutes before a slot until which it can be booked.',
      days_ahead: 'How many days ahead can be booked.',
      arrivals_per_slot: 'How many may come at the same time.',
      waiters_per_slot: 'How many of them may wait for their vehicle.',
      day_hundredths: 'Hours of work that a day can take where no technician’s hours are known, in hundredths.',
      concern_hundredths: 'What a concern without a service takes, in hundredths of an hour.',
      takes_after_hours: 'Whether vehicles can be left while the shop is closed.',
      after_hours_text: 'Where the key goes then.',
      offers_rides: 'Whether customers are driven.',
      confirms_itself: 'Whether a booking is an appointment at once.',
      no_show_minutes: 'Minutes after which nobody is expected any more.',
      greeting: 'What the booking page says first.',
      consent_text: 'What customers agree to who want to be told by message.',
    },
    { slug: { why: 'The shop’s name in the address of its booking page: an address of this installation only.', instead: 'nothing' } },
  ),
  appointments: table('An appointment, or the wish for one.', {
    id: ID,
    state: 'requested, confirmed, arrived, no-show or cancelled.',
    kind: 'waiting, drop-off, after-hours or ride.',
    starts_at: 'When.',
    day: DAY,
    place: 'Which of the places of its slot it has.',
    hundredths: HUNDREDTHS,
    concern: 'What the customer said.',
    technician_id: person('Who is to do it'),
    bay_id: 'Row in bays.',
    name: 'Who comes, as they said it.',
    phone: 'Phone number, as they said it.',
    email: 'E-mail address, as they said it.',
    vehicle: 'With what, as they said it.',
    plate: 'Its plate, as they said it.',
    customer_id: 'Who that is; row in customers.',
    vehicle_id: 'Which that is; row in vehicles.',
    work_order_id: 'What became of it; row in work_orders.',
    booked_by: person('Who of the staff booked it, if it was not the customer'),
    booked_at: 'When it was booked.',
    confirmed_at: 'When it was confirmed.',
    arrived_at: 'When the vehicle came.',
    ended_at: 'When it was cancelled, or nobody was expected any more.',
    reason: 'Why it was cancelled.',
    sequence: 'How often it was changed.',
  }),
  appointment_links: table(
    'A customer’s link to an appointment. The link itself is not here.',
    { id: ID, appointment_id: APPOINTMENT, made_at: 'When it was made.' },
    { token_hash: { why: 'Opens the page on which it can be changed.', instead: 'random bytes' } },
  ),
  appointment_services: table('What an appointment is for, out of the shop’s list.', {
    appointment_id: APPOINTMENT,
    position: POSITION,
    canned_job_id: 'Row in canned_jobs.',
    name: 'What it was called.',
    hundredths: HUNDREDTHS,
  }),
};
