import { sql, type Transaction } from 'kysely';
import type { ClientBase } from 'pg';
import type { DB } from '../database/schema.js';

// Any number will do, as long as all versions of this program use the same one.
const HOLD = 7_268_302_612;

/** While this connection lives no bytes are removed from the store: what a snapshot names stays readable. */
export async function holdFiles(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1)', [HOLD]);
}

/** @returns false while somebody holds them; else nobody begins to before this transaction ends */
export async function mayRemoveFiles(trx: Transaction<DB>): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select pg_try_advisory_xact_lock(${HOLD}::bigint) as may`.execute(trx);
  return rows[0]?.may ?? false;
}

/**
 * Whether data that a restore has put aside (platform/backup/restore.ts) names these bytes: taken back, it needs them.
 */
export async function isNamedAside(trx: Transaction<DB>, sha256: Buffer): Promise<boolean> {
  const { rows } = await sql<{ schema: string }>`
    select nspname as schema from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname = 'files'
    where nspname like 'before\\_%'`.execute(trx);
  for (const { schema } of rows) {
    const found = await sql`select from ${sql.id(schema, 'files')} where sha256 = ${sha256} limit 1`.execute(trx);
    if (found.rows.length > 0) return true;
  }
  return false;
}
