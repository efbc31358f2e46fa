import type { Page } from 'playwright/test';
import { card, open, PUSHED } from './support/board.js';
import { expect, test } from './support/test.js';

const dialog = (page: Page) => page.locator('#dialog');
const rows = (page: Page) => page.locator('tr.line');

async function openCard(page: Page, number: number): Promise<void> {
  await card(page, number).locator('a.number').click();
  await expect(dialog(page).locator('.jobs')).toBeVisible();
}

test('lines are typed one after the other with the keyboard, calculated, and changed in place', async ({ people, shop, site, watch }) => {
  watch.expect(/status 422: POST .*\/edits/);
  const number = await open(site.db, shop);
  const page = await people.atBoard('advisor');
  await openCard(page, number);
  await dialog(page).locator('.add-line').first().getByRole('link', { name: 'Part' }).click();
  await expect(page.getByLabel('Part number')).toBeFocused();
  await page.getByLabel('Part number').fill('04465');
  await page.getByLabel('What', { exact: true }).fill('Brake pads');
  await page.getByLabel('Price for one').fill('3*12.50');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toHaveAttribute('data-amount-cents', '3750');
  // The next one waits, with the hand still at the keyboard.
  await expect(page.getByLabel('Part number')).toBeFocused();
  // Typing goes on while the fields of another kind are on their way.
  let goOn = () => {};
  const typed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  await page.route('**/lines/new?*', (route) => typed.then(() => route.continue()));
  await page.getByLabel('Kind').selectOption('Labor');
  await page.getByLabel('What', { exact: true }).fill('Replace pads');
  goOn();
  await expect(page.getByLabel('Hours', { exact: true })).toBeVisible();
  await expect(page.getByLabel('What', { exact: true })).toHaveValue('Replace pads');
  await expect(page.getByLabel('What', { exact: true })).toBeFocused();
  await page.getByLabel('Hours', { exact: true }).fill('1.5');
  await page.getByLabel('Price of an hour').fill('100');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByLabel('What', { exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('.line-edit')).toHaveCount(0);
  await expect(dialog(page)).toBeVisible();
  await expect(page.locator('[data-total-cents]')).toHaveAttribute('data-total-cents', '18750');

  await rows(page).first().click();
  await expect(page.getByLabel('Price for one')).toHaveValue('37.50');
  await page.getByLabel('Price for one').fill('40');
  await page.keyboard.press('Enter');
  // Saved, and the row below is open.
  await expect(page.getByLabel('Hours', { exact: true })).toHaveValue('1.5');
  await expect(rows(page).first()).toHaveAttribute('data-amount-cents', '4000');
  await page.getByLabel('Hours', { exact: true }).fill('many');
  await page.keyboard.press('Enter');
  await expect(page.locator('.line-edit .error')).toBeVisible();
  await expect(page.getByLabel('Hours', { exact: true })).toHaveValue('many');
  await page.keyboard.press('Escape');
  await expect(rows(page).nth(1)).toHaveAttribute('data-amount-cents', '15000');
});

test('a form row that is being typed in is left alone by what others do, and the rest follows', async ({ people, shop, site, watch }) => {
  watch.expect(/status 409: POST .*\/edits/);
  const number = await open(site.db, shop);
  const [ann, bob] = [await people.atBoard('advisor'), await people.atBoard('manager')];
  for (const page of [ann, bob]) await openCard(page, number);
  await expect(dialog(ann).locator('#work-order-company')).toContainText('has this open, too');
  await dialog(ann).locator('.add-line').first().getByRole('link', { name: 'Labor' }).click();
  await ann.getByLabel('What', { exact: true }).fill('Half typed');
  await dialog(bob).locator('.add-line').first().getByRole('link', { name: 'Labor' }).click();
  await bob.getByLabel('What', { exact: true }).fill('By Bob');
  await bob.getByLabel('Price of an hour').fill('50');
  await bob.keyboard.press('Enter');
  await expect(rows(ann)).toHaveCount(1, PUSHED);
  await expect(ann.getByLabel('What', { exact: true })).toHaveValue('Half typed');
  await ann.keyboard.press('Escape');
  await bob.keyboard.press('Escape');

  for (const page of [ann, bob]) {
    await rows(page).first().click();
    await expect(page.getByLabel('Hours', { exact: true })).toBeVisible();
  }
  await bob.getByLabel('Hours', { exact: true }).fill('2');
  await bob.keyboard.press('Enter');
  await expect(rows(bob).first()).toHaveAttribute('data-amount-cents', '10000');
  await ann.getByLabel('Hours', { exact: true }).fill('3');
  await ann.keyboard.press('Enter');
  await expect(ann.locator('.conflict')).toContainText('2');
  await expect(ann.getByLabel('Hours', { exact: true })).toHaveValue('3');
  await ann.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(rows(bob).first()).toHaveAttribute('data-amount-cents', '15000', PUSHED);
});

test('without JavaScript a line is added and changed by links and forms', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const page = await people.signIn('advisor', { javaScriptEnabled: false });
  await page.goto(`/work-orders/${number}`);
  await page.locator('.add-line').first().getByRole('link', { name: 'Labor' }).click();
  await page.getByLabel('What', { exact: true }).fill('Pads');
  await page.getByLabel('Price of an hour').fill('80');
  await page.getByRole('button', { name: 'Add the labor' }).click();
  await rows(page).first().getByRole('link').click();
  await page.getByLabel('Hours', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(rows(page).first()).toHaveAttribute('data-amount-cents', '16000');
});
