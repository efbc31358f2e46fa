import type { Page } from 'playwright/test';
import { moveCard } from '../src/features/board/moves.js';
import { addComment } from '../src/features/work-orders/comments.js';
import { card, expectColumn, open, PUSHED } from './support/board.js';
import { expect, test } from './support/test.js';

const dialog = (page: Page) => page.locator('#dialog');
const comment = (page: Page) => page.locator('#comment');

async function openCard(page: Page, number: number): Promise<void> {
  await card(page, number).locator('a.number').click();
  await expect(dialog(page).getByRole('heading', { level: 1 })).toContainText(String(number));
}

test('a card opens in a dialog with its own address; Back, Escape, the cross and the backdrop close it', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const page = await people.atBoard('advisor', {}, '/board?text=toyota');
  const isClosed = async () => {
    await expect(dialog(page)).toBeHidden();
    await expect(page).toHaveURL('/board?text=toyota');
    await expect(page).toHaveTitle(/^Board/);
    await expect(card(page, number).locator('a.number')).toBeFocused();
  };
  await openCard(page, number);
  await expect(page).toHaveURL(`/work-orders/${number}`);
  await expect(page).toHaveTitle(`WO-${number} 2019 Toyota Corolla`);
  await page.goBack();
  await isClosed();
  await openCard(page, number);
  await page.keyboard.press('Escape');
  await isClosed();
  await card(page, number).locator('.vehicle').click();
  await dialog(page).getByRole('link', { name: 'Close' }).click();
  await isClosed();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  await page.mouse.click(5, 5);
  await isClosed();
  // Its address works as a page, too, and in the history after a reload.
  await openCard(page, number);
  await page.reload();
  await expect(page.locator('main#main')).toContainText('It squeals');
  await page.goBack();
  await expect(card(page, number)).toBeVisible();
});

test('what was typed is still there when the card is opened again, or another form was looked at', async ({ people, shop, site }) => {
  const [number, other] = [await open(site.db, shop), await open(site.db, shop)];
  const page = await people.atBoard('advisor');
  await openCard(page, number);
  await comment(page).fill('Half a thought');
  await page.keyboard.press('Escape');
  await openCard(page, other);
  await expect(comment(page)).toHaveValue('');
  await page.keyboard.press('Escape');
  await openCard(page, number);
  await expect(comment(page)).toHaveValue('Half a thought');
  await dialog(page).getByRole('link', { name: 'Change' }).click();
  await expect(dialog(page).getByLabel('Phone')).toBeVisible();
  await dialog(page).getByRole('link', { name: 'Cancel' }).click();
  await expect(comment(page)).toHaveValue('Half a thought');
  await dialog(page).getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(dialog(page).locator('.comments')).toContainText('Half a thought');
  await expect(comment(page)).toHaveValue('');
});

test('a new work order by keyboard alone: the phone number, in another spelling, finds the customer', async ({ people, shop, site }) => {
  await open(site.db, shop, { customerName: 'Maria Quispe', phone: '(312) 555-0199', vehicleDescription: '2016 Honda Fit' });
  const page = await people.atBoard('advisor');
  await page.keyboard.press('n');
  await expect(dialog(page).getByLabel('Phone, plate or name')).toBeFocused();
  await expect(page).toHaveURL('/work-orders/new');
  await page.keyboard.type('+1 312.555.0199');
  await expect(dialog(page).locator('.matches')).toContainText('Maria Quispe');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(dialog(page).locator('.matches input').first()).toBeChecked();
  await expect(dialog(page).getByLabel('Vehicle', { exact: true })).toBeHidden();
  await page.keyboard.press('Tab');
  await expect(dialog(page).getByLabel('Concern')).toBeFocused();
  await page.keyboard.type('Oil light is on');
  await page.keyboard.press('Control+Enter');
  await expect(dialog(page).getByRole('heading', { level: 1 })).toContainText('2016 Honda Fit');
  await expect(page).toHaveURL('/work-orders/1002');
  await page.keyboard.press('Escape');
  await expectColumn(page, shop.columns[0]?.id as number, [1002, 1001]);
});

test('a form that is not right yet says what, and keeps what was typed', async ({ people, watch }) => {
  watch.expect(/status 422: POST .*\/work-orders/);
  const page = await people.atBoard('advisor');
  await page.getByRole('link', { name: 'New work order' }).click();
  await dialog(page).getByLabel('Concern').fill('It squeals');
  await dialog(page).getByLabel('Plate', { exact: true }).fill('ABC 1');
  await dialog(page).getByRole('button', { name: 'Open the work order' }).click();
  await expect(dialog(page).getByText('Who brings it? Type a name, or find them above.')).toBeVisible();
  await expect(dialog(page).getByLabel('Concern')).toHaveValue('It squeals');
  await expect(dialog(page).getByLabel('Plate', { exact: true })).toHaveValue('ABC 1');
  await expect(dialog(page).getByLabel('Customer', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await dialog(page).getByLabel('Customer', { exact: true }).fill('Dana');
  await dialog(page).getByLabel('Vehicle', { exact: true }).fill('Bicycle');
  await dialog(page).getByRole('button', { name: 'Open the work order' }).click();
  await expect(dialog(page).getByRole('heading', { level: 1 })).toContainText('Bicycle');
});

test('two people change the same field: both texts are shown and nothing is lost', async ({ people, shop, site, watch }) => {
  watch.expect(/status 409: POST .*\/edits/);
  const number = await open(site.db, shop);
  const [ann, bob] = [await people.atBoard('advisor'), await people.atBoard('manager')];
  for (const page of [ann, bob]) {
    await openCard(page, number);
    await dialog(page).getByRole('link', { name: 'Change' }).click();
    await expect(dialog(page).getByLabel('Concern')).toHaveValue('It squeals');
  }
  await dialog(ann).getByLabel('Concern').fill('It squeals when cold');
  await dialog(ann).getByLabel('Plate').fill('NEW 1');
  await dialog(ann).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(ann).locator('.concern')).toHaveText('It squeals when cold');
  await dialog(bob).getByLabel('Concern').fill('It squeals when braking');
  await dialog(bob).getByLabel('Phone').fill('555 0999');
  await dialog(bob).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(bob).locator('.conflict')).toContainText('It squeals when cold');
  await expect(dialog(bob).getByLabel('Concern')).toHaveValue('It squeals when braking');
  await dialog(bob).getByRole('button', { name: 'Save' }).click();
  // What only one of them changed is saved for both.
  for (const page of [ann, bob]) {
    await expect(dialog(page).locator('.concern')).toHaveText('It squeals when braking');
    await expect(dialog(page).locator('.facts')).toContainText('NEW 1');
    await expect(dialog(page).locator('.facts')).toContainText('555 0999');
  }
});

test('a change that was left half typed still notices what somebody else wrote meanwhile', async ({ people, shop, site, watch }) => {
  watch.expect(/status 409: POST .*\/edits/);
  const number = await open(site.db, shop);
  const [ann, bob] = [await people.atBoard('advisor'), await people.atBoard('manager')];
  const change = async (page: Page, concern: string) => {
    await openCard(page, number);
    await dialog(page).getByRole('link', { name: 'Change' }).click();
    await dialog(page).getByLabel('Concern').fill(concern);
  };
  await change(bob, 'Bob’s words');
  await bob.keyboard.press('Escape');
  await change(ann, 'Ann’s words');
  await dialog(ann).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(ann).locator('.concern')).toHaveText('Ann’s words');
  await openCard(bob, number);
  await dialog(bob).getByRole('link', { name: 'Change' }).click();
  await expect(dialog(bob).getByLabel('Concern')).toHaveValue('Bob’s words');
  await dialog(bob).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(bob).locator('.conflict')).toContainText('Ann’s words');
});

test('a double click posts a comment once; its author changes and deletes it, live for the others', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const [page, watching] = [await people.atBoard('mechanic'), await people.signIn('advisor')];
  await watching.goto(`/work-orders/${number}`);
  await expect(watching.locator('#connection')).toHaveText('live');
  await openCard(page, number);
  await comment(page).fill('Rear pads: 2 mm <b>left</b>');
  await dialog(page).getByRole('button', { name: 'Comment', exact: true }).dblclick();
  const seen = watching.locator('.comment-text');
  await expect(seen).toHaveText(['Rear pads: 2 mm <b>left</b>'], PUSHED);
  await expect(watching.locator('.comments').getByText('Change')).toBeHidden();

  const own = dialog(page).locator('.comments li');
  await expect(own).toHaveCount(1);
  await own.getByText('Change').click();
  await own.getByRole('textbox').fill('Rear pads: 3 mm left');
  await own.getByRole('button', { name: 'Save' }).click();
  await expect(seen).toHaveText(['Rear pads: 3 mm left'], PUSHED);
  await expect(own.locator('.comment-text')).toHaveText('Rear pads: 3 mm left');
  await expect(own.getByRole('textbox')).toBeHidden();
  await own.getByRole('button', { name: 'Delete' }).click();
  await expect(seen).toHaveCount(0, PUSHED);
});

test('a manager may delete anybody’s comment, but not change it', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  await addComment(site.db, shop.staff.mechanic, number, 'Something rude');
  const page = await people.atBoard('manager');
  await openCard(page, number);
  await expect(dialog(page).locator('.comments').getByText('Change')).toBeHidden();
  await dialog(page).locator('.comments').getByRole('button', { name: 'Delete' }).click();
  await expect(dialog(page).getByText('No comments yet.')).toBeVisible();
});

test('a mechanic takes a work order that nobody works on', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const [page, board] = [await people.atBoard('mechanic'), await people.atBoard('advisor')];
  await openCard(page, number);
  await dialog(page).getByRole('button', { name: 'I take it' }).click();
  await expect(dialog(page).locator('.facts')).toContainText(shop.staff.mechanic.name);
  await expect(card(board, number).locator('.mechanic')).toHaveAttribute('title', shop.staff.mechanic.name, PUSHED);
  await expect(dialog(page).getByRole('button', { name: 'I take it' })).toBeHidden();
});

test('a hand-over takes the card off every board; a manager brings it back with a reason', async ({ people, shop, site, watch }) => {
  watch.expect(/status 422: POST .*\/returns/);
  const number = await open(site.db, shop);
  const completed = shop.columns[3]?.id as number;
  await moveCard(site.db, shop.staff.mechanic, number, { column: completed, after: null, reason: '' });
  const [page, board] = [await people.atBoard('manager'), await people.atBoard('mechanic')];
  await openCard(page, number);
  await dialog(page).getByRole('button', { name: 'Hand over' }).click();
  await expect(card(board, number)).toHaveCount(0, PUSHED);
  await expect(card(page, number)).toHaveCount(0);
  await page.goto(`/work-orders/${number}`);
  await expect(page.locator('.facts')).toContainText('Handed over');
  await page.getByRole('button', { name: 'Bring it back to the board' }).click();
  await expect(page.getByText('Say why it comes back.')).toBeVisible();
  await page.getByLabel('Why it comes back').fill('The noise is back');
  await page.getByRole('button', { name: 'Bring it back to the board' }).click();
  await expect(card(board, number)).toBeVisible(PUSHED);
  await expect(page.locator('.history')).toContainText('The noise is back');
});

test('long names, other scripts and markup stay text and stay in their place', async ({ people, shop, site }) => {
  const long = 'Wolfeschlegelsteinhausenbergerdorff '.repeat(9).slice(0, 200).trim();
  const markup = '<script>alert(1)</script><img src=x onerror=alert(1)>';
  const numbers = [
    await open(site.db, shop, { customerName: long, vehicleDescription: 'W'.repeat(200), concern: 'x'.repeat(300) }),
    await open(site.db, shop, { customerName: 'محمد عبد الرحمن الحداد', vehicleDescription: 'تويوتا كورولا 2019' }),
    await open(site.db, shop, { customerName: '👩‍🔧🚜🏍️'.repeat(20), vehicleDescription: '🚗 Zoë’s Škoda' }),
    await open(site.db, shop, { customerName: markup, vehicleDescription: markup, plate: '"><i>', concern: markup }),
  ];
  for (const number of numbers) await addComment(site.db, shop.staff.advisor, number, `${markup} ${'y'.repeat(300)}`);
  for (const viewport of [
    { width: 1366, height: 768 },
    { width: 390, height: 844 },
  ]) {
    const page = await people.atBoard('advisor', { viewport });
    await expect(card(page, numbers[3] as number).locator('.vehicle')).toContainText(markup);
    await expectNoOverflow(page);
    for (const number of numbers) {
      const box = await card(page, number).boundingBox();
      expect(box?.width).toBeLessThanOrEqual(360);
    }
    for (const number of numbers) {
      await page.goto(`/work-orders/${number}`);
      await expectNoOverflow(page);
      await page.goto(`/work-orders/${number}/edit`);
      await expectNoOverflow(page);
    }
    await page.context().close();
  }
});

async function expectNoOverflow(page: Page): Promise<void> {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess, `${page.url()} is wider than the screen`).toBe(0);
}
