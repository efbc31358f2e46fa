import ical, { type ICalCalendar, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';

const PRODUCT = { company: 'ServiceFLOW', product: 'Appointments', language: 'EN' };

/** An appointment as a calendar has it. */
export interface CalendarEntry {
  shop: number;
  id: number;
  state: 'requested' | 'confirmed' | 'arrived' | 'no-show' | 'cancelled';
  startsAt: Date;
  minutes: number;
  bookedAt: Date;
  /** How often it was changed: a calendar that has it already takes what has a higher number. */
  sequence: number;
  summary: string;
  description: string;
  location: string;
  /** Where it can be changed; empty: nowhere. */
  url: string;
}

/** What an appointment is called in every calendar, for good (RFC 5545, 3.8.4.7). */
export function calendarUid({ shop, id, bookedAt }: Pick<CalendarEntry, 'shop' | 'id' | 'bookedAt'>): string {
  return `${shop}.${id}.${bookedAt.getTime()}@serviceflow`;
}

/**
 * A calendar file (iCalendar, RFC 5545) with times in UTC: no calendar has to know the shop's time zone. Of a single appointment that
 * is cancelled it takes the entry out again (RFC 5546, 3.2.5).
 */
export function calendarFile(name: string, entry: CalendarEntry, now: Date): string {
  const isCancelled = entry.state === 'cancelled' || entry.state === 'no-show';
  const calendar = ical({
    prodId: PRODUCT,
    method: isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
    name,
  });
  addEntry(calendar, entry, now);
  return calendar.toString();
}

/** As calendarFile(), of all that is on a calendar which other calendars read again and again. */
export function calendarFeed(name: string, entries: CalendarEntry[], now: Date): string {
  const calendar = ical({ prodId: PRODUCT, method: ICalCalendarMethod.PUBLISH, name, ttl: 900 });
  for (const entry of entries) addEntry(calendar, entry, now);
  return calendar.toString();
}

function addEntry(calendar: ICalCalendar, entry: CalendarEntry, now: Date): void {
  const isCancelled = entry.state === 'cancelled' || entry.state === 'no-show';
  calendar.createEvent({
    ...{ id: calendarUid(entry), sequence: entry.sequence, stamp: now, created: entry.bookedAt },
    ...{ start: entry.startsAt, end: new Date(entry.startsAt.getTime() + entry.minutes * 60_000) },
    ...{ summary: entry.summary, description: entry.description, location: entry.location, url: entry.url || null },
    status: isCancelled ? ICalEventStatus.CANCELLED : entry.state === 'requested' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED,
  });
}
