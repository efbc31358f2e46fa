import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, newOrder, openOrders, type TestShop } from '../../testing/shop.js';
import { addLabel, listLabels, setLabel } from '../labels/labels.js';
import { block } from '../work-orders/blocks.js';
import { addComment } from '../work-orders/comments.js';
import { createWorkOrder } from '../work-orders/create.js';
import { bringBack, handOver } from '../work-orders/hand-overs.js';
import { addColumn } from './columns.js';
import { loadBoard, loadChangedCards, MOST_EVENTS, placeCard } from './loading.js';
import { moveCard, type Placed } from './moves.js';

let database: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 6);
  await addLabel(database.db, shop.staff.manager, { name: 'Fleet', color: 'blue' });
});
afterAll(() => database.close());

const whole = () => loadBoard(database.db, shop.id);
const move = (number: number, column: number, after: number | null) =>
  moveCard(database.db, shop.staff.manager, number, { column: shop.columns[column]?.id as number, after, reason: 'It came back' });

test('what changed, put into the board before, is the board as it is', async () => {
  const { db } = database;
  const label = (await listLabels(db, shop.id))[0]?.id as number;
  const steps: (() => Promise<unknown>)[] = [
    () => move(1003, 1, null),
    () => move(1004, 1, 1003),
    () => addComment(db, shop.staff.mechanic, 1003, 'Pads are worn'),
    () => block(db, shop.staff.mechanic, 1004, { reason: 'parts', note: 'Pads' }),
    () => setLabel(db, shop.staff.advisor, 1001, label, true),
    () => move(1005, 3, null),
    () => handOver(db, shop.staff.advisor, 1005),
  ];
  for (const step of steps) {
    const before = await whole();
    await step();
    expect(await loadChangedCards(db, before)).toMatchObject(await whole());
  }
  const before = await whole();
  for (const step of [() => move(1006, 2, null), () => move(1006, 1, 1004), () => addComment(db, shop.staff.mechanic, 1006, 'Done')])
    await step();
  expect(await loadChangedCards(db, before)).toMatchObject(await whole());
});

test('a gap between two cards is used up after some: then the column is renumbered, and the whole board read', async () => {
  let timesWhole = 0;
  for (let turn = 0; turn < 20; turn++) {
    const before = await whole();
    const { placed } = await move(turn % 2 ? 1001 : 1002, 1, 1003);
    const after = await loadChangedCards(database.db, before);
    expect(placed === null).toBe(after === null);
    if (after) expect(after).toMatchObject(await whole());
    else timesWhole++;
  }
  expect(timesWhole).toBe(1);
});

test('the board before a move and what the move says make the board after it, without reading', async () => {
  for (const [number, column, after] of [
    [1001, 0, null],
    [1002, 0, 1001],
    [1001, 0, 1002],
    [1003, 2, null],
    [1004, 3, null],
    [1004, 0, 1002],
  ] as const) {
    const before = await whole();
    const { placed, version } = await move(number, column, after);
    expect(placeCard(before, version, placed as Placed)).toMatchObject(await whole());
  }
  expect((await move(1004, 0, 1002)).placed).toBeNull();
  expect(placeCard(await whole(), 1, { id: 999_999, column_id: 1, rank: 1, column_since: new Date() })).toBeNull();
});

test('a card that comes back or is new is read, rows that stayed are not', async () => {
  const before = await whole();
  await bringBack(database.db, shop.staff.manager, 1005, 'Forgot the cap');
  const after = await loadChangedCards(database.db, before);
  expect(after).toMatchObject(await whole());
  expect(after?.changed.size).toBe(1);
  expect(after?.rows.find((row) => row.number === 1003)).toBe(before.rows.find((row) => row.number === 1003));
});

test('a board that is far behind is read anew', async () => {
  const before = await whole();
  for (let turn = 1; turn < MOST_EVENTS; turn++) await addComment(database.db, shop.staff.mechanic, 1001, 'Still waiting');
  expect(await loadChangedCards(database.db, before)).toMatchObject(await whole());
  await addComment(database.db, shop.staff.mechanic, 1001, 'Still waiting');
  expect(await loadChangedCards(database.db, before)).toBeNull();
});

test('what may show on any card makes the whole board be read', async () => {
  const before = await whole();
  await addColumn(database.db, shop.staff.manager, { name: 'Wash', meaning: 'active', color: 'teal', limit: null });
  expect(await loadChangedCards(database.db, before)).toBeNull();
  const later = await whole();
  await createWorkOrder(database.db, shop.staff.advisor, newOrder());
  expect(await loadChangedCards(database.db, later)).toBeNull();
});
