import { block } from '../src/features/work-orders/blocks.js';
import { addComment } from '../src/features/work-orders/comments.js';
import { bookOne } from '../src/testing/appointment-samples.js';
import { openOrders } from '../src/testing/shop.js';
import { expect, test } from './support/test.js';

test('a mention, chosen from the list by keyboard, counts at the other one’s bell, and opens what it is about', async ({
  people,
  shop,
  site,
}) => {
  const [number] = await openOrders(site.db, shop.staff.advisor, 1);
  const [advisor, mechanic] = [await people.atBoard('advisor'), await people.atBoard('mechanic')];
  await advisor.goto(`/work-orders/${number}`);
  await advisor.locator('#comment').pressSequentially('Look, @mech');
  await expect(advisor.locator('#mentions [aria-selected=true]')).toHaveText(shop.staff.mechanic.name);
  await advisor.keyboard.press('Enter');
  await advisor.keyboard.press('Control+Enter');
  await expect(advisor.locator('mark.mention')).toHaveText(`@${shop.staff.mechanic.name}`);
  await expect(mechanic.locator('#bell b')).toHaveText('1');
  await addComment(site.db, shop.staff.advisor, number as number, `@${shop.staff.mechanic.name} again`);
  await expect(mechanic.locator('#bell b')).toHaveText('2');
  await mechanic.locator('#bell').click();
  await mechanic.getByRole('button', { name: 'again' }).click();
  await expect(mechanic).toHaveURL(new RegExp(`/work-orders/${number}#comment-`));
  await expect(mechanic.locator('#bell b')).toHaveText('1');
});

test('the morning follows what happens at other desks', async ({ people, shop, site }) => {
  const [number] = await openOrders(site.db, shop.staff.advisor, 1);
  const page = await people.signIn('advisor');
  await page.goto('/today');
  const blocked = page.locator('section', { has: page.getByRole('heading', { name: 'Blocked' }) });
  await expect(blocked).toContainText('Nothing is blocked.');
  await block(site.db, shop.staff.mechanic, number as number, { reason: 'parts', note: 'Pads come on Tuesday' });
  await expect(blocked).toContainText('Pads come on Tuesday');
  const arrivals = page.locator('section', { has: page.getByRole('heading', { name: 'Arrivals' }) });
  await bookOne(site.db, shop.staff.advisor, { slot: new Date(Date.now() + 1000).toISOString() });
  await expect(arrivals).toContainText('2019 Toyota Corolla');
  await arrivals.getByRole('link', { name: 'Check in Dana Whitfield' }).click();
  await expect(page.getByRole('button', { name: 'Check in' })).toBeVisible();
});
