import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright/test';
import { addPhotos } from '../src/testing/media.js';
import { addBrakesTemplate, answer, type Found, findRed } from '../src/testing/safety.js';
import type { TestShop } from '../src/testing/shop.js';
import { unzip } from '../src/testing/unzip.js';
import { violations } from './support/accessible.js';
import { card, open, PUSHED } from './support/board.js';
import { expect, type Site, test } from './support/test.js';

const banner = (page: Page) => page.locator('#work-order-safety');
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const DONE = 3;

async function moveTo(page: Page, id: number | undefined): Promise<void> {
  // Somebody who chooses is at it: what can be done is not replaced meanwhile.
  await page.getByLabel('Move to').focus();
  await page.getByLabel('Move to').selectOption(String(id));
  await press(page, 'Move');
}

/** A work order on which the mechanic found bare brake pads; a job is proposed. */
async function unsafe(site: Site, shop: TestShop): Promise<{ number: number } & Found> {
  const number = await open(site.db, shop);
  return { number, ...(await findRed(site.db, shop, number, await addBrakesTemplate(site.db, shop))) };
}

async function expectSound(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), `${new URL(page.url()).pathname} in ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
}

async function decline(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Record consent' }).click();
  await page
    .getByRole('group', { name: /^Front pads/ })
    .getByLabel('Decline', { exact: true })
    .check();
  await page.getByLabel('Who answered').fill('Dana Whitfield');
  await page.getByLabel('How', { exact: true }).selectOption('in-person');
  await press(page, 'Write down the answer');
}

async function acknowledge(page: Page): Promise<void> {
  await banner(page).getByRole('link', { name: 'Record the acknowledgement' }).click();
  await expect(page.locator('.said')).toContainText('not safe to drive because of Front pads');
  await page.getByLabel('How', { exact: true }).selectOption('phone');
  await page.getByLabel('Note').fill('555 0142, she will have it towed');
  await press(page, 'Write down that the customer knows');
}

async function release(page: Page): Promise<void> {
  await banner(page).getByRole('link', { name: 'Release the vehicle' }).click();
  await page.getByLabel('How it leaves').fill('On a tow truck');
  await press(page, 'Release the vehicle');
}

test('what is declined though it is unsafe holds the vehicle, live, until two people have let it go', async ({
  people,
  shop,
  site,
  watch,
}) => {
  watch.expect(/status 409: POST .*\/hand-overs/);
  const { number } = await unsafe(site, shop);
  const mechanic = await people.atBoard('mechanic');
  await card(mechanic, number).locator('a.number').click();
  await expect(banner(mechanic)).toContainText('Unsafe, and not answered yet: Front pads');
  const advisor = await people.atBoard('advisor');
  await card(advisor, number).locator('a.number').click();
  await decline(advisor);
  await expect(banner(advisor)).toContainText('Held: this vehicle is not safe to drive');
  await expect(banner(mechanic)).toContainText('Needed next: the customer acknowledges', PUSHED);
  await expect(banner(mechanic).getByRole('link')).toHaveCount(0);
  await expect(card(mechanic, number)).toContainText('Held: unsafe', PUSHED);
  await expectSound(advisor);

  // It moves about the shop, but does not leave.
  await moveTo(advisor, shop.columns[DONE]?.id);
  await expect(advisor.locator(`[data-column="${shop.columns[DONE]?.id}"] #card-${number}`)).toHaveCount(1);
  await advisor.keyboard.press('Escape');
  await card(advisor, number).locator('a.number').click();
  await press(advisor, 'Hand over');
  await expect(advisor.locator('#work-order-problem')).toContainText(
    `WO-${number} is held, for it is unsafe and the customer declined: Front pads.`,
  );

  await acknowledge(advisor);
  await expect(banner(advisor)).toContainText('Dana Whitfield acknowledged it by phone');
  await expect(banner(mechanic)).toContainText('a second person releases it', PUSHED);
  await banner(advisor).getByRole('link', { name: 'Release the vehicle' }).click();
  await expect(advisor.locator('#dialog')).toContainText('You took down what the customer said: somebody else releases it.');
  await expect(advisor.getByRole('button', { name: 'Release the vehicle' })).toHaveCount(0);
  await expectSound(advisor);
  await advisor.getByRole('link', { name: `Back to WO-${number}` }).click();

  const manager = await people.signIn('manager');
  await manager.goto(`/work-orders/${number}`);
  await expect(manager.getByText('Hand over all the same?')).toHaveCount(0);
  await release(manager);
  await expect(banner(manager)).toContainText('Released though unsafe: Front pads.');
  await expect(banner(advisor)).toContainText('On a tow truck', PUSHED);
  await expect(card(mechanic, number)).not.toContainText('Held', PUSHED);
  await press(advisor, 'Hand over');
  await expect(advisor.locator('#work-order-facts')).toContainText('Handed over');
  await expect(advisor.locator('.history')).toContainText('released the vehicle, though Front pads is unsafe: On a tow truck');
});

test('the same on a phone without JavaScript', async ({ people, shop, site, watch }) => {
  watch.expect(/status 4(09|22): POST/);
  const { number } = await unsafe(site, shop);
  const options = { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const advisor = await people.signIn('advisor', options);
  await advisor.goto(`/work-orders/${number}`);
  await decline(advisor);
  await expect(banner(advisor)).toContainText('Held: this vehicle is not safe to drive');
  await moveTo(advisor, shop.columns[DONE]?.id);
  await expect(advisor.locator('#notices')).toContainText(`${number} moved to`);
  await advisor.goto(`/work-orders/${number}`);
  await press(advisor, 'Hand over');
  await expect(advisor.getByRole('alert').first()).toContainText('is held');
  await advisor.goto(`/work-orders/${number}`);
  await banner(advisor).getByRole('link', { name: 'Record the acknowledgement' }).click();
  await advisor.getByLabel('Note').fill('She knows it');
  await advisor.getByLabel('How', { exact: true }).selectOption('text');
  await press(advisor, 'Write down that the customer knows');
  await expect(banner(advisor)).toContainText('by text message');
  const manager = await people.signIn('manager', options);
  await manager.goto(`/work-orders/${number}`);
  await release(manager);
  await press(manager, 'Hand over');
  await expect(manager.locator('#work-order-facts')).toContainText('Handed over');
  // Nothing is wider than the phone.
  for (const path of ['quality-checks', 'acknowledgements', 'releases']) {
    await advisor.goto(`/work-orders/${number}/${path}/new`);
    const wide = await advisor.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, path).toBe(0);
  }
});

test('the work is checked by somebody else, and what was done since asks for another look', async ({ people, shop, site, watch }) => {
  watch.expect(/status 4(22|03): POST/);
  await site.db.updateTable('visit_settings').set({ needs_quality_check: true }).where('shop_id', '=', shop.id).execute();
  const number = await open(site.db, shop, { mechanic: shop.staff.mechanic.staff });
  const mechanic = await people.signIn('mechanic');
  await mechanic.goto(`/work-orders/${number}/quality-checks/new`);
  await expect(mechanic.getByText('You worked on this yourself')).toBeVisible();
  await expectSound(mechanic);
  await mechanic.goto(`/work-orders/${number}`);
  await expect(mechanic.locator('#connection')).toHaveText('live');
  await moveTo(mechanic, shop.columns[DONE]?.id);
  await expect(mechanic.locator('#work-order-problem')).toContainText(`The work on WO-${number} was not checked.`);
  const advisor = await people.atBoard('advisor');
  await card(advisor, number).locator('a.number').click();
  await advisor.getByRole('link', { name: 'Check the work' }).click();
  await expectSound(advisor);
  await press(advisor, 'Something is not right');
  await expect(advisor.locator('#dialog .error')).toHaveText('Please say what is not right.');
  await advisor.getByLabel('Note').fill('A wheel nut is loose');
  await press(advisor, 'Something is not right');
  await expect(banner(advisor)).toContainText('Work checked: not right yet');
  await advisor.getByRole('link', { name: 'Check the work' }).click();
  await press(advisor, 'The work is good');
  await expect(banner(advisor)).toContainText('Work checked: good');
  await moveTo(advisor, shop.columns[DONE]?.id);
  await expect(card(advisor, number)).toHaveAttribute('id', `card-${number}`);
  await expect(advisor.locator(`[data-column="${shop.columns[DONE]?.id}"] #card-${number}`)).toHaveCount(1);
});

test('the evidence opens from a folder, without a network, and asks for nothing that is not there', async ({
  people,
  shop,
  site,
}, info) => {
  const { number, finding, job } = await unsafe(site, shop);
  await addPhotos(site.server.app.services, shop.staff.mechanic, number, [1, 2], { finding });
  await answer(site.db, shop.staff.advisor, number, 'decline', job);
  const advisor = await people.signIn('advisor');
  await advisor.goto(`/work-orders/${number}`);
  const loading = advisor.waitForEvent('download');
  await advisor.getByRole('link', { name: 'Evidence (ZIP)' }).click();
  const download = await loading;
  expect(download.suggestedFilename()).toMatch(new RegExp(`^WO-${number}-evidence-\\d{4}-\\d\\d-\\d\\d\\.zip$`));
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const folder = info.outputPath('evidence');
  for (const [path, content] of unzip(Buffer.concat(chunks))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }

  // Whatever it would ask a network for would be told as a failed request.
  const page = await people.stranger({ offline: true });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Evidence of WO-${number}`);
  await expect(page.locator('figure img')).toHaveCount(2);
  for (const image of await page.locator('figure img').all())
    expect(await image.evaluate((element: HTMLImageElement) => element.decode().then(() => element.naturalWidth))).toBeGreaterThan(0);
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.filter((address) => !address.startsWith('file:'))).toEqual([]);
  await expectSound(page);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
});
