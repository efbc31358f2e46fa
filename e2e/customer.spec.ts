import type { Page } from 'playwright/test';
import { inspect, send } from '../src/testing/customer.js';
import { addPhotos } from '../src/testing/media.js';
import { addJob } from '../src/testing/money.js';
import { violations } from './support/accessible.js';
import { card, open, PUSHED } from './support/board.js';
import { expect, type Site, test } from './support/test.js';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const job = (page: Page, id: number) => page.locator(`[data-job="${id}"]`);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

async function expectAccessible(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  // Nothing is wider than the phone.
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
}

/** A work order with two jobs, sent. @returns the address of its link */
async function sent(site: Site, shop: Parameters<typeof open>[1]) {
  const { advisor } = shop.staff;
  const number = await open(site.db, shop, { concern: '' });
  const brakes = await addJob(site.db, advisor, number, { name: 'Front brakes', progress: 'pending', lines: [{ cents: 30_000 }] });
  const wipers = await addJob(site.db, advisor, number, { name: 'Wiper blades', progress: 'pending', lines: [{ cents: 4_000 }] });
  const { token } = await send(site.db, advisor, number);
  return { number, brakes, wipers, address: `/c/${token}` };
}

async function draw(page: Page): Promise<void> {
  const pad = page.locator('canvas');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new Error('There is nothing to draw on.');
  await page.mouse.move(box.x + 20, box.y + 60);
  await page.mouse.down();
  for (let step = 1; step < 20; step++) await page.mouse.move(box.x + 20 + step * 10, box.y + 60 + (step % 4) * 12);
  await page.mouse.up();
}

for (const javaScriptEnabled of [true, false]) {
  test(`from the link to a ${javaScriptEnabled ? 'drawn' : 'typed'} signature on a phone, ${javaScriptEnabled ? 'with' : 'without'} JavaScript; the board shows it at once`, async ({
    people,
    shop,
    site,
  }) => {
    const { number, brakes, wipers, address } = await sent(site, shop);
    const board = await people.atBoard('mechanic');
    await expect(card(board, number)).toContainText('Sent');
    const page = await people.stranger({ ...PHONE, javaScriptEnabled });
    await page.goto(address);
    await expect(page).toHaveURL(/\/visit\/[\w-]{22}$/);
    await expect(card(board, number)).toContainText('Opened', PUSHED);
    await expect(job(page, brakes)).toHaveAttribute('data-consent', 'proposed');
    if (javaScriptEnabled) await expectAccessible(page);
    await job(page, brakes).getByLabel('Approve').check();
    await job(page, wipers).getByLabel('Decline').check();
    if (javaScriptEnabled) await expect(page.locator('[data-total]')).toHaveText('$300.00');
    await button(page, 'Check and sign').click();
    await expect(page.getByRole('heading', { name: 'Check and sign' })).toBeVisible();
    if (javaScriptEnabled) await expectAccessible(page);
    await page.getByLabel(/Why not/).fill('They are new');
    await page.getByLabel('Your name').fill('Dana Whitfield');
    if (javaScriptEnabled) await draw(page);
    await page.getByLabel(/I authorize this work for \$300\.00/).check();
    await button(page, 'Approve 1 job, $300.00').click();
    await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
    await expect(card(board, number)).toContainText('1 approved, 1 declined', PUSHED);
    await expect(job(page, brakes)).toHaveAttribute('data-consent', 'approved');
    await expect(job(page, wipers)).toHaveAttribute('data-consent', 'declined');
    await expect(page.locator('#earlier')).toContainText('They are new');
    const row = await site.db.selectFrom('authorizations').select('signature').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
    expect(row.signature).toMatchObject({ kind: javaScriptEnabled ? 'drawn' : 'typed', name: 'Dana Whitfield' });

    // What comes later shows what it adds, and the new total.
    const hose = await addJob(site.db, shop.staff.advisor, number, { name: 'Hose', progress: 'pending', lines: [{ cents: 18_000 }] });
    await send(site.db, shop.staff.advisor, number);
    await page.goto(page.url().replace(/\?.*/, ''));
    await expect(page.locator('#sum')).toContainText('+$180.00');
    await expect(page.locator('#sum')).toContainText('$480.00');
    await job(page, hose).getByLabel('Approve').check();
    await button(page, 'Check and sign').click();
    await page.getByLabel('Your name').fill('Dana Whitfield');
    await page.getByLabel(/I authorize/).check();
    await button(page, 'Approve 1 job, new total $480.00').click();
    await expect(job(page, hose)).toHaveAttribute('data-consent', 'approved');
  });
}

test('a question goes to the desk, and the answer comes to the page while it is open', async ({ people, shop, site }) => {
  const { number, brakes, address } = await sent(site, shop);
  const desk = await people.signIn('advisor');
  await desk.goto(`/work-orders/${number}`);
  const page = await people.stranger(PHONE);
  await page.clock.install();
  await page.goto(address);
  await page.getByRole('link', { name: 'Ask about this' }).first().click();
  await expectAccessible(page);
  await page.getByLabel('Your question').fill('Can it wait until Friday?');
  await button(page, 'Send the question').click();
  await expect(page.locator('#questions')).toContainText('Can it wait until Friday?');
  await expect(desk.locator('#work-order-customer')).toContainText('Can it wait until Friday?', PUSHED);
  await desk.getByRole('link', { name: 'Answer the question' }).click();
  await desk.getByLabel('Your answer').fill('Better not: they are down to metal.');
  await desk.getByRole('button', { name: 'Answer the question' }).click();
  // What was chosen meanwhile is not lost by what comes in.
  await job(page, brakes).getByLabel('Approve').check();
  await expect(async () => {
    await page.clock.runFor(16_000);
    await expect(page.locator('#questions')).toContainText('down to metal', { timeout: 500 });
  }).toPass();
  await expect(job(page, brakes).getByLabel('Approve')).toBeChecked();
});

test('the desk sends the estimate, copies the link, and takes it back', async ({ people, shop, site }) => {
  const number = await open(site.db, shop, { concern: '' });
  await addJob(site.db, shop.staff.advisor, number, { name: 'Front brakes', progress: 'pending' });
  const desk = await people.signIn('advisor', { permissions: ['clipboard-read', 'clipboard-write'] });
  await desk.goto(`/work-orders/${number}`);
  await button(desk, 'Send to the customer').click();
  await expect(desk.getByRole('heading', { name: /Link for the customer/ })).toBeVisible();
  await expectAccessible(desk);
  const url = await desk.getByLabel('Link', { exact: true }).inputValue();
  await button(desk, 'Copy the link').click();
  await expect(button(desk, 'Copied')).toBeVisible();
  expect(await desk.evaluate(() => navigator.clipboard.readText())).toBe(url);
  await expect(desk.getByRole('link', { name: /Text it/ })).toHaveAttribute('href', /^sms:/);
  const page = await people.stranger({ ...PHONE, colorScheme: 'dark' });
  await page.goto(url);
  await expect(page.getByRole('heading', { name: '2019 Toyota Corolla' })).toBeVisible();
  await expectAccessible(page);
  await desk.getByText('It went to the wrong person?').click();
  await button(desk, 'Revoke the link').click();
  await expect(desk.locator('#work-order-customer')).toContainText('is revoked');
  const gone = await page.request.get(page.url());
  expect(gone.status()).toBe(410);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`findings with pictures, options, what is unsafe, the estimate, and pages that refuse are sound in ${colorScheme}`, async ({
    people,
    shop,
    site,
    watch,
  }) => {
    watch.expect(/status 4(04|09|10): /);
    const { number, brakes, wipers, address } = await sent(site, shop);
    const { advisor, mechanic } = shop.staff;
    const finding = await inspect(site.db, mechanic, number, { note: 'Down to metal on the left', job: brakes });
    await inspect(site.db, mechanic, number, { note: '', color: 'green' });
    await addPhotos(site.server.app.services, mechanic, number, [1, 2], { finding });
    await addJob(site.db, advisor, number, { name: 'Tires', progress: 'pending', choice: 1, picked: true });
    await addJob(site.db, advisor, number, {
      name: 'Better tires',
      progress: 'pending',
      choice: 1,
      picked: false,
      lines: [{ cents: 70_000 }],
    });
    await send(site.db, advisor, number);
    const page = await people.stranger({ ...PHONE, colorScheme });
    await page.goto(address);
    await expectAccessible(page);
    await page.locator('#found [data-picture]').first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByText('Checked and good').click();
    await page.locator('#estimate').getByText('What it includes').first().click();
    await expectAccessible(page);
    const home = page.url();

    // Somebody else answers meanwhile: the second answer is refused kindly.
    await job(page, brakes).getByLabel('Decline').check();
    await button(page, 'Check and sign').click();
    const second = await people.stranger({ ...PHONE, colorScheme });
    await second.goto(address);
    await job(second, brakes).getByLabel('Decline').check();
    await button(second, 'Check and sign').click();
    await second.getByLabel('Your name').fill('Lee Whitfield');
    await button(second, 'Decline 1 job').click();
    await expect(second.getByRole('heading', { name: 'Not safe to drive' })).toBeVisible();
    await expectAccessible(second);
    await page.getByLabel('Your name').fill('Dana Whitfield');
    await button(page, 'Decline 1 job').click();
    await expect(page.getByRole('alert')).toContainText('You declined “Front brakes”');
    await expectAccessible(page);

    await second.getByLabel('Your name').fill('Lee Whitfield');
    await second.getByLabel(/I was told that this vehicle is not safe/).check();
    await button(second, 'Sign that I know').click();
    await expect(second.getByRole('heading', { name: 'Not safe to drive' })).toBeHidden();
    await second.getByRole('link', { name: 'The estimate as it was sent' }).click();
    await expect(second.getByRole('heading', { name: 'Wiper blades' })).toBeVisible();
    await expectAccessible(second);

    // The shop goes on typing: the page stays as it was sent.
    await addJob(site.db, advisor, number, { name: 'Not sent yet', progress: 'pending' });
    await page.goto(home);
    await expect(page.locator('#estimate')).toContainText('The shop is changing this estimate');
    await expect(page.locator('body')).not.toContainText('Not sent yet');
    await expect(job(page, wipers).getByLabel('Approve')).toHaveCount(0);
    await expectAccessible(page);
    await page.goto(`/c/${'x'.repeat(43)}`);
    await expectAccessible(page);
  });
}
