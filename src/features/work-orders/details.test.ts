import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { addComment } from './comments.js';
import { getWorkOrder } from './details.js';

let database: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  await openOrders(database.db, shop.staff.advisor, 1);
});
afterAll(() => database.close());

test('a whole work order comes in one query, with what was said and what happened', async () => {
  await addComment(database.db, shop.staff.advisor, 1001, 'Called the customer');
  const order = await getWorkOrder(database.db, shop.id, 1001);
  expect(order).toMatchObject({
    number: 1001,
    document: 'estimate',
    billTo: null,
    terms: null,
    orderLines: [],
    payments: [],
    revisions: [],
  });
  expect(order.customer).toMatchObject({ name: 'Dana Whitfield', kind: 'person', poRequired: false });
  expect(order.comments).toMatchObject([{ author: shop.staff.advisor.name, text: 'Called the customer', edited: false }]);
  expect(order.history.map((line) => line.what)).toEqual(['commented', 'opened it in Estimates']);
});
