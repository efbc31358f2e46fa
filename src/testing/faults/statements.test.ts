import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../database.js';
import { Sweep } from './sweep.js';

/** A sample: `npm run test:faults` takes every route that writes, and kills the process as well. */
const ROUTES = ['/work-orders/:number/moves', '/work-orders', '/visit/:handle/answers', '/invitations/:token', '/staff/:staff/roles'];

let database: TestDatabase;
let sweep: Sweep;

beforeAll(async () => {
  database = await testDatabase(8);
  sweep = await Sweep.prepare(database, 'pages');
}, 120_000);
afterAll(async () => {
  await sweep.close();
  await database.close();
});

test.each(ROUTES)(
  'whichever statement or file of POST %s fails, before or after it took effect: all or nothing, and the answer does not lie',
  async (path) => {
    const write = sweep.writes.find(({ name }) => name === `POST ${path}`);
    if (!write) throw new Error(`There is no route ${path}.`);
    const { wrong, faults, writes } = await sweep.fail(write);
    expect(wrong).toEqual([]);
    expect(writes).toBe(true);
    expect(faults).toBeGreaterThan(8);
  },
  120_000,
);
