import { card, drag, expectColumn, expectVisible, open, PUSHED } from './support/board.js';
import { expect, test } from './support/test.js';

// Recording every step of so large a page takes longer than the steps.
test.use({ trace: 'off' });

test('a board with 500 cards shows, filters and moves them', async ({ people, shop, site }) => {
  const numbers: number[] = [];
  for (let index = 0; index < 500; index++) numbers.push(await open(site.db, shop, { plate: `K ${1000 + index}` }));
  const progress = shop.columns[1]?.id as number;
  const [page, watching] = [await people.atBoard('advisor'), await people.atBoard('mechanic')];
  await expect(page.locator('.card')).toHaveCount(500);
  await page.locator('#filters').getByRole('searchbox').fill('K 1234');
  await expectVisible(page, [numbers[234] as number]);
  await drag(page, numbers[234] as number, { column: progress, after: null });
  await expectColumn(watching, progress, [numbers[234] as number], PUSHED);
  await page.locator('#filters').getByRole('link', { name: 'Show all' }).click();
  await drag(page, numbers[499] as number, { column: progress, after: numbers[234] as number });
  await expectColumn(watching, progress, [numbers[234] as number, numbers[499] as number], PUSHED);
  await expect(card(watching, numbers[0] as number)).toBeAttached();
});
