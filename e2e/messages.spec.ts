import { sql } from 'kysely';
import { assign } from '../src/features/messages/acts.js';
import { Incoming } from '../src/features/messages/inputs.js';
import { receiveMessage } from '../src/features/messages/receiving.js';
import { violations } from './support/accessible.js';
import { open } from './support/board.js';
import { expect, test } from './support/test.js';

const DAY = { day_begins: '00:00', day_ends: '24:00', undo_seconds: 30 };

test('what a card’s move would tell the customer is shown first; sent, it is taken back while there is time', async ({
  people,
  shop,
  site,
}) => {
  const number = await open(site.db, shop, { email: 'dana@example.test' });
  // Mail goes out by itself, as far as anybody here can see.
  await sql`insert into message_channels values ('mail') on conflict do nothing`.execute(site.db);
  await site.db.updateTable('message_settings').set(DAY).where('shop_id', '=', shop.id).execute();
  const board = await people.atBoard('advisor');
  await board.goto(`/work-orders/${number}/moves/new`);
  await board.getByLabel(/Column/).selectOption({ label: 'Completed' });
  await board.getByRole('button', { name: 'Move it' }).click();
  await board.getByRole('link', { name: 'Tell the customer?' }).click();
  await expect(board.getByLabel('Text', { exact: true })).toHaveValue(/is ready to be picked up/);
  expect(await violations(board)).toEqual([]);
  await board.getByLabel('Subject').fill('Come and get it');
  await board.getByRole('button', { name: 'Send the mail' }).click();
  const message = board.locator('#work-order-messages .message');
  await expect(message).toContainText('Come and get it');
  await message.getByRole('button', { name: /Take back \d+ s left/ }).click();
  await expect(message).toContainText('Taken back');

  await board.goto('/messages');
  await expect(board.locator('.message')).toContainText('Taken back');
  expect(await violations(board)).toEqual([]);
  const manager = await people.signIn('manager');
  for (const path of ['/settings/messages', '/settings/messages/templates?occasion=ready']) {
    await manager.goto(path);
    expect(await violations(manager)).toEqual([]);
  }
  await manager.getByLabel('Subject of the mail').fill('Bring it home, {customer}');
  await expect(manager.locator('.preview')).toContainText('Bring it home, Alex Morgan');
});

test('what comes in stands on the open list at once; what somebody is at there stays', async ({ people, shop, site }) => {
  await sql`delete from message_channels`.execute(site.db);
  const number = await open(site.db, shop, { email: 'dana@example.test' });
  const page = await people.signIn('advisor');
  await page.goto(`/work-orders/${number}/messages/new`);
  await page.getByLabel('Text', { exact: true }).fill('It is ready');
  await page.getByRole('button', { name: 'Write it, to be sent by hand' }).click();
  await page.goto('/messages');
  await expect(page.locator('#connection')).toHaveText('live');
  const reply = (text: string) =>
    receiveMessage(site.db, shop.id, Incoming.parse({ channel: 'mail', id: text, from: 'dana@example.test', text }));
  const id = await reply('Thank you! Until when?');
  const first = page.locator('.message', { hasText: 'Until when?' });
  await expect(first).toBeVisible();

  await first.locator('summary').click();
  await first.getByLabel('Who answers it').selectOption({ label: shop.staff.manager.name });
  await page.locator('.message', { hasText: 'It is ready' }).locator('summary').focus();
  await reply('And may I pay by card?');
  await expect(page.locator('.message', { hasText: 'by card' })).toBeVisible();
  await expect(page.locator('.message').first()).toContainText('by card');
  await expect(page.getByRole('link', { name: 'Replies 2' })).toBeVisible();
  await expect(first.locator('details')).not.toHaveAttribute('open');
  await expect(first.getByLabel('Who answers it')).toHaveValue(String(shop.staff.manager.staff));
  await expect(page.locator('.message', { hasText: 'It is ready' }).locator('summary')).toBeFocused();
  await assign(site.db, shop.staff.manager, id, shop.staff.mechanic.staff);
  await expect(first.locator('option[selected]')).toHaveText(shop.staff.mechanic.name);
  await expect(page.getByRole('button', { name: 'Copy the text' })).toBeVisible();
});
