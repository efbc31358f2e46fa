import { sql } from 'kysely';
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
