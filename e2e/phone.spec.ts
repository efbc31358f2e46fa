import type { Locator, Page } from 'playwright/test';
import { moveCard } from '../src/features/board/moves.js';
import { addLabel } from '../src/features/labels/labels.js';
import { addComment } from '../src/features/work-orders/comments.js';
import { boxOf, card, expectColumn, open, PUSHED, pressLong } from './support/board.js';
import { expect, test } from './support/test.js';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** Whatever a finger should hit and is smaller than 44 pixels in a direction, with its size. */
function tooSmall(page: Page, within: string): Promise<string[]> {
  return page.evaluate((selector) => {
    const small: string[] = [];
    const targets = document.querySelectorAll<HTMLElement>(
      `:is(${selector}) :is(a, button, summary, select, input:not([type=hidden]), textarea)`,
    );
    for (const target of targets) {
      if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      // A tick or a choice is hit by its label, a card anywhere on it.
      const hit = target.matches('[type=checkbox], [type=radio], .card .number') ? (target.closest('label, .card') ?? target) : target;
      const { width, height } = hit.getBoundingClientRect();
      if (width > 1 && (width < 43.5 || height < 43.5)) {
        small.push(
          `${target.tagName} ${target.textContent?.trim() || target.getAttribute('aria-label')}: ${Math.round(width)} × ${Math.round(height)}`,
        );
      }
    }
    return small;
  }, within);
}

async function expectToFit(page: Page): Promise<void> {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess, `${page.url()} is wider than the phone`).toBeLessThanOrEqual(0);
}

async function expectInReach(target: Locator): Promise<void> {
  await expect(target).toBeInViewport({ ratio: 1 });
  const { x, y, width, height } = await boxOf(target);
  const isHit = await target.evaluate((element, at) => element.contains(document.elementFromPoint(at.x, at.y)), {
    x: x + width / 2,
    y: y + height / 2,
  });
  expect(isHit, 'something lies over it').toBe(true);
}

test('the board on a phone: only its strip scrolls sideways, and fingers hit what they aim at', async ({ people, shop, site }) => {
  const number = await open(site.db, shop, { plate: '7ABC 123' });
  const page = await people.atBoard('advisor', PHONE);
  await expectToFit(page);
  expect(await tooSmall(page, 'header.top, .filters, .card')).toEqual([]);
  await expectInReach(page.locator('#new-work-order'));
  await expect(card(page, number)).toBeInViewport();
  const strip = await page.locator('#board').evaluate((board) => board.scrollWidth > board.clientWidth);
  expect(strip).toBe(true);
});

test('a long press lifts a card on a phone', async ({ people, shop, site }) => {
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const estimates = shop.columns[0]?.id as number;
  const page = await people.atBoard('mechanic', PHONE);
  const held = await pressLong(page, second);
  await held.over({ column: estimates, after: first });
  await held.drop();
  const watching = await people.atBoard('advisor');
  await expectColumn(watching, estimates, [first, second], PUSHED);
});

test('a card fills the phone, and everything in it can be hit', async ({ people, shop, site }) => {
  await addLabel(site.db, shop.staff.manager, { name: 'Waiter', color: 'pink' });
  const number = await open(site.db, shop, { email: 'dana@example.test' });
  await moveCard(site.db, shop.staff.mechanic, number, { column: shop.columns[3]?.id as number, after: null, reason: '' });
  await addComment(site.db, shop.staff.advisor, number, 'Told the customer');
  const page = await people.atBoard('advisor', PHONE);
  await card(page, number).locator('.vehicle').tap();
  const dialog = page.locator('#dialog');
  await expect(dialog.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await boxOf(dialog)).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  for (const more of await dialog.locator('details:visible > summary').all()) await more.tap();
  expect(await tooSmall(page, '#dialog')).toEqual([]);
  const excess = await dialog.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(excess).toBeLessThanOrEqual(0);
  await expectInReach(dialog.getByRole('link', { name: 'Close' }));
});

test('a new work order on a phone: the button is at the thumb while one types', async ({ people }) => {
  const page = await people.atBoard('advisor', PHONE);
  await page.locator('#new-work-order').tap();
  const dialog = page.locator('#dialog');
  await expect(dialog.getByLabel('Phone, plate or name')).toBeVisible();
  expect(await tooSmall(page, '#dialog')).toEqual([]);
  await expectInReach(dialog.getByRole('button', { name: 'Open the work order' }));
});

test('every page of the settings fits a phone', async ({ people, shop, site }) => {
  await addLabel(site.db, shop.staff.manager, { name: 'Waiter', color: 'pink' });
  const page = await people.signIn('manager', PHONE);
  for (const path of ['/settings/columns', '/settings/labels', '/settings/tv', '/staff', '/permissions', '/account', '/work-orders']) {
    await page.goto(path);
    for (const more of await page.locator('main details > summary').all()) await more.tap();
    await expectToFit(page);
    expect(await tooSmall(page, 'header.top, main'), path).toEqual([]);
  }
});
