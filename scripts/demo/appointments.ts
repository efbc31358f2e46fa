import { sql } from 'kysely';
import { readAvailability, slotsIn } from '../../src/features/appointments/availability.js';
import { type Booking, bookByStaff, bookWithin, type Kind } from '../../src/features/appointments/booking.js';
import { changeBooking } from '../../src/features/appointments/booking-settings.js';
import { cancelAppointment } from '../../src/features/appointments/changing.js';
import { saveWeek, setSpecialDays } from '../../src/features/appointments/hours.js';
import { listServices, setService } from '../../src/features/appointments/services.js';
import { slotLabel } from '../../src/features/appointments/slots.js';
import { listTechnicians, saveWeeks } from '../../src/features/appointments/technicians.js';
import { markNoShows } from '../../src/features/calendar/no-shows.js';
import { KIND_WORDS } from '../../src/features/calendar/words.js';
import { change } from '../../src/platform/database/change.js';
import type { History } from '../../src/platform/database/history.js';
import type { Database } from '../../src/platform/database/pool.js';
import { newToken } from '../../src/platform/tokens.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import type { Aside } from './books.js';
import { SHOP } from './people.js';
import type { Order } from './sheets.js';
import type { ShopClock } from './shop-clock.js';
import type { Ticket } from './ticket.js';

const HALF_HOUR = 1_800_000;
/** How they come, over and over; most leave the vehicle. */
const KINDS: readonly Kind[] = ['drop-off', 'waiting', 'drop-off', 'after-hours', 'drop-off', 'waiting', 'ride', 'drop-off'];
/** Minutes of opening time from one appointment to the next: five or six a day, for two weeks. */
const APART = 118;
const AHEAD = 56;
/** What the first of the canned jobs take, in hundredths of an hour; the others can't be booked. */
const SERVICE_HOURS = [100, 50, 75, 50, 150, 100, 50, 125];

/** Opening hours as those of the story, online booking with what most people come for, and hours of the mechanics. */
export async function setUpBooking(db: Database, manager: Viewer): Promise<void> {
  const day = [{ opens: '07:30', closes: '17:30' }];
  const week = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day };
  await saveWeek(db, manager, {}, { ...week, saturday: [{ opens: '07:30', closes: '13:00' }], sunday: [] });
  await changeBooking(db, manager, {
    ...{ isOnline: true, arrivalsPerSlot: 3, waitersPerSlot: 2, takesAfterHours: true, offersRides: true },
    afterHoursText: 'Park in the row along the fence, lock it, and put the key with the form into the red box beside door 2.',
    greeting: 'Choose what you come for and when. For anything urgent, call us: we find a place.',
  });
  await db.updateTable('bays').set({ vehicles_per_day: 5 }).where('shop_id', '=', manager.shop).execute();
  const mechanics = (await listTechnicians(db, manager.shop)).filter(({ role }) => role === 'mechanic');
  await saveWeeks(
    db,
    manager,
    mechanics.map(({ id }) => ({ staff: id, hours: [600, 600, 600, 600, 600, 250, 0], was: null })),
  );
  for (const [index, { id }] of (await listServices(db, manager.shop)).slice(0, SERVICE_HOURS.length).entries())
    await setService(db, manager, id, SERVICE_HOURS[index] as number);
}

/** Who came yesterday and today with an appointment, who did not, and who comes in the next two weeks. */
export class Appointments {
  constructor(
    private readonly history: History,
    private readonly clock: ShopClock,
    private readonly people: Map<string, Viewer>,
    private readonly orderOf: (ticket: Ticket) => Order | undefined,
  ) {}

  asides(tickets: Ticket[]): Aside[] {
    const privately = tickets.filter(({ customer }) => !customer.company);
    const since = (from: number, to: number) => privately.filter(({ steps }) => from < begin(steps) && begin(steps) < to);
    const came = [...since(-0.95, 0).slice(0, 5), ...since(0, 0.95).slice(0, 4)];
    const before = since(-20, -3);
    const [gone, cancelled, asked, next, ...others] = before as [Ticket, Ticket, Ticket, Ticket, ...Ticket[]];
    return [
      ...came.flatMap((ticket, index) => this.#arrived(ticket, index)),
      ...this.#missed(gone, cancelled),
      { at: 0.9, run: () => this.#request(asked, 1500) },
      { at: 0.93, run: () => this.#request(next, 2600) },
      ...Array.from({ length: AHEAD }, (_, index) => this.#ahead(others[index % others.length] as Ticket, index)),
    ];
  }

  /** Booked some days before, and here now: the story opens the work order. */
  #arrived(ticket: Ticket, index: number): Aside[] {
    const at = begin(ticket.steps);
    const starts = new Date(Math.round(this.clock.at(at).getTime() / HALF_HOUR) * HALF_HOUR);
    let appointment = 0;
    return [
      {
        at: at - 1 - index,
        run: async () => {
          appointment = await this.#book(ticket, starts, KINDS[index % KINDS.length] as Kind);
        },
      },
      { at: at + 1e-7, run: () => this.#arrive(appointment, this.orderOf(ticket) as Order, this.#person(ticket.advisor), starts) },
    ];
  }

  /** As checkIn() does, for a work order that is there. */
  async #arrive(appointment: number, order: Order, advisor: Viewer, starts: Date): Promise<void> {
    await change(this.history.db, advisor, {}, async (tx) => {
      const { rows } = await sql<{ kind: Kind }>`
        update appointments a set state = 'arrived', work_order_id = w.id, arrived_at = ${tx.now}, customer_id = w.customer_id, vehicle_id = w.vehicle_id
        from work_orders w where a.shop_id = ${tx.shop} and a.id = ${appointment} and w.shop_id = a.shop_id and w.id = ${order.id}
        returning a.kind`.execute(tx.db);
      const kind = rows[0]?.kind ?? 'drop-off';
      const at = slotLabel(starts, SHOP.timeZone);
      tx.record('appointment.arrived', order.id, { number: order.number, appointment, at, kind, how: KIND_WORDS[kind].name });
    });
  }

  /** One who did not come yesterday, and one who said so before. */
  #missed(gone: Ticket, cancelled: Ticket): Aside[] {
    let appointment = 0;
    const yesterday = (at: number) => new Date(Math.round(this.clock.at(at).getTime() / HALF_HOUR) * HALF_HOUR);
    return [
      { at: -4.4, run: async () => void (await this.#book(gone, yesterday(-0.6), 'drop-off')) },
      {
        at: -3.2,
        run: async () => {
          appointment = await this.#book(cancelled, yesterday(-0.4), 'waiting');
        },
      },
      {
        at: -1.3,
        run: async () => {
          const advisor = this.#person(cancelled.advisor);
          await change(this.history.db, advisor, {}, (tx) => cancelAppointment(tx, appointment, 'Sold the car'));
        },
      },
      { at: 0.01, run: () => markNoShows(this.history.db) },
    ];
  }

  #ahead(ticket: Ticket, index: number): Aside {
    const at = this.clock.ahead(50 + index * APART);
    const starts = new Date(Math.floor(at.getTime() / HALF_HOUR) * HALF_HOUR);
    // The nearer, the earlier it was booked; nobody books before the shop has any hours to book.
    return {
      at: 0.85 - ((index * 7) % 50) / 10,
      run: async () => void (await this.#book(ticket, starts, KINDS[(index + 3) % KINDS.length] as Kind)),
    };
  }

  async #book(ticket: Ticket, starts: Date, kind: Kind): Promise<number> {
    const booking = { ...bookingOf(ticket, kind), slot: slotLabel(starts, SHOP.timeZone) };
    const who = { customer: null, vehicle: null, technician: this.#person(ticket.mechanic).staff, bay: null, evenIfFull: true };
    const { result } = await change(this.history.db, this.#person(ticket.advisor), {}, (tx) => bookByStaff(tx, booking, who));
    return result.appointment;
  }

  /** By the customer, online: it waits for somebody who confirms it. */
  async #request(ticket: Ticket, ahead: number): Promise<void> {
    const { db } = this.history;
    const shop = this.#person(ticket.advisor).shop;
    await change(db, { shop, staff: null }, {}, async (tx) => {
      const free = slotsIn(await readAvailability(tx.db, shop, tx.now), { hundredths: 100, isWaiting: false }, tx.now);
      const from = this.clock.ahead(ahead);
      const slot = free.find(({ at }) => at >= from) ?? free.at(-1);
      return bookWithin(tx, { ...bookingOf(ticket, 'drop-off'), slot: slot?.label ?? '' }, newToken());
    });
  }

  #person(email: string): Viewer {
    return this.people.get(email) as Viewer;
  }
}

function bookingOf({ customer, vehicle, concern }: Ticket, kind: Kind): Omit<Booking, 'slot'> {
  const { name, phone, email } = customer;
  return { kind, services: [], concern, name, phone, email, vehicle: vehicle.description, plate: vehicle.plate };
}

const begin = (steps: Ticket['steps']): number => steps[0]?.at ?? 0;

/** A holiday ahead, so that the calendar has a day that is different. */
export async function addHoliday(db: Database, manager: Viewer, clock: ShopClock): Promise<void> {
  const day = slotLabel(clock.ahead(9_000), SHOP.timeZone).slice(0, 10);
  await setSpecialDays(db, manager, { first: day, last: day, note: 'Inventory', intervals: [{ opens: '07:30', closes: '12:00' }] });
}
