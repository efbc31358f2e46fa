import type { Page } from 'playwright/test';
import { openDoor } from '../src/testing/booking.js';
import { violations } from './support/accessible.js';
import { expect, type Site, test } from './support/test.js';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function doorOf(site: Site, shop: Parameters<typeof openDoor>[1]): Promise<string> {
  await openDoor(site.db, shop, { slug: `shop-${shop.id}` });
  return `/book/shop-${shop.id}`;
}

/** The first three steps. @returns the slot that was tapped: the first of the second day */
async function chooseTime(page: Page, door: string): Promise<string> {
  await page.goto(door);
  await page.getByLabel('Oil change').check();
  await page.getByLabel('Or say it in your own words').fill('It squeals “when” I brake & turn');
  await button(page, 'Go on').click();
  await expect(page.getByText('Step 2 of 5')).toBeVisible();
  await page.getByLabel('Year, make and model').fill('2019 Toyota Corolla');
  await page.getByLabel('License plate').fill('ABC 1234');
  await button(page, 'Go on').click();
  await expect(page.getByText('Step 3 of 5')).toBeVisible();
  const slot = page.locator('section.day:has([data-slot])').nth(1).locator('[data-slot]').first();
  const label = (await slot.getAttribute('data-slot')) as string;
  await slot.click();
  await expect(page.getByText('Step 4 of 5')).toBeVisible();
  return label;
}

test('on a phone without JavaScript an appointment is booked, moved and cancelled; going back loses nothing', async ({
  people,
  shop,
  site,
}) => {
  const door = await doorOf(site, shop);
  const page = await people.stranger({ ...PHONE, javaScriptEnabled: false });
  const slot = await chooseTime(page, door);

  // Back to the first step and on again: everything is still there.
  for (const step of [3, 2, 1]) {
    await page.goBack();
    await expect(page.getByText(`Step ${step} of 5`)).toBeVisible();
  }
  await expect(page.getByLabel('Oil change')).toBeChecked();
  for (const step of [2, 3, 4]) {
    await page.goForward();
    await expect(page.getByText(`Step ${step} of 5`)).toBeVisible();
  }
  await button(page, 'I leave it with you').click();
  await expect(page.getByText('It squeals “when” I brake & turn')).toBeVisible();

  // By the links, too, after which only what was changed has changed.
  await page.getByRole('link', { name: 'Change the vehicle' }).click();
  await expect(page.getByLabel('License plate')).toHaveValue('ABC 1234');
  await page.getByLabel('License plate').fill('XYZ 9');
  await button(page, 'Go on').click();
  await page.locator(`[data-slot="${slot}"]`).click();
  await button(page, 'I leave it with you').click();
  await expect(page.getByText('Step 5 of 5')).toBeVisible();
  await page.reload();
  await page.getByLabel('Your name').fill('Dana Whitfield');
  await page.getByLabel('Phone', { exact: true }).fill('555 0142');
  await page.getByLabel('By text message').check();
  await button(page, 'Book this appointment').click();
  await expect(page.getByRole('heading', { name: 'We have your request' })).toBeVisible();
  await expect(page.getByText('XYZ 9')).toBeVisible();
  const rows = () => site.db.selectFrom('appointments').select(['starts_at', 'state', 'plate']).where('shop_id', '=', shop.id).execute();
  expect(await rows()).toEqual([{ starts_at: new Date(slot), state: 'requested', plate: 'XYZ 9' }]);
  await page.reload();
  expect(await rows()).toHaveLength(1);

  await page.getByRole('link', { name: 'Change the time' }).click();
  const other = page.locator('section.day:has([data-slot])').nth(2).locator('[data-slot]').first();
  const moved = (await other.getAttribute('data-slot')) as string;
  await other.click();
  await expect(page.getByRole('heading', { name: 'We have your request' })).toBeVisible();
  expect((await rows())[0]?.starts_at).toEqual(new Date(moved));

  await page.getByRole('link', { name: 'Cancel it' }).click();
  await page.getByLabel('Why?').fill('Sold it');
  await button(page, 'Cancel the appointment').click();
  await expect(page.getByText('This appointment is cancelled.')).toBeVisible();
  expect((await rows())[0]?.state).toBe('cancelled');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page of the front door is accessible and as narrow as a phone, ${colorScheme}`, async ({ people, shop, site }) => {
    const door = await doorOf(site, shop);
    const page = await people.stranger({ ...PHONE, colorScheme });
    const check = async () => {
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      // Large enough for a thumb.
      for (const target of await page.locator('main :is(button, a.button)').all())
        expect((await target.boundingBox())?.height, await target.innerText()).toBeGreaterThanOrEqual(44);
    };
    await page.goto(door);
    await check();
    await page.goto(`${door}?concern=x&step=vehicle&asked=yes`);
    await check();
    await page.goto(`${door}?concern=x&vehicle=y&step=time&slot=2019-12-02T09:00-06:00`);
    await check();
    await chooseTime(page, door);
    await check();
    await button(page, 'I leave it with you').click();
    await expect(page.getByText('Step 5 of 5')).toBeVisible();
    await check();
    await page.getByLabel('Your name').fill('Dana Whitfield');
    await page.getByLabel('E-mail', { exact: true }).fill('dana@example.com');
    await button(page, 'Book this appointment').click();
    await expect(page.getByRole('heading', { name: 'We have your request' })).toBeVisible();
    await check();
    const own = page.url().replace('?booked', '');
    await page.goto(`${own}/time`);
    await check();
    await page.goto(`${own}/cancel`);
    await check();
    await button(page, 'Cancel the appointment').click();
    await expect(page.getByText('This appointment is cancelled.')).toBeVisible();
    await check();
    await site.db.updateTable('booking_settings').set({ is_online: false }).where('shop_id', '=', shop.id).execute();
    await page.goto(door);
    await expect(page.getByRole('heading', { name: 'Please call us' })).toBeVisible();
    await check();
  });
}
