import type { Page } from 'playwright/test';
import { open } from './support/board.js';
import { expect, test } from './support/test.js';

const sums = (page: Page) => page.locator('[data-total-cents]');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function addLine(page: Page, kind: 'Labor' | 'Part', what: string, price: string): Promise<void> {
  await page.locator('.add-line').first().getByRole('link', { name: kind }).click();
  await page.getByLabel('What', { exact: true }).fill(what);
  await page.getByLabel(kind === 'Labor' ? 'Price of an hour' : 'Price for one').fill(price);
  await button(page, `Add the ${kind.toLowerCase()}`).click();
}

async function recordConsent(page: Page, answer: string): Promise<void> {
  await page.getByRole('link', { name: 'Record consent' }).click();
  await page.getByLabel(answer, { exact: true }).first().check();
  await page.getByLabel('Who answered').fill('Dana Whitfield');
  await page.getByLabel('How', { exact: true }).selectOption('phone');
  await page.getByLabel('Number', { exact: true }).fill('555 0142');
  await button(page, 'Write down the answer').click();
}

for (const javaScriptEnabled of [false, true]) {
  test(`from estimate to a paid and posted invoice, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({
    people,
    shop,
    site,
  }) => {
    const number = await open(site.db, shop);
    const page = await people.signIn('advisor', { javaScriptEnabled });
    await page.goto(`/work-orders/${number}`);
    await addLine(page, 'Labor', 'Replace pads', '100');
    if (javaScriptEnabled) await page.keyboard.press('Escape');
    await expect(sums(page)).toHaveAttribute('data-total-cents', '10000');
    await recordConsent(page, 'Approve');
    await expect(page.locator('[data-job]').first()).toHaveAttribute('data-consent', 'approved');

    // More than was approved: it is asked again before it can be charged.
    await page.goto(`/work-orders/${number}`);
    await addLine(page, 'Part', 'Pads', '3*20');
    if (javaScriptEnabled) await page.keyboard.press('Escape');
    await expect(page.locator('[data-job]').first()).toHaveAttribute('data-consent', 'revised');
    await recordConsent(page, 'Approve');
    await expect(sums(page)).toHaveAttribute('data-total-cents', '16000');

    await page.getByRole('link', { name: 'Edit the job' }).first().click();
    await page.getByLabel('How far it is').selectOption('complete');
    await button(page, 'Save the job').click();
    await expect(page.locator('.progress-complete').first()).toBeVisible();
    await button(page, 'Make the invoice').click();
    await expect(button(page, 'Post the invoice')).toBeVisible();
    await page.getByRole('link', { name: 'Take a payment' }).click();
    await page.getByLabel('Amount').fill('160');
    await page.getByLabel('Paid by').selectOption('cash');
    await page.getByLabel('Cash handed over').fill('200');
    await button(page, 'Take the payment').click();
    await expect(sums(page)).toHaveAttribute('data-due-cents', '0');
    await button(page, 'Post the invoice').click();
    await expect(page.locator('.document-steps [aria-current]')).toContainText('Posted');
    await expect(page.locator('.add-line')).toHaveCount(0);

    await page.goto(`/work-orders/${number}/print/invoice`);
    for (const text of ['Replace pads', 'Pads', '160.00', 'Dana Whitfield']) await expect(page.locator('body')).toContainText(text);
  });
}
