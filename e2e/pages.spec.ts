import type { Page } from 'playwright/test';
import { moveCard } from '../src/features/board/moves.js';
import { makeCustomerPageLink } from '../src/features/customer-pages/links.js';
import { addLabel, listLabels, setLabel } from '../src/features/labels/labels.js';
import { CANNED_JOBS } from '../src/features/settings/canned-lines.js';
import { addToShelf } from '../src/features/settings/shelves.js';
import { inviteMember } from '../src/features/staff/invitations.js';
import { makeTvLink } from '../src/features/tv/links.js';
import { block } from '../src/features/work-orders/blocks.js';
import { addComment } from '../src/features/work-orders/comments.js';
import { change } from '../src/platform/database/change.js';
import { makeAppointments, makeMessages } from '../src/testing/appointments.js';
import { testDatabase } from '../src/testing/database.js';
import { startTestServer } from '../src/testing/server.js';
import type { TestShop } from '../src/testing/shop.js';
import { violations } from './support/accessible.js';
import { card, open } from './support/board.js';
import { expect, type Site, test } from './support/test.js';

const HOUR = 60 * 60 * 1000;

/** A board with everything on it that a page can show. @returns a number that has it all */
async function fill(site: Site, shop: TestShop): Promise<number> {
  const { db } = site;
  const { manager, advisor, mechanic } = shop.staff;
  for (const [index, color] of (['grey', 'blue', 'violet', 'green', 'amber', 'red', 'teal', 'pink'] as const).entries())
    await addLabel(db, manager, { name: `Label ${index}`, color });
  const labels = await listLabels(db, shop.id);
  const full = await open(db, shop, {
    ...{ company: 'Whitfield & Sons', email: 'dana@example.test', plate: '7ABC 123', mechanic: mechanic.staff },
    promisedAt: new Date(Date.now() - HOUR),
  });
  for (const label of labels) await setLabel(db, advisor, full, label.id, true);
  await block(db, mechanic, full, { reason: 'parts', note: 'Pads come on Tuesday' });
  await addComment(db, mechanic, full, 'Pads are gone');
  await addComment(db, advisor, full, 'Told the customer');
  const soon = await open(db, shop, { promisedAt: new Date(Date.now() + HOUR / 2) });
  await moveCard(db, advisor, soon, { column: shop.columns[1]?.id as number, after: null, reason: '' });
  const finished = await open(db, shop);
  await moveCard(db, advisor, finished, { column: shop.columns[3]?.id as number, after: null, reason: '' });
  return full;
}

/** No violation, in light and in dark; one main heading, a title, a language. */
async function expectSound(page: Page): Promise<void> {
  const at = new URL(page.url()).pathname;
  await expect(page, at).toHaveTitle(/\S/);
  await expect(page.locator('html'), at).toHaveAttribute('lang', 'en');
  const headings = await page.locator('h1').evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);
  const overlaid = await page.locator('dialog[open]').count();
  expect(headings, `main headings of ${at}`).toBe(1 + overlaid);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await violations(page), `${at} in light`).toEqual([]);
  // In the dark only the colours are others.
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await violations(page, ['color-contrast']), `${at} in dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
}

/** Answers that are meant to be refusals are still pages. */
const REFUSALS = [/status 40[349]: /, /status 422: /];

test('signing in, a page that is not there, an invitation', async ({ people, shop, site, watch }) => {
  watch.expect(...REFUSALS);
  const invited = await inviteMember(site.db, shop.staff.manager, { name: 'Noor', email: `noor@${shop.id}.test`, role: 'mechanic' });
  const page = await people.stranger();
  for (const path of ['/sign-in', `/invitations/${invited.token}`, '/nowhere']) {
    await page.goto(path);
    await expectSound(page);
  }
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill('nobody@example.test');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectSound(page);
});

test('setting up a shop on an empty database, once', async ({ people, watch }) => {
  watch.expect(...REFUSALS);
  const database = await testDatabase(5, process.env.BROWSER_TEST_POSTGRES);
  const server = await startTestServer(database.url);
  try {
    const page = await people.stranger({ baseURL: server.url });
    await page.goto('/');
    await expect(page).toHaveURL('/setup');
    await expectSound(page);
    await page.getByLabel('Name of the shop').fill('Corner Garage');
    await page.getByLabel('Time zone').selectOption('Europe/Lisbon');
    await page.getByLabel('Your name').fill('Ana');
    await page.getByLabel('E-mail address').fill('ana@corner.test');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Open the shop' }).click();
    await expect(page.locator('.error')).toBeVisible();
    await expect(page.getByLabel('Name of the shop')).toHaveValue('Corner Garage');
    await expectSound(page);
    await page.getByLabel('Password').fill('correct-horse-9');
    await page.getByRole('button', { name: 'Open the shop' }).click();
    await expect(page).toHaveURL('/board');
    await expect(page.locator('#notices')).toContainText('Corner Garage is ready.');
    await expectSound(page);
    await page.goto('/setup');
    await expect(page.getByText('This shop is set up already.')).toBeVisible();
    await page.close();
  } finally {
    await server.stop();
    await database.close();
  }
});

test('the board, also filtered and with a card carried', async ({ people, shop, site }) => {
  const number = await fill(site, shop);
  const page = await people.atBoard('manager');
  await expectSound(page);
  await page.goto('/board?text=nothing-like-this');
  await expectSound(page);
  await page.goto('/board');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await card(page, number).locator('a.number').focus();
  await page.keyboard.press('Space');
  await expectSound(page);
  await page.keyboard.press('Escape');
});

test('a work order in the dialog, and the form for a new one', async ({ people, shop, site }) => {
  const number = await fill(site, shop);
  const page = await people.atBoard('manager');
  await card(page, number).locator('a.number').click();
  await expect(page.locator('#dialog .work-order')).toBeVisible();
  for (const more of await page.locator('#dialog details:visible > summary').all()) await more.click();
  await expectSound(page);
  await page.keyboard.press('Escape');
  await page.locator('#new-work-order').click();
  await expect(page.locator('#dialog .new-work-order')).toBeVisible();
  await page.keyboard.type('555 0142');
  await expect(page.locator('#dialog .matches').first()).toBeVisible();
  await expectSound(page);
});

test('a work order as a page, its forms, and on paper', async ({ people, shop, site }) => {
  const number = await fill(site, shop);
  const page = await people.signIn('manager');
  for (const path of ['', '/edit', '/moves/new', '/print']) {
    await page.goto(`/work-orders/${number}${path}`);
    await expectSound(page);
  }
});

test('a form that is sent back', async ({ people, watch }) => {
  watch.expect(...REFUSALS);
  const page = await people.signIn('manager');
  await page.goto('/work-orders/new');
  await page.getByRole('button', { name: 'Open the work order' }).click();
  await expect(page.locator('.error').first()).toBeVisible();
  await expectSound(page);
});

test('an edit conflict', async ({ people, shop, site, watch }) => {
  watch.expect(...REFUSALS);
  const number = await open(site.db, shop);
  const [ann, bob] = [await people.signIn('advisor'), await people.signIn('manager')];
  for (const page of [ann, bob]) await page.goto(`/work-orders/${number}/edit`);
  for (const [page, words] of [
    [ann, 'It squeals when cold'],
    [bob, 'It squeals when braking'],
  ] as const) {
    await page.getByLabel('Concern').fill(words);
    await page.getByRole('button', { name: 'Save' }).click();
  }
  await expect(bob.locator('.conflict')).toBeVisible();
  await expectSound(bob);
});

const WHAT_MANAGERS_SEE = ['/settings/columns', '/settings/labels', '/settings/tv', '/staff', '/permissions', '/account', '/work-orders'];

for (const path of WHAT_MANAGERS_SEE) {
  test(`what managers see at ${path}`, async ({ people, shop, site }) => {
    await fill(site, shop);
    const page = await people.signIn('manager');
    await page.goto(path);
    for (const more of await page.locator('main details > summary:visible').all()) await more.click();
    await expectSound(page);
  });
}

test('how the program runs: health, times, a fault, activity, and for how long it is kept', async ({ people, shop, site }) => {
  const page = await people.signIn('manager');
  const { faults } = site.server.app.services;
  faults.record({ kind: 'job', error: new Error('made for this page'), route: 'a-job', shop: shop.id });
  await faults.settled();
  for (const path of ['/health', '/health/times?span=hour', '/activity', '/settings/retention', '/account/second-factor']) {
    await page.goto(path);
    await expectSound(page);
  }
  await page.goto('/health/faults');
  await page.getByRole('link', { name: 'Error: made for this page' }).click();
  await page.getByText('Details').click();
  await expectSound(page);
});

test('the morning, the bell, messages, what is set for appointments, and the customer’s own page', async ({ people, shop, site }) => {
  const number = await fill(site, shop);
  await addToShelf(site.db, shop.staff.manager, CANNED_JOBS.shelf, { name: 'Rotation', concern: '', cause: '', correction: '', lines: [] });
  await makeAppointments(site.db, shop);
  await makeMessages(site.db, shop);
  const { manager, mechanic } = shop.staff;
  await addComment(site.db, mechanic, number, `@${manager.name} please look`);
  const order = await site.db
    .selectFrom('work_orders')
    .select(['customer_id', 'vehicle_id'])
    .where('shop_id', '=', shop.id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  const customer = order.customer_id as number;
  const link = (await change(site.db, manager, {}, (tx) => makeCustomerPageLink(tx, customer))).result;
  const page = await people.signIn('manager');
  const settings = ['hours', 'booking', 'capacity', 'messages', 'messages/templates'].map((name) => `/settings/${name}`);
  const theirs = [`/customers/${customer}/page`, `/customers/${customer}/messages`, `/vehicles/${order.vehicle_id}/services`];
  for (const path of ['/today', '/notices', '/messages', ...settings, ...theirs]) {
    await page.goto(path);
    await expectSound(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/today', '/messages', '/settings/capacity', link]) {
    await page.goto(path);
    await expectSound(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, `${path} is no wider than its window`).toBeLessThanOrEqual(390);
  }
});

test('a link that is shown once, and what is not one’s own', async ({ people, watch }) => {
  watch.expect(...REFUSALS);
  const page = await people.signIn('manager');
  await page.goto('/settings/tv');
  await page.getByLabel('Name').fill('Bay 1');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByLabel('Link')).toBeVisible();
  await expectSound(page);
  const mechanic = await people.signIn('mechanic');
  for (const path of ['/staff', '/work-orders/9999']) {
    await mechanic.goto(path);
    await expectSound(mechanic);
  }
});

test('the walls', async ({ people, shop, site }) => {
  await fill(site, shop);
  const page = await people.stranger({ viewport: { width: 1920, height: 1080 } });
  for (const variant of ['floor', 'lobby'] as const) {
    const token = await makeTvLink(site.db, shop.staff.manager, { name: 'Bay 1', variant });
    await page.goto(`/tv/${token}`);
    await expectSound(page);
  }
});

test('whoever goes by keyboard sees where they are, and reaches the content first', async ({ people, shop, site }) => {
  await fill(site, shop);
  const page = await people.atBoard('manager');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeInViewport();
  const passed: string[] = [];
  for (;;) {
    const { where, visible } = await page.evaluate(() => {
      const isMarked = (marked: Element | null) => {
        if (!marked) return false;
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(marked);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && outlineColor !== 'transparent';
      };
      const element = document.activeElement as HTMLElement;
      return { where: element.outerHTML.slice(0, 80), visible: isMarked(element) || isMarked(element.closest('.card')) };
    });
    if (where.startsWith('<body')) break;
    expect(visible, `no mark of the focus on ${where}`).toBe(true);
    passed.push(where);
    await page.keyboard.press('Tab');
  }
  expect(passed.length).toBeGreaterThan(12);
});
