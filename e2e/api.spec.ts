import { expect, test } from './support/test.js';

test('the page of the API shows every operation, and one can be tried, under the same policy as every page', async ({ people, shop }) => {
  const page = await people.stranger();
  const { access_token } = await page.request
    .post('/api/v1/tokens', { data: { email: shop.email('manager'), password: 'test-shop-floor' } })
    .then((answer) => answer.json());
  await page.goto('/api/docs');
  await page.locator('#operations-tag-Board').click();
  await expect(page.locator('#operations-Board-moveCard')).toBeVisible();
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  await page.locator('.modal-ux input').fill(access_token);
  await page.locator('.modal-ux .auth.authorize').click();
  await page.locator('.modal-ux .btn-done').click();
  const board = page.locator('#operations-Board-getBoard');
  await board.locator('.opblock-summary-control').click();
  await board.getByRole('button', { name: 'Try it out' }).click();
  await board.getByRole('button', { name: 'Execute' }).click();
  await expect(board.locator('.live-responses-table')).toContainText('Waiting on Parts');
});

test('a manager makes a token, which opens the API until it is revoked', async ({ people }) => {
  const page = await people.signIn('manager');
  await page.goto('/settings/api-tokens');
  await page.getByLabel('Name').fill('Bookkeeping');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const token = await page.getByLabel('Token', { exact: true }).inputValue();
  const board = async () =>
    (await (await people.stranger()).request.get('/api/v1/board', { headers: { authorization: `Bearer ${token}` } })).status();
  expect(await board()).toBe(200);
  await page.getByRole('button', { name: 'Revoke Bookkeeping' }).click();
  await expect(page.getByText('revoked')).not.toHaveCount(0);
  expect(await board()).toBe(401);
});
