import type { Page } from 'playwright/test';
import { makeTvLink } from '../src/features/tv/links.js';
import { send } from '../src/testing/customer.js';
import { addJob } from '../src/testing/money.js';
import { open } from './support/board.js';
import { expect, test } from './support/test.js';

/** The first script of each page, with something in it that breaks. */
async function breakScripts(page: Page): Promise<void> {
  await page.route(/\/assets\/\w+\/(app|tv|visit)\.js$/, async (route) => {
    const body = await (await route.fetch()).text();
    await route.fulfill({
      contentType: 'text/javascript',
      body: `${body}\nsetTimeout(() => { throw new TypeError('broken on purpose'); });`,
    });
  });
}

test('an error in a script is told wherever it happens: at the board, on a wall TV, on a customer’s page', async ({
  people,
  shop,
  site,
  watch,
}) => {
  watch.expect(/^page error: TypeError: broken on purpose/);
  const number = await open(site.db, shop);
  await addJob(site.db, shop.staff.advisor, number, { name: 'Brakes', progress: 'pending', lines: [{ cents: 30_000 }] });
  const { token } = await send(site.db, shop.staff.advisor, number);
  const tv = await makeTvLink(site.db, shop.staff.manager, { name: 'Bay 1', variant: 'floor' });
  const [mechanic, wall, customer] = [await people.signIn('mechanic'), await people.stranger(), await people.stranger()];
  for (const page of [mechanic, wall, customer]) await breakScripts(page);
  await mechanic.goto('/board');
  await wall.goto(`/tv/${tv}`);
  await customer.goto(`/c/${token}`);
  const told = async () => {
    const groups = site.db.selectFrom('fault_groups').select(['kind', 'title', 'route', 'place', 'shop_id']);
    const rows = await groups.where('title', 'like', '%broken on purpose').orderBy('route').execute();
    return rows.map(({ kind, route, place, shop_id }) => [kind, route, place.replace(/:\d+\)/, ')'), shop_id]);
  };
  await expect.poll(told).toEqual([
    ['browser', '/board', '(top) (/assets/app.js)', shop.id],
    ['browser', '/tv/:token', '(top) (/assets/tv.js)', null],
    ['browser', '/visit/:handle', '(top) (/assets/visit.js)', null],
  ]);
});
