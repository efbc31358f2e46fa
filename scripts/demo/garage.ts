import { FAMILY_NAMES, FLEETS, GIVEN_NAMES, NOTABLE_NAMES } from './people.js';
import type { Random } from './random.js';
import { type Kind, makeVehicle, NOTABLE_VEHICLES } from './vehicles.js';

export interface Customer {
  name: string;
  company: string;
  phone: string;
  email: string;
}

export interface Vehicle {
  customer: Customer;
  kind: Kind;
  description: string;
  plate: string;
  /** Until when, in days of work, it is in the shop; from then on it may come again. */
  busyUntil: number;
  visits: number;
}

const PRIVATE_CUSTOMERS = 190;
const AREA_CODES = ['815', '779', '608', '563', '224'];

/** Everybody who ever comes in the story, with what they bring. */
export class Garage {
  readonly vehicles: Vehicle[] = [];
  readonly #plates = new Set<string>();
  #customers = 0;

  constructor(private readonly random: Random) {
    for (const fleet of FLEETS) this.#addFleet(fleet);
    const names = [...NOTABLE_NAMES, ...this.#names(PRIVATE_CUSTOMERS - NOTABLE_NAMES.length)];
    for (const [index, name] of names.entries()) this.#addPrivate(name, NOTABLE_VEHICLES[index - 3]);
  }

  /**
   * Somebody who comes in at that time, or undefined when all of that kind are here already.
   * @param stays whether it is still here: of those, more are worth seeing on a board
   * @param fits which kinds of vehicle
   */
  arrival(at: number, stays: boolean, fits: (kind: Kind) => boolean): Vehicle | undefined {
    const free = this.vehicles.filter((vehicle) => vehicle.busyUntil < at - 0.4 && fits(vehicle.kind));
    if (free.length === 0) return undefined;
    const notable = free.filter((vehicle) => this.#isNotable(vehicle));
    if (stays && notable.length > 0 && this.random.chance(0.3)) return this.random.pick(notable);
    const known = free.filter((vehicle) => vehicle.visits > 0);
    return this.random.pick(known.length > 0 && this.random.chance(0.2) ? known : free);
  }

  /** One that left within the last days of work, or undefined. */
  returning(at: number, days: number): Vehicle | undefined {
    const recent = this.vehicles.filter((one) => one.visits > 0 && one.busyUntil < at - 0.8 && one.busyUntil > at - days);
    return recent.length > 0 ? this.random.pick(recent) : undefined;
  }

  #isNotable({ kind, customer, description }: Vehicle): boolean {
    const names: readonly string[] = NOTABLE_NAMES;
    return kind === 'tractor' || names.includes(customer.name) || NOTABLE_VEHICLES.some((one) => one.description === description);
  }

  #addFleet(fleet: (typeof FLEETS)[number]): void {
    const customer = this.#customer(fleet.contact, fleet.company);
    let unit = 1;
    for (const { kind, count } of fleet.has) {
      for (let made = 0; made < count; made++) this.#addVehicle(customer, kind as Kind, unit++);
    }
  }

  #addPrivate(name: string, notable: (typeof NOTABLE_VEHICLES)[number] | undefined): void {
    const customer = this.#customer(name, '');
    if (notable) {
      this.vehicles.push({ ...notable, customer, busyUntil: Number.NEGATIVE_INFINITY, visits: 0 });
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
    this.vehicles.push({ customer, kind, ...made, busyUntil: Number.NEGATIVE_INFINITY, visits: 0 });
  }

  /** With a telephone number that nobody has: 555-01xx is kept free for stories. */
  #customer(name: string, company: string): Customer {
    const index = this.#customers++;
    const area = AREA_CODES[Math.floor(index / 100)] as string;
    const line = `01${String((index * 37) % 100).padStart(2, '0')}`;
    const phone = this.random.weighted([
      [`(${area}) 555-${line}`, 6],
      [`${area}-555-${line}`, 3],
      [`${area}.555.${line}`, 1],
    ]);
    const mailbox = (company || name)
      .normalize('NFKD')
      .replace(/[^A-Za-z ]/g, '')
      .trim()
      .toLowerCase()
      .split(/ +/)
      .slice(0, 2)
      .join('.');
    const email = mailbox && this.random.chance(0.6) ? `${mailbox}@example.com` : '';
    return { name, company, phone, email };
  }

  #names(count: number): string[] {
    const names = new Set<string>();
    while (names.size < count) names.add(`${this.random.pick(GIVEN_NAMES)} ${this.random.pick(FAMILY_NAMES)}`);
    return [...names];
  }
}
