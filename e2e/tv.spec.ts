import type { Page } from 'playwright/test';
import { makeTvLink, revokeTvLink } from '../src/features/tv/links.js';
import { block } from '../src/features/work-orders/blocks.js';
import { type SpawnedServer, spawnServer } from '../src/testing/server.js';
import { openOrders, type TestShop } from '../src/testing/shop.js';
import { open, PUSHED } from './support/board.js';
import { expect, type Site, test } from './support/test.js';
import { CONNECTION_LOST } from './support/watch.js';

const TV = { viewport: { width: 1920, height: 1080 } };

const makeLink = (site: Site, shop: TestShop, variant: 'floor' | 'lobby' = 'floor') =>
  makeTvLink(site.db, shop.staff.manager, { name: 'Bay 1', variant });

/** The page turns when the test says so, not every twelve seconds. Everything else keeps its time. */
async function turnByHand(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript(() => {
    const real = window.setInterval;
    window.setInterval = ((run: () => void, every: number) => {
      if (every !== 12_000) return real(run, every);
      return document.addEventListener('turn', run);
    }) as typeof setInterval;
  });
  return () => page.evaluate(() => void document.dispatchEvent(new Event('turn')));
}

/** The numbers that stand whole on the screen, in one column. */
function onScreen(page: Page): Promise<number[]> {
  return page
    .locator('.stage')
    .first()
    .evaluate((stage) => {
      const window = (stage.querySelector('.window') as HTMLElement).getBoundingClientRect();
      const inside = (box: DOMRect) => box.left >= window.left - 1 && box.right <= window.right + 1 && box.bottom <= window.bottom + 1;
      const rows = [...stage.querySelectorAll('li')].filter((row) => inside(row.getBoundingClientRect()));
      return rows.map((row) => Number(row.querySelector('strong')?.textContent));
    });
}

test('two hundred cards turn by themselves until each has been on the wall', async ({ people, shop, site }) => {
  test.setTimeout(60_000);
  const numbers = await openOrders(site.db, shop.staff.advisor, 200);
  for (const number of numbers.slice(0, 30)) await block(site.db, shop.staff.advisor, number, { reason: 'parts', note: 'front caliper' });
  const page = await people.stranger(TV);
  const turnPage = await turnByHand(page);
  await page.goto(`/tv/${await makeLink(site, shop)}`);
  const turn = page.locator('.stage .turn').first();
  await expect(turn).toHaveText(/^1 of \d+$/);
  const pages = Number((await turn.textContent())?.split(' of ')[1]);
  const seen: number[] = [];
  for (let at = 1; at <= pages; at++) {
    await expect(turn).toHaveText(`${at} of ${pages}`);
    const here = await onScreen(page);
    expect(here.length).toBeGreaterThan(0);
    seen.push(...here);
    await turnPage();
  }
  expect(seen).toEqual([...numbers].reverse());
  await expect(turn).toHaveText(`1 of ${pages}`);
  expect(await page.context().cookies()).toEqual([]);
});

test('letters are as large as five metres ask for, at 1080p and at 4K', async ({ people, shop, site }) => {
  await open(site.db, shop);
  const token = await makeLink(site, shop);
  for (const height of [1080, 2160]) {
    const page = await people.stranger({ viewport: { width: (height * 16) / 9, height } });
    await page.goto(`/tv/${token}`);
    const size = (selector: string) =>
      page.locator(selector).evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize) / innerHeight);
    expect(await size('.rows strong')).toBeGreaterThanOrEqual(0.0449);
    expect(await size('.rows .vehicle')).toBeGreaterThanOrEqual(0.0339);
  }
});

test('a change is on the wall at once, and a revoked link makes it dark', async ({ people, shop, site, watch }) => {
  watch.expect(/status 404: GET .*\/tv\//, /console error: WebSocket/);
  const page = await people.stranger(TV);
  const socket = page.waitForEvent('websocket');
  await page.goto(`/tv/${await makeLink(site, shop)}`);
  await socket;
  await expect(page.locator('.rows li')).toHaveCount(0);
  const number = await open(site.db, shop);
  await expect(page.locator('.rows strong')).toHaveText(String(number), PUSHED);
  const { id } = await site.db.selectFrom('tv_links').select('id').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
  await revokeTvLink(site.db, shop.staff.manager, id);
  await expect(page.locator('#dark')).toBeVisible({ timeout: 5_000 });
  await expect(page.locator('#cut-off')).toBeHidden();
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
