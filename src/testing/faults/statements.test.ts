import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../database.js';
import { Sweep } from './sweep.js';

/** A sample: `npm run test:faults` takes every route that writes. */
const ROUTES = [
  '/work-orders/:number/comments',
  '/work-orders/:number/moves',
  '/work-orders',
  '/work-orders/:number/lines',
  '/work-orders/:number/sendings',
  '/customers/:customer/merges',
  '/settings/columns',
  '/staff/:staff/roles',
];

let database: TestDatabase;
let sweep: Sweep;

beforeAll(async () => {
  database = await testDatabase();
  sweep = await Sweep.prepare(database);
}, 120_000);
afterAll(async () => {
  await sweep.server.stop();
  await database.close();
});

test.each(ROUTES)(
  'whichever statement of POST %s fails, before or after it took effect: all or nothing, and the answer does not lie',
  async (path) => {
    const route = sweep.server.app.routes.find((one) => one.method === 'post' && one.path === path);
    if (!route) throw new Error(`There is no route ${path}.`);
    const { wrong, faults } = await sweep.run(route);
    expect(wrong).toEqual([]);
    expect(faults).toBeGreaterThan(8);
  },
  120_000,
);
