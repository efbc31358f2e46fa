import { addContact } from '../../src/features/customers/contacts.js';
import { addCustomer } from '../../src/features/customers/customers.js';
import { setPayer } from '../../src/features/customers/edit.js';
import { NO_FIELDS as NO_CUSTOMER } from '../../src/features/customers/rules.js';
import { readMeter, showReading } from '../../src/features/jobs/readings.js';
import { NO_FIELDS as NO_VEHICLE } from '../../src/features/vehicles/rules.js';
import { transferVehicle } from '../../src/features/vehicles/transfers.js';
import { addVehicle } from '../../src/features/vehicles/vehicles.js';
import { change } from '../../src/platform/database/change.js';
import type { Database } from '../../src/platform/database/pool.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import type { Books } from './books.js';
import type { Customer, Vehicle } from './garage.js';
import type { RateName } from './settings.js';
import type { Order } from './sheets.js';
import type { Sale } from './story.js';
import type { Ticket } from './ticket.js';
import { isEquipment, isHeavy } from './vehicles.js';
import { templateFor } from './visit.js';

const tick = (on: unknown) => (on ? 'on' : '');

/** Customers and vehicles: written down when they are new, found again when they are not. */
export class Register {
  readonly #customers = new Map<Customer, number>();
  readonly #vehicles = new Map<Vehicle, number>();
  readonly #meters = new Map<Vehicle, number>();

  constructor(
    private readonly db: Database,
    private readonly rates: Record<RateName, number>,
    private readonly books: Books,
  ) {}

  /** Writes down the companies with their people, and who pays for whom. */
  async addCompanies(manager: Viewer, companies: Customer[]): Promise<void> {
    for (const customer of companies) {
      const id = await this.#customer(manager, customer);
      this.books.customers.set(customer.company, id);
      for (const [index, [name, role]] of (customer.fleet?.contacts ?? []).entries())
        await addContact(this.db, manager, id, { name, role, phone: `${customer.phone} ext. ${11 + index * 3}`, email: '' });
      const payer = customer.fleet?.billTo && this.books.customers.get(customer.fleet.billTo);
      if (payer) await setPayer(this.db, manager, id, payer);
    }
  }

  /** The vehicle of a visit, with whoever brings it. @returns its id */
  async vehicle(advisor: Viewer, { vehicle, customer }: Ticket): Promise<number> {
    const known = this.#vehicles.get(vehicle);
    if (known) return known;
    const owner = await this.#customer(advisor, customer);
    const { description, plate, vin, make, model, year, engine, color, unitNumber, serial, kind } = vehicle;
    const { result } = await addVehicle(this.db, advisor, owner, {
      ...{ ...NO_VEHICLE, description, plate, vin, make, model, engine, color, unitNumber, serial },
      ...{ kind: isEquipment(kind) ? 'equipment' : 'road', type: templateFor(kind), year: String(year) },
      laborRate: isHeavy(kind) ? String(this.rates['Heavy rate']) : '',
    });
    this.#vehicles.set(vehicle, result.vehicle);
    const meter = await this.db
      .selectFrom('meters')
      .select('id')
      .where('shop_id', '=', advisor.shop)
      .where('vehicle_id', '=', result.vehicle)
      .executeTakeFirstOrThrow();
    this.#meters.set(vehicle, meter.id);
    return result.vehicle;
  }

  async sell(manager: Viewer, { vehicle, seller, buyer }: Sale): Promise<void> {
    const [id, from, to] = [this.#vehicles.get(vehicle) as number, this.#customers.get(seller) as number, this.#customers.get(buyer)];
    await transferVehicle(this.db, manager, id, { from, to: to as number, name: '', phone: '', dropNotes: true });
  }

  async readIn(actor: Viewer, order: Order, { vehicle, plan }: Ticket): Promise<void> {
    await readMeter(
      this.db,
      actor,
      order.number,
      this.#meters.get(vehicle) as number,
      { in: showReading(plan.reading.in * 10), out: '' },
      {},
    );
  }

  /** As readMeter() does, both at once. */
  async readBoth(actor: Viewer, { id, number }: Order, { vehicle, plan }: Ticket): Promise<void> {
    const meter = this.#meters.get(vehicle) as number;
    const moments = ['in', 'out'] as const;
    await change(this.db, actor, {}, async (tx) => {
      const rows = moments.map((moment) => ({ moment, tenths: plan.reading[moment] * 10 }));
      const row = { shop_id: tx.shop, meter_id: meter, work_order_id: id, at: tx.now };
      await tx.db
        .insertInto('meter_readings')
        .values(rows.map((one) => ({ ...row, ...one })))
        .onConflict((conflict) => conflict.columns(['shop_id', 'meter_id', 'work_order_id', 'moment']).doNothing())
        .execute();
      const to = { in: showReading(plan.reading.in * 10), out: showReading(plan.reading.out * 10) };
      const name = isEquipment(vehicle.kind) ? 'Hour meter' : 'Odometer';
      tx.record('meter.read', id, { number, meter, name, from: { in: '', out: '' }, to });
    });
  }

  async #customer(actor: Viewer, customer: Customer): Promise<number> {
    const known = this.#customers.get(customer);
    if (known) return known;
    const { name, company, phone, email, address, fleet } = customer;
    const { result } = await addCustomer(this.db, actor, {
      ...{ ...NO_CUSTOMER, name, company, phone, email, address, kind: fleet ? 'company' : 'person', notes: fleet?.notes ?? '' },
      ...{ poRequired: tick(fleet?.poRequired), onAccount: tick(fleet?.terms) },
      ...{ taxExempt: tick(fleet?.taxCertificate), taxCertificate: fleet?.taxCertificate ?? '' },
      laborRate: fleet ? String(this.rates['Fleet rate']) : '',
    });
    this.#customers.set(customer, result.customer);
    return result.customer;
  }
}
