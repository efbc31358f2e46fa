import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { replay, ScreenModel, TestSocket } from '../../testing/socket.js';
import { boardInDatabase, findDamage } from '../../testing/truth.js';
import { moveCard } from './moves.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

test('a move travels from one browser to the screen of another', async () => {
  const numbers = await openOrders(database.db, shop.staff.advisor, 3);
  const mechanic = await server.clientOf(shop, 'mechanic');
  const manager = await server.clientOf(shop, 'manager');
  const screen = new ScreenModel((await manager.get('/board')).text);
  expect(screen.shown).toEqual(await boardInDatabase(database.db, shop.id));
  const socket = await TestSocket.open(manager, 'board');
  const reply = await mechanic.post(`/work-orders/${numbers[0]}/moves`, { column: shop.columns[1]?.id ?? 0, after: '' });
  expect(reply).toMatchObject({ status: 303, headers: { location: '/board' } });
  await until(() => socket.messages.length > 0, 'the message of the move');
  await replay(screen, socket, manager);
  expect(screen.shown).toEqual(await boardInDatabase(database.db, shop.id));
  expect(screen.shown[shop.columns[1]?.id ?? 0]).toEqual([numbers[0]]);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  await moveCard(database.db, shop.staff.manager, numbers[1] as number, { column: shop.columns[2]?.id ?? 0, after: null, reason: '' });
  await until(() => socket.messages.length > 0, 'the message of the second move');
  await replay(screen, socket, manager);
  expect(screen.shown).toEqual(await boardInDatabase(database.db, shop.id));
  expect(screen.counts).toEqual(Object.fromEntries(Object.entries(screen.shown).map(([column, cards]) => [column, cards.length])));
});
