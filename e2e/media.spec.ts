import type { Page } from 'playwright/test';
import { addPhotos, photoBytes } from '../src/testing/media.js';
import { violations } from './support/accessible.js';
import { boxOf, card, open, PUSHED } from './support/board.js';
import { expect, test } from './support/test.js';
import { CONNECTION_LOST } from './support/watch.js';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

const tiles = (page: Page) => page.locator('#work-order-media .tile');
const uploads = (page: Page) => page.locator('.uploads .upload');

/** Files as a chooser gives them. */
async function photos(...seeds: number[]) {
  const all = await Promise.all(seeds.map((seed) => photoBytes(seed, { width: 800, height: 600 })));
  return all.map((buffer, index) => ({ name: `IMG_${seeds[index]}.jpg`, mimeType: 'image/jpeg', buffer }));
}

const choose = (page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.getByLabel('Add photos or video').setInputFiles(files);

test('three photos at once, each with a preview and its progress, in the dialog over the board', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const page = await people.atBoard('mechanic');
  const other = await people.atBoard('advisor');
  for (const one of [page, other]) {
    await card(one, number).locator('a.number').click();
    await expect(one.locator('#dialog #work-order-media')).toContainText('No photos yet.');
  }
  // The answers wait until the rows have been looked at.
  let go: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route('**/media', async (route) => {
    await gate;
    await route.continue();
  });
  await choose(page, await photos(1, 2, 3));
  await expect(uploads(page)).toHaveCount(3);
  await expect(uploads(page).locator('img')).toHaveCount(3);
  await expect(page.getByRole('progressbar')).toHaveCount(2);
  await expect(uploads(page).nth(2)).toContainText('Waiting for its turn');
  expect(
    await uploads(page)
      .locator('img')
      .first()
      .evaluate((image: HTMLImageElement) => image.naturalWidth),
  ).toBe(800);
  go();
  await expect(tiles(page)).toHaveCount(3);
  await expect(uploads(page).filter({ hasText: 'Added.' }).first()).toBeVisible();
  await expect(tiles(other)).toHaveCount(3, PUSHED);
  await expect(uploads(page)).toHaveCount(0);
  await expect
    .poll(() =>
      tiles(page)
        .locator('img')
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(0);
});

test('what can’t be taken says why, beside its name; the others come', async ({ people, shop, site, watch }) => {
  watch.expect(/status 422: POST .*\/media$/);
  const number = await open(site.db, shop);
  const page = await people.signIn('mechanic');
  await page.goto(`/work-orders/${number}`);
  const [good] = await photos(4);
  const bad = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Just words') };
  const empty = { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) };
  await choose(page, [bad, good as typeof bad, empty]);
  await expect(uploads(page).filter({ hasText: 'notes.txt' })).toContainText('This is not a photo or video that can be taken here.');
  await expect(uploads(page).filter({ hasText: 'empty.jpg' })).toContainText('This file is empty.');
  await expect(tiles(page)).toHaveCount(1);
  for (const name of ['notes.txt', 'empty.jpg'])
    await uploads(page).filter({ hasText: name }).getByRole('button', { name: /away/ }).click();
  await expect(uploads(page)).toHaveCount(0);
});

test('without a network what was chosen waits, and goes on by itself; an answer that was lost makes no second picture', async ({
  people,
  shop,
  site,
  watch,
}) => {
  watch.expect(...CONNECTION_LOST, /failed request: POST .*\/media/, /failed request: GET .*\/changes/);
  const number = await open(site.db, shop);
  const page = await people.signIn('mechanic');
  await page.goto(`/work-orders/${number}`);
  // The first one gets through to the server, but its answer does not come back.
  let lost = 0;
  await page.route('**/media', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await page.context().setOffline(true);
    await route.abort('connectionreset');
  });
  await choose(page, await photos(5, 6, 7));
  await expect(uploads(page).filter({ hasText: 'Waiting for the network' })).not.toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'Waiting for the network' })).toHaveCount(1);
  const asked = page.waitForEvent('dialog');
  const leaving = page.goto('/board').catch(() => {});
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();
  await leaving;
  await expect(uploads(page)).toHaveCount(3);
  await page.context().setOffline(false);
  await expect(tiles(page)).toHaveCount(3, { timeout: 30_000 });
  await expect(uploads(page)).toHaveCount(0, { timeout: 30_000 });
  const rows = await site.db.selectFrom('media').select('name').where('shop_id', '=', shop.id).execute();
  expect(rows.map((row) => row.name).sort()).toEqual(['IMG_5.jpg', 'IMG_6.jpg', 'IMG_7.jpg']);
});

test('a dialog that is closed loses nothing of what is being sent; it is there again when it is opened', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const page = await people.atBoard('mechanic');
  await card(page, number).locator('a.number').click();
  let go: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route('**/media', async (route) => {
    await gate;
    await route.continue();
  });
  await expect(page.locator('#dialog .media-add')).toBeVisible();
  await choose(page, await photos(8, 9));
  await expect(uploads(page)).toHaveCount(2);
  await page.keyboard.press('Escape');
  await expect(page.locator('#upload-tray')).toHaveText(`2 pictures for WO-${number} being sent`);
  await card(page, number).locator('a.number').click();
  await expect(uploads(page)).toHaveCount(2);
  await expect(page.locator('#upload-tray')).toBeHidden();
  go();
  await expect(tiles(page)).toHaveCount(2);
});

test('a picture that is dropped or pasted is taken', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const page = await people.signIn('advisor');
  await page.goto(`/work-orders/${number}`);
  for (const [index, [seed, name]] of (
    [
      [10, 'drop'],
      [11, 'paste'],
    ] as const
  ).entries()) {
    const base64 = (await photoBytes(seed)).toString('base64');
    await page.evaluate(
      ({ base64, name }) => {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], `${name}.jpg`, { type: 'image/jpeg' }));
        const target = document.querySelector('.work-order') as Element;
        const more = name === 'drop' ? { dataTransfer: data } : { clipboardData: data };
        const event =
          name === 'drop' ? new DragEvent(name, { ...more, bubbles: true }) : new ClipboardEvent(name, { ...more, bubbles: true });
        target.dispatchEvent(event);
      },
      { base64, name },
    );
    await expect(tiles(page)).toHaveCount(index + 1);
  }
});

test('without JavaScript photos are chosen and sent, captioned, shown, drawn on, removed and brought back', async ({
  people,
  shop,
  site,
}) => {
  const number = await open(site.db, shop);
  const page = await people.signIn('advisor', { ...PHONE, javaScriptEnabled: false });
  await page.goto(`/work-orders/${number}`);
  // The browser's own fields for files fit, too.
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
  const bad = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Just words') };
  const empty = { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) };
  await choose(page, [...(await photos(12, 13)), bad, empty]);
  await page.getByRole('button', { name: 'Send them' }).click();
  const told = page.locator('#notices');
  await expect(told).toContainText('2 files added. 2 files could not be taken: “notes.txt”: This is not a photo');
  await expect(told).toContainText('“empty.jpg”: This file is empty.');
  await expect(tiles(page)).toHaveCount(2);
  await tiles(page).first().getByRole('link').click();
  await page.getByLabel('Caption').fill('Front left pad');
  await page.getByRole('button', { name: 'Save the caption' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Front left pad');
  await page.getByRole('button', { name: 'Show it to the customer' }).click();
  await expect(page.getByRole('button', { name: 'Hide it from the customer' })).toBeVisible();
  await page.getByRole('link', { name: 'Draw on a copy' }).click();
  await page.getByLabel('Circle').check();
  await page.getByRole('button', { name: 'Put the mark where you click' }).click({ position: { x: 200, y: 100 } });
  await expect(page.locator('#notices')).toContainText('Here is the copy with the marks.');
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByRole('heading', { name: 'The photo is gone' })).toBeVisible();
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await page.getByRole('link', { name: `Back to WO-${number}` }).click();
  await expect(tiles(page)).toHaveCount(3);
  await expect(tiles(page).first()).toContainText('Customer sees it');
});

test('arrows and circles are drawn over the photo, the last one is taken back, and the copy stands beside the photo', async ({
  people,
  shop,
  site,
}) => {
  const number = await open(site.db, shop);
  const [media] = await addPhotos(site.server.app.services, shop.staff.mechanic, number, [14], {}, { width: 800, height: 600 });
  const page = await people.atBoard('mechanic');
  await card(page, number).locator('a.number').click();
  await tiles(page).first().getByRole('link').first().click();
  await page.getByRole('link', { name: 'Draw on a copy' }).click();
  const canvas = page.locator('[data-canvas]');
  await expect(canvas).toBeVisible();
  const drag = async (from: [number, number], to: [number, number]) => {
    const box = await boxOf(canvas);
    await page.mouse.move(box.x + box.width * from[0], box.y + box.height * from[1]);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to[0], box.y + box.height * to[1], { steps: 4 });
    await page.mouse.up();
  };
  await drag([0.8, 0.8], [0.5, 0.5]);
  await page.getByLabel('Circle').check();
  await drag([0.2, 0.2], [0.4, 0.4]);
  await expect(canvas.locator('path.mark')).toHaveCount(2);
  await page.getByRole('button', { name: 'Take the last mark back' }).click();
  await expect(canvas.locator('path.mark')).toHaveCount(1);
  await page.getByRole('button', { name: 'Save the copy with marks' }).click();
  await expect(page.locator('#dialog')).toContainText('Drawn on');
  await page.getByRole('link', { name: `Back to WO-${number}` }).click();
  await expect(tiles(page)).toHaveCount(2);
  const rows = await site.db.selectFrom('media').select(['id', 'drawn_on_id']).where('shop_id', '=', shop.id).orderBy('id').execute();
  expect(rows.map((row) => row.drawn_on_id)).toEqual([null, media]);
});

test('by the keyboard alone a mark is put on a place', async ({ people, shop, site }) => {
  const number = await open(site.db, shop);
  const [media] = await addPhotos(site.server.app.services, shop.staff.mechanic, number, [15]);
  const page = await people.signIn('mechanic');
  await page.goto(`/work-orders/${number}/media/${media}/drawings/new`);
  await page.getByLabel('Arrow').focus();
  await page.keyboard.press('ArrowDown');
  await page.getByLabel('Where, without a mouse').focus();
  await page.keyboard.press('t');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Save the copy with marks' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/media\/\d+$/);
  await expect(page.locator('.picture-facts')).toContainText('Drawn on');
});

test('on a phone the camera is one tap away, everything fits and can be hit, and no rule of accessibility is broken', async ({
  people,
  shop,
  site,
  watch,
}) => {
  watch.expect(/status 422: POST .*\/media$/);
  const number = await open(site.db, shop);
  const [first] = (await addPhotos(site.server.app.services, shop.staff.mechanic, number, [16, 17])) as [number];
  const page = await people.signIn('advisor', PHONE);
  await page.goto(`/work-orders/${number}`);
  const camera = page.getByLabel('Take a photo');
  await expect(camera).toHaveAttribute('capture', 'environment');
  const chooser = page.waitForEvent('filechooser');
  await page.locator('.media-take').tap();
  await (await chooser).setFiles([{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('words') }]);
  await expect(uploads(page)).toContainText('This is not a photo');
  for (const address of ['', `/media/${first}`, `/media/${first}/drawings/new`]) {
    if (address) await page.goto(`/work-orders/${number}${address}`);
    const within = address ? 'main' : '#work-order-media, .media-add';
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      address,
    ).toBeLessThanOrEqual(0);
    const small = await page
      .locator(`:is(${within}) :is(a, button, select, textarea, label.media-take, label.media-pick, label.tick, label.shape-choice)`)
      .evaluateAll((all) =>
        all
          .filter((one) => one.checkVisibility() && !one.closest('.quiet, dd, p'))
          .map((one) => ({ what: one.outerHTML.slice(0, 90), height: one.getBoundingClientRect().height }))
          .filter(({ height }) => height < 43.5),
      );
    expect(small, address).toEqual([]);
    expect(await violations(page), address).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(page), `${address} in dark`).toEqual([]);
    await page.emulateMedia({ colorScheme: null });
  }
});
