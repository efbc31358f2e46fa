import { moveCard } from '../src/features/board/moves.js';
import { type SpawnedServer, spawnServer } from '../src/testing/server.js';
import { boardInDatabase } from '../src/testing/truth.js';
import { card, drag, expectColumn, open, pickUp, shown } from './support/board.js';
import { expect, test } from './support/test.js';
import { CONNECTION_LOST } from './support/watch.js';

test('the server is killed and comes back while a card is in the air', async ({ people, shop, site, watch }) => {
  watch.expect(...CONNECTION_LOST);
  const [first, second] = [await open(site.db, shop), await open(site.db, shop)];
  const [estimates, progress, waiting] = shop.columns.map((one) => one.id) as [number, number, number];
  let server: SpawnedServer = await spawnServer(site.databaseUrl);
  const { port } = new URL(server.url);
  try {
    const page = await people.signIn('mechanic', {}, server.url);
    await page.goto('/board');
    await expect(page.locator('#connection')).toHaveText('live');
    const held = await pickUp(page, second);
    await held.over({ column: progress, after: null });
    await server.end('SIGKILL');
    await moveCard(site.db, shop.staff.advisor, first, { column: waiting, after: null, reason: '' });
    // Dropped with nobody there to hear it: it goes back, and says why.
    await held.drop();
    await expect(page.locator('#notices')).toContainText('the card is back where it was');
    await expectColumn(page, estimates, [second, first]);
    await expect(page.locator('.dragging-lifted, .dragging-ghost')).toHaveCount(0);

    const again = await pickUp(page, second);
    server = await spawnServer(site.databaseUrl, { PORT: port });
    await again.over({ column: progress, after: null });
    await again.drop();
    await expectColumn(page, progress, [second]);
    await expectColumn(page, waiting, [first], { timeout: 15_000 });
    await expect.poll(() => boardInDatabase(site.db, shop.id)).toEqual(await shown(page));
    await expect(page.locator('.card')).toHaveCount(2);
    await expect(page.locator('#connection')).toHaveText('live', { timeout: 15_000 });
    await drag(page, second, { column: waiting, after: first });
    await expect(card(page, second)).toHaveCount(1);
    await expect.poll(() => boardInDatabase(site.db, shop.id)).toMatchObject({ [waiting]: [first, second] });
  } finally {
    await server.end('SIGTERM');
  }
});
