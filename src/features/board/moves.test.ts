import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Forbidden, Invalid } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { boardInDatabase, findDamage, versionOf } from '../../testing/truth.js';
import { bringBack, handOver } from '../work-orders/hand-overs.js';
import { removeColumn } from './columns.js';
import { moveCard, undoMove } from './moves.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let estimates: number;
let progress: number;
let completed: number;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  [estimates, progress, , completed] = shop.columns.map((column) => column.id) as [number, number, number, number];
  await openOrders(database.db, shop.staff.advisor, 3);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const move = (
  who: keyof TestShop['staff'],
  number: number,
  column: number,
  more: { after?: number; step?: 'up' | 'down'; reason?: string } = {},
) => moveCard(database.db, shop.staff[who], number, { column, after: null, reason: '', ...more });
const undo = (who: keyof TestShop['staff'], version: number) => undoMove(database.db, shop.staff[who], version);
const board = () => boardInDatabase(database.db, shop.id);

describe('a move', () => {
  test('puts the card behind another, to the top, or one place up or down', async () => {
    expect((await board())[estimates]).toEqual([1003, 1002, 1001]);
    await move('mechanic', 1003, estimates, { after: 1002 });
    expect((await board())[estimates]).toEqual([1002, 1003, 1001]);
    await move('mechanic', 1001, estimates);
    expect((await board())[estimates]).toEqual([1001, 1002, 1003]);
    await move('mechanic', 1001, estimates, { step: 'down' });
    await move('mechanic', 1003, estimates, { step: 'up' });
    expect((await board())[estimates]).toEqual([1002, 1003, 1001]);
  });

  test('to where the card stands already is none', async () => {
    const before = await versionOf(database.db, shop.id);
    for (const made of [
      await move('mechanic', 1003, estimates),
      await move('mechanic', 1002, estimates, { after: 1003 }),
      await move('mechanic', 1003, estimates, { step: 'up' }),
      await move('mechanic', 1001, estimates, { step: 'down' }),
    ]) {
      expect(made).toMatchObject({ version: before, result: { moved: false } });
    }
  });

  test('behind a card that has left the column meanwhile goes to the bottom', async () => {
    await move('mechanic', 1001, progress);
    await move('advisor', 1002, progress, { after: 1003 });
    expect((await board())[progress]).toEqual([1001, 1002]);
  });

  test('of somebody who waited for the lock sees what the one before it did', async () => {
    await Promise.all([1001, 1002, 1003].map((number) => move('mechanic', number, progress)));
    expect((await board())[progress]?.length).toBe(3);
    expect(await findDamage(database.db, shop.id)).toEqual([]);
  });
});

describe('out of a finished column', () => {
  beforeEach(() => move('mechanic', 1001, completed));

  test('only a manager moves a card, and says why', async () => {
    await expect(move('advisor', 1001, progress, { reason: 'It squeals' })).rejects.toThrow(Forbidden);
    await expect(move('manager', 1001, progress)).rejects.toThrow(Invalid);
    expect((await board())[completed]).toEqual([1001]);
    await move('manager', 1001, progress, { reason: 'It squeals' });
    expect((await board())[progress]).toEqual([1001]);
  });

  test('a refused move puts the card back, with the sentence at it, and asks a manager for the reason', async () => {
    const advisor = await server.clientOf(shop, 'advisor');
    const refused = await advisor.post('/work-orders/1001/moves', { column: progress, after: '' }, { htmx: true });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain(`data-place="${completed}"`);
    expect(refused.text).toContain('data-notice="1001"');
    expect(refused.text).toContain('Only a manager can take a card out of Completed.');
    const manager = await server.clientOf(shop, 'manager');
    const asked = await manager.post('/work-orders/1001/moves', { column: progress, after: '' }, { htmx: true });
    expect(asked.status).toBe(422);
    expect(asked.text).toContain('name="reason"');
    const plain = await manager.post('/work-orders/1001/moves', { column: progress, after: '' });
    expect(plain.status).toBe(422);
    expect(plain.text).toContain('Say why it leaves Completed.');
  });
});

describe('taking back one’s own last move', () => {
  test('puts the card where it was, once', async () => {
    const { version } = await move('mechanic', 1002, completed);
    await undo('mechanic', version);
    expect((await board())[estimates]).toEqual([1003, 1002, 1001]);
    await expect(undo('mechanic', version)).rejects.toThrow(Conflict);
  });

  test('is for its owner alone, for the last one only, and not after somebody has moved the card on', async () => {
    const first = await move('mechanic', 1001, progress);
    await expect(undo('manager', first.version)).rejects.toThrow(Conflict);
    const second = await move('mechanic', 1002, progress);
    await expect(undo('mechanic', first.version)).rejects.toThrow(Conflict);
    await move('advisor', 1002, completed);
    await expect(undo('mechanic', second.version)).rejects.toThrow(Conflict);
    expect((await board())[completed]).toEqual([1002]);
  });

  test('twice at once takes back one move', async () => {
    const { version } = await move('mechanic', 1001, progress);
    const tries = await Promise.allSettled([undo('mechanic', version), undo('mechanic', version)]);
    expect(tries.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('what is not on the board', () => {
  test('a card that was handed over can’t be moved until a manager brings it back', async () => {
    await expect(handOver(database.db, shop.staff.advisor, 1001)).rejects.toThrow(Conflict);
    await move('mechanic', 1001, completed);
    await handOver(database.db, shop.staff.advisor, 1001);
    await expect(move('manager', 1001, progress, { reason: 'x' })).rejects.toThrow(Conflict);
    await expect(bringBack(database.db, shop.staff.manager, 1001, '')).rejects.toThrow(Invalid);
    await bringBack(database.db, shop.staff.manager, 1001, 'It squeals again');
    expect((await board())[completed]).toEqual([1001]);
    expect(await findDamage(database.db, shop.id)).toEqual([]);
  });

  test('a column with a card can’t vanish, not even while a card is on its way into it', async () => {
    await expect(removeColumn(database.db, shop.staff.manager, estimates)).rejects.toThrow('There are still 3 cards in it.');
    const [moved, removed] = await Promise.allSettled([
      move('mechanic', 1001, progress),
      removeColumn(database.db, shop.staff.manager, progress),
    ]);
    expect([moved.status, removed.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(
      Object.values(await board())
        .flat()
        .sort(),
    ).toEqual([1001, 1002, 1003]);
    expect(await findDamage(database.db, shop.id)).toEqual([]);
  });
});

test('a board that has not changed is not sent again', async () => {
  const client = await server.clientOf(shop, 'mechanic');
  const first = await client.get('/board');
  const again = await client.get('/board', { headers: { 'if-none-match': first.headers.etag } });
  // The minute may turn between the two: then it is sent, with a new mark.
  if (again.status !== 304) expect(again.headers.etag).not.toBe(first.headers.etag);
  await move('advisor', 1001, progress);
  expect((await client.get('/board', { headers: { 'if-none-match': again.headers.etag } })).status).toBe(200);
  expect((await client.get(`/board/changes?since=${await versionOf(database.db, shop.id)}`)).status).toBe(204);
});
