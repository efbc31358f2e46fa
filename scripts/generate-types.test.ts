import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../src/testing/database.js';
import { generateTypes } from './generate-types.js';

test('schema.ts is what the migrations say', async () => {
  const database = await testDatabase();
  try {
    generateTypes(database.url, true);
    await sql`alter table shops add column slogan text`.execute(database.db);
    expect(() => generateTypes(database.url, true)).toThrow('run "npm run database:types"');
  } finally {
    await database.close();
  }
});
