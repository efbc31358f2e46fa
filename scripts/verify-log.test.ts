import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../src/testing/database.js';
import { runScript } from '../src/testing/run-script.js';
import { makeShop, openOrders, type TestShop } from '../src/testing/shop.js';

let database: TestDatabase;
let second: TestShop;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const verify = () => runScript('verify-log', [], { DATABASE_URL: database.url });

test('it says that there is nothing to verify yet', async () => {
  expect(await verify()).toMatchObject({ code: 1, out: '', err: 'There is no shop in this database yet.\n' });
});

test('exits with 0 when the chain of every shop holds', async () => {
  for (const name of ['first', 'second']) {
    second = await makeShop(database.db, name);
    await openOrders(database.db, second.staff.advisor, 2);
  }
  const { code, out, err } = await verify();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^\d+ events of first are as they were written\.\n\d+ events of second are as they were written\.\n$/);
});

test('exits with 1 and names the first event that somebody with the database’s password has changed', async () => {
  await database.db.connection().execute(async (connection) => {
    await sql`alter table events disable trigger events_are_final`.execute(connection);
    await sql`update events set data = data || '{"number": 4711}' where shop_id = ${second.id} and kind = 'work-order.created' and version = 3`.execute(
      connection,
    );
    await sql`alter table events enable trigger events_are_final`.execute(connection);
  });
  const { code, out, err } = await verify();
  expect(code).toBe(1);
  expect(out).toMatch(/^\d+ events of first are as they were written\.\n$/);
  expect(err).toMatch(
    /^The log of second was tampered with: event 3\.\d+ \(work-order\.created, [\dT:.Z-]+\) is not as it was written\. The \d+ events before are/,
  );
});
