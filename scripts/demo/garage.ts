import { FLEETS, type Fleet, PAYERS, STREETS } from './fleets.js';
import type { PlannedJob } from './jobs/index.js';
import type { Kind } from './models.js';
import { FAMILY_NAMES, GIVEN_NAMES, NOTABLE_NAMES } from './people.js';
import type { Random } from './random.js';
import { isEquipment, type MadeVehicle, makeVehicle, NOTABLE_VEHICLES } from './vehicles.js';

export interface Customer {
  name: string;
  company: string;
  phone: string;
  email: string;
  address: string;
  /** Null: a private customer. */
  fleet: Fleet | null;
}

export interface Vehicle extends MadeVehicle {
  customer: Customer;
  /** Until when, in days of work, it is in the shop; from then on it may come again. */
  busyUntil: number;
  visits: number;
  /** What its odometer or hour meter shows, and when it did, in days of work. */
  reading: number;
  readAt: number;
  /** What was put off or declined, and not done since. */
  left: PlannedJob[];
}

const PRIVATE_CUSTOMERS = 190;
const AREA_CODES = ['815', '779', '608', '563', '224'];
const NEVER = Number.NEGATIVE_INFINITY;
/** Miles a year, or hours. */
const PACE: Record<Kind, number> = {
  ...{
    car: 11_500,
    suv: 12_500,
    pickup: 13_000,
    van: 17_000,
    motorcycle: 2_600,
    bus: 13_500,
    truck: 24_000,
    tractor: 380,
    forklift: 1_100,
  },
};
/** The story's own year: it must not depend on when it is told. */
const THIS_YEAR = 2026;
const WORKDAYS = 300;

/** Who pays for what this customer brings, when it is a company. */
export function payerOf({ fleet }: Customer): Fleet | null {
  return PAYERS.find((payer) => payer.company === fleet?.billTo) ?? fleet;
}

/** Everybody who ever comes in the story, with what they bring. */
export class Garage {
  readonly vehicles: Vehicle[] = [];
  /** Companies: they are known from the shop's first day on. */
  readonly companies: Customer[] = [];
  readonly #plates = new Set<string>();
  #customers = 0;

  constructor(private readonly random: Random) {
    for (const payer of PAYERS) this.companies.push(this.#customer(payer.contact, payer));
    for (const fleet of FLEETS) this.#addFleet(fleet);
    const names = [...NOTABLE_NAMES, ...this.#names(PRIVATE_CUSTOMERS - NOTABLE_NAMES.length)];
    for (const [index, name] of names.entries()) this.#addPrivate(name, NOTABLE_VEHICLES[index - 3]);
  }

  /**
   * Somebody who comes in at that time, or undefined when all of that kind are here already.
   * @param stays whether it is still here: of those, more are worth seeing on a board
   * @param fits which vehicles
   */
  arrival(at: number, stays: boolean, fits: (vehicle: Vehicle) => boolean): Vehicle | undefined {
    const free = this.vehicles.filter((vehicle) => vehicle.busyUntil < at - 0.4 && fits(vehicle));
    if (free.length === 0) return undefined;
    const notable = free.filter((vehicle) => this.#isNotable(vehicle));
    if (stays && notable.length > 0 && this.random.chance(0.3)) return this.random.pick(notable);
    const known = free.filter((one) => one.visits > 0 && one.visits < (one.customer.fleet ? 5 : 3) && one.busyUntil < at - 5);
    return this.random.pick(known.length > 0 && this.random.chance(0.3) ? known : free);
  }

  /** One that left within the last days of work, or undefined. */
  returning(at: number, days: number): Vehicle | undefined {
    const recent = this.vehicles.filter((one) => one.visits > 0 && one.busyUntil < at - 0.8 && one.busyUntil > at - days);
    return recent.length > 0 ? this.random.pick(recent) : undefined;
  }

  /** A private car that was here once, and somebody who buys it. */
  sale(at: number): { vehicle: Vehicle; buyer: Customer } {
    const mayBeSold = this.vehicles.filter(
      (one) => one.visits > 0 && one.busyUntil < at - 4 && !one.customer.fleet && one.kind === 'car' && one.year > 2000,
    );
    const vehicle = this.random.pick(mayBeSold);
    const buyers = this.vehicles.filter((one) => one.visits > 0 && !one.customer.fleet && one.customer !== vehicle.customer);
    return { vehicle, buyer: this.random.pick(buyers).customer };
  }

  /** What the meter of a vehicle shows when it comes at that time. */
  read(vehicle: Vehicle, at: number): number {
    const daily = (PACE[vehicle.kind] / WORKDAYS) * this.random.between(0.6, 1.5);
    if (vehicle.readAt > NEVER) vehicle.reading += Math.max(1, Math.round((at - vehicle.readAt) * daily));
    vehicle.readAt = at;
    return vehicle.reading;
  }

  #isNotable({ kind, customer, description }: Vehicle): boolean {
    const names: readonly string[] = NOTABLE_NAMES;
    return kind === 'tractor' || names.includes(customer.name) || NOTABLE_VEHICLES.some((one) => one.description === description);
  }

  #addFleet(fleet: Fleet): void {
    const customer = this.#customer(fleet.contact, fleet);
    this.companies.push(customer);
    let unit = 1;
    for (const { kind, count } of fleet.has) {
      for (let made = 0; made < count; made++) this.#addVehicle(customer, kind, unit++);
    }
  }

  #addPrivate(name: string, notable: MadeVehicle | undefined): void {
    const customer = this.#customer(name, null);
    if (notable) {
      this.#park(customer, notable);
      return;
    }
    const kinds = [
      ['car', 42],
      ['suv', 24],
      ['pickup', 16],
      ['van', 7],
      ['motorcycle', 8],
      ['tractor', 3],
    ] as const;
    this.#addVehicle(customer, this.random.weighted(kinds), null);
    if (this.random.chance(0.2)) this.#addVehicle(customer, this.random.weighted(kinds), null);
  }

  #addVehicle(customer: Customer, kind: Kind, unit: number | null): void {
    let made = makeVehicle(this.random, kind, unit);
    while (made.plate && this.#plates.has(made.plate)) made = makeVehicle(this.random, kind, unit);
    this.#plates.add(made.plate);
    this.#park(customer, made);
  }

  #park(customer: Customer, made: MadeVehicle): void {
    const years = Math.min(THIS_YEAR - made.year, isEquipment(made.kind) ? 20 : 14) + 0.5;
    const reading = Math.round(years * PACE[made.kind] * this.random.between(0.7, 1.2));
    this.vehicles.push({ ...made, customer, busyUntil: NEVER, visits: 0, reading, readAt: NEVER, left: [] });
  }

  /** With a telephone number that nobody has: 555-01xx is kept free for stories. */
  #customer(name: string, fleet: Fleet | null): Customer {
    const company = fleet?.company ?? '';
    const phone = this.phone();
    const mailbox = (company || name)
      .normalize('NFKD')
      .replace(/[^A-Za-z ]/g, '')
      .trim()
      .toLowerCase()
      .split(/ +/)
      .slice(0, 2)
      .join('.');
    const email = mailbox && this.random.chance(0.6) ? `${mailbox}@example.com` : '';
    const house = `${this.random.whole(101, 6899)} ${this.random.pick(STREETS)}`.replace(', ', '\n');
    const address = fleet?.address ?? (this.random.chance(0.85) ? house : '');
    return { name, company, phone, email, address, fleet };
  }

  phone(): string {
    const index = this.#customers++;
    const area = AREA_CODES[Math.floor(index / 100) % AREA_CODES.length] as string;
    const line = `01${String((index * 37) % 100).padStart(2, '0')}`;
    return this.random.weighted([
      [`(${area}) 555-${line}`, 6],
      [`${area}-555-${line}`, 3],
      [`${area}.555.${line}`, 1],
    ]);
  }

  #names(count: number): string[] {
    const names = new Set<string>();
    while (names.size < count) names.add(`${this.random.pick(GIVEN_NAMES)} ${this.random.pick(FAMILY_NAMES)}`);
    return [...names];
  }
}
