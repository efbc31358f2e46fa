import { type Browser, type BrowserContextOptions, test as base, expect, type Page } from 'playwright/test';
import type { Role } from '../../src/features/staff/permissions.js';
import type { Database } from '../../src/platform/database/pool.js';
import { Client } from '../../src/testing/client.js';
import { testDatabase } from '../../src/testing/database.js';
import { startTestServer, type TestServer } from '../../src/testing/server.js';
import { makeShop, type TestShop } from '../../src/testing/shop.js';
import { slowDown } from './slow-network.js';
import { Watch } from './watch.js';

export { expect } from 'playwright/test';

/** One worker's database and the real program on it. */
export interface Site {
  url: string;
  db: Database;
  databaseUrl: string;
  server: TestServer;
}

/** Opens browsers of people, each with cookies of its own. */
export interface People {
  /** A page of somebody who is signed in, on no address yet. */
  signIn(role: Role, options?: BrowserContextOptions, url?: string): Promise<Page>;
  /** As signIn(), and the board is open and live. */
  atBoard(role: Role, options?: BrowserContextOptions, address?: string): Promise<Page>;
  /** A page of nobody. */
  stranger(options?: BrowserContextOptions): Promise<Page>;
}

interface Fixtures {
  /** A shop of this test alone. */
  shop: TestShop;
  people: People;
  watch: Watch;
}

let shops = 0;

export const test = base.extend<Fixtures, { site: Site }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from its first parameter.
    async ({}, use) => {
      const database = await testDatabase(5, process.env.BROWSER_TEST_POSTGRES);
      const server = await startTestServer(database.url);
      await use({ url: server.url, db: database.db, databaseUrl: database.url, server });
      await server.stop();
      await database.close();
    },
    { scope: 'worker' },
  ],

  shop: async ({ site }, use) => {
    await use(await makeShop(site.db, `shop${++shops}`));
  },

  watch: async ({ site }, use) => {
    const watch = new Watch();
    site.server.logged.length = 0;
    await use(watch);
    const faults = site.server.logged.filter((line) => Number(line.level) >= 50);
    expect([...watch.problems, ...faults], 'what went wrong in the browsers and in the server').toEqual([]);
  },

  people: async ({ browser, shop, site, watch }, use) => {
    const people = new Opened(browser, shop, site.url, watch);
    await use(people);
    await people.close();
  },
});

class Opened implements People {
  readonly #contexts: Awaited<ReturnType<Browser['newContext']>>[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly shop: TestShop,
    private readonly url: string,
    private readonly watch: Watch,
  ) {}

  async stranger(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ baseURL: this.url, reducedMotion: 'reduce', ...options });
    this.#contexts.push(context);
    await this.watch.follow(context);
    if (process.env.SLOW_NETWORK) await slowDown(context);
    return context.newPage();
  }

  async signIn(role: Role, options: BrowserContextOptions = {}, url = this.url): Promise<Page> {
    const page = await this.stranger({ baseURL: url, ...options });
    const client = await new Client(url).signInAs(this.shop, role);
    client.close();
    await page.context().addCookies([...client.cookies].map(([name, value]) => ({ name, value, url })));
    return page;
  }

  async atBoard(role: Role, options: BrowserContextOptions = {}, address = '/board'): Promise<Page> {
    const page = await this.signIn(role, options);
    await page.goto(address);
    await expect(page.locator('#connection')).toHaveText('live');
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
  }
}
