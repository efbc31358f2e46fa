import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { SEED } from '../../testing/seed.js';
import { ceiling, type Jurisdiction } from './rules.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase(1);
});
afterAll(() => database.close());

const cents = fc.oneof(fc.constant(0), fc.nat(20_000), fc.integer({ min: 0, max: 1_000_000_000_000 }));
const rule: fc.Arbitrary<Jurisdiction> = fc.record({
  name: fc.constant('Somewhere'),
  threshold: fc.constantFrom('none', 'percent', 'greater', 'lesser'),
  ppm: fc.oneof(fc.constantFrom(0, 100_000, 1_000_000), fc.integer({ min: 0, max: 1_000_000 })),
  minCents: cents,
  capCents: fc.option(cents),
  beforeTax: fc.boolean(),
});

test('the database has the same ceiling as the program', async () => {
  const cases = fc.sample(fc.record({ authorized: cents, rule }), { seed: SEED, numRuns: 1000 });
  const { rows } = await sql<{ ceiling: string | number }>`
    select authorization_ceiling(authorized, rule) as ceiling
    from rows from (jsonb_to_recordset(${JSON.stringify(cases)}::jsonb) as (authorized bigint, rule jsonb)) with ordinality
    order by ordinality`.execute(database.db);
  expect(rows.map((row) => Number(row.ceiling))).toEqual(cases.map((one) => ceiling(one.authorized, one.rule)));
});

test('an order without terms, or of a place without a rule, has no tolerance in the database either', async () => {
  const { rows } = await sql<{ ceiling: string | number }>`select authorization_ceiling(12345, '{}') as ceiling`.execute(database.db);
  expect(Number(rows[0]?.ceiling)).toBe(12_345);
});
