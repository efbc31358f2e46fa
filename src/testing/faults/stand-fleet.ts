import type { Role } from '../../features/staff/permissions.js';
import { Client } from '../client.js';
import { type TestDatabase, testDatabase } from '../database.js';
import { makeShop, openOrders, type TestShop } from '../shop.js';
import { findFileDamage, findLosses, openStoreOf } from './check.js';
import { Fleet } from './fleet.js';
import { Load, type LoadOptions } from './load.js';
import { Screen } from './screens.js';

/** What hands each connection to one of several processes. */
interface Door {
  url: string;
  close(): Promise<void>;
}

/** Three processes with a door in front, and the people of a shop, each with a card of their own. */
export class StandingFleet<Front extends Door> {
  /** Signed in, by way of the door: whoever is known at one process is known at all. */
  readonly clients: Client[] = [];
  readonly screens: Screen[] = [];
  #load: Load | undefined;

  constructor(
    readonly database: TestDatabase,
    readonly shop: TestShop,
    readonly numbers: number[],
    readonly fleet: Fleet,
    readonly door: Front,
  ) {}

  /** So many more screens, of one person after the other. */
  async openScreens(count: number): Promise<void> {
    for (let index = 0; index < count; index++) this.screens.push(await Screen.open(this.clients[index % this.clients.length] as Client));
  }

  closeScreens(): void {
    for (const screen of this.screens.splice(0)) screen.close();
  }

  /** Everybody begins to work. */
  work(options: LoadOptions): Load {
    this.#load = new Load(this.clients, this.shop, this.numbers, options);
    return this.#load;
  }

  /** What is not as the ledger says, and what is wrong with the files; the work must have ended. */
  async losses(): Promise<string[]> {
    const { dataDir } = this.fleet;
    const store = await openStoreOf(this.database.url, dataDir);
    return [
      ...(await findLosses(this.database.db, this.shop.id, this.#load?.ledger ?? [])),
      ...(await findFileDamage(this.database.db, store, dataDir)),
    ];
  }

  async stop(): Promise<void> {
    await this.#load?.stop();
    this.closeScreens();
    for (const client of this.clients) client.close();
    await this.door.close();
    await this.fleet.stop();
    await this.database.close();
  }
}

/**
 * @param openDoor in front of these processes
 * @param roles of the people, one each
 */
export async function standFleet<Front extends Door>(
  openDoor: (fleet: Fleet) => Promise<Front>,
  roles: readonly Role[],
): Promise<StandingFleet<Front>> {
  const database = await testDatabase();
  const shop = await makeShop(database.db);
  const numbers = await openOrders(database.db, shop.staff.advisor, roles.length);
  const fleet = await Fleet.start(database.url, 3);
  const door = await openDoor(fleet).catch(async (error) => {
    await fleet.stop();
    throw error;
  });
  const stand = new StandingFleet(database, shop, numbers, fleet, door);
  for (const role of roles) stand.clients.push(await new Client(door.url).signInAs(shop, role));
  return stand;
}

/** Eight people, of every role. */
export const EIGHT: readonly Role[] = ['manager', 'advisor', 'mechanic', 'manager', 'advisor', 'mechanic', 'manager', 'advisor'];
