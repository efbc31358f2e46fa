import type { Page } from 'playwright/test';
import { saveItem } from '../src/features/inspections/findings.js';
import { finishInspection, startInspection } from '../src/features/inspections/inspections.js';
import { createWorkOrder } from '../src/features/work-orders/create.js';
import { photoBytes } from '../src/testing/media.js';
import { newOrder, type TestShop } from '../src/testing/shop.js';
import { violations } from './support/accessible.js';
import { card, open } from './support/board.js';
import { expect, test } from './support/test.js';
import { CONNECTION_LOST } from './support/watch.js';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const PLAIN = { ...PHONE, javaScriptEnabled: false };
/** A bicycle has the shortest of the templates to begin with. */
const ITEMS = 17;

/** Taps, and counts them: what a mechanic does with a thumb. Typing a figure is one, too. */
class Thumb {
  taps = 0;
  constructor(readonly page: Page) {}
  async tap(selector: string): Promise<void> {
    this.taps++;
    await this.page.locator(selector).tap();
  }
  async type(selector: string, text: string): Promise<void> {
    this.taps++;
    await this.page.locator(selector).fill(text);
  }
  async photo(seed: number): Promise<void> {
    this.taps++;
    const file = { name: `IMG_${seed}.jpg`, mimeType: 'image/jpeg', buffer: await photoBytes(seed) };
    await this.page.locator('.inspection-photos .media-camera').setInputFiles(file);
  }
}

const at = (page: Page, item: number) => expect(page.locator('#inspection-progress')).toContainText(`${item} of ${ITEMS}`);

async function expectAccessible(page: Page, what: string): Promise<void> {
  expect(await violations(page), what).toEqual([]);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess, `${what} is wider than the phone`).toBeLessThanOrEqual(0);
}

/** Items of the bicycle, by place, at which something is found; all others are green. */
const FRAME = 1;
const PADS = 5;
const TIRES = 8;

test('from the card to a finished inspection with three photos, with a thumb, in few taps', async ({ people, shop, site }) => {
  // Seventeen items and three photos, on a machine that does other things as well.
  test.slow();
  const number = await open(site.db, shop, { mechanic: shop.staff.mechanic.staff });
  const page = await people.atBoard('mechanic', PHONE);
  const sent: number[] = [];
  page.on('response', (answer) => answer.url().endsWith('/media') && sent.push(answer.status()));
  const thumb = new Thumb(page);
  await thumb.tap(`#card-${number} .vehicle`);
  await thumb.tap('#work-order-inspections a[href$="/inspections/new"]');
  await expect(page.getByRole('heading', { name: /Start an inspection/ })).toBeVisible();
  await thumb.tap('button[name="starter"][value="bicycle"]');
  await at(page, 1);
  for (let item = 1; item <= ITEMS; item++) {
    await at(page, item);
    const found = [FRAME, PADS, TIRES].includes(item);
    if (item === PADS) await thumb.type('#measure-0', '0,9');
    else await thumb.tap(found ? '#color-red' : '#color-green');
    if (!found) continue;
    if (item === PADS) await page.locator('#measure-0').blur();
    await expect(page.locator('#color-red')).toHaveAttribute('aria-pressed', 'true');
    await expect(page.locator('.inspection-missing')).toHaveText('It needs a photo.');
    if (item !== PADS) await thumb.tap('.phrases button >> nth=0');
    await thumb.photo(item);
    // One goes on while it is on its way.
    await thumb.tap('#go-next');
  }
  await expect(page.getByRole('heading', { name: 'Bicycle check' })).toBeVisible();
  await expect.poll(() => sent, { timeout: 60_000 }).toEqual([200, 200, 200]);
  await page.reload();
  await expect(page.locator('.inspection-line .inspection-camera')).toHaveCount(3);
  await thumb.tap('button:has-text("Finish the inspection")');
  await expect(page.locator('.inspection-done')).toContainText('Finished');
  // 3 to begin, 17 items, and 3 with a note or figure, a photo and a step on; 1 to finish. At 2 seconds each far below 90.
  expect(thumb.taps).toBeLessThanOrEqual(3 + ITEMS + 3 * 3 + 1);

  await page.goto(`/work-orders/${number}`);
  await expect(page.locator('.found-item')).toHaveCount(3);
  await expect(page.locator('.found-item img')).toHaveCount(3);
  await page.getByRole('button', { name: 'Propose a job for Brake pads' }).tap();
  await expect(page.locator('.proposed')).toHaveText('Proposed: Brake pads');
  await expect(page.locator('.job h3', { hasText: 'Brake pads' })).toBeVisible();
});

test('without JavaScript it is the same, with plain forms', async ({ people, shop, site }) => {
  test.slow();
  const number = await open(site.db, shop);
  const page = await people.signIn('mechanic', PLAIN);
  await page.goto(`/work-orders/${number}`);
  await page.getByRole('link', { name: 'Start an inspection' }).tap();
  await page.locator('button[name="starter"][value="bicycle"]').tap();
  for (let item = 1; item <= ITEMS; item++) {
    await at(page, item);
    if (item === PADS) {
      await page.locator('#measure-0').fill('0.9');
      await page.locator('#measure-1').fill('2');
      await page.locator('#note').fill('Worn to the backing');
      await page.locator('#measure-1').press('Enter');
    } else await page.locator([FRAME, TIRES].includes(item) ? '#color-red' : '#color-green').tap();
    if (![FRAME, PADS, TIRES].includes(item)) continue;
    await at(page, item);
    await expect(page.locator('#color-red')).toHaveAttribute('aria-pressed', 'true');
    await page
      .locator('.inspection-photos .media-camera')
      .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await photoBytes(100 + item) });
    await page.getByRole('button', { name: 'Send them' }).tap();
    await at(page, item);
    await expect(page.locator('#inspection-pictures img')).toHaveCount(1);
    await expect(page.locator('.inspection-missing')).toHaveCount(0);
    await page.locator('#go-next').tap();
  }
  await page.getByRole('button', { name: 'Finish the inspection' }).tap();
  await expect(page.locator('.inspection-done')).toContainText('Finished');
  await expect(page.locator('[data-item="brake-pads"]')).toContainText('Front 0.9, Rear 2 mm Worn to the backing');
  await page.getByRole('button', { name: 'Propose a job for Brake pads' }).tap();
  await expect(page.locator('.job h3', { hasText: 'Brake pads' })).toBeVisible();
});

/** Two visits of one car, the first inspected and finished. @returns the second order and its inspection */
async function secondVisit(db: Parameters<typeof startInspection>[0], shop: TestShop) {
  const { mechanic, advisor } = shop.staff;
  const first = await open(db, shop);
  const { vehicle_id: vehicle } = await db
    .selectFrom('work_orders')
    .select('vehicle_id')
    .where('shop_id', '=', shop.id)
    .where('number', '=', first)
    .executeTakeFirstOrThrow();
  const before = (await startInspection(db, mechanic, first, { starter: 'car' })).result.inspection;
  await saveItem(db, mechanic, first, before, 'brake-pads-front', {
    measures: [
      { position: 'LF', value: 480 },
      { position: 'RF', value: 500 },
    ],
  });
  const second = (await createWorkOrder(db, advisor, newOrder({ vehicle }))).result.number;
  const { template_id: template } = await db
    .selectFrom('inspections')
    .select('template_id')
    .where('shop_id', '=', shop.id)
    .where('id', '=', before)
    .executeTakeFirstOrThrow();
  const { inspection } = (await startInspection(db, mechanic, second, { template })).result;
  return { first, second, inspection, template };
}

test('what was found at the last visit is confirmed with one tap, and wear is drawn and told', async ({ people, shop, site }) => {
  const { first, second, inspection } = await secondVisit(site.db, shop);
  const page = await people.signIn('mechanic', PHONE);
  await page.goto(`/work-orders/${second}/inspections/${inspection}?item=brake-pads-front`);
  await expect(page.locator('.inspection-last')).toContainText(`WO-${first}`);
  await expect(page.locator('.inspection-last')).toContainText('LF 4.8, RF 5 mm');
  await page.getByRole('button', { name: 'Same as then' }).tap();
  await expect(page.getByRole('button', { name: 'Same as then: confirmed' })).toBeVisible();
  await expect(page.locator('#measure-0')).toHaveValue('4.8');
  await expect(page.locator('#color-yellow')).toHaveAttribute('aria-pressed', 'true');
  await page.locator('#measure-0').fill('2,5');
  await page.locator('#measure-0').blur();
  await expect(page.locator('#measure-0-color')).toHaveText('Red');
  await page.locator('.wear summary').tap();
  await expect(page.locator('.wear-chart polyline')).toHaveCount(2);
  await expect(page.locator('.wear tbody tr')).toHaveCount(2);
  await expect(page.locator('.wear tbody')).toContainText('2.5');
  await expectAccessible(page, 'an item with its wear');
});

test('a network that is gone is said, and what was typed and tapped is sent when it is back', async ({ people, shop, site, watch }) => {
  watch.expect(...CONNECTION_LOST);
  const { second, inspection } = await secondVisit(site.db, shop);
  const page = await people.signIn('mechanic', PHONE);
  await page.goto(`/work-orders/${second}/inspections/${inspection}?item=brake-pads-front`);
  await page.context().setOffline(true);
  await page.locator('#note').fill('Scraped the caliper');
  await page.locator('#color-red').tap();
  await expect(page.locator('#inspection-lost')).toContainText('No network');
  await expect(page.locator('#note')).toHaveValue('Scraped the caliper');
  await page.context().setOffline(false);
  await expect(page.locator('#color-red')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('#inspection-lost')).toBeHidden();
  await page.reload();
  await expect(page.locator('#note')).toHaveValue('Scraped the caliper');
});

test('no page of it is in the way of anybody: phone and desk, light and dark', async ({ people, shop, site }) => {
  test.slow();
  const { second, inspection, template } = await secondVisit(site.db, shop);
  const { mechanic } = shop.staff;
  await saveItem(site.db, mechanic, second, inspection, 'horn', { color: 'red', note: 'Silent' });
  const here = `/work-orders/${second}`;
  const pages = [
    `${here}/inspections/new`,
    `${here}/inspections/${inspection}`,
    `${here}/inspections/${inspection}?item=horn`,
    `${here}/inspections/${inspection}?item=tire-tread`,
    here,
  ];
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await people.signIn('manager', { ...PHONE, colorScheme });
    for (const path of [
      ...pages,
      '/settings/inspections',
      `/settings/inspections/${template}`,
      `/settings/inspections/${template}/items/horn`,
    ]) {
      await page.goto(path);
      await expectAccessible(page, `${path} in ${colorScheme}`);
    }
  }
});

test('a template is changed by the keyboard, without JavaScript; the one who comes second is told and loses nothing', async ({
  people,
  shop,
  site,
  watch,
}) => {
  watch.expect(/status 409: POST .*\/edits/, /status 422: POST .*\/edits/);
  const { template } = await secondVisit(site.db, shop);
  const [ann, bob] = [
    await people.signIn('manager', { javaScriptEnabled: false }),
    await people.signIn('manager', { javaScriptEnabled: false }),
  ];
  const address = `/settings/inspections/${template}/items/horn`;
  for (const page of [ann, bob]) await page.goto(address);
  await ann.getByLabel('Name', { exact: true }).fill('Horn and alarm');
  await ann.getByLabel('Name', { exact: true }).press('Enter');
  await expect(ann).toHaveURL(`/settings/inspections/${template}#item-horn`);
  await bob.getByLabel('Name', { exact: true }).fill('Horns');
  await bob.getByLabel('Photo').selectOption('always');
  await bob.getByRole('button', { name: 'Save the item' }).press('Enter');
  await expect(bob.locator('.conflict')).toContainText('Horn and alarm');
  await expect(bob.getByLabel('Name', { exact: true })).toHaveValue('Horns');
  await expect(bob.getByLabel('Photo')).toHaveValue('always');
  await bob.getByRole('button', { name: 'Save the item' }).press('Enter');
  await expect(bob.locator('#item-horn')).toContainText('Horns');
  await expect(bob.locator('#item-horn')).toContainText('photo always');

  await bob.getByLabel('Add an item to Outside').fill('Trailer hitch');
  await bob.getByLabel('Add an item to Outside').press('Enter');
  await bob.getByLabel('In', { exact: true }).fill('mm');
  await bob.getByLabel('Yellow, below or from').fill('3');
  await bob.getByLabel('Red, below or from').fill('5');
  await bob.getByRole('button', { name: 'Save the item' }).press('Enter');
  await expect(bob.locator('.error')).toContainText('Red begins below yellow');
  await bob.getByLabel('What is bad').selectOption('high');
  await bob.getByRole('button', { name: 'Save the item' }).press('Enter');
  await bob.getByRole('button', { name: 'Move Trailer hitch up' }).press('Enter');
  const names = await bob.locator('#section-outside .template-items > li > a > span').allTextContents();
  expect(names).toEqual(['Windshield and glass', 'Trailer hitch', 'Wiper blades and washer']);
});

test('the desk releases what was found, and hides what it will not show', async ({ people, shop, site }) => {
  const { second, inspection } = await secondVisit(site.db, shop);
  const { mechanic } = shop.staff;
  const { content } = await import('../src/features/inspections/inspections.js').then(({ getInspection }) =>
    getInspection(site.db, shop.id, second, inspection),
  );
  for (const { key } of content.sections.flatMap((section) => section.items))
    await saveItem(site.db, mechanic, second, inspection, key, { color: 'green' });
  await saveItem(site.db, mechanic, second, inspection, 'wipers', { color: 'yellow', note: 'Streaks' });
  await finishInspection(site.db, mechanic, second, inspection);
  const page = await people.atBoard('advisor');
  await card(page, second).locator('.vehicle').click();
  await page.locator('#dialog .order-inspection h3 a').click();
  await page.getByRole('button', { name: 'Hide from the customer: Horn' }).click();
  await expect(page.getByRole('button', { name: 'Show to the customer: Horn' })).toBeVisible();
  await page.getByRole('button', { name: 'Release it to the customer' }).click();
  await expect(page.locator('.inspection-done')).toContainText('the customer sees it');
  await page.goto(`/work-orders/${second}`);
  await expect(page.locator('.order-inspection')).toContainText('Released to the customer');
});
