import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';

/**
 * Compares a table with a long list that came from a file. Postgres may know nothing yet of a table that was filled a moment
 * ago, takes it for empty, and then compares each row with each: told not to, it hashes.
 */
export async function withHashing<Result>(db: Database, read: (db: Database) => Promise<Result>): Promise<Result> {
  if (!db.isTransaction) return db.transaction().execute((trx) => withHashing(trx, read));
  await sql`set local enable_nestloop = off`.execute(db);
  const result = await read(db);
  await sql`set local enable_nestloop = on`.execute(db);
  return result;
}
