import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { keyIn, keyOf } from './consents.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('the database knows an address by the same key as the program', async () => {
  for (const [channel, addresses] of [
    ['mail', ['dana@customer.test', ' Dana@Customer.TEST\t', '', 'DÄNA@customer.test']],
    [
      'sms',
      [
        '815 555 0142',
        '+1 (815) 555-0142',
        '0142',
        '+43 660 1234567',
        '+43+1',
        'call me',
        '+49 (0)30 123456',
        '(0)30 1',
        '',
        '00 49 170 1234567 8',
      ],
    ],
  ] as const) {
    const { rows } = await sql<{ address: string; key: string }>`
      select address, ${keyIn(channel, sql`address`)} as key from unnest(${addresses}::text[]) address`.execute(database.db);
    expect(rows).toEqual(addresses.map((address) => ({ address, key: keyOf(channel, address) })));
  }
});
