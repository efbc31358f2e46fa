import { changeColumn } from '../src/features/board/columns.js';
import { moveCard } from '../src/features/board/moves.js';
import { column, expectColumn, open, PUSHED } from './support/board.js';
import { expect, test } from './support/test.js';

test('what a manager does to the columns is on every board at once', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const [estimates, progress] = shop.columns.map((one) => one.id) as [number, number];
  const [page, board] = [await people.signIn('manager'), await people.atBoard('mechanic')];
  const names = () => board.locator('.column h2').allTextContents();
  await page.goto('/settings/columns');

  const add = page.locator('section.add');
  await add.getByLabel('Name').fill('Road test');
  await add.getByLabel('pink').check({ force: true });
  await add.getByRole('button', { name: 'Add the column' }).click();
  await expect.poll(names, PUSHED).toEqual(['Estimates', 'In Progress', 'Waiting on Parts', 'Completed', 'Road test']);

  await page.getByRole('button', { name: 'Move Road test to the left' }).click();
  await expect.poll(names, PUSHED).toEqual(['Estimates', 'In Progress', 'Waiting on Parts', 'Road test', 'Completed']);

  const row = page.locator(`#column-row-${progress}`);
  await row.locator('summary').click();
  await row.getByLabel('Name').fill('On the lift');
  await row.getByLabel('red').check({ force: true });
  await row.getByLabel('At most this many cards').fill('1');
  await row.getByRole('button', { name: 'Save' }).click();
  await expect(column(board, progress).locator('h2')).toHaveText('On the lift', PUSHED);
  await expect(column(board, progress)).toHaveClass(/color-red/);
  await expect(column(board, progress).locator('.count')).toHaveText('0 of 1');

  await page.locator('.row', { hasText: 'Road test' }).getByRole('button', { name: 'Remove' }).click();
  await expect.poll(names, PUSHED).toEqual(['Estimates', 'On the lift', 'Waiting on Parts', 'Completed']);
  // The cards stayed where they are, all the while.
  await expectColumn(board, estimates, [number]);
});

test('a column that holds a card can’t be removed', async ({ people, shop, site, watch }) => {
  watch.expect(/status 409: POST .*\/removals/);
  await open(site.db, shop);
  const page = await people.signIn('manager');
  await page.goto('/settings/columns');
  await page.locator(`#column-row-${shop.columns[0]?.id}`).getByRole('button', { name: 'Remove' }).click();
  await expect(page.locator('.problem')).toHaveText('There is still a card in it. Move it first.');
  await expect(page.locator('.rows .row')).toHaveCount(4);
});

test('a column with more cards than its limit turns its count amber, and back', async ({ people, shop, site }) => {
  const [estimates, progress] = shop.columns as [(typeof shop.columns)[0], (typeof shop.columns)[0]];
  const { id, ...input } = estimates;
  await changeColumn(site.db, shop.staff.manager, id, { ...input, limit: 1 });
  await open(site.db, shop);
  const page = await people.atBoard('advisor');
  const count = column(page, id).locator('.count');
  await expect(count).toHaveText('1 of 1');
  await expect(count).not.toHaveClass(/over/);
  const number = await open(site.db, shop);
  await expect(count).toHaveText('2 of 1', PUSHED);
  await expect(count).toHaveClass(/over/);
  await moveCard(site.db, shop.staff.advisor, number, { column: progress.id, after: null, reason: '' });
  await expect(count).not.toHaveClass(/over/, PUSHED);
});
