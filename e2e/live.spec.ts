import type { Page } from 'playwright/test';
import { moveCard } from '../src/features/board/moves.js';
import { addComment, editComment } from '../src/features/work-orders/comments.js';
import { editWorkOrder, readEditFields } from '../src/features/work-orders/edit.js';
import type { Viewer } from '../src/platform/web/viewer.js';
import { boardInDatabase } from '../src/testing/truth.js';
import { card, drag, expectColumn, open, PUSHED, pickUp, shown } from './support/board.js';
import { expect, type Site, test } from './support/test.js';
import { CONNECTION_LOST } from './support/watch.js';

const state = (page: Page) => page.locator('#connection');
test('a socket that never opens: the board asks by itself, and says so', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const progress = shop.columns[1]?.id as number;
  const page = await people.signIn('mechanic');
  await page.routeWebSocket(/\/live/, (socket) => socket.close());
  await page.goto('/board');
  await expect(state(page)).toHaveText('checking every 5 s', { timeout: 12_000 });
  await moveCard(site.db, shop.staff.advisor, number, { column: progress, after: null, reason: '' });
  await expectColumn(page, progress, [number], { timeout: 12_000 });
  // Moves need no socket.
  const back = shop.columns[0]?.id as number;
  await drag(page, number, { column: back, after: null });
  await expect.poll(() => boardInDatabase(site.db, shop.id)).toMatchObject({ [back]: [number] });
});

test('offline and back: it says since when, and catches up', async ({ people, shop, site, watch }) => {
  watch.expect(...CONNECTION_LOST);
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const progress = shop.columns[1]?.id as number;
  const page = await people.signIn('mechanic');
  let offline = false;
  const sockets = new Set<{ close(): void }>();
  await page.routeWebSocket(/\/live/, (socket) => {
    if (offline) return void socket.close({ code: 1006 });
    const server = socket.connectToServer();
    sockets.add({ close: () => Promise.all([server.close(), socket.close({ code: 1001 })]) });
  });
  await page.goto('/board');
  await expect(state(page)).toHaveText('live');

  offline = true;
  await page.context().setOffline(true);
  for (const socket of sockets) socket.close();
  await expect(state(page)).toHaveText(/^offline since \d/);
  await expect(page.locator('#offline')).toContainText('What you see may be old');
  await moveCard(site.db, shop.staff.advisor, first, { column: progress, after: null, reason: '' });
  // What is done meanwhile is put back with a sentence.
  await drag(page, second, { column: progress, after: null });
  await expect(page.locator('#notices')).toContainText('the card is back where it was');
  await expectColumn(page, shop.columns[0]?.id as number, [second, first]);

  offline = false;
  await page.context().setOffline(false);
  await expectColumn(page, progress, [first]);
  await expect(page.locator('#offline')).toBeHidden();
  await expect(state(page)).toHaveText('live', { timeout: 15_000 });
});

test('a tab that was hidden catches up when it is looked at', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const progress = shop.columns[1]?.id as number;
  const page = await people.atBoard('mechanic');
  const setHidden = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  const closed = page.evaluate(
    () => new Promise((resolve) => document.addEventListener('htmx:ws:close', () => resolve(true), { once: true })),
  );
  await setHidden(true);
  expect(await closed).toBe(true);
  await moveCard(site.db, shop.staff.advisor, number, { column: progress, after: null, reason: '' });
  await setHidden(false);
  await expectColumn(page, progress, [number], PUSHED);
  await expect(state(page)).toHaveText('live');
});

test('what others do waits while a card is carried, then comes', async ({ people, shop, site }) => {
  const [first, second, third] = [await open(site.db, shop), await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress, waiting] = shop.columns.map((one) => one.id) as [number, number, number];
  const [page, watching] = [await people.atBoard('mechanic'), await people.atBoard('advisor')];
  const held = await pickUp(page, third);
  await held.over({ column: progress, after: null });
  await moveCard(site.db, shop.staff.advisor, first, { column: waiting, after: null, reason: '' });
  await expectColumn(watching, waiting, [first], PUSHED);
  expect((await shown(page))[estimates]).toEqual([second, first]);
  await held.drop();
  for (const screen of [page, watching]) {
    await expectColumn(screen, waiting, [first], PUSHED);
    await expectColumn(screen, progress, [third], PUSHED);
    await expectColumn(screen, estimates, [second]);
  }
});

test('two people carry the same card: both screens end as the database says', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const [, progress, waiting] = shop.columns.map((one) => one.id) as [number, number, number];
  const [ann, bob] = [await people.atBoard('mechanic'), await people.atBoard('advisor')];
  const [annHolds, bobHolds] = [await pickUp(ann, number), await pickUp(bob, number)];
  await annHolds.over({ column: progress, after: null });
  await bobHolds.over({ column: waiting, after: null });
  await Promise.all([annHolds.drop(), bobHolds.drop()]);
  const settled = async () => {
    const screens = [await shown(ann), await shown(bob), await boardInDatabase(site.db, shop.id)].map((one) => JSON.stringify(one));
    return new Set(screens).size;
  };
  await expect.poll(settled).toBe(1);
  await expect
    .poll(
      async () => (await ann.locator('#board').getAttribute('data-version')) === (await bob.locator('#board').getAttribute('data-version')),
    )
    .toBe(true);
  expect(await card(ann, number).count()).toBe(1);
  expect(await settled()).toBe(1);
});

test('a push leaves alone what is being typed, and where', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const page = await people.atBoard('mechanic');
  await card(page, number).locator('a.number').click();
  await expect(page.locator('#dialog [hx-ws\\:connect][data-connected]')).toBeVisible();
  await page.locator('#comment').pressSequentially('Rear pa');
  await addComment(site.db, shop.staff.advisor, number, 'Customer waits');
  await moveCard(site.db, shop.staff.advisor, number, { column: shop.columns[1]?.id as number, after: null, reason: '' });
  await expect(page.locator('.comments')).toContainText('Customer waits', PUSHED);
  await expect(page.locator('.facts .state')).toContainText('In Progress', PUSHED);
  await expect(page.locator('#comment')).toBeFocused();
  await page.keyboard.type('ds are gone');
  await expect(page.locator('#comment')).toHaveValue('Rear pads are gone');
});

test('a comment that is being changed is left alone, and follows again afterwards', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const { mechanic, advisor } = shop.staff;
  await addComment(site.db, mechanic, number, 'Pads are gone');
  const page = await people.signIn('mechanic');
  await page.goto(`/work-orders/${number}`);
  await expect(state(page)).toHaveText('live');
  const own = page.locator('.comments li').filter({ hasText: 'Pads' });
  await own.getByText('Change').click();
  await own.getByRole('textbox').fill('Rear pads are gone');
  await addComment(site.db, advisor, number, 'Ordered them');
  await expect(page.locator('.comments')).toContainText('Ordered them', PUSHED);
  await expect(own.getByRole('textbox')).toBeFocused();
  await expect(own.getByRole('textbox')).toHaveValue('Rear pads are gone');
  await own.getByText('Change').click();
  const id = Number((await own.getAttribute('id'))?.slice('comment-'.length));
  await editComment(site.db, mechanic, number, id, 'Pads and discs are gone');
  await expect(own.locator('.comment-text')).toHaveText('Pads and discs are gone', PUSHED);
});

test.describe('a form that is open while somebody else changes the same work order', () => {
  /** The advisor’s change, made elsewhere. */
  async function changeConcern(site: Site, viewer: Viewer, number: number, concern: string): Promise<void> {
    const order = await site.db
      .selectFrom('work_orders')
      .select(['customer_id', 'vehicle_id', 'concern', 'promised_at', 'bill_to_id', 'internal_note', 'po_number', 'tag'])
      .where('shop_id', '=', viewer.shop)
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    const now = await readEditFields(site.db, viewer.shop, viewer.timeZone, order);
    await editWorkOrder(site.db, viewer, viewer.timeZone, number, now, { ...now, concern });
  }

  test('the change shows; it leaves an edit alone; cancelling shows it; and afterwards it follows again', async ({
    people,
    shop,
    site,
  }) => {
    const number = await open(site.db, shop);
    const page = await people.atBoard('advisor');
    const dialog = page.locator('#dialog');
    await card(page, number).locator('a.number').click();
    await expect(dialog.locator('[hx-ws\\:connect][data-connected]')).toBeVisible();
    await changeConcern(site, shop.staff.manager, number, 'It squeals when cold');
    await expect(dialog.locator('.concern')).toHaveText('It squeals when cold', PUSHED);

    await dialog.getByRole('link', { name: 'Change' }).click();
    await dialog.getByLabel('Concern').fill('Mine, half typed');
    await changeConcern(site, shop.staff.manager, number, 'It squeals always');
    await expect(page.locator(`#card-${number}[data-search*="squeals always"]`)).toBeAttached(PUSHED);
    await expect(dialog.getByLabel('Concern')).toHaveValue('Mine, half typed');
    await expect(dialog.getByLabel('Concern')).toBeFocused();

    await dialog.getByRole('link', { name: 'Cancel' }).click();
    await expect(dialog.locator('.concern')).toHaveText('It squeals always');
    await expect(dialog.locator('[hx-ws\\:connect][data-connected]')).toBeVisible();
    await changeConcern(site, shop.staff.manager, number, 'It is quiet now');
    await expect(dialog.locator('.concern')).toHaveText('It is quiet now', PUSHED);
    await dialog.getByRole('link', { name: 'Change' }).click();
    await expect(dialog.getByLabel('Concern')).toHaveValue('It is quiet now');
  });
});
