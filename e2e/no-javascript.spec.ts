import type { Page } from 'playwright/test';
import { moveCard } from '../src/features/board/moves.js';
import { addLabel } from '../src/features/labels/labels.js';
import { makeTvLink } from '../src/features/tv/links.js';
import { PASSWORD } from '../src/testing/shop.js';
import { card, column, open } from './support/board.js';
import { expect, test } from './support/test.js';

const PLAIN = { javaScriptEnabled: false };

/** The numbers of a column from the top, read without a script. */
async function numbersIn(page: Page, id: number): Promise<number[]> {
  return (await column(page, id).locator('a.number').allTextContents()).map(Number);
}

test('sign in, look, filter, sign out', async ({ people, shop, site }) => {
  const [mine, other] = [await open(site.db, shop, { mechanic: shop.staff.mechanic.staff }), await open(site.db, shop)];
  const page = await people.stranger(PLAIN);
  await page.goto('/board');
  await expect(page).toHaveURL('/sign-in?next=%2Fboard');
  await page.getByLabel('E-mail address').fill(shop.email('mechanic'));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/board');
  expect(await numbersIn(page, shop.columns[0]?.id as number)).toEqual([other, mine]);

  const filters = page.locator('#filters');
  await filters.getByLabel('Mechanic', { exact: true }).selectOption('me');
  await filters.getByRole('button', { name: 'Show' }).click();
  await expect(card(page, mine)).toBeVisible();
  await expect(card(page, other)).toBeHidden();
  await filters.getByRole('link', { name: 'Show all' }).click();
  await expect(card(page, other)).toBeVisible();

  await page.locator('details.person summary').last().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.goto('/board');
  await expect(page).toHaveURL('/sign-in?next=%2Fboard');
});

test('a wrong password says so and keeps the address', async ({ people, shop, watch }) => {
  watch.expect(/status 422: POST .*\/sign-in/);
  const page = await people.stranger(PLAIN);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(shop.email('mechanic'));
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('E-mail address and password do not go together.');
  await expect(page.getByLabel('E-mail address')).toHaveValue(shop.email('mechanic'));
});

test('the form on the card moves it between columns, up and down; the notice takes it back', async ({ people, shop, site }) => {
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress] = shop.columns.map((one) => one.id) as [number, number];
  const page = await people.signIn('mechanic', PLAIN);
  await page.goto('/board');
  await card(page, second)
    .getByRole('button', { name: `Move ${second} down` })
    .click();
  await expect(page).toHaveURL('/board');
  expect(await numbersIn(page, estimates)).toEqual([first, second]);
  await card(page, second)
    .getByRole('button', { name: `Move ${second} up` })
    .click();
  expect(await numbersIn(page, estimates)).toEqual([second, first]);

  await card(page, first).getByLabel(`Column for ${first}`).selectOption({ label: 'In Progress' });
  await card(page, first).getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.locator('#notices')).toContainText(`${first} moved to In Progress.`);
  expect(await numbersIn(page, progress)).toEqual([first]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('#notices')).toContainText(`${first} is back in Estimates.`);
  expect(await numbersIn(page, estimates)).toEqual([second, first]);
});

test('a refused move explains itself on a page; a manager gives the reason there', async ({ people, shop, site, watch }) => {
  watch.expect(/status 40[03]: POST .*\/moves/, /status 422: POST .*\/moves/);
  const number = await open(site.db, shop);
  const [estimates, progress, , completed] = shop.columns.map((one) => one.id) as [number, number, number, number];
  await moveCard(site.db, shop.staff.mechanic, number, { column: completed, after: null, reason: '' });
  const moveTo = async (page: Page, name: string) => {
    await page.goto('/board');
    await card(page, number).getByLabel(`Column for ${number}`).selectOption({ label: name });
    await card(page, number).getByRole('button', { name: 'Move', exact: true }).click();
  };
  const mechanic = await people.signIn('mechanic', PLAIN);
  await moveTo(mechanic, 'Estimates');
  await expect(mechanic.getByRole('alert')).toHaveText('Only a manager can take a card out of Completed.');

  const manager = await people.signIn('manager', PLAIN);
  await moveTo(manager, 'In Progress');
  await expect(manager.getByText('Say why it leaves Completed.')).toBeVisible();
  await expect(manager.getByLabel('Column')).toHaveValue(String(progress));
  await manager.getByLabel('Reason').fill('The noise is back');
  await manager.getByRole('button', { name: 'Move it' }).click();
  await expect(manager).toHaveURL('/board');
  expect(await numbersIn(manager, progress)).toEqual([number]);
  expect(await numbersIn(manager, estimates)).toEqual([]);
});

test('the page of a work order: comment, change and delete it, label, assign, block, move', async ({ people, shop, site }) => {
  await addLabel(site.db, shop.staff.manager, { name: 'Waiter', color: 'pink' });
  const number = await open(site.db, shop);
  const page = await people.signIn('advisor', PLAIN);
  await page.goto('/board');
  await card(page, number).locator('a.number').click();
  await expect(page).toHaveURL(`/work-orders/${number}`);

  await page.getByLabel('Comment', { exact: true }).first().fill('Needs two new tyres');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  const comment = page.locator('.comments li');
  await expect(comment).toContainText('Needs two new tyres');
  await comment.locator('summary').click();
  await comment.getByLabel('Comment').fill('Needs four new tyres');
  await comment.getByRole('button', { name: 'Save' }).click();
  await expect(comment.locator('.comment-text')).toHaveText('Needs four new tyres');
  await expect(comment).toContainText('changed');
  await comment.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No comments yet.')).toBeVisible();

  await page.locator('summary', { hasText: 'Labels' }).click();
  await page.getByRole('button', { name: 'Waiter' }).click();
  await expect(page.locator('#work-order-facts .label')).toHaveText('Waiter');
  await page.getByLabel('Mechanic', { exact: true }).selectOption({ label: shop.staff.mechanic.name });
  await page.getByRole('button', { name: 'Assign' }).click();
  await expect(page.locator('#work-order-facts')).toContainText(shop.staff.mechanic.name);
  await page.locator('summary', { hasText: 'Blocked?' }).click();
  await page.getByLabel('Note').fill('Tyres come tomorrow');
  await page.getByRole('button', { name: 'Mark as blocked' }).click();
  await expect(page.locator('#work-order-facts .block')).toContainText('Tyres come tomorrow');
  await page.getByRole('button', { name: 'It can go on' }).click();
  await expect(page.locator('#work-order-facts .block')).toHaveCount(0);
  await page.getByLabel('Move to').selectOption({ label: 'In Progress' });
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.locator('#notices')).toContainText(`${number} moved to In Progress.`);
  await page.goto(`/work-orders/${number}`);
  await expect(page.locator('#work-order-facts .state')).toContainText('In Progress');
  await expect(page.locator('.history')).toContainText('Estimates');
});

test('a new work order for a vehicle that its plate finds', async ({ people, shop, site }) => {
  const before = await open(site.db, shop, { plate: 'ABC-1234', vehicleDescription: '2014 Ford Transit' });
  const page = await people.signIn('advisor', PLAIN);
  await page.goto('/board');
  await page.getByRole('link', { name: 'New work order' }).click();
  await page.getByLabel('Phone, plate or name').fill('abc 1234');
  await page.getByRole('button', { name: 'Look it up' }).click();
  await expect(page.getByText(`is in the shop: WO-${before}`)).toBeVisible();
  await page.getByRole('radio').first().check();
  await page.getByLabel('Concern').fill('Side door sticks');
  await page.getByRole('button', { name: 'Open the work order' }).click();
  await expect(page.locator('#notices')).toHaveText(`WO-${before + 1} is open. Now the photos of its arrival.`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('2014 Ford Transit');
  await expect(page.locator('.concern')).toHaveText('Side door sticks');
});

test('two people change the same field: the second sees both, and decides', async ({ people, shop, site, watch }) => {
  watch.expect(/status 409: POST .*\/edits/);
  const number = await open(site.db, shop, { concern: 'It squeals' });
  const [ann, bob] = [await people.signIn('advisor', PLAIN), await people.signIn('manager', PLAIN)];
  for (const page of [ann, bob]) await page.goto(`/work-orders/${number}/edit`);
  await ann.getByLabel('Concern').fill('It squeals when cold');
  await ann.getByRole('button', { name: 'Save' }).click();
  await expect(ann.locator('.concern')).toHaveText('It squeals when cold');
  await bob.getByLabel('Concern').fill('It squeals when braking');
  await bob.getByLabel('Phone').fill('555 0999');
  await bob.getByRole('button', { name: 'Save' }).click();
  await expect(bob.locator('.conflict')).toContainText('It squeals when cold');
  await expect(bob.getByLabel('Concern')).toHaveValue('It squeals when braking');
  await expect(bob.getByLabel('Phone')).toHaveValue('555 0999');
  await bob.getByLabel('Concern').fill('It squeals when cold, and when braking');
  await bob.getByRole('button', { name: 'Save' }).click();
  await expect(bob.locator('.concern')).toHaveText('It squeals when cold, and when braking');
  await expect(bob.getByRole('link', { name: '555 0999' })).toBeVisible();
});

test('hand a finished vehicle over, find it among the finished ones, bring it back', async ({ people, shop, site }) => {
  const number = await open(site.db, shop, { plate: '7ABC 123' });
  await moveCard(site.db, shop.staff.mechanic, number, { column: shop.columns[3]?.id as number, after: null, reason: '' });
  const page = await people.signIn('manager', PLAIN);
  await page.goto(`/work-orders/${number}`);
  await page.getByRole('button', { name: 'Hand over' }).click();
  await expect(page.locator('#notices')).toContainText(`WO-${number} was handed over.`);
  await page.getByRole('navigation', { name: 'Main' }).getByText('More').click();
  await page.getByRole('link', { name: 'Finished' }).click();
  await page.getByLabel('Number, plate, vehicle or customer').fill('7abc123');
  await page.getByRole('button', { name: 'Find' }).click();
  await page
    .locator('main')
    .getByRole('link', { name: String(number) })
    .click();
  await page.getByLabel('Why it comes back').fill('The noise is back');
  await page.getByRole('button', { name: 'Bring it back to the board' }).click();
  await expect(page.locator('#notices')).toContainText(`WO-${number} is on the board again.`);
});

test('no page needs a script for its content', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const token = await makeTvLink(site.db, shop.staff.manager, { name: 'Bay 1', variant: 'floor' });
  const page = await people.signIn('manager', PLAIN);
  const settings = ['/settings/columns', '/settings/labels', '/settings/tv', '/staff', '/permissions', '/account', '/work-orders'];
  const ofTheOrder = ['', '/edit', '/moves/new', '/print'].map((path) => `/work-orders/${number}${path}`);
  for (const path of [...settings, ...ofTheOrder, '/work-orders/new']) {
    await page.goto(path);
    await expect(page.locator('h1'), path).toBeVisible();
    await expect(page.locator('main, body > article, body').first(), path).toContainText(/\w+ \w+/);
  }
  await page.goto(`/tv/${token}`);
  await expect(page.locator('.rows strong')).toHaveText(String(number));
  await expect(page.locator('.rows strong')).toBeVisible();
});
