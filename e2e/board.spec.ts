import { moveCard } from '../src/features/board/moves.js';
import { card, column, drag, expectColumn, open, PUSHED, pressLong, shown } from './support/board.js';
import { expect, test } from './support/test.js';

test('a card is dragged to another column and within it; others see it, and a reload finds it there', async ({ people, shop, site }) => {
  const [first, second, third] = [await open(site.db, shop), await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress] = shop.columns.map((one) => one.id) as [number, number];
  const [dragging, watching] = [await people.atBoard('mechanic'), await people.atBoard('advisor')];
  await expectColumn(dragging, estimates, [third, second, first]);

  await drag(dragging, third, { column: progress, after: null });
  await expectColumn(watching, progress, [third], PUSHED);
  await drag(dragging, first, { column: progress, after: third });
  await expectColumn(watching, progress, [third, first], PUSHED);
  await drag(dragging, first, { column: progress, after: null });
  await expectColumn(watching, progress, [first, third], PUSHED);

  await expect(column(watching, progress).locator('[data-counted]')).toHaveText('2');
  expect(await shown(dragging)).toEqual(await shown(watching));
  const before = await shown(dragging);
  await dragging.reload();
  expect(await shown(dragging)).toEqual(before);
});

test('a drag that ends where it began changes nothing and opens nothing', async ({ people, shop, site }) => {
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress] = shop.columns.map((one) => one.id) as [number, number];
  const page = await people.atBoard('mechanic');
  const version = await page.locator('#board').getAttribute('data-version');
  await drag(page, first, { column: estimates, after: second });
  await expectColumn(page, estimates, [second, first]);
  await expect(page.locator('#board')).toHaveAttribute('data-version', String(version));
  await expect(page.locator('#dialog')).toBeHidden();
  // The next drag works as ever.
  await drag(page, first, { column: progress, after: null });
  await expect(page.locator('#notices')).toContainText(`${first} moved to In Progress.`);
});

test('a mechanic who drags a card out of Completed reads why not, and the card is back', async ({ people, shop, site, watch }) => {
  watch.expect(/status 403: POST .*\/moves/);
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const [, progress, , completed] = shop.columns.map((one) => one.id) as [number, number, number, number];
  for (const number of [second, first]) await moveCard(site.db, shop.staff.manager, number, { column: completed, after: null, reason: '' });
  const page = await people.atBoard('mechanic');
  await expectColumn(page, completed, [first, second]);
  await drag(page, second, { column: progress, after: null });
  await expectColumn(page, completed, [first, second]);
  await expect(card(page, second).locator('.card-notice')).toHaveText('Only a manager can take a card out of Completed.');
  await expectColumn(page, progress, []);
  await expect(column(page, completed).locator('[data-counted]')).toHaveText('2');
});

test('a manager is asked for the reason, and with it the card goes where it was dropped', async ({ people, shop, site, watch }) => {
  watch.expect(/status 422: POST .*\/moves/);
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const [, progress, , completed] = shop.columns.map((one) => one.id) as [number, number, number, number];
  await moveCard(site.db, shop.staff.manager, first, { column: completed, after: null, reason: '' });
  await moveCard(site.db, shop.staff.manager, second, { column: progress, after: null, reason: '' });
  const [page, watching] = [await people.atBoard('manager'), await people.atBoard('mechanic')];
  await drag(page, first, { column: progress, after: second });
  const dialog = page.locator('#dialog');
  await expect(dialog.locator('.error')).toHaveText('Say why it leaves Completed.');
  await expectColumn(page, completed, [first]);
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await page.keyboard.type('The noise is back');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expectColumn(page, progress, [second, first]);
  await expectColumn(watching, progress, [second, first], PUSHED);
  await page.goto(`/work-orders/${first}`);
  await expect(page.locator('.history')).toContainText('The noise is back');
});

test('one’s own last move can be taken back, with the button or the key', async ({ people, shop, site }) => {
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress] = shop.columns.map((one) => one.id) as [number, number];
  const [page, watching] = [await people.atBoard('mechanic'), await people.atBoard('advisor')];
  await drag(page, first, { column: progress, after: null });
  await expectColumn(watching, progress, [first], PUSHED);
  await page.locator('#notices').getByRole('button', { name: 'Undo' }).click();
  await expectColumn(page, estimates, [second, first]);
  await expectColumn(watching, estimates, [second, first], PUSHED);
  await expect(page.locator('#notices')).toContainText(`${first} is back in Estimates.`);

  await drag(page, second, { column: progress, after: null });
  await expect(page.locator('#notices')).toContainText(`${second} moved to In Progress.`);
  await page.keyboard.press('u');
  await expectColumn(page, estimates, [second, first]);
});

test('a move that somebody else has overtaken is not taken back', async ({ people, shop, site, watch }) => {
  watch.expect(/status 409: POST .*\/undos/);
  const number = await open(site.db, shop);
  const [, progress, waiting] = shop.columns.map((one) => one.id) as [number, number, number];
  const page = await people.atBoard('mechanic');
  await drag(page, number, { column: progress, after: null });
  await expect(page.locator('#notices form[data-undo]')).toBeVisible();
  await moveCard(site.db, shop.staff.advisor, number, { column: waiting, after: null, reason: '' });
  await expectColumn(page, waiting, [number], PUSHED);
  await page.locator('#notices').getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('#notices')).toContainText('Somebody has moved that card since, so it stays where it is.');
  await expectColumn(page, waiting, [number]);
});

test('the board works by keyboard alone', async ({ people, shop, site }) => {
  const [first, second, third] = [await open(site.db, shop), await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress] = shop.columns.map((one) => one.id) as [number, number];
  const [page, watching] = [await people.atBoard('mechanic'), await people.atBoard('advisor')];
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await card(page, third).locator('a.number').focus();
  await press('ArrowDown', 'ArrowDown', 'ArrowUp');
  await expect(card(page, second).locator('a.number')).toBeFocused();
  await press('Space', 'ArrowRight');
  await expectColumn(page, progress, [second]);
  await expect(page.locator('#announcements')).toHaveText('In Progress, place 1.');
  await press('Space');
  await expectColumn(watching, progress, [second], PUSHED);
  await expect(card(page, second).locator('a.number')).toBeFocused();

  await press('ArrowLeft', 'Space', 'ArrowDown', 'Space');
  await expectColumn(watching, estimates, [first, third], PUSHED);
  await press('Space', 'ArrowRight', 'Escape');
  await expect(page.locator('#announcements')).toHaveText(`${third} is back where it was.`);
  await expectColumn(page, estimates, [first, third]);
  await expect(card(page, third).locator('a.number')).toBeFocused();

  // Whoever walks away in the middle leaves the card where it was.
  await press('Space', 'ArrowRight', 'Tab');
  await expectColumn(page, estimates, [first, third]);
  await expect(page.locator('body')).not.toHaveClass(/dragging/);
  expect(await shown(page)).toEqual(await shown(watching));
});

test('a finger that stays on a card lifts it; one that moves on scrolls', async ({ people, shop, site }) => {
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress] = shop.columns.map((one) => one.id) as [number, number];
  const page = await people.atBoard('mechanic', { hasTouch: true });
  const watching = await people.atBoard('advisor');
  const held = await pressLong(page, second);
  await held.over({ column: progress, after: null });
  await held.drop();
  await expectColumn(watching, progress, [second], PUSHED);
  await expectColumn(watching, estimates, [first]);

  const box = await card(page, first).boundingBox();
  const finger = await page.context().newCDPSession(page);
  const at = { x: (box?.x ?? 0) + 40, y: (box?.y ?? 0) + 40 };
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: at.x, y: at.y + 30 }] });
  await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: at.x, y: at.y + 300 }] });
  await expect(page.locator('body')).not.toHaveClass(/dragging/);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expectColumn(page, estimates, [first]);
});
