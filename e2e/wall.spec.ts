import type { Page } from 'playwright/test';
import { moveCard } from '../src/features/board/moves.js';
import { makeTvLink, type Variant } from '../src/features/tv/links.js';
import type { TestShop } from '../src/testing/shop.js';
import { open } from './support/board.js';
import { expect, type Site, test } from './support/test.js';

const HD = { viewport: { width: 1920, height: 1080 } };
const UHD = { viewport: { width: 3840, height: 2160 } };
const HOUR = 60 * 60 * 1000;

const makeLink = (site: Site, shop: TestShop, variant: Variant = 'floor') =>
  makeTvLink(site.db, shop.staff.manager, { name: 'Bay 1', variant });

/** Work orders in every column, some late, some with long words. */
async function fill(site: Site, shop: TestShop, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) {
    const number = await open(site.db, shop, {
      vehicleDescription: index % 9 === 0 ? 'Freightliner Cascadia 126 with the long sleeper cab' : `2019 Toyota Corolla ${index}`,
      mechanic: index % 3 === 0 ? shop.staff.mechanic.staff : null,
      promisedAt: new Date(Date.now() + (index % 7 === 0 ? -HOUR : 30 * HOUR)),
    });
    const column = shop.columns[index % shop.columns.length]?.id as number;
    if (index % shop.columns.length > 0) await moveCard(site.db, shop.staff.advisor, number, { column, after: null, reason: '' });
    numbers.push(number);
  }
  return numbers;
}

/** What a person in front of the screen can read now: whole rows only; a row that is cut through is reported. */
function readable(page: Page): Promise<{ numbers: number[]; cut: string[] }> {
  return page.evaluate(() => {
    const numbers: number[] = [];
    const cut: string[] = [];
    for (const row of document.querySelectorAll<HTMLElement>('.stage:not([hidden]) .rows > li')) {
      const box = row.getBoundingClientRect();
      const frame = (row.closest('.window') as HTMLElement).getBoundingClientRect();
      if (box.right <= frame.left + 1 || box.left >= frame.right - 1) continue;
      const isWide = box.left >= frame.left - 1 && box.right <= frame.right + 1;
      const isHigh = box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1 && box.bottom <= innerHeight;
      if (isWide && isHigh) numbers.push(Number(row.querySelector('strong')?.textContent));
      else cut.push(row.innerText);
    }
    return { numbers, cut };
  });
}

/** The smallest type on the screen, in hundredths of its height, and whose it is. */
function smallestType(page: Page): Promise<{ size: number; where: string }> {
  return page.evaluate(() => {
    let smallest = { size: Number.POSITIVE_INFINITY, where: '' };
    for (const element of document.querySelectorAll<HTMLElement>('#screen *')) {
      const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      if (!hasText || !element.checkVisibility()) continue;
      const size = (Number.parseFloat(getComputedStyle(element).fontSize) / innerHeight) * 100;
      if (size < smallest.size) smallest = { size, where: `${element.tagName}.${element.className}` };
    }
    return smallest;
  });
}

test('200 work orders: all of them, page by page, none cut through', async ({ people, shop, site }) => {
  const numbers = await fill(site, shop, 200);
  const page = await people.stranger(HD);
  // The pages turn when the test says so, not every twelve seconds.
  await page.addInitScript(() => {
    const real = window.setInterval;
    const byHand = (run: () => void, every: number) => (every === 12_000 ? document.addEventListener('turn', run) : real(run, every));
    window.setInterval = byHand as typeof setInterval;
  });
  await page.goto(`/tv/${await makeLink(site, shop)}`);
  const turns = page.locator('.stage:visible .turn');
  await expect(turns.first()).toHaveText(/^1 of \d+$/);
  const seen = new Set<number>();
  const pages = Math.max(...(await turns.allTextContents()).map((text) => Number(text.split(' of ')[1] || 1)));
  for (let turn = 1; turn <= pages; turn++) {
    const now = await readable(page);
    expect(now.cut).toEqual([]);
    for (const number of now.numbers) seen.add(number);
    await page.evaluate(() => document.dispatchEvent(new Event('turn')));
  }
  expect([...seen].sort()).toEqual(numbers.sort());
});

for (const screen of [HD, UHD]) {
  test(`large enough for five metres, and nothing over the edge, at ${screen.viewport.height} lines`, async ({ people, shop, site }) => {
    await fill(site, shop, 60);
    const page = await people.stranger(screen);
    await page.goto(`/tv/${await makeLink(site, shop)}`);
    await expect(page.locator('.stage:visible .turn').first()).toHaveText(/^1 of \d+$/);
    const type = await smallestType(page);
    expect(type.size, type.where).toBeGreaterThanOrEqual(3.39);
    expect((await readable(page)).cut).toEqual([]);
    const excess = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth - innerWidth, scrollHeight - innerHeight];
    });
    expect(Math.max(...excess)).toBeLessThanOrEqual(0);
  });
}

test('a new version of the program: the wall loads itself anew', async ({ people, shop, site }) => {
  const page = await people.stranger(HD);
  await page.clock.install();
  await page.goto(`/tv/${await makeLink(site, shop)}`);
  await page.evaluate(() => document.body.classList.add('old'));
  await page.route(/\/changes\?/, async (route) => {
    const response = await route.fetch();
    // The wall may load itself anew, as it should, while a second answer is still on its way.
    await route.fulfill({ response, headers: { ...response.headers(), 'x-assets': 'newer' } }).catch(() => {});
  });
  await page.clock.fastForward(30_000);
  await expect(page.locator('body.old')).toHaveCount(0);
  await expect(page.locator('#stages')).toBeVisible();
});

test('a manager makes a link, a screen shows it, and revoking switches the screen off for good', async ({ people, shop, site, watch }) => {
  watch.expect(/status 404: GET .*\/tv\//, /console error: WebSocket connection to/);
  await fill(site, shop, 2);
  const manager = await people.signIn('manager');
  await manager.goto('/settings/tv');
  await manager.getByLabel('Name').fill('Waiting room');
  await manager.getByRole('button', { name: 'Make the link' }).click();
  const link = await manager.getByLabel('Link').inputValue();

  const page = await people.stranger(HD);
  await page.goto(link);
  await expect(page.locator('.rows li').first()).toBeVisible();
  await manager.getByRole('button', { name: 'Revoke Waiting room' }).click();
  await expect(page.locator('#dark')).toBeVisible({ timeout: 10_000 });
  const onTop = await page
    .locator('.rows li')
    .first()
    .evaluate((row) => {
      const box = row.getBoundingClientRect();
      return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest('#dark') !== null;
    });
  expect(onTop).toBe(true);
  await page.reload();
  await expect(page.locator('body')).toContainText('does not work any more');
});

test('the lobby shows first names and stages, and nothing that tells who they are', async ({ people, shop, site }) => {
  await open(site.db, shop, { customerName: 'Maria Quispe', plate: '7ABC123', vehicleDescription: 'Honda Fit' });
  await open(site.db, shop, { customerName: 'Okafor, Chidi', plate: 'XYZ 9' });
  const page = await people.stranger(HD);
  await page.goto(`/tv/${await makeLink(site, shop, 'lobby')}`);
  await expect(page.locator('.rows .name')).toHaveText(['Chidi', 'Maria']);
  expect(await page.content()).not.toMatch(/Quispe|Okafor|7ABC|XYZ|Honda|\b555/);
  const type = await smallestType(page);
  expect(type.size, type.where).toBeGreaterThanOrEqual(3.39);
  expect(await page.context().cookies()).toEqual([]);
});
