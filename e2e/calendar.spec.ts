import type { Page } from 'playwright/test';
import { bookOne } from '../src/testing/appointment-samples.js';
import { violations } from './support/accessible.js';
import { PUSHED } from './support/board.js';
import { expect, test } from './support/test.js';

const WEEK = '/calendar?view=week&date=2030-12-03';
const slot = (page: Page, at: string) => page.locator(`.slot[data-at="${at}"]`);
const visit = (page: Page, id: number) => page.locator(`#appointment-${id}`);

/** As somebody who sees it live. */
async function atCalendar(page: Page, address = WEEK): Promise<Page> {
  await page.goto(address);
  await expect(page.locator('#connection')).toHaveText('live');
  return page;
}

test('an appointment that is dragged stands there on two screens; what is refused goes back, with the sentence at it', async ({
  people,
  shop,
  site,
  watch,
}) => {
  watch.expect(/status 422: POST .*\/moves/);
  const id = await bookOne(site.db, shop.staff.advisor);
  const page = await atCalendar(await people.signIn('advisor'));
  const other = await atCalendar(await people.signIn('mechanic'));
  const drag = async (to: string) => {
    const from = await visit(page, id).boundingBox();
    const target = await slot(page, to).boundingBox();
    if (!from || !target) throw new Error('There is nothing to drag.');
    await page.mouse.move(from.x + 30, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + 28, { steps: 2 });
    await page.mouse.move(target.x + target.width / 2, target.y + 10, { steps: 8 });
    await page.mouse.up();
  };
  await drag('2030-12-05T09:30-06:00');
  for (const screen of [page, other]) await expect(slot(screen, '2030-12-05T09:30-06:00').locator(visit(screen, id))).toBeVisible(PUSHED);
  // On Saturday the shop is closed.
  await drag('2030-12-07T09:30-06:00');
  await expect(visit(page, id).getByRole('alert')).toContainText('The shop is closed that day.');
  await expect(slot(page, '2030-12-05T09:30-06:00').locator(visit(page, id))).toBeVisible();
  await visit(page, id).getByRole('link', { name: 'Move it all the same' }).click();
  await page.getByRole('button', { name: 'Move it' }).click();
  await page.getByLabel('Move it all the same').check();
  await page.getByRole('button', { name: 'Move it' }).click();
  await expect(slot(other, '2030-12-07T09:30-06:00').locator(visit(other, id))).toBeVisible(PUSHED);
});

test('the keyboard carries an appointment from time to time and day to day', async ({ people, shop, site }) => {
  const id = await bookOne(site.db, shop.staff.advisor);
  const page = await atCalendar(await people.signIn('advisor'));
  await visit(page, id).getByRole('link').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await expect(slot(page, '2030-12-03T09:00-06:00').locator(visit(page, id))).toBeVisible();
  for (const key of ['Space', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'Space']) await page.keyboard.press(key);
  await expect(page.locator('#announcements')).toContainText('put down at Wed 4, 10:00 AM');
  await expect(page.locator('#notices')).toContainText('Wednesday, December 4, 10:00 AM');
  await page.reload();
  await expect(slot(page, '2030-12-04T10:00-06:00').locator(visit(page, id))).toBeVisible();
});

test('without JavaScript an appointment is moved by its form, and checked in', async ({ people, shop, site }) => {
  const id = await bookOne(site.db, shop.staff.advisor);
  const page = await people.signIn('advisor', { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await page.goto(WEEK);
  await visit(page, id).getByRole('link').click();
  await page.getByRole('link', { name: 'Move', exact: true }).click();
  await page.getByLabel('Or any other time').fill('2030-12-05T11:00');
  await page.getByRole('button', { name: 'Move it' }).click();
  await expect(page.locator('.facts time')).toHaveText('11:00 AM');
  await expect(page.locator('.facts').getByRole('link', { name: 'Thursday, December 5, 2030' })).toBeVisible();
  await page.getByText('Check in', { exact: true }).click();
  await page.getByLabel('Odometer').fill('84512');
  await page.getByRole('button', { name: 'Check in, open the work order' }).click();
  await expect(page).toHaveURL(/\/work-orders\/\d+/);
  await expect(page.getByText('84,512').first()).toBeVisible();
});

test('over the calendar an appointment opens in the dialog, is booked and cancelled there; Back closes it', async ({
  people,
  shop,
  site,
}) => {
  const id = await bookOne(site.db, shop.staff.advisor);
  const page = await atCalendar(await people.signIn('advisor'));
  await visit(page, id).getByRole('link').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { level: 1 })).toContainText('2019 Toyota Corolla');
  await expect(page).toHaveURL(`/appointments/${id}`);
  // The next sheet begins at its top, with the focus in it.
  await dialog.getByRole('link', { name: 'Move', exact: true }).click();
  await expect(dialog.getByRole('heading', { level: 1 })).toContainText('Move');
  await expect(dialog.locator(':focus')).toHaveCount(1);
  // And Back is the sheet before, over the same calendar.
  await page.goBack();
  await expect(dialog.getByRole('heading', { level: 1 })).toContainText('2019 Toyota Corolla');
  await dialog.getByText('Cancel the appointment').first().click();
  await dialog.getByLabel('Reason, if there is one').fill('Sold it');
  // Closed by mistake, nothing that was typed is lost.
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(WEEK);
  await expect(visit(page, id).getByRole('link')).toBeFocused();
  await page.keyboard.press('Enter');
  await dialog.getByText('Cancel the appointment').first().click();
  await expect(dialog.getByLabel('Reason, if there is one')).toHaveValue('Sold it');
  await dialog.getByRole('button', { name: 'Cancel the appointment' }).click();
  await expect(dialog.locator('.appointment-state')).toContainText('Cancelled');
  await page.goBack();
  await expect(dialog).toBeHidden();
  await expect(visit(page, id)).toBeHidden();
  await page.getByLabel('Show cancelled').check();
  await expect(visit(page, id)).toBeVisible();
});

test('somebody who walks in is checked in from the calendar; what they were searched by is not typed again', async ({ people, watch }) => {
  watch.expect(/status 422: POST .*\/work-orders/);
  const page = await people.signIn('advisor');
  await page.goto('/calendar');
  await page.getByRole('link', { name: 'Walk-in' }).click();
  await expect(page.getByLabel('Phone, plate or name')).toBeFocused();
  await page.keyboard.type('0660 555-1');
  await expect(page.getByLabel('Phone', { exact: true })).toHaveValue('0660 555-1');
  await page.getByLabel('Phone, plate or name').fill('Ida Novák');
  await expect(page.getByLabel('Customer', { exact: true })).toHaveValue('Ida Novák');
  await expect(page.getByLabel('Phone', { exact: true })).toHaveValue('');
  await page.getByLabel('Vehicle', { exact: true }).fill('2012 Volvo V70');
  await page.getByLabel('Odometer').fill('many');
  await page.getByRole('button', { name: 'Open the work order' }).click();
  await expect(page.locator('#odometer-error')).toBeVisible();
  await page.getByLabel('Odometer').fill('212,480');
  await page.getByRole('button', { name: 'Open the work order' }).click();
  await expect(page).toHaveURL(/\/work-orders\/\d+#work-order-media$/);
  await expect(page.getByText('212,480').first()).toBeVisible();
  await expect(page.getByText('Ida Novák').first()).toBeVisible();
});

test('what is typed before the scripts are there is looked up when they are', async ({ people }) => {
  const page = await people.signIn('advisor');
  for (const late of ['vendor', 'desk']) {
    let come = () => {};
    const hasCome = new Promise<void>((resolve) => {
      come = resolve;
    });
    await page.route(`**/${late}.js`, async (route) => {
      await hasCome;
      await route.continue();
    });
    await page.goto('/work-orders/new', { waitUntil: 'commit' });
    const found = late === 'desk' ? page.waitForResponse(/matches/).then((response) => response.finished()) : null;
    await page.getByLabel('Phone, plate or name').pressSequentially('0660 555-1');
    await found;
    come();
    await expect(page.getByLabel('Phone', { exact: true }), `${late} comes late`).toHaveValue('0660 555-1');
    await page.unrouteAll();
  }
});

test('the pages of the calendar are sound, at a desk and on a phone, light and dark', async ({ people, shop, site }) => {
  const technician = shop.staff.mechanic.staff;
  for (const kind of ['waiting', 'drop-off', 'after-hours', 'ride'] as const)
    await bookOne(site.db, shop.staff.advisor, { kind, technician });
  const id = await bookOne(site.db, shop.staff.advisor);
  const page = await people.signIn('manager');
  const addresses = [WEEK, '/calendar?view=day&date=2030-12-03', '/calendar?view=month&date=2030-12-03', `/appointments/${id}`];
  const forms = [`/appointments/${id}/moves/new`, `/appointments/${id}/edit`, '/appointments/new', '/settings/calendar-feeds'];
  for (const width of [1366, 390]) {
    await page.setViewportSize({ width, height: 768 });
    for (const address of width === 390 ? addresses : [...addresses, ...forms]) {
      await page.goto(address);
      await expect(page.locator('h1:visible')).toHaveCount(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${address} is no wider than its window`).toBeLessThanOrEqual(
        width,
      );
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page), `${address} ${width} ${colorScheme}`).toEqual([]);
      }
    }
  }
});
