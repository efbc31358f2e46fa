import { addLabel, listLabels, setLabel } from '../src/features/labels/labels.js';
import { assign } from '../src/features/work-orders/assignments.js';
import { block } from '../src/features/work-orders/blocks.js';
import { addComment } from '../src/features/work-orders/comments.js';
import { card, expectVisible, open, PUSHED } from './support/board.js';
import { expect, test } from './support/test.js';

const HOUR = 60 * 60 * 1000;

test('filters by mechanic, advisor, label, text and late survive a reload and what comes later', async ({ people, shop, site }) => {
  const { db } = site;
  const { mechanic, advisor, manager } = shop.staff;
  await addLabel(db, manager, { name: 'Fleet', color: 'teal' });
  const label = (await listLabels(db, shop.id))[0]?.id as number;
  const mine = await open(db, shop, { mechanic: mechanic.staff, plate: '7ABC 123' });
  const late = await open(db, shop, { promisedAt: new Date(Date.now() - HOUR) });
  const labelled = await open(db, shop, { vehicleDescription: 'Kubota tractor' });
  await setLabel(db, advisor, labelled, label, true);
  await assign(db, advisor, labelled, { mechanic: null, advisor: manager.staff });
  const all = [mine, late, labelled];
  const page = await people.atBoard('advisor');
  const filters = page.locator('#filters');
  const clear = () => filters.getByRole('link', { name: 'Show all' }).click();

  await filters.getByLabel('Mechanic', { exact: true }).selectOption(String(mechanic.staff));
  await expectVisible(page, [mine]);
  await expect(page).toHaveURL(`/board?mechanic=${mechanic.staff}`);
  await expect(filters.locator('#shown')).toHaveText('1 card');
  await filters.getByLabel('Mechanic', { exact: true }).selectOption('none');
  await expectVisible(page, [late, labelled]);
  await clear();
  await expectVisible(page, all);

  await filters.getByLabel('Advisor', { exact: true }).selectOption(String(manager.staff));
  await expectVisible(page, [labelled]);
  await clear();
  await filters.getByLabel('Label', { exact: true }).selectOption(String(label));
  await expectVisible(page, [labelled]);
  await clear();
  await filters.getByRole('searchbox').fill('7abc');
  await expectVisible(page, [mine]);
  await clear();

  await filters.getByLabel('Late only').check();
  await expectVisible(page, [late]);
  await page.reload();
  await expectVisible(page, [late]);
  await expect(filters.getByLabel('Late only')).toBeChecked();
  // What arrives is filtered, too.
  const alsoLate = await open(db, shop, { promisedAt: new Date(Date.now() - HOUR) });
  const onTime = await open(db, shop, { promisedAt: new Date(Date.now() + 9 * HOUR) });
  await expect(card(page, onTime)).toBeAttached(PUSHED);
  await expectVisible(page, [late, alsoLate]);
  await expect(filters.locator('#shown')).toHaveText('2 cards');
});

test('“My work” shows a mechanic’s own cards, also those that are given to them meanwhile', async ({ people, shop, site }) => {
  const [mine, nobodys] = [await open(site.db, shop, { mechanic: shop.staff.mechanic.staff }), await open(site.db, shop)];
  const page = await people.atBoard('mechanic');
  await page.getByRole('link', { name: 'My work' }).click();
  await expectVisible(page, [mine]);
  await expect(page.getByRole('link', { name: 'My work' })).toHaveAttribute('aria-current', 'page');
  await expect(page.locator('#connection')).toHaveText('live');
  await assign(site.db, shop.staff.advisor, nobodys, { mechanic: shop.staff.mechanic.staff, advisor: null });
  await expectVisible(page, [mine, nobodys]);
});

test('a card says what it is waiting for and since when, how late it is, and how many comments it has', async ({ people, shop, site }) => {
  const late = await open(site.db, shop, { promisedAt: new Date(Date.now() - HOUR) });
  const soon = await open(site.db, shop, { promisedAt: new Date(Date.now() + HOUR / 2) });
  const page = await people.atBoard('mechanic');
  await expect(card(page, late).locator('.promise .state')).toHaveText('Late');
  await expect(card(page, soon).locator('.promise .state')).toHaveText('Soon');
  await block(site.db, shop.staff.mechanic, soon, { reason: 'parts', note: 'Pads come on Tuesday' });
  await addComment(site.db, shop.staff.advisor, soon, 'Told the customer');
  await expect(card(page, soon).locator('.block')).toContainText(/Waiting for parts\s+Pads come on Tuesday\s+0 min/, PUSHED);
  await expect(card(page, soon)).toContainText('1 comment');
});
