import { makeTvLink } from '../src/features/tv/links.js';
import { type SpawnedServer, spawnServer } from '../src/testing/server.js';
import type { TestShop } from '../src/testing/shop.js';
import { open, PUSHED } from './support/board.js';
import { expect, type Site, test } from './support/test.js';
import { CONNECTION_LOST } from './support/watch.js';

const TV = { viewport: { width: 1920, height: 1080 } };

const makeLink = (site: Site, shop: TestShop) => makeTvLink(site.db, shop.staff.manager, { name: 'Bay 1', variant: 'floor' });

test('a change is on the wall at once', async ({ people, shop, site }) => {
  const page = await people.stranger(TV);
  const live = page.waitForEvent('websocket');
  await page.goto(`/tv/${await makeLink(site, shop)}`);
  await live;
  await expect(page.locator('.rows li')).toHaveCount(0);
  const number = await open(site.db, shop);
  await expect(page.locator('.rows strong')).toHaveText(String(number), PUSHED);
});

test('a wall that is cut off says so, and comes back by itself', async ({ people, shop, site, watch }) => {
  watch.expect(...CONNECTION_LOST);
  test.setTimeout(60_000);
  const token = await makeLink(site, shop);
  let server: SpawnedServer = await spawnServer(site.databaseUrl);
  const { port } = new URL(server.url);
  try {
    const page = await people.stranger({ ...TV, baseURL: server.url });
    await page.goto(`/tv/${token}`);
    await server.end('SIGKILL');
    await expect(page.locator('#cut-off')).toHaveText(/^Cut off since \d\d:\d\d$/, { timeout: 15_000 });
    const number = await open(site.db, shop);
    server = await spawnServer(site.databaseUrl, { PORT: port });
    await expect(page.locator('#cut-off')).toBeHidden({ timeout: 15_000 });
    await expect(page.locator('.rows strong')).toHaveText(String(number));
  } finally {
    await server.end('SIGTERM');
  }
});
